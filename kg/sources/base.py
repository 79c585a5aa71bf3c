"""What every source module gives and uses."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import SettingsError
from kg.files import parse_json, read_utf8
from kg.settings import SourceSettings
from kg.tables import InputTable

__all__ = ["SourceTables", "check_options", "read_json", "slug"]


@dataclass(frozen=True)
class SourceTables:
    """The tables of one source, and the files that they were read from."""

    tables: tuple[InputTable, ...]
    files: tuple[Path, ...]


def check_options(settings: SourceSettings, accepted: Iterable[str]) -> Mapping[str, Any]:
    """Return a source's options; refuse those that its module does not know."""
    accepted = list(accepted)
    unknown = sorted(set(settings.options) - set(accepted))
    if unknown:
        known = (
            "id, kind, path, sha256, media_type, files, title, licence, retrieved, homepage, "
            "attribution, max_refused, publish"
        )
        raise SettingsError(
            f"[[source]] {settings.id}: {', '.join(unknown)} is not known to the kind "
            f"{settings.kind}. Accepted: {', '.join([known, *accepted])}."
        )
    return settings.options


def read_json(path: Path) -> Any:
    """Read a JSON file, with line and column in the error."""
    return parse_json(read_utf8(path), path)


def slug(text: str) -> str:
    """Return a readable key of ASCII letters, digits and hyphens for a name.

    A name that ASCII cannot spell gets eight digits of its hash, so that different names keep
    different keys.
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if text.isascii():
        return key
    digest = hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:8]
    return f"{key}-{digest}".strip("-")
