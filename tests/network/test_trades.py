"""Trades keep the sizes of sets and the number of sets of each member, and mix them evenly."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from kg.network import kernels

SETS = st.lists(st.sets(st.integers(0, 8), max_size=6), min_size=1, max_size=7)


def _arrays(sets: list[set[int]]) -> tuple[np.ndarray, np.ndarray]:
    starts = np.cumsum([0, *map(len, sets)]).astype(np.int64)
    return starts, np.array([m for one in sets for m in sorted(one)], dtype=np.int64)


@given(SETS, st.integers(0, 2**32))
def test_margins_are_kept(sets: list[set[int]], seed: int) -> None:
    starts, members = _arrays(sets)
    before = Counter(members.tolist())
    kernels.trades.trade(starts, members, 9, 50, np.array([seed], dtype=np.uint64))
    assert Counter(members.tolist()) == before
    for begin, end in pairwise(starts):
        assert len(set(members[begin:end].tolist())) == end - begin


def test_the_same_state_deals_the_same() -> None:
    dealt = []
    for seed in (7, 7, 8):
        starts, members = _arrays([{0, 1, 2}, {2, 3, 4}, {5, 6, 7}])
        kernels.trades.trade(starts, members, 9, 20, np.array([seed], dtype=np.uint64))
        dealt.append(members.tolist())
    assert dealt[0] == dealt[1] != dealt[2]


def test_one_trade_deals_all_splits_alike() -> None:
    # {0, 1} and {2, 3}: six ways to give two of four to the first.
    state = np.array([3], dtype=np.uint64)
    seen: Counter[tuple[int, ...]] = Counter()
    for _ in range(6000):
        starts, members = _arrays([{0, 1}, {2, 3}])
        kernels.trades.trade(starts, members, 4, 1, state)
        seen[tuple(sorted(members[:2].tolist()))] += 1
    assert len(seen) == 6
    assert chisquare(list(seen.values())).pvalue > 0.001
