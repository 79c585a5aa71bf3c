"""``[build]``: how strict a build is and what it keeps."""

from __future__ import annotations

from dataclasses import dataclass

from kg.settings.checks import refuse_less

__all__ = ["BuildSettings"]


@dataclass(frozen=True)
class BuildSettings:
    """``[build]``: how strict a build is and what it keeps.

    ``suppress_below``: the headcount of a counted group smaller than this many people is not
    stored. ``partnerships``: how many of the strongest partnerships are stored as resources.
    """

    keep: int = 3
    suppress_below: int = 0
    partnerships: int = 100_000

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        refuse_less(self, "[build]", keep=1, suppress_below=0, partnerships=0)
