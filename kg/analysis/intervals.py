"""Intervals for shares, counts and rates."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

__all__ = ["poisson_interval", "wilson"]

_Z = 1.959963984540054
_TAIL = 0.025


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share.

    ``(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)``. Wilson (1927),
    doi:10.1080/01621459.1927.10502953; recommended for small n by Brown, Cai & DasGupta (2001),
    doi:10.1214/ss/1009213286.

    Examples
    --------
    >>> low, high = wilson(0, 10)
    >>> round(low, 4), round(high, 4)
    (0.0, 0.2775)
    """
    p, z2 = successes / trials, _Z**2
    middle = p + z2 / (2 * trials)
    half = _Z * math.sqrt(p * (1 - p) / trials + z2 / (4 * trials**2))
    whole = 1 + z2 / trials
    low = (middle - half) / whole if successes else 0.0  # as they are without rounding
    high = (middle + half) / whole if successes < trials else 1.0
    return low, high


def poisson_interval(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the exact 95 % interval of the mean behind each count.

    ``½ χ²_{0.025}(2x)`` to ``½ χ²_{0.975}(2x + 2)``. Garwood (1936), Biometrika 28, 437-442,
    doi:10.1093/biomet/28.3-4.437.

    Examples
    --------
    >>> low, high = poisson_interval(np.array([0, 10]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 4.795], [3.689, 18.39])
    """
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1), _TAIL), 0.0)
    return low, np.asarray(gammaincinv(counts + 1, 1 - _TAIL), dtype=np.float64)
