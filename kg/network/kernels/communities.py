"""The two local steps of the Leiden algorithm; Traag et al. (2019), doi:10.1038/s41598-019-41695-z.

Weights are those of a symmetric matrix whose diagonal is kept apart: it moves with its node and
counts only in ``strength`` (row sums, the diagonal included). ``total`` is the sum of all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["move", "refine"]

_LEAST = 1e-12  # a gain, as a share of the total, that is more than rounding


@compiled
def move(
    starts: Any, ends: Any, weights: Any, strength: Any, total: Any, queue: Any, community: Any
) -> Any:
    """Move nodes to the community that gains most, until none wants to; return the moves.

    ``queue`` holds all nodes in the order of their first visit and is used up. ``community``
    holds numbers below the number of nodes.
    """
    nodes = len(starts) - 1
    sums = np.zeros(nodes)
    members = np.zeros(nodes, np.int64)
    for v in range(nodes):
        sums[community[v]] += strength[v]
        members[community[v]] += 1
    empty = np.empty(nodes, np.int64)
    vacant = 0
    for c in range(nodes):
        if members[c] == 0:
            empty[vacant] = c
            vacant += 1
    links = np.zeros(nodes)
    met = np.empty(nodes, np.int64)
    waiting = np.ones(nodes, np.bool_)
    head, count, moves = 0, nodes, 0
    while count:
        v = queue[head]
        head = (head + 1) % nodes
        count -= 1
        waiting[v] = False
        own = community[v]
        known = 0
        for e in range(starts[v], starts[v + 1]):
            c = community[ends[e]]
            if links[c] == 0.0:
                met[known] = c
                known += 1
            links[c] += weights[e]
        share = strength[v] / total
        sums[own] -= strength[v]
        stay = links[own] - share * sums[own]
        best, chosen = stay, own
        for i in range(known):
            c = met[i]
            gain = links[c] - share * sums[c]
            if gain > best + _LEAST * total:
                best, chosen = gain, c
        if best < -_LEAST * total and members[own] > 1:  # better alone
            vacant -= 1
            chosen = empty[vacant]
        sums[chosen] += strength[v]
        for i in range(known):
            links[met[i]] = 0.0
        if chosen != own:
            moves += 1
            community[v] = chosen
            members[own] -= 1
            members[chosen] += 1
            if members[own] == 0:
                empty[vacant] = own
                vacant += 1
            for e in range(starts[v], starts[v + 1]):
                u = ends[e]
                if not waiting[u] and community[u] != chosen:
                    waiting[u] = True
                    queue[(head + count) % nodes] = u
                    count += 1
    return moves


@compiled
def refine(
    starts: Any, ends: Any, weights: Any, strength: Any, total: Any, visits: Any, community: Any
) -> Any:
    """Return a partition inside the communities whose parts are connected.

    Each node begins alone and, in the order of ``visits``, joins the part of its community that
    gains most, where both hang together well enough with the rest of the community.
    """
    nodes = len(starts) - 1
    part = np.arange(nodes)
    size = np.ones(nodes, np.int64)
    sums = strength.copy()
    whole = np.zeros(nodes)
    outward = np.zeros(nodes)  # the weight from a part to the rest of its community
    for v in range(nodes):
        whole[community[v]] += strength[v]
        for e in range(starts[v], starts[v + 1]):
            if community[ends[e]] == community[v]:
                outward[v] += weights[e]
    links = np.zeros(nodes)
    met = np.empty(nodes, np.int64)
    for v in visits:
        rest = whole[community[v]]
        if size[part[v]] > 1 or part[v] != v:
            continue
        if outward[v] < strength[v] * (rest - strength[v]) / total:
            continue
        known = 0
        for e in range(starts[v], starts[v + 1]):
            u = ends[e]
            if community[u] == community[v]:
                p = part[u]
                if links[p] == 0.0:
                    met[known] = p
                    known += 1
                links[p] += weights[e]
        best, chosen = _LEAST * total, v
        for i in range(known):
            p = met[i]
            gain = links[p] - strength[v] * sums[p] / total
            if gain > best and outward[p] >= sums[p] * (rest - sums[p]) / total:
                best, chosen = gain, p
        if chosen != v:
            part[v] = chosen
            size[v] = 0
            size[chosen] += 1
            sums[chosen] += strength[v]
            outward[chosen] += outward[v] - 2 * links[chosen]
        for i in range(known):
            links[met[i]] = 0.0
    return part
