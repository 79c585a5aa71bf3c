"""Depth and shells: what holds a network together. Directions are ignored."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["components", "cores", "cuts", "open_pairs"]


@compiled
def components(starts: Any, ends: Any) -> Any:
    """Return the component of each node of a symmetric graph, from 0 in order of first nodes."""
    nodes = len(starts) - 1
    label = np.full(nodes, -1, np.int64)
    order = np.empty(nodes, np.int32)
    count, done = 0, 0
    for first in range(nodes):
        if label[first] >= 0:
            continue
        label[first] = count
        order[done] = first
        tail = done + 1
        while done < tail:
            v = order[done]
            done += 1
            if tail == nodes:  # everybody is found
                continue
            for e in range(starts[v], starts[v + 1]):
                u = ends[e]
                if label[u] < 0:
                    label[u] = count
                    order[tail] = u
                    tail += 1
        count += 1
    return label


@compiled
def cores(starts: Any, ends: Any) -> Any:
    """Return the core number of each node; Batagelj and Zaveršnik (2003), arXiv:cs/0310049."""
    nodes = len(starts) - 1
    degree = np.empty(nodes, np.int32)
    for v in range(nodes):
        degree[v] = starts[v + 1] - starts[v]
    most = degree.max() if nodes else 0
    begins = np.zeros(most + 2, np.int64)  # where the nodes of each degree begin in ``order``
    for v in range(nodes):
        begins[degree[v] + 1] += 1
    for d in range(most + 1):
        begins[d + 1] += begins[d]
    order = np.empty(nodes, np.int32)
    place = np.empty(nodes, np.int32)
    free = begins.copy()
    for v in range(nodes):
        place[v] = free[degree[v]]
        order[place[v]] = v
        free[degree[v]] += 1
    for i in range(nodes):
        v = order[i]
        for e in range(starts[v], starts[v + 1]):
            u = ends[e]
            if degree[u] > degree[v]:  # swap u with the first of its degree, and lower it
                first = order[begins[degree[u]]]
                place[first], place[u] = place[u], begins[degree[u]]
                order[place[first]], order[place[u]] = first, u
                begins[degree[u]] += 1
                degree[u] -= 1
    return degree


@compiled
def cuts(starts: Any, ends: Any, parts: Any, bridge: Any) -> None:
    """Find articulation points and bridges; Hopcroft and Tarjan (1973), doi:10.1145/362248.362272.

    ``parts[v]`` becomes how many more components there are without v (an isolate: −1), and
    ``bridge[e]`` true for an edge, in its direction away from the root, whose loss disconnects.
    """
    nodes = len(starts) - 1
    found = np.full(nodes, -1, np.int64)
    low = np.zeros(nodes, np.int64)
    parent = np.full(nodes, -1, np.int64)
    entry = np.full(nodes, -1, np.int64)
    following = starts[:-1].copy()
    stack = np.empty(nodes, np.int64)
    time = 0
    for root in range(nodes):
        if found[root] >= 0:
            continue
        parts[root] = -1
        stack[0] = root
        height = 1
        found[root] = low[root] = time
        time += 1
        while height:
            v = stack[height - 1]
            if following[v] < starts[v + 1]:
                e = following[v]
                following[v] += 1
                w = ends[e]
                if found[w] < 0:
                    found[w] = low[w] = time
                    time += 1
                    parent[w] = v
                    entry[w] = e
                    stack[height] = w
                    height += 1
                elif w != parent[v]:
                    low[v] = min(low[v], found[w])
            else:
                height -= 1
                u = parent[v]
                if u >= 0:
                    low[u] = min(low[u], low[v])
                    if low[v] >= found[u]:
                        parts[u] += 1
                    if low[v] > found[u]:
                        bridge[entry[v]] = True


@compiled
def open_pairs(
    starts: Any, ends: Any, rev_starts: Any, rev_ends: Any, group: Any, roles: Any
) -> None:
    """Add all two-paths a → v → b with a ≠ b to their broker's roles, closed or not.

    Columns of ``roles`` as in ``triangles.broker``. Nodes with group −1 take no part.
    """
    nodes = len(starts) - 1
    groups = group.max() + 1 if nodes else 0
    inward = np.zeros(groups, np.int64)
    outward = np.zeros(groups, np.int64)
    both = np.zeros(groups, np.int64)
    mark = np.full(nodes, -1, np.int64)
    for v in range(nodes):
        own = group[v]
        if own < 0:
            continue
        n_in, n_out = 0, 0
        for e in range(rev_starts[v], rev_starts[v + 1]):
            a = rev_ends[e]
            mark[a] = v
            if group[a] >= 0:
                inward[group[a]] += 1
                n_in += 1
        for e in range(starts[v], starts[v + 1]):
            b = ends[e]
            if group[b] >= 0:
                outward[group[b]] += 1
                n_out += 1
                if mark[b] == v:
                    both[group[b]] += 1
        same_other = 0
        pairs_other = 0
        for e in range(rev_starts[v], rev_starts[v + 1]):
            g = group[rev_ends[e]]
            if g >= 0 and g != own and inward[g] > 0:
                pairs_other += inward[g] * outward[g]
                same_other += inward[g] * outward[g] - both[g]
                if g != own:
                    inward[g] = -inward[g]  # this group is done
        roles[v, 0] += inward[own] * outward[own] - both[own]
        roles[v, 1] += same_other
        roles[v, 2] += (n_in - inward[own]) * outward[own]
        roles[v, 3] += inward[own] * (n_out - outward[own])
        roles[v, 4] += (n_in - inward[own]) * (n_out - outward[own]) - pairs_other
        for e in range(rev_starts[v], rev_starts[v + 1]):
            if group[rev_ends[e]] >= 0:
                inward[group[rev_ends[e]]] = 0
        for e in range(starts[v], starts[v + 1]):
            if group[ends[e]] >= 0:
                outward[group[ends[e]]] = 0
                both[group[ends[e]]] = 0
