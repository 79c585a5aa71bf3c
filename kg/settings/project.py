"""``[project]``: what the graph is called and where things are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SettingsError
from kg.settings.checks import IRI
from kg.terms import DEFAULT_BASE

__all__ = ["ProjectSettings"]


@dataclass(frozen=True)
class ProjectSettings:
    """``[project]``: what the graph is called and where things are.

    ``default_bloc`` is the key of the bloc that counts where nobody names one; ``world`` is none.
    """

    title: str = "Rihla"
    base: str = DEFAULT_BASE
    releases: Path = Path("releases")
    ontology: Path | None = None
    default_bloc: str = "oic"
    forgotten: Path = Path("forgotten")
    decisions: Path = Path("decisions.csv")

    def __post_init__(self) -> None:
        """Refuse a base that cannot be the start of an IRI, and a bloc that cannot be a key."""
        if not re.fullmatch(r"[A-Za-z0-9._~-]+", self.default_bloc):
            raise SettingsError(
                f"[project] default_bloc: found {self.default_bloc!r}. Accepted: the key of a bloc "
                "(the id of its row in the table blocs), such as oic, or world for none."
            )
        if not re.fullmatch(f"{IRI}/", self.base):
            raise SettingsError(
                f"[project] base: found {self.base!r}. Accepted: an http(s) IRI that ends in '/', "
                f"such as {DEFAULT_BASE}."
            )
