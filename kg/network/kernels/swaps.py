"""Random graphs with given degrees."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["enter", "rewire", "rewire_marked"]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(17)


@compiled
def _slot(table: Any, key: Any) -> Any:
    """Return where the key stands in the table, or the free place where it would."""
    mask = len(table) - 1
    place = int((np.uint64(key) * _MIX) >> _SHIFT) & mask
    while table[place] != -1 and table[place] != key:
        place = (place + 1) & mask
    return place


@compiled
def rewire(tails: Any, heads: Any, nodes: Any, first: Any, second: Any, turn: Any) -> Any:
    """Swap the ends of pairs of edges where no loop or double edge arises; return the swaps.

    ``first[i]`` and ``second[i]`` are the edges of trial i and ``turn[i]`` which ends of the
    second are swapped. ``tails`` and ``heads`` hold each undirected edge once, in any direction.
    Maslov and Sneppen (2002), doi:10.1126/science.1065103.
    """
    edges = len(tails)
    room = 16
    while room < 4 * (edges + 2 * len(first)):  # what is removed stays in the table as a gap
        room *= 2
    table = np.full(room, -1, np.int64)
    present = np.zeros(room, np.bool_)
    for e in range(edges):
        low, high = min(tails[e], heads[e]), max(tails[e], heads[e])
        place = _slot(table, low * nodes + high)
        table[place] = low * nodes + high
        present[place] = True
    done = 0
    for i in range(len(first)):
        e, f = first[i], second[i]
        a, b = tails[e], heads[e]
        c, d = (heads[f], tails[f]) if turn[i] else (tails[f], heads[f])
        if a in (c, d) or b in (c, d):
            continue
        one = min(a, d) * nodes + max(a, d)
        two = min(c, b) * nodes + max(c, b)
        if present[_slot(table, one)] or present[_slot(table, two)]:
            continue
        present[_slot(table, min(a, b) * nodes + max(a, b))] = False
        present[_slot(table, min(c, d) * nodes + max(c, d))] = False
        for key in (one, two):
            place = _slot(table, key)
            table[place] = key
            present[place] = True
        heads[e] = d
        tails[f], heads[f] = c, b
        done += 1
    return done


@compiled
def _mark(a: Any, b: Any, nodes: Any) -> Any:
    """Return the word and the bit of a pair of nodes."""
    place = np.int64(min(a, b)) * nodes + max(a, b)
    return place >> 6, np.uint64(1) << np.uint64(place & 63)


@compiled
def enter(tails: Any, heads: Any, nodes: Any, marks: Any) -> None:
    """Set the bit of each edge in ``marks``, ``nodes``² bits in words of 64."""
    for e in range(len(tails)):
        word, bit = _mark(tails[e], heads[e], nodes)
        marks[word] |= bit


@compiled
def rewire_marked(
    tails: Any, heads: Any, nodes: Any, marks: Any, first: Any, second: Any, turn: Any
) -> Any:
    """Do as ``rewire`` with a bit for each pair of nodes, which the next call goes on with."""
    done = 0
    for i in range(len(first)):
        e, f = first[i], second[i]
        a, b = tails[e], heads[e]
        c, d = (heads[f], tails[f]) if turn[i] else (tails[f], heads[f])
        if a in (c, d) or b in (c, d):
            continue
        one, one_bit = _mark(a, d, nodes)
        two, two_bit = _mark(c, b, nodes)
        if marks[one] & one_bit or marks[two] & two_bit:
            continue
        for u, v in ((a, b), (c, d)):
            word, bit = _mark(u, v, nodes)
            marks[word] &= ~bit
        marks[one] |= one_bit
        marks[two] |= two_bit
        heads[e] = d
        tails[f], heads[f] = c, b
        done += 1
    return done
