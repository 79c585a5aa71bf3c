from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, gamma, rankdata

from kg.analysis.intervals import poisson_interval
from kg.analysis.ranks import mean_ranks
from kg.analysis.shrinkage import shrink


@given(st.lists(st.floats(allow_nan=False, width=16), min_size=1, max_size=60))
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    assert mean_ranks(np.array(values)).tolist() == rankdata(values).tolist()


def test_intervals_are_the_quantiles_of_the_distributions_that_they_name() -> None:
    counts = np.array([0, 1, 2, 17, 400, 100_000])
    low, high = poisson_interval(counts)
    assert low[1:] == pytest.approx(chi2.ppf(0.025, 2 * counts[1:]) / 2, rel=1e-12)
    assert high == pytest.approx(chi2.ppf(0.975, 2 * counts + 2) / 2, rel=1e-12)
    observed, expected = np.array([3.0, 40.0, 7.0]), np.array([1.5, 20.0, 30.0])
    found = shrink(observed, expected)
    shape, rate = observed + found.mean * found.weight, expected + found.weight
    assert found.low == pytest.approx(gamma.ppf(0.025, shape, scale=1 / rate), rel=1e-12)
    assert found.high == pytest.approx(gamma.ppf(0.975, shape, scale=1 / rate), rel=1e-12)
