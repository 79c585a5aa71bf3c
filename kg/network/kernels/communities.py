"""The steps of the Leiden algorithm; Traag et al. (2019), doi:10.1038/s41598-019-41695-z.

Weights are those of a symmetric matrix without its diagonal, which moves with its node and counts
only in ``strength`` (row sums, the diagonal included). ``total`` is the sum of all of them. Labels
are int32, from 0 to below the number of nodes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["compact", "contract", "move", "refine"]

_LEAST = 1e-12  # a gain, as a share of the total, that is more than rounding


@compiled
def move(
    starts: Any, ends: Any, weights: Any, strength: Any, total: Any, queue: Any, community: Any
) -> Any:
    """Move nodes to the community that gains most, until none wants to; return the moves.

    ``queue`` holds all nodes in the order of their first visit and is used up.
    """
    nodes = len(starts) - 1
    least = _LEAST * total
    # Of each community: the strength of its members, and the weight from the node at hand to it.
    # Side by side, as they are read together.
    table = np.zeros((nodes, 2))
    members = np.zeros(nodes, np.int32)
    for v in range(nodes):
        table[community[v], 0] += strength[v]
        members[community[v]] += 1
    empty = np.empty(nodes, np.int32)
    vacant = 0
    for c in range(nodes):
        if members[c] == 0:
            empty[vacant] = c
            vacant += 1
    met = np.empty(nodes, np.int32)
    waiting = np.ones(nodes, np.bool_)
    head, count, moves = 0, nodes, 0
    while count:
        v = queue[head]
        head += 1
        if head == nodes:
            head = 0
        count -= 1
        waiting[v] = False
        own = community[v]
        first, last = starts[v], starts[v + 1]
        known = 0
        for e in range(first, last):
            c = community[ends[e]]
            if table[c, 1] == 0.0:
                met[known] = c
                known += 1
            table[c, 1] += weights[e]
        share = strength[v] / total
        table[own, 0] -= strength[v]
        best, chosen = table[own, 1] - share * table[own, 0], own
        table[own, 1] = 0.0
        floor = best + least
        for i in range(known):
            c = met[i]
            gain = table[c, 1] - share * table[c, 0]
            table[c, 1] = 0.0
            if gain > floor and c != own:
                best, chosen = gain, c
                floor = gain + least
        if best < -least and members[own] > 1:  # better alone
            vacant -= 1
            chosen = empty[vacant]
        table[chosen, 0] += strength[v]
        if chosen != own:
            moves += 1
            community[v] = chosen
            members[own] -= 1
            members[chosen] += 1
            if members[own] == 0:
                empty[vacant] = own
                vacant += 1
            for e in range(first, last):
                u = ends[e]
                if not waiting[u] and community[u] != chosen:
                    waiting[u] = True
                    place = head + count
                    queue[place if place < nodes else place - nodes] = u
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
    part = np.arange(nodes).astype(np.int32)
    size = np.ones(nodes, np.int32)
    whole = np.zeros(nodes)
    for v in range(nodes):
        whole[community[v]] += strength[v]
    # Of each part: its strength, its weight to the rest of its community, and to the node at hand.
    table = np.zeros((nodes, 3))
    for v in range(nodes):
        own = community[v]
        outward = 0.0
        for e in range(starts[v], starts[v + 1]):
            if community[ends[e]] == own:
                outward += weights[e]
        table[v, 0] = strength[v]
        table[v, 1] = outward
    met = np.empty(nodes, np.int32)
    for v in visits:
        if size[v] != 1 or part[v] != v:
            continue
        own = community[v]
        rest = whole[own]
        share = strength[v] / total
        if table[v, 1] < share * (rest - strength[v]):
            continue
        known = 0
        for e in range(starts[v], starts[v + 1]):
            u = ends[e]
            if community[u] == own:
                p = part[u]
                if table[p, 2] == 0.0:
                    met[known] = p
                    known += 1
                table[p, 2] += weights[e]
        best, chosen, tie = _LEAST * total, v, 0.0
        for i in range(known):
            p = met[i]
            gain = table[p, 2] - share * table[p, 0]
            if gain > best and table[p, 1] >= table[p, 0] * (rest - table[p, 0]) / total:
                best, chosen, tie = gain, p, table[p, 2]
            table[p, 2] = 0.0
        if chosen != v:
            part[v] = chosen
            size[v] = 0
            size[chosen] += 1
            table[chosen, 0] += strength[v]
            table[chosen, 1] += table[v, 1] - 2 * tie
    return part


@compiled
def compact(labels: Any) -> Any:
    """Make the labels, in place, count from 0 in the order of first nodes; return how many."""
    known = np.full(len(labels), -1, np.int32)
    count = 0
    for v in range(len(labels)):
        label = labels[v]
        if known[label] < 0:
            known[label] = count
            count += 1
        labels[v] = known[label]
    return count


@compiled
def contract(starts: Any, ends: Any, weights: Any, part: Any, count: Any) -> Any:
    """Return the edges between ``count`` parts, each made one node: starts, ends, weights.

    Edges inside a part are left out, and so is the diagonal.
    """
    nodes = len(starts) - 1
    begins = np.zeros(count + 1, np.int64)
    for v in range(nodes):
        begins[part[v] + 1] += 1
    for p in range(count):
        begins[p + 1] += begins[p]
    order = np.empty(nodes, np.int32)
    free = begins[:count].copy()
    for v in range(nodes):
        order[free[part[v]]] = v
        free[part[v]] += 1
    into = np.zeros(count + 1, np.int64)
    heads = np.empty(len(ends), np.int32)
    sums = np.empty(len(ends))
    links = np.zeros(count)
    filled = 0
    for p in range(count):
        first = filled
        for i in range(begins[p], begins[p + 1]):
            v = order[i]
            for e in range(starts[v], starts[v + 1]):
                q = part[ends[e]]
                if q != p:
                    if links[q] == 0.0:
                        heads[filled] = q
                        filled += 1
                    links[q] += weights[e]
        for i in range(first, filled):
            sums[i] = links[heads[i]]
            links[heads[i]] = 0.0
        into[p + 1] = filled
    return into, heads[:filled].copy(), sums[:filled].copy()
