"""Trades between sets: random bipartite graphs with given degrees."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["trade"]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30 = np.uint64(30)
_27 = np.uint64(27)
_31 = np.uint64(31)
_33 = np.uint64(33)


@compiled
def _below(state: Any, bound: Any) -> Any:
    """Return the next number in [0, bound), bound < 2³¹; SplitMix64.

    Steele, Lea and Flood (2014), doi:10.1145/2714064.2660195. Of the 31 high bits, the remainder of
    a division is biased by less than bound/2³¹.
    """
    state[0] += _STEP
    z = state[0]
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return int((z ^ (z >> _31)) >> _33) % bound


@compiled
def trade(starts: Any, members: Any, universe: Any, trades: Any, state: Any) -> None:
    """Deal anew what only one of two random sets has, so many times, in place.

    Set i is ``members[starts[i]:starts[i + 1]]``, numbers below ``universe``, each once and in any
    order. ``state`` is the generator's: one uint64, which moves on. Strona et al. (2014),
    doi:10.1038/ncomms5114. A trade takes time in proportion to the sizes of the two sets.
    """
    sets = len(starts) - 1
    if sets < 2:
        return
    in_first = np.full(universe, -1, np.int64)  # the trade in which the first set had it
    in_both = np.full(universe, -1, np.int64)
    pool = np.empty(len(members), np.int64)
    for number in range(trades):
        a = _below(state, sets)
        b = _below(state, sets - 1)
        if b >= a:
            b += 1
        for e in range(starts[a], starts[a + 1]):
            in_first[members[e]] = number
        for f in range(starts[b], starts[b + 1]):
            if in_first[members[f]] == number:
                in_both[members[f]] = number
        size = 0
        for e in range(starts[a], starts[a + 1]):
            if in_both[members[e]] != number:
                pool[size] = members[e]
                size += 1
        mine = size
        for f in range(starts[b], starts[b + 1]):
            if in_both[members[f]] != number:
                pool[size] = members[f]
                size += 1
        if mine == 0 or mine == size:
            continue  # nothing can change hands, and this too is a step of the chain
        for i in range(mine):  # a random choice of ``mine`` comes first: Fisher and Yates
            j = i + _below(state, size - i)
            pool[i], pool[j] = pool[j], pool[i]
        place = 0
        for e in range(starts[a], starts[a + 1]):
            if in_both[members[e]] != number:
                members[e] = pool[place]
                place += 1
        for f in range(starts[b], starts[b + 1]):
            if in_both[members[f]] != number:
                members[f] = pool[place]
                place += 1
