"""``[analyse]``: below which data no number is given."""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import SettingsError
from kg.settings.checks import refuse_less

__all__ = ["AnalyseSettings"]


@dataclass(frozen=True)
class AnalyseSettings:
    """``[analyse]``: below which data no number is given.

    ``least_trainings``: an analysis of fewer trainings is refused. ``least_coverage``: as is one
    where a smaller share (0 to 1) of participations can be placed; below ``good_coverage`` it
    is answered with a caveat. ``least_base``: a ratio on fewer people or trainings stays empty.
    ``suppress_below``: a count of fewer people, not all of them named by the sources, is withheld.
    """

    least_trainings: int = 3
    least_coverage: float = 0.1
    good_coverage: float = 0.8
    least_base: int = 5
    suppress_below: int = 5

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        refuse_less(self, "[analyse]", least_trainings=1, least_base=1, suppress_below=0)
        for name in ("least_coverage", "good_coverage"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingsError(
                    f"[analyse] {name}: found {getattr(self, name)}. Accepted: 0 to 1."
                )
