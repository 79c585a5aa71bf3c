"""Symmetric graphs turned: the other half of each edge, each edge once, and who is joined."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["joined", "mates", "orient"]


@compiled
def mates(starts: Any, ends: Any) -> Any:
    """Return for each entry [u, v] of a symmetric graph with sorted ends the place of [v, u]."""
    place = starts[:-1].copy()
    found = np.empty(len(ends), np.int64)
    for v in range(len(starts) - 1):
        for e in range(starts[v], starts[v + 1]):
            found[e] = place[ends[e]]  # nodes come in their order, as they do among the ends
            place[ends[e]] += 1
    return found


@compiled
def orient(starts: Any, ends: Any, order: Any, rank: Any, into: Any, heads: Any, down: Any) -> None:
    """Keep each edge at its end of the smaller rank.

    ``into`` becomes where the edges of each rank start, ``heads`` their greater ranks in order,
    and ``down`` their entries from the greater rank to the smaller.
    """
    nodes = len(order)
    for v in range(nodes):
        for e in range(starts[v], starts[v + 1]):
            if rank[ends[e]] > rank[v]:
                into[rank[v] + 1] += 1
    for r in range(nodes):
        into[r + 1] += into[r]
    place = into[:-1].copy()
    for r in range(nodes):
        v = order[r]
        for e in range(starts[v], starts[v + 1]):
            low = rank[ends[e]]
            if low < r:
                heads[place[low]] = r
                down[place[low]] = e
                place[low] += 1


@compiled
def joined(starts: Any, ends: Any) -> Any:
    """Return the number of each node's component in a symmetric graph, by its first node."""
    nodes = len(starts) - 1
    part = np.full(nodes, -1, np.int64)
    waiting = np.empty(nodes, np.int32)
    parts = 0
    for root in range(nodes):
        if part[root] >= 0:
            continue
        part[root] = parts
        waiting[0] = root
        height = 1
        while height:
            height -= 1
            v = waiting[height]
            for e in range(starts[v], starts[v + 1]):
                w = ends[e]
                if part[w] < 0:
                    part[w] = parts
                    waiting[height] = w
                    height += 1
        parts += 1
    return part
