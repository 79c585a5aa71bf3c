"""Breadth-first searches from eight sources at once: which shortest paths run where.

The eight numbers of a node stand side by side, so an edge is read once for eight sources, and
nothing is asked of it: where a source has nothing to give, the number is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["depend"]

_WIDTH = 8


@compiled
def _gather(starts: Any, ends: Any, v: Any, rows: Any, into: Any) -> Any:
    """Put the sum of the rows of the ends of a node's edges into its row; return its sum."""
    a = b = c = d = 0.0
    f = g = h = i = 0.0
    for e in range(starts[v], starts[v + 1]):
        u = ends[e]
        a += rows[u, 0]
        b += rows[u, 1]
        c += rows[u, 2]
        d += rows[u, 3]
        f += rows[u, 4]
        g += rows[u, 5]
        h += rows[u, 6]
        i += rows[u, 7]
    into[v, 0] = a
    into[v, 1] = b
    into[v, 2] = c
    into[v, 3] = d
    into[v, 4] = f
    into[v, 5] = g
    into[v, 6] = h
    into[v, 7] = i
    return a + b + c + d + f + g + h + i


@compiled
def _outward(
    starts: Any,
    ends: Any,
    into_starts: Any,
    into_ends: Any,
    sources: Any,
    level: Any,
    paths: Any,
    wave: Any,
    coming: Any,
    open_to: Any,
    met: Any,
    order: Any,
    first: Any,
) -> Any:
    """Fill ``level`` with steps from the sources and ``paths`` with numbers of shortest paths.

    ``order[first[d] : first[d + 1]]`` become the nodes at d steps from some source. Returns the
    greatest d. ``wave`` and ``coming`` come in as 0 everywhere, and leave so.
    """
    nodes = len(starts) - 1
    level[:] = -1
    open_to[:] = len(sources)
    open_edges = len(into_ends)
    count = 0
    for b in range(len(sources)):
        source = sources[b]
        level[source, b] = 0
        paths[source, b] = 1.0
        wave[source, b] = 1.0
        if not met[source]:
            met[source] = True
            order[count] = source
            count += 1
        open_to[source] -= 1
        if open_to[source] == 0:
            open_edges -= into_starts[source + 1] - into_starts[source]
    met[order[:count]] = False
    first[0], first[1] = 0, count
    d = 0
    while first[d] < first[d + 1]:
        leaving = 0
        for v in order[first[d] : first[d + 1]]:
            leaving += starts[v + 1] - starts[v]
        end = first[d + 1]
        if 2 * leaving > open_edges + nodes:  # those that lack a source look who has one
            for w in range(nodes):
                if open_to[w] and _gather(into_starts, into_ends, w, wave, coming) > 0:
                    order[end] = w
                    end += 1
        else:
            for v in order[first[d] : first[d + 1]]:
                for e in range(starts[v], starts[v + 1]):
                    w = ends[e]
                    if open_to[w]:
                        if not met[w]:
                            met[w] = True
                            order[end] = w
                            end += 1
                        for b in range(_WIDTH):
                            coming[w, b] += wave[v, b]
            met[order[first[d + 1] : end]] = False
        for v in order[first[d] : first[d + 1]]:
            wave[v, :] = 0.0
        kept = first[d + 1]
        for place in range(kept, end):
            w = order[place]
            found = 0
            for b in range(_WIDTH):
                if coming[w, b] > 0 and level[w, b] < 0:
                    level[w, b] = d + 1
                    paths[w, b] = coming[w, b]
                    wave[w, b] = coming[w, b]
                    found += 1
                coming[w, b] = 0.0
            if found:
                order[kept] = w
                kept += 1
                open_to[w] -= found
                if open_to[w] == 0:
                    open_edges -= into_starts[w + 1] - into_starts[w]
        d += 1
        first[d + 1] = kept
    return d - 1


@compiled
def _along(
    starts: Any, ends: Any, v: Any, ways: Any, behind: Any, into: Any, by_edge: Any, squares: Any
) -> None:
    """Do as ``_gather``, and add to each edge what depends on it."""
    into[v, :] = 0.0
    for e in range(starts[v], starts[v + 1]):
        u = ends[e]
        whole = 0.0
        square = 0.0
        for b in range(_WIDTH):
            into[v, b] += behind[u, b]
            part = ways[b] * behind[u, b]
            whole += part
            square += part * part
        by_edge[e] += whole
        squares[e] += square


@compiled
def _homeward(
    starts: Any,
    ends: Any,
    last: Any,
    level: Any,
    paths: Any,
    share: Any,
    behind: Any,
    order: Any,
    first: Any,
    total: Any,
    squares: Any,
    by_edge: Any,
    edge_squares: Any,
) -> None:
    """Add up what depends on nodes and edges, from the farthest nodes to the sources.

    ``behind`` has (1 + δ)/σ of the nodes one step farther and 0 elsewhere, ``share`` takes those of
    this step. Both come in as 0 everywhere, and leave so.
    """
    edges = len(by_edge) > 0
    ways = np.zeros(_WIDTH)
    for d in range(last, -1 if edges else 0, -1):
        for v in order[first[d] : first[d + 1]]:
            if d < last and edges:
                for b in range(_WIDTH):
                    ways[b] = paths[v, b] if level[v, b] == d else 0.0
                _along(starts, ends, v, ways, behind, share, by_edge, edge_squares)
            elif d < last:
                _gather(starts, ends, v, behind, share)
            whole = 0.0
            square = 0.0
            for b in range(_WIDTH):
                if level[v, b] == d:
                    depending = paths[v, b] * share[v, b]
                    whole += depending
                    square += depending * depending
                    share[v, b] = (1.0 + depending) / paths[v, b]
                else:
                    share[v, b] = 0.0
            if d > 0:
                total[v] += whole
                squares[v] += square
        if d < last:
            for v in order[first[d + 1] : first[d + 2]]:
                behind[v, :] = 0.0
        share, behind = behind, share
    for v in order[first[0] : first[2]]:  # of the last two steps
        behind[v, :] = 0.0
        share[v, :] = 0.0


@compiled
def depend(
    starts: Any,
    ends: Any,
    into_starts: Any,
    into_ends: Any,
    sources: Any,
    total: Any,
    squares: Any,
    by_edge: Any,
    edge_squares: Any,
) -> None:
    """Add what each node lies on of the shortest paths from the sources.

    ``total[v] += Σ_s δ_s(v)`` and ``squares[v] += Σ_s δ_s(v)²`` with δ_s(v) = Σ_t σ_st(v)/σ_st;
    ``by_edge[e]`` and ``edge_squares[e]`` likewise for the edge e, unless they are empty.
    ``into_starts`` and ``into_ends`` hold the edges *into* each node. Brandes (2001),
    doi:10.1080/0022250X.2001.9990249; a step of the search goes from those that were reached or
    to those that were not, whichever have fewer edges: Beamer et al. (2012),
    doi:10.1109/SC.2012.50.
    """
    nodes = len(starts) - 1
    level = np.empty((nodes, _WIDTH), np.int32)
    paths = np.zeros((nodes, _WIDTH))
    wave = np.zeros((nodes, _WIDTH))
    coming = np.zeros((nodes, _WIDTH))
    open_to = np.empty(nodes, np.int32)
    met = np.zeros(nodes, np.bool_)
    # A node stands in it once for each source, and once more while it is looked at.
    order = np.empty(nodes * (_WIDTH + 1), np.int32)
    first = np.zeros(nodes + 3, np.int64)
    for start in range(0, len(sources), _WIDTH):
        some = sources[start : start + _WIDTH]
        first[:] = 0
        last = _outward(
            starts, ends, into_starts, into_ends, some, level, paths, wave, coming, open_to, met,
            order, first,
        )  # fmt: skip
        _homeward(
            starts, ends, last, level, paths, wave, coming, order, first, total, squares,
            by_edge, edge_squares,
        )  # fmt: skip
