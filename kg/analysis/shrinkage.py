"""Ratios of observed to expected counts that do not shout where counts are small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

__all__ = ["Shrunk", "shrink"]

Vector = NDArray[np.float64]
_FLAT = 1e6  # prior weight where the ratios vary no more than chance lets them


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
    weight = _FLAT if between <= 0 else min(mean / between, _FLAT)
    shape = observed + mean * weight
    rate = expected + weight
    low, high = (gammaincinv(shape, q) / rate for q in (0.025, 0.975))
    return Shrunk(shape / rate, np.asarray(low), np.asarray(high), mean, weight)
