"""Estimates from some sources, and how far from the truth they can be.

A score is a sum over sources; some drawn with replacement give its estimate. Errors hold for all
scores at once with a probability of 95 %: each bound is taken at 5 % divided among them.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from kg.errors import QueryError

__all__ = ["CONFIDENCE", "RISK", "bernstein", "draw", "hoeffding"]

CONFIDENCE = 0.95
"""The probability with which all errors hold at once."""

RISK = 1 - CONFIDENCE
"""The probability with which one of them does not."""

Floats = NDArray[np.float64]


def draw(nodes: int, size: int, seed: int) -> NDArray[np.intp]:
    """Return ``size`` sources, drawn with replacement by the seed.

    Raises
    ------
    QueryError
        ``size`` is below 2.
    """
    if size < 2:
        raise QueryError(f"sample={size} is not accepted; give a number of sources from 2.")
    return np.random.default_rng(seed).integers(0, nodes, size)


def hoeffding(
    sums: Floats,
    size: int,
    *,
    greatest: float | Floats,
    population: int | None = None,
    risk: float = RISK,
) -> tuple[Floats, Floats]:
    """Return estimates and errors, where a source adds from 0 to ``greatest``.

    ``n · greatest · √(ln(2m/risk)/(2k))`` for m scores, n sources in all and k drawn; Hoeffding
    (1963), doi:10.1080/01621459.1963.10500830.

    Parameters
    ----------
    sums:
        What the drawn sources add to each score.
    size:
        How many were drawn.
    greatest:
        The most that one source can add, to all scores or to each.
    population:
        How many sources there are; as many as scores where None.
    risk:
        The probability with which some error may be too small.

    Examples
    --------
    >>> estimates, errors = hoeffding(np.array([5.0, 0.0]), 10, greatest=1.0)
    >>> estimates, errors.round(3)
    (array([1., 0.]), array([0.936, 0.936]))
    """
    scores = len(sums)
    sources = scores if population is None else population
    error = sqrt(log(2 * max(scores, 1) / risk) / (2 * size))
    return sums * (sources / size), np.full(scores, sources * error) * greatest


def bernstein(
    sums: Floats,
    squares: Floats,
    size: int,
    *,
    greatest: float | Floats,
    population: int | None = None,
    risk: float = RISK,
) -> tuple[Floats, Floats]:
    """Return estimates and errors from the sums and the sums of squares of what sources add.

    ``n · (√(2 V ln(8m/risk)/k) + 7 · greatest · ln(8m/risk)/(3(k − 1)))`` with V the variance over
    the k sources, or Hoeffding's error at the other half of the risk where that is smaller; Maurer
    and Pontil (2009), Empirical Bernstein Bounds, theorem 4, arXiv:0907.3740. Parameters as of
    :func:`hoeffding`.
    """
    scores = len(sums)
    sources = scores if population is None else population
    half = risk / 2
    variance = np.maximum(squares - sums**2 / size, 0.0) / (size - 1)
    log_term = log(4 * max(scores, 1) / half)
    by_variance = np.sqrt(2 * variance * log_term / size)
    by_variance += 7 * greatest * log_term / (3 * (size - 1))
    estimates, by_range = hoeffding(sums, size, greatest=greatest, population=population, risk=half)
    return estimates, np.minimum(sources * by_variance, by_range)
