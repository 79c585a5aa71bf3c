"""The product-limit estimate of a survival curve, with censoring."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Step", "kaplan_meier", "median_time"]

_Z = 1.959963984540054  # the 97.5 % quantile of the normal distribution


@dataclass(frozen=True)
class Step:
    """The curve at one time: who was at risk just before it, and what is left after it.

    ``std_error``, ``low`` and ``high`` are None where nobody is left.
    """

    time: float
    at_risk: int
    events: int
    censored: int
    survival: float
    std_error: float | None
    low: float | None
    high: float | None


def kaplan_meier(times: Sequence[float], observed: Sequence[bool]) -> list[Step]:
    """Return the survival curve at each time of an event.

    ``S(t) = Π_{t_i ≤ t} (1 − d_i/n_i)`` with d_i events among n_i at risk; who is censored at the
    time of an event is still at risk then. Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452.
    The standard error is Greenwood's, the 95 % interval that of log(−log S), which stays
    between 0 and 1 (Kalbfleisch & Prentice 1980).

    Parameters
    ----------
    times:
        How long each subject was seen, in any unit, not negative.
    observed:
        Whether the event was seen then; otherwise the subject is censored.

    Returns
    -------
    list of Step
        ``censored`` counts subjects lost since the step before.

    Examples
    --------
    >>> [(s.time, s.at_risk, round(s.survival, 3)) for s in kaplan_meier([1, 2, 2, 3], [1, 1, 0, 1])]
    [(1, 4, 0.75), (2, 3, 0.5), (3, 1, 0.0)]
    """  # noqa: E501
    subjects = sorted(zip(times, observed, strict=True), key=lambda one: one[0])
    at_risk, survival, spread, lost = len(subjects), 1.0, 0.0, 0
    found: list[Step] = []
    place = 0
    while place < len(subjects):
        time = subjects[place][0]
        together = [seen for t, seen in subjects[place:] if t == time]
        events = sum(map(bool, together))
        if events:
            survival *= 1 - events / at_risk
            left = at_risk - events
            spread += events / (at_risk * left) if left else math.inf
            found.append(_step(time, at_risk, events, lost, survival, spread))
            lost = 0
        lost += len(together) - events
        at_risk -= len(together)
        place += len(together)
    return found


def _step(
    time: float, at_risk: int, events: int, lost: int, survival: float, spread: float
) -> Step:
    if not math.isfinite(spread):
        return Step(time, at_risk, events, lost, 0.0, None, None, None)
    width = _Z * math.sqrt(spread) / abs(math.log(survival))
    low, high = survival ** math.exp(width), survival ** math.exp(-width)
    error = survival * math.sqrt(spread)
    return Step(time, at_risk, events, lost, survival, error, low, high)


def median_time(steps: Sequence[Step]) -> float | None:
    """Return the first time at which half or less are left, or None where that is not seen."""
    return next((step.time for step in steps if step.survival <= 0.5), None)
