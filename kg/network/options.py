"""How a measure is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Names", "Options"]

Names = str | Sequence[str] | None


@dataclass(frozen=True)
class Options:
    """Options of measures, checked where they are used.

    Attributes
    ----------
    weight:
        The weight for every measure that can use one; None: each in its usual form.
    top:
        Rows to keep; None: all.
    normalised:
        Divide by the largest possible score, where there is one.
    groups:
        What grouped measures group nodes by; see :func:`kg.network.groups.grouping`.
    sample:
        Sources to estimate from, for measures that have a sampled form; None: exact.
    seed:
        Of the sample.
    """

    weight: str | None = None
    top: int | None = None
    normalised: bool = False
    groups: str = "country"
    sample: int | None = None
    seed: int = 1
