"""``[[source]]``: where statements come from, and under which licence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import SettingsError
from kg.settings.checks import IRI

__all__ = ["PUBLISH_RULES", "SourceSettings"]

PUBLISH_RULES: dict[str, str] = {
    "named": "everybody of this source is named, unless the person refused",
    "consented": "only people with the consent 'consented' are named; others are counted",
    "groups": "nobody of this source is named; people are counted",
}
"""What a source's ``publish`` may say; kg/privacy applies it."""


@dataclass(frozen=True)
class SourceSettings:
    """One ``[[source]]``: where statements come from, and under which licence.

    ``path`` is the file or folder that the source's module reads. ``inputs`` are what the project
    file states, where that is more than one plain path: paths, globs and URLs; a module never
    sees them, ``path`` is then what they gave. ``sha256`` pins inputs to their content,
    ``media_type`` says what a server has to answer with, ``files`` names further files that a
    mapping looks things up in. ``max_refused`` is the share of rows
    (0 to 1) that may be refused before the build stops. ``publish`` says who of its people is
    named (:data:`PUBLISH_RULES`). ``options`` are further keys, read by the source's own module.
    """

    id: str
    kind: str
    path: Path
    title: str
    licence: str
    retrieved: dt.date
    homepage: str | None = None
    attribution: str | None = None
    max_refused: float = 0.0
    inputs: tuple[str, ...] = ()
    sha256: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    publish: str = "named"
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot stand in an IRI or as one, and a share that is none."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", self.id):
            raise SettingsError(
                f"[[source]] id: found {self.id!r}. Accepted: small letters, digits and hyphens."
            )
        if not 0 <= self.max_refused <= 1:
            raise SettingsError(
                f"[[source]] {self.id}: max_refused is {self.max_refused}. Accepted: 0 to 1."
            )
        if self.publish not in PUBLISH_RULES:
            raise SettingsError(
                f"[[source]] {self.id}: publish is {self.publish!r}. Accepted: "
                + "; ".join(f"{rule!r} ({meaning})" for rule, meaning in PUBLISH_RULES.items())
                + "."
            )
        for name in ("licence", "homepage"):
            value = getattr(self, name)
            if value is not None and not re.fullmatch(IRI, value):
                raise SettingsError(
                    f"[[source]] {self.id}: {name} is {value!r}. Accepted: a web address, such as "
                    "https://creativecommons.org/licenses/by/4.0/."
                )
