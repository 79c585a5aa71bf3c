"""Dijkstra searches: paths that add up lengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["depend", "detoured", "spread", "tree"]


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
        v = heap[0]
        order[settled] = v
        settled += 1
        size -= 1
        if size:  # the last node goes to the top and sinks
            sinking = heap[size]
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
        for e in range(starts[v], starts[v + 1]):
            w = ends[e]
            length = away[v] + lengths[e]
            if length < away[w]:
                away[w] = length
                if place[w] < 0:
                    hole = size
                    size += 1
                else:
                    hole = place[w]
                while hole > 0:
                    parent = (hole - 1) // 2
                    if away[heap[parent]] <= length:
                        break
                    heap[hole] = heap[parent]
                    place[heap[hole]] = hole
                    hole = parent
                heap[hole] = w
                place[w] = hole
    return settled


@compiled
def depend(
    starts: Any,
    ends: Any,
    lengths: Any,
    tolerance: Any,
    sources: Any,
    total: Any,
    squares: Any,
    by_edge: Any,
    edge_squares: Any,
) -> None:
    """Add what each node lies on of the shortest paths; see ``waves.depend``.

    Two lengths are equal when they differ by at most ``tolerance`` times the longer.
    """
    nodes = len(starts) - 1
    away = np.full(nodes, np.inf)
    heap = np.empty(nodes, np.int32)
    place = np.full(nodes, -1, np.int32)
    order = np.empty(nodes, np.int32)
    paths = np.zeros(nodes)
    share = np.zeros(nodes)
    edges = len(by_edge) > 0
    for source in sources:
        settled = _settle(starts, ends, lengths, source, away, heap, place, order)
        paths[source] = 1.0
        for i in range(settled):
            v = order[i]
            for e in range(starts[v], starts[v + 1]):
                w = ends[e]
                if away[v] < away[w]:
                    gap = abs(away[v] + lengths[e] - away[w])
                    if gap <= tolerance * away[w]:
                        paths[w] += paths[v]
        for i in range(settled - 1, -1, -1):
            v = order[i]
            passed = 0.0
            for e in range(starts[v], starts[v + 1]):
                w = ends[e]
                if away[v] < away[w]:
                    gap = abs(away[v] + lengths[e] - away[w])
                    if gap <= tolerance * away[w]:
                        passed += share[w]
                        if edges:
                            part = paths[v] * share[w]
                            by_edge[e] += part
                            edge_squares[e] += part * part
            depending = paths[v] * passed
            share[v] = (1.0 + depending) / paths[v]
            if v != source:
                total[v] += depending
                squares[v] += depending * depending
        for i in range(settled):
            v = order[i]
            away[v] = np.inf
            place[v] = -1
            paths[v] = 0.0


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
