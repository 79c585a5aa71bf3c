"""Ratios of observed to expected counts that do not shout where counts are small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

__all__ = ["Shrunk", "shrink"]

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Shrunk:
    """Shrunken ratios with 95 % intervals, and the prior: its mean and its weight in counts."""

    ratio: Vector
    low: Vector
    high: Vector
    mean: float
    weight: float


def shrink(observed: Vector, expected: Vector) -> Shrunk:
    """Return empirical Bayes estimates of ``observed/expected``.

    Counts are Poisson with mean ``θ·expected`` and θ comes from a gamma distribution with the
    moments of the data, so that ``θ̂ = (x + shape)/(e + rate)``: much data speaks for itself, little
    is drawn to the mean. Marshall (1991), J. R. Stat. Soc. C 40, 283-294, doi:10.2307/2347593.

    Moments of few or alike counts may give θ no variance at all, and every ratio would be the mean
    with an interval of nothing, which no data show. So the variance of θ is taken to be at least
    its own standard error where it is 0: ``√Σ(2m² + m/e) / Σe``, by the variance of a Poisson
    count's squared deviation.

    Parameters
    ----------
    observed, expected:
        Counts x ≥ 0 and expectations e > 0.

    Examples
    --------
    >>> found = shrink(np.array([2.0, 200.0, 20.0]), np.array([1.0, 100.0, 40.0]))
    >>> bool(found.ratio[0] < found.ratio[1])  # both are twice the expected
    True
    """
    mean = float(observed.sum() / expected.sum())
    spread = float(np.sum(expected * (observed / expected - mean) ** 2) / expected.sum())
    between = spread - mean / float(expected.mean())
    unsure = float(np.sqrt(np.sum(2 * mean**2 + mean / expected)) / expected.sum())
    weight = mean / max(between, unsure) if mean > 0 else 1.0
    shape = observed + mean * weight
    rate = expected + weight
    low, high = (gammaincinv(shape, q) / rate for q in (0.025, 0.975))
    return Shrunk(shape / rate, np.asarray(low), np.asarray(high), mean, weight)
