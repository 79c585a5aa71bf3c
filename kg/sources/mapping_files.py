"""Further files of a mapping: joined field by field, or looked up value by value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from kg.errors import InputError, SettingsError
from kg.tables import read_sheets

__all__ = ["Joined", "check_known_file", "looked_up"]


def check_known_file(name: Any, files: Mapping[str, str], place: str) -> Path:
    """Return the path of a file that the source's ``files`` names."""
    if name not in files:
        known = ", ".join(files) or 'none; state it as files = { codes = "codes.csv" }'
        raise SettingsError(f"{place}: there is no file {name!r}. Accepted: {known}.")
    return Path(files[name])


def _rows(path: Path, key: str, wanted: Iterable[str], place: str) -> dict[str, list[str | None]]:
    """Return, by the key, the wanted cells of each row of a file's first sheet."""
    records = read_sheets(path, [key, *wanted])[0]
    for name in (key, *wanted):
        if name not in records.header:
            raise SettingsError(
                f"{place}: {path.name} has no column {name!r}. Found: {', '.join(records.header)}."
            )
    at, places = records.header.index(key), [records.header.index(n) for n in wanted]
    found: dict[str, list[str | None]] = {}
    for row, cells in records.rows:
        text = cells[at].strip() if at < len(cells) else ""
        taken = [cells[i].strip() or None if i < len(cells) else None for i in places]
        if found.setdefault(text, taken) != taken:
            raise InputError(
                f"{path}, row {row}, column {key}: found {text!r} a second time, with other "
                "values. Accepted: each key once."
            )
    found.pop("", None)
    return found


def looked_up(stated: Mapping[str, Any], files: Mapping[str, str], place: str) -> dict[str, Any]:
    """Return a step ``lookup`` as the meanings of its file: from values of ``key`` to ``value``."""
    if set(stated) != {"file", "key", "value"}:
        raise SettingsError(
            f'{place}: found {dict(stated)!r}. Accepted: {{ file = "codes", key = "code", '
            'value = "label" }.'
        )
    path = check_known_file(stated["file"], files, place)
    rows = _rows(path, stated["key"], [stated["value"]], place)
    return {key: cells[0] or "" for key, cells in rows.items()}


class Joined:
    """The option ``join``: for each named file the field of ours and the column of theirs."""

    def __init__(self, stated: Any, files: Mapping[str, str], where: str) -> None:
        fits = isinstance(stated, dict) and all(
            isinstance(v, dict) and set(v) == {"on", "key"} for v in stated.values()
        )
        if not fits:
            raise SettingsError(
                f"{where}: join is {stated!r}. Accepted: for each file the field and the column "
                'that are equal, such as { codes = { on = "Code", key = "code" } }.'
            )
        self._stated = stated
        self._where = where
        self._paths = {n: check_known_file(n, files, f"{where}: join.{n}") for n in stated}

    def own_fields(self, wanted: Iterable[str]) -> list[str]:
        """Return the fields that the source's own file has to give."""
        own = {field for field in wanted if self._file_of(field) is None}
        return sorted(own | {entry["on"] for entry in self._stated.values()})

    def add_to(self, frame: pl.DataFrame, wanted: Iterable[str]) -> pl.DataFrame:
        """Add the fields ``file.column``; they are empty where a row finds no partner."""
        for name, entry in self._stated.items():
            fields = sorted(field for field in wanted if self._file_of(field) == name)
            columns = [field.removeprefix(f"{name}.") for field in fields]
            place = f"{self._where}: join.{name}"
            rows = _rows(self._paths[name], entry["key"], columns, place)
            cells = [rows.get(text or "", [None] * len(fields)) for text in frame[entry["on"]]]
            frame = frame.with_columns(
                pl.Series(field, [row[i] for row in cells], dtype=pl.String)
                for i, field in enumerate(fields)
            )
        return frame

    def _file_of(self, field: str) -> str | None:
        name, dot, _ = field.partition(".")
        return name if dot and name in self._stated else None
