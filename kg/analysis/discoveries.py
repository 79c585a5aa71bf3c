"""Many tests at once: how many of the discoveries may be false."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np
from numpy.typing import NDArray

from kg.network.pairs import Counts

__all__ = ["Moments", "benjamini_hochberg", "draws_needed", "moderated", "settled"]

_MOST = 10  # times as many draws as were asked for
_BULK = 90  # percentile of the deviations that is added to each of them

Vector = NDArray[np.float64]


def benjamini_hochberg(p: Vector) -> Vector:
    """Return q-values: the false discovery rate at which each test would be called significant.

    ``q_(i) = min_{j ≥ i} p_(j) m / j``. Benjamini & Hochberg (1995),
    doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(p, kind="stable")
    stepped = p[order] * len(p) / np.arange(1, len(p) + 1)
    falling = np.minimum.accumulate(stepped[::-1])[::-1]
    q = np.empty(len(p))
    q[order] = np.minimum(falling, 1.0)
    return q


def draws_needed(p: Vector, tails: int, alpha: float, samples: int) -> int:
    """Return how many draws it takes that the smallest p can be called significant; 0 if it can.

    With few draws and many tests no q reaches ``alpha``, however far the observed values lie from
    all that was drawn. Of m tests of which r have the smallest p that the draws allow, it takes
    ``tails·m/(alpha·r)``; half of the r may fall off, so that twice as many are asked for, and at
    most ten times ``samples``. The p-values of the first draws chose the number, so they must not
    be used with it: the draws have to be fresh.

    Examples
    --------
    >>> draws_needed(np.array([0.01, 0.01, *[0.5] * 98]), tails=1, alpha=0.05, samples=99)
    990
    >>> draws_needed(np.array([0.01] * 100), tails=1, alpha=0.05, samples=99)
    0
    """
    least = tails / (1 + samples)
    there = int(np.sum(p <= least * (1 + 1e-9)))
    if not there or alpha <= 0 or least * len(p) / there <= alpha:
        return 0
    return min(ceil(2 * tails * len(p) / (alpha * there)), _MOST * samples)


def settled(
    draw: Callable[[int, int], Moments],
    p_values: Callable[[Moments], Vector],
    tails: int,
    alpha: float,
    samples: int,
    seed: int,
) -> tuple[Moments, int]:
    """Return what was drawn, and how many draws: as many fresh ones as a verdict takes.

    ``draw`` takes a number of draws and a seed; see :func:`draws_needed`.
    """
    null = draw(samples, seed)
    more = draws_needed(p_values(null), tails, alpha, samples)
    return (draw(more, seed + 1), more) if more > samples else (null, samples)


def moderated(difference: Vector, deviation: Vector) -> Vector:
    """Return differences in deviations that are not let near 0: ``difference/(sd + s₀)``.

    A z-score divides by what chance varies, and where that is next to nothing a difference next to
    nothing has a z of 100. With s₀, the 90th percentile of all deviations, only differences that
    are large among all of them come first. Tusher, Tibshirani & Chu (2001),
    doi:10.1073/pnas.091062498; the percentile is that of Efron et al. (2001),
    doi:10.1198/016214501753382129. 0 where nothing varies at all.

    Examples
    --------
    >>> moderated(np.array([0.1, 5.0]), np.array([0.001, 1.0])).round(2).tolist()
    [0.11, 2.63]
    """
    floor = float(np.percentile(deviation, _BULK)) if len(deviation) else 0.0
    spread = deviation + floor
    return np.divide(difference, spread, out=np.zeros(len(deviation)), where=spread > 0)


class Moments:
    """Mean, spread and tail counts of simulated values, beside the observed ones.

    Parameters
    ----------
    observed:
        The observed values; every simulation has as many.
    """

    def __init__(self, observed: Vector) -> None:
        self.observed = observed
        self.samples = 0
        self.mean = np.zeros(len(observed))
        self._squares = np.zeros(len(observed))
        self._above = np.zeros(len(observed))
        self._below = np.zeros(len(observed))
        # Sums of floats in another order are the same number.
        self._slack = 1e-9 * np.maximum(np.abs(observed), 1e-3)

    @classmethod
    def of(cls, counts: Counts) -> Moments:
        """Return those of counts, whose sums are whole numbers and so exact."""
        found = cls(counts.observed.astype(np.float64))
        samples = max(counts.samples, 1)
        found.samples = counts.samples
        found.mean = counts.total / samples
        found._squares = (counts.squares * samples - counts.total**2) / samples
        found._above, found._below = (
            counts.above.astype(np.float64),
            counts.below.astype(np.float64),
        )
        return found

    def add(self, values: Vector) -> None:
        """Take one simulation in (Welford's update)."""
        self.samples += 1
        step = values - self.mean
        self.mean += step / self.samples
        self._squares += step * (values - self.mean)
        self._above += values >= self.observed - self._slack
        self._below += values <= self.observed + self._slack

    @property
    def deviation(self) -> Vector:
        """The standard deviation of the simulations; 0 where they all agree."""
        spread = np.sqrt(self._squares / max(self.samples - 1, 1))
        return np.where(spread > 1e-9 * np.maximum(np.abs(self.mean), 1e-9), spread, 0.0)

    def upper(self) -> Vector:
        """Return the chance of so much or more, ``(1 + #above)/(1 + samples)``: never 0."""
        return np.asarray((1 + self._above) / (1 + self.samples))

    def two_sided(self) -> Vector:
        """Return twice the smaller of both tails, at most 1."""
        lower = (1 + self._below) / (1 + self.samples)
        return np.asarray(np.minimum(2 * np.minimum(self.upper(), lower), 1.0))
