"""Dijkstra searches: paths that add up lengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["depend", "detoured", "spread", "tree"]


@compiled
def _sift(away: Any, heap: Any, place: Any, w: Any, hole: Any) -> None:
    """Let a node rise in the heap, from a place that is free."""
    while hole > 0:
        parent = (hole - 1) // 2
        if away[heap[parent]] <= away[w]:
            break
        heap[hole] = heap[parent]
        place[heap[hole]] = hole
        hole = parent
    heap[hole] = w
    place[w] = hole


@compiled
def _nearest(away: Any, heap: Any, place: Any, size: Any) -> Any:
    """Take the nearest of ``size`` nodes from the heap, and return it."""
    v = heap[0]
    sinking = heap[size - 1]
    size -= 1
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= size:
            break
        if child + 1 < size and away[heap[child + 1]] < away[heap[child]]:
            child += 1
        if away[heap[child]] >= away[sinking]:
            break
        heap[hole] = heap[child]
        place[heap[hole]] = hole
        hole = child
    heap[hole] = sinking
    place[sinking] = hole
    return v


@compiled
def _settle(
    starts: Any, ends: Any, lengths: Any, source: Any, away: Any, heap: Any, place: Any, order: Any
) -> Any:
    """Fill ``away`` with distances, ``order`` with nodes from near to far; return their number.

    ``away`` comes in as infinity and ``place`` as −1 everywhere. ``heap`` is a binary heap of nodes
    by distance, and ``place[v]`` where v stands in it.
    """
    away[source] = 0.0
    heap[0] = source
    place[source] = 0
    size, settled = 1, 0
    while size:
        v = _nearest(away, heap, place, size)
        size -= 1
        order[settled] = v
        settled += 1
        for e in range(starts[v], starts[v + 1]):
            w = ends[e]
            length = away[v] + lengths[e]
            if length < away[w]:
                away[w] = length
                if place[w] < 0:
                    size += 1
                    _sift(away, heap, place, w, size - 1)
                else:
                    _sift(away, heap, place, w, place[w])
    return settled


@compiled
def depend(
    starts: Any,
    ends: Any,
    lengths: Any,
    into_starts: Any,
    tolerance: Any,
    sources: Any,
    total: Any,
    squares: Any,
    by_edge: Any,
    edge_squares: Any,
) -> None:
    """Add what each node lies on of the shortest paths; see ``waves.depend``.

    Two lengths are equal when they differ by at most ``tolerance`` times the longer. The last
    edges of the shortest paths to a node are kept as they are found, so that the way back looks at
    these alone.
    """
    nodes = len(starts) - 1
    away = np.full(nodes, np.inf)
    heap = np.empty(nodes, np.int32)
    place = np.full(nodes, -1, np.int32)
    order = np.empty(nodes, np.int32)
    paths = np.zeros(nodes)
    depending = np.zeros(nodes)
    before = np.empty(len(ends), np.int32)  # from into_starts[w], the nodes before w
    edges = len(by_edge) > 0
    along = np.empty(len(ends) if edges else 0, np.int64)  # and the edges from them
    known = np.zeros(nodes, np.int32)  # how many there are
    for source in sources:
        away[source] = 0.0
        paths[source] = 1.0
        heap[0] = source
        place[source] = 0
        size, settled = 1, 0
        while size:
            v = _nearest(away, heap, place, size)
            size -= 1
            order[settled] = v
            settled += 1
            for e in range(starts[v], starts[v + 1]):
                w = ends[e]
                length = away[v] + lengths[e]
                gap = tolerance * min(length, away[w]) if tolerance > 0.0 else 0.0
                if length > away[w] + gap:
                    continue
                if length < away[w] - gap or place[w] < 0:
                    known[w] = 0
                    paths[w] = 0.0
                if length < away[w]:
                    away[w] = length
                    if place[w] < 0:
                        size += 1
                        _sift(away, heap, place, w, size - 1)
                    else:
                        _sift(away, heap, place, w, place[w])
                paths[w] += paths[v]
                spot = into_starts[w] + known[w]
                before[spot] = v
                if edges:
                    along[spot] = e
                known[w] += 1
        for i in range(settled - 1, 0, -1):
            w = order[i]
            share = (1.0 + depending[w]) / paths[w]
            for spot in range(into_starts[w], into_starts[w] + known[w]):
                part = paths[before[spot]] * share
                depending[before[spot]] += part
                if edges:
                    by_edge[along[spot]] += part
                    edge_squares[along[spot]] += part * part
            total[w] += depending[w]
            squares[w] += depending[w] * depending[w]
        for i in range(settled):
            v = order[i]
            away[v] = np.inf
            place[v] = -1
            paths[v] = 0.0
            depending[v] = 0.0
            known[v] = 0


@compiled
def spread(
    starts: Any,
    ends: Any,
    lengths: Any,
    sources: Any,
    reached: Any,
    far: Any,
    near: Any,
    far_squares: Any,
    near_squares: Any,
    widest: Any,
) -> None:
    """Add up the distances from the sources to each node; see ``steps.spread``.

    Here ``starts`` and ``ends`` hold the edges *out of* each node.
    """
    nodes = len(starts) - 1
    away = np.full(nodes, np.inf)
    heap = np.empty(nodes, np.int32)
    place = np.full(nodes, -1, np.int32)
    order = np.empty(nodes, np.int32)
    for source in sources:
        settled = _settle(starts, ends, lengths, source, away, heap, place, order)
        for i in range(settled):
            v = order[i]
            if v != source:
                reached[v] += 1
                far[v] += away[v]
                near[v] += 1.0 / away[v]
                far_squares[v] += away[v] * away[v]
                near_squares[v] += 1.0 / (away[v] * away[v])
                widest[0] = max(widest[0], away[v])
            away[v] = np.inf
            place[v] = -1


@compiled
def tree(starts: Any, ends: Any, lengths: Any, source: Any) -> Any:
    """Return the distance of each node from the source; infinity where there is no path."""
    nodes = len(starts) - 1
    away = np.full(nodes, np.inf)
    heap = np.empty(nodes, np.int32)
    place = np.full(nodes, -1, np.int32)
    order = np.empty(nodes, np.int32)
    _settle(starts, ends, lengths, source, away, heap, place, order)
    return away


@compiled
def detoured(starts: Any, ends: Any, lengths: Any, margin: Any) -> Any:
    """Return for each edge whether two others lead to its end on a surely shorter way.

    That is: shorter by more than ``margin`` times its own length.
    """
    nodes = len(starts) - 1
    found = np.zeros(len(ends), np.bool_)
    sorted_ends = np.empty_like(ends)
    sorted_lengths = np.empty_like(lengths)
    for v in range(nodes):  # the shortest edge of each node first
        here = starts[v], starts[v + 1]
        by_length = np.argsort(lengths[here[0] : here[1]])
        sorted_ends[here[0] : here[1]] = ends[here[0] : here[1]][by_length]
        sorted_lengths[here[0] : here[1]] = lengths[here[0] : here[1]][by_length]
    by_two = np.full(nodes, np.inf)
    for v in range(nodes):
        low, high = starts[v], starts[v + 1]
        if low == high:
            continue
        longest = sorted_lengths[high - 1]
        for e in range(low, high):
            if sorted_lengths[e] >= longest:
                break
            u = sorted_ends[e]
            for g in range(starts[u], starts[u + 1]):
                way = sorted_lengths[e] + sorted_lengths[g]
                if way >= longest:
                    break
                w = sorted_ends[g]
                if way < by_two[w]:
                    by_two[w] = way
        for e in range(low, high):
            found[e] = by_two[ends[e]] < lengths[e] * (1.0 - margin)
        for e in range(low, high):  # what was reached is reset the way that it was found
            if sorted_lengths[e] >= longest:
                break
            u = sorted_ends[e]
            for g in range(starts[u], starts[u + 1]):
                if sorted_lengths[e] + sorted_lengths[g] >= longest:
                    break
                by_two[sorted_ends[g]] = np.inf
    return found
