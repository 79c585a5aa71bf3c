"""Triangles: three nodes that are linked with each other, each found once.

The graph comes oriented (:func:`kg.network.oriented.oriented`): an edge is kept at its end
of the smaller rank, so that ``starts`` and ``ends`` hold each edge once. Nodes are ranks here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["broker", "close", "count", "redundancy", "support"]


@compiled
def close(starts: Any, ends: Any, values: Any, first: Any, last: Any, total: Any) -> None:
    """Add the product of the three values of each triangle to its three nodes.

    Triangles whose smallest rank is in ``[first, last)``.
    """
    nodes = len(starts) - 1
    mark = np.zeros(nodes)
    for u in range(first, last):
        for e in range(starts[u], starts[u + 1]):
            mark[ends[e]] = values[e]
        mine = 0.0
        for e in range(starts[u], starts[u + 1]):
            v = ends[e]
            ours = 0.0
            for f in range(starts[v], starts[v + 1]):
                w = ends[f]
                if mark[w] != 0.0:
                    product = values[f] * mark[w] * values[e]
                    total[w] += product
                    ours += product
            total[v] += ours
            mine += ours
        total[u] += mine
        for e in range(starts[u], starts[u + 1]):
            mark[ends[e]] = 0.0


@compiled
def count(starts: Any, ends: Any, first: Any, last: Any, total: Any) -> None:
    """Add 1 for each triangle to its three nodes: ``close`` where all values are 1."""
    mark = np.zeros(len(starts) - 1, np.uint8)
    for u in range(first, last):
        for e in range(starts[u], starts[u + 1]):
            mark[ends[e]] = 1
        mine = 0
        for e in range(starts[u], starts[u + 1]):
            v = ends[e]
            ours = 0
            for f in range(starts[v], starts[v + 1]):
                one = int(mark[ends[f]])
                total[ends[f]] += one
                ours += one
            total[v] += ours
            mine += ours
        total[u] += mine
        for e in range(starts[u], starts[u + 1]):
            mark[ends[e]] = 0


@compiled
def support(starts: Any, ends: Any, found: Any) -> None:
    """Add to each edge the number of triangles that it is a side of."""
    nodes = len(starts) - 1
    mark = np.full(nodes, -1, np.int64)
    for u in range(nodes):
        for e in range(starts[u], starts[u + 1]):
            mark[ends[e]] = e
        for e in range(starts[u], starts[u + 1]):
            v = ends[e]
            for f in range(starts[v], starts[v + 1]):
                g = mark[ends[f]]
                if g >= 0:
                    found[e] += 1
                    found[f] += 1
                    found[g] += 1
        for e in range(starts[u], starts[u + 1]):
            mark[ends[e]] = -1


@compiled
def redundancy(
    starts: Any, ends: Any, up: Any, down: Any, up_most: Any, down_most: Any, indirect: Any,
    redundant: Any,
) -> None:  # fmt: skip
    """Add what Burt's constraint and effective size need of each triangle.

    ``up`` and ``down``: the share of each edge in the ties of its smaller and its greater end;
    ``up_most`` and ``down_most``: its ratio to the strongest tie of that end.
    ``indirect[e, 0]`` grows by Σ_q p_uq p_qv of the edge e = (u, v), ``indirect[e, 1]`` by
    Σ_q p_vq p_qu; ``redundant[u]`` by Σ_j Σ_q p_uq m_jq.
    """
    nodes = len(starts) - 1
    mark = np.full(nodes, -1, np.int64)
    for u in range(nodes):
        for e in range(starts[u], starts[u + 1]):
            mark[ends[e]] = e
        for e in range(starts[u], starts[u + 1]):  # e = (u, v), f = (v, w), g = (u, w)
            v = ends[e]
            for f in range(starts[v], starts[v + 1]):
                w = ends[f]
                g = mark[w]
                if g < 0:
                    continue
                indirect[e, 0] += up[g] * down[f]
                indirect[e, 1] += up[f] * down[g]
                indirect[f, 0] += down[e] * up[g]
                indirect[f, 1] += down[g] * up[e]
                indirect[g, 0] += up[e] * up[f]
                indirect[g, 1] += down[f] * down[e]
                redundant[u] += up[e] * down_most[f] + up[g] * up_most[f]
                redundant[v] += down[e] * down_most[g] + up[f] * up_most[g]
                redundant[w] += down[g] * down_most[e] + down[f] * up_most[e]
        for e in range(starts[u], starts[u + 1]):
            mark[ends[e]] = -1


@compiled
def _role(first: Any, between: Any, last: Any) -> Any:
    """Return the place of a broker's role: see ``broker``."""
    if first == between:
        return 0 if last == between else 3
    if last == between:
        return 2
    return 1 if first == last else 4


@compiled
def broker(starts: Any, ends: Any, up: Any, down: Any, group: Any, closed: Any) -> None:
    """Subtract closed two-paths a → v → b (with a → b) from their broker's roles.

    ``up[e]`` and ``down[e]`` say whether the edge leads to the greater and to the smaller rank;
    ``group`` is −1 where it is unknown. Columns of ``closed``: coordinator (a a a), itinerant
    (a v a), gatekeeper (a v v), representative (v v b), liaison (a v b).
    """
    nodes = len(starts) - 1
    mark = np.full(nodes, -1, np.int64)
    for u in range(nodes):
        for e in range(starts[u], starts[u + 1]):
            mark[ends[e]] = e
        for e in range(starts[u], starts[u + 1]):
            v = ends[e]
            for f in range(starts[v], starts[v + 1]):
                w = ends[f]
                g = mark[w]
                if g < 0 or group[u] < 0 or group[v] < 0 or group[w] < 0:
                    continue
                if up[e] and up[f] and up[g]:  # u → v → w, u → w
                    closed[v, _role(group[u], group[v], group[w])] -= 1
                if down[f] and down[e] and down[g]:  # w → v → u, w → u
                    closed[v, _role(group[w], group[v], group[u])] -= 1
                if down[e] and up[g] and up[f]:  # v → u → w, v → w
                    closed[u, _role(group[v], group[u], group[w])] -= 1
                if down[g] and up[e] and down[f]:  # w → u → v, w → v
                    closed[u, _role(group[w], group[u], group[v])] -= 1
                if up[g] and down[f] and up[e]:  # u → w → v, u → v
                    closed[w, _role(group[u], group[w], group[v])] -= 1
                if up[f] and down[g] and down[e]:  # v → w → u, v → u
                    closed[w, _role(group[v], group[w], group[u])] -= 1
        for e in range(starts[u], starts[u + 1]):
            mark[ends[e]] = -1
