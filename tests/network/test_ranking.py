from __future__ import annotations

import numpy as np

from kg.network.ranking import rank, significant


def test_ties_share_a_rank_and_leave_a_gap() -> None:
    assert rank(np.array([3.0, 7.0, 3.0, 1.0, 7.0])).tolist() == [3, 1, 3, 5, 1]


def test_rounding_makes_no_difference() -> None:
    assert rank(np.array([0.1 + 0.2, 0.3, 0.3 + 1e-6])).tolist() == [2, 2, 1]
    assert rank(np.array([1.0, 1.0 - 5e-11, 1.0 - 5e-10])).tolist() == [1, 1, 3]


def test_zeros_and_what_rounding_leaves_of_them_tie() -> None:
    assert rank(np.array([1.0, 0.0, 1e-17])).tolist() == [1, 2, 2]
    assert rank(np.zeros(3)).tolist() == [1, 1, 1]


def test_nothing_to_rank() -> None:
    assert rank(np.zeros(0)).tolist() == []


def test_significant_digits() -> None:
    assert significant(1 / 3) == 0.333333333333
    assert significant(123456789012.5) == 123456789012.0
    assert significant(0.0) == 0.0
