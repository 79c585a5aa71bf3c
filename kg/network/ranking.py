"""From scores to ranks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kg.errors import QueryError

__all__ = ["check_top", "rank", "significant"]

_RELATIVE = 1e-10
_OF_GREATEST = 1e-12


def rank(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return standard competition ranks ("1224"): the greatest score is 1, ties share a rank.

    Scores that differ by less than rounding can explain (10⁻¹⁰ of the score or 10⁻¹² of the
    greatest) are ties.

    Examples
    --------
    >>> rank(np.array([0.5, 0.1 + 0.2, 0.3, 0.1]))
    array([1, 2, 2, 4])
    """
    if len(scores) == 0:
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    slack = np.maximum(_RELATIVE * np.abs(falling[1:]), _OF_GREATEST * np.max(np.abs(scores)))
    new = np.concatenate([[True], falling[:-1] - falling[1:] > slack])
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[order] = np.maximum.accumulate(np.where(new, np.arange(1, len(scores) + 1), 0))
    return ranks


def significant(value: float) -> float:
    """Return the value to 12 significant digits, the ones that do not depend on the machine.

    Examples
    --------
    >>> significant(0.1 + 0.2)
    0.3
    """
    return float(f"{value:.12g}")


def check_top(top: int | None) -> None:
    """Raise QueryError unless ``top`` is a number of rows, or None for all."""
    if top is not None and top < 1:
        raise QueryError(f"top={top} is not accepted; give a whole number from 1.")
