"""Statistics against worked examples from the literature, each with its source."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analysis.evenness import (
    blau,
    cosine_distances,
    great_circle_shares,
    rao_stirling,
    shannon,
)
from kg.analysis.intervals import poisson_interval, wilson
from kg.analysis.shrinkage import shrink
from kg.analysis.survival import kaplan_meier, median_time

# Remission in weeks of 21 leukaemia patients under 6-MP: Freireich et al. (1963), Blood 21,
# 699-716; worked through in Kleinbaum & Klein, Survival Analysis, 3rd ed. (2012), ch. 2.
WEEKS = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
SEEN = [True] * 9 + [False] * 12


def test_kaplan_meier_of_the_leukaemia_patients() -> None:
    steps = kaplan_meier(WEEKS, SEEN)
    table = [(s.time, s.at_risk, s.events, round(s.survival, 4)) for s in steps]
    assert table == [
        (6, 21, 3, 0.8571), (7, 17, 1, 0.8067), (10, 15, 1, 0.7529), (13, 12, 1, 0.6902),
        (16, 11, 1, 0.6275), (22, 7, 1, 0.5378), (23, 6, 1, 0.4482),
    ]  # fmt: skip
    assert median_time(steps) == 23
    # Greenwood's standard error as R's survfit prints it for these data.
    assert [round(s.std_error or 0, 4) for s in steps] == [
        0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346,
    ]  # fmt: skip


def test_without_censoring_the_curve_is_the_share_left() -> None:
    steps = kaplan_meier([1, 2, 3, 4], [True] * 4)
    assert [s.survival for s in steps] == pytest.approx([0.75, 0.5, 0.25, 0])
    assert steps[-1].low is None


def test_nobody_with_an_event_gives_no_step() -> None:
    assert kaplan_meier([1.0, 2.0], [False, False]) == []
    assert median_time([]) is None


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=40))
def test_a_survival_curve_falls_and_counts_everybody(subjects: list[tuple[int, bool]]) -> None:
    steps = kaplan_meier([t for t, _ in subjects], [seen for _, seen in subjects])
    levels = [1.0, *(s.survival for s in steps)]
    assert all(after <= before for before, after in pairwise(levels))
    assert sum(s.events for s in steps) == sum(seen for _, seen in subjects)
    for step in steps:
        if step.low is not None and step.high is not None:
            assert 0 <= step.low <= step.survival + 1e-9
            assert step.survival <= step.high + 1e-9 <= 1 + 2e-9


@pytest.mark.parametrize(
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_garwood() -> None:
    # Ulm (1990), American Journal of Epidemiology 131, 373-375, and any table since Garwood (1936).
    low, high = poisson_interval(np.array([0, 1, 5, 10]))
    assert low == pytest.approx([0, 0.0253, 1.6235, 4.7954], abs=5e-4)
    assert high == pytest.approx([3.6889, 5.5716, 11.6683, 18.3904], abs=5e-4)


def test_rao_stirling_by_hand() -> None:
    p = np.array([0.5, 0.3, 0.2])
    d = np.array([[0, 0.4, 0.9], [0.4, 0, 0.7], [0.9, 0.7, 0]])
    # 2 · (0.5·0.3·0.4 + 0.5·0.2·0.9 + 0.3·0.2·0.7) = 0.384
    assert rao_stirling(p, d) == pytest.approx(0.384)


def test_rao_is_a_variance_where_distances_are_squared_differences() -> None:
    # Rao (1982), Theoretical Population Biology 21, 24-43: with d = (x_i − x_j)²/2 the quadratic
    # entropy is the variance of x.
    p, x = np.array([0.2, 0.5, 0.3]), np.array([1.0, 4.0, 6.0])
    d = (x[:, None] - x) ** 2 / 2
    variance = float(p @ x**2 - (p @ x) ** 2)
    assert rao_stirling(p, d) == pytest.approx(variance)


shares = st.lists(st.floats(0.01, 1), min_size=1, max_size=8).map(
    lambda weights: np.array(weights) / sum(weights)
)


@given(shares)
def test_rao_with_equal_distances_is_blau(p: np.ndarray) -> None:
    distance = 1 - np.eye(len(p))
    assert rao_stirling(p, distance) == pytest.approx(blau(p))
    assert 0 <= shannon(p) <= math.log(len(p)) + 1e-9
    assert blau(p) <= 1 - 1 / len(p) + 1e-9


@given(shares)
def test_order_and_splitting_of_kinds(p: np.ndarray) -> None:
    assert shannon(p[::-1]) == pytest.approx(shannon(p))
    # A kind that is split into two alike kinds at distance 0 adds nothing to Rao's diversity.
    split = np.concatenate([[p[0] / 2, p[0] / 2], p[1:]])
    distance = 1 - np.eye(len(split))
    distance[0, 1] = distance[1, 0] = 0
    assert rao_stirling(split, distance) == pytest.approx(blau(p))


def test_shannon_of_a_textbook() -> None:
    # p = (1/2, 1/4, 1/8, 1/8): 1.75 bits; Cover & Thomas, Elements of Information Theory, 2.1.
    assert shannon(np.array([0.5, 0.25, 0.125, 0.125])) / math.log(2) == pytest.approx(1.75)


def test_distances_on_the_globe() -> None:
    # Nashville (36.12, -86.67) to Los Angeles (33.94, -118.40): 2,887.26 km on a sphere of
    # 6,372.8 km; the example of rosettacode.org/wiki/Haversine_formula.
    share = great_circle_shares(np.array([36.12, 33.94]), np.array([-86.67, -118.40]))[0, 1]
    assert share * math.pi * 6372.8 == pytest.approx(2887.2599506, abs=1e-6)
    poles = great_circle_shares(np.array([90.0, -90.0]), np.array([0.0, 0.0]))
    assert poles[0, 1] == pytest.approx(1)


def test_cosine_distances() -> None:
    found = cosine_distances(np.array([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]]))
    assert found.round(12).tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]


def test_shrinkage_draws_little_data_to_the_mean() -> None:
    observed, expected = np.array([2.0, 200, 10, 90]), np.array([1.0, 100, 20, 180])
    found = shrink(observed, expected)
    raw = observed / expected
    assert np.all(np.abs(found.ratio - found.mean) <= np.abs(raw - found.mean) + 1e-12)
    assert raw[0] - found.ratio[0] > raw[1] - found.ratio[1]  # both were 2
    assert np.all((found.low < found.ratio) & (found.ratio < found.high))


def test_ratios_that_vary_less_than_chance_are_not_sure_of_their_mean() -> None:
    # 24 where 12.6 were expected is a finding, however quiet ten thousand empty cells are.
    observed = np.array([24.0, *[0.0] * 5000, *[1.0] * 50])
    expected = np.array([12.6, *[0.01] * 5000, *[1.0] * 50])
    found = shrink(observed, expected)
    assert found.low[0] > 1
    assert found.high[1] - found.low[1] > 0.1
    assert abs(found.ratio[1] - found.mean) < abs(0 - found.mean)


def test_ratios_that_vary_as_chance_does_are_shrunk_to_one_mean() -> None:
    found = shrink(np.array([10.0, 10, 10]), np.array([10.0, 10, 10]))
    assert found.ratio == pytest.approx([1, 1, 1])
