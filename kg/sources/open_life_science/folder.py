"""The files of the programme's data folder, and what their names say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.files import read_csv
from kg.sources.base import slug
from kg.sources.yaml_files import Record, read_yaml
from kg.tables.dates import read_date

__all__ = ["PROGRAMME", "Folder", "day", "key_of", "listed", "records"]

PROGRAMME = "open-life-science"
_COHORT_FILE = re.compile(r"((?:ols|neb)-\d+(?:-[a-z0-9]+)*)-(projects|metadata|schedule)\.yaml")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
_AMERICAN_DATE = re.compile(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})")


class Folder:
    """The files, found once; ``used`` lists those that were read, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.used: list[Path] = []
        found = sorted(path.rglob("*")) if path.is_dir() else []
        self._files = {p.name: p for p in reversed(found) if p.is_file()}
        self._read = cache(read_yaml)

    def find(self, name: str) -> Path | None:
        """Return the file of a name."""
        return self._files.get(name)

    def yaml(self, name: str) -> tuple[str, Any]:
        """Return path and content of a YAML file; an absent one is empty."""
        path = self.find(name)
        if path is None:
            return name, None
        if path not in self.used:
            self.used.append(path)
        return str(path), self._read(path)

    def csv(self, name: str, needed: set[str]) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield row number and cells of a CSV file; an absent one has none."""
        path = self.find(name)
        if path is None:
            return
        if path not in self.used:
            self.used.append(path)
        found = read_csv(path)
        missing = sorted(needed - set(found.header))
        if missing:
            raise InputError(f"{path}, row 1: the column {', '.join(missing)} is missing.")
        for number, cells in found.rows:
            yield number, dict(zip(found.header, map(str.strip, cells), strict=False))

    @cached_property
    def cohorts(self) -> list[str]:
        """The cohorts' keys, such as ``ols-3`` and ``ols-9-dra``."""
        names = (_COHORT_FILE.fullmatch(name) for name in self._files)
        return sorted({match[1] for match in names if match})

    def cohort(self, label: str) -> str | None:
        """Return the key of the cohort that a spreadsheet calls ``3`` or ``dra``."""
        exact = [key for key in self.cohorts if key in (label, f"ols-{label}")]
        ending = [key for key in self.cohorts if key.endswith(f"-{label}")]
        found = exact or ending
        return found[0] if len(found) == 1 else None


def records(content: Any, file: str) -> list[Record]:
    """Return a list of records; None is an empty one."""
    if content is None:
        return []
    if not isinstance(content, list) or not all(isinstance(item, Record) for item in content):
        raise InputError(f"{file}: is no list of records. Accepted: a list, each entry with keys.")
    return content


def listed(value: Any) -> list[str]:
    """Return the texts of a list, of one text, or of nothing."""
    items = value if isinstance(value, list) else [value]
    return [item.strip() for item in items if isinstance(item, str) and item.strip()]


def key_of(text: str) -> str:
    """Return a key of the allowed characters for one of theirs."""
    return text if _KEY.fullmatch(text) else slug(text)


def day(text: str | None) -> str | None:
    """Return a date, month or year of the schedules and awards, or None where it is none."""
    if not text or not text.strip():
        return None
    reading = read_date(_AMERICAN_DATE.sub(r"\2 \1 \3", text.strip()))
    return reading.value if reading else None
