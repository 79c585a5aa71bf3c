"""What a file of records holds, and the two formats that know their own types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import polars as pl

from kg.errors import InputError
from kg.files import parse_json, read_utf8
from kg.schema import SEPARATOR

__all__ = ["FrameRows", "Records", "cell_text", "read_json_lines", "read_parquet"]


@dataclass(frozen=True)
class Records:
    """One sheet as text: ``header`` and ``rows`` of ``(row number, cells)``.

    ``notes`` are pairs of a doubtful finding and what would leave no doubt. ``frame`` has the
    same rows as columns of text with ``_row``, where the reader had them so.
    """

    header: list[str]
    rows: Sequence[tuple[int, list[str]]]
    sheet: str | None = None
    notes: tuple[tuple[str, str], ...] = ()
    frame: pl.DataFrame | None = None


class FrameRows(Sequence[tuple[int, list[str]]]):
    """The rows of a frame (columns of text, and ``_row``), taken out only when asked for."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._frame.height

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row's number and cells."""
        cells = self._frame.drop("_row").with_columns(pl.all().fill_null("")).iter_rows()
        return ((row, list(found)) for row, found in zip(self._frame["_row"], cells, strict=True))

    @overload
    def __getitem__(self, index: int) -> tuple[int, list[str]]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[int, list[str]]]: ...
    def __getitem__(
        self, index: int | slice
    ) -> tuple[int, list[str]] | list[tuple[int, list[str]]]:
        """Return one row or several."""
        return list(self)[index]


def cell_text(value: Any) -> str:
    """Return a typed value as a steward would write it: 2019.0 as 2019, a list with bars."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return SEPARATOR.join(map(cell_text, value))
    return str(value)


def read_json_lines(path: Path, known: Iterable[str], encoding: str | None) -> list[Records]:
    """Read one JSON object a line; its keys are columns.

    Raises
    ------
    InputError
        A line is no JSON object, or a value is an object.
    """
    del known, encoding  # JSON is UTF-8 and names its columns itself
    objects = [(n, _object(text, path, n)) for n, text in _lines(path)]
    header = list(dict.fromkeys(key for _, found in objects for key in found))
    rows = [(n, [cell_text(found.get(name)) for name in header]) for n, found in objects]
    return [Records(header, rows)]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, text in enumerate(read_utf8(path).split("\n"), start=1):
        if text.strip():
            yield number, text


def _object(text: str, path: Path, number: int) -> Mapping[str, Any]:
    found = parse_json(text, path, number)
    if not isinstance(found, dict):
        raise InputError(f"{path}, line {number}: found {text[:80]!r}. Accepted: an object.")
    for key, value in found.items():
        parts = value if isinstance(value, list) else [value]
        if any(isinstance(part, dict | list) for part in parts):
            raise InputError(
                f"{path}, line {number}, column {key}: found an object. Accepted: a text, a "
                "number, true, false, null, or a list of these."
            )
    return found


def read_parquet(path: Path, known: Iterable[str], encoding: str | None) -> list[Records]:
    """Read a Parquet file; rows count from 1.

    Raises
    ------
    InputError
        It cannot be read.
    """
    del known, encoding
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}.") from error
    rows = [(n, [cell_text(v) for v in row]) for n, row in enumerate(frame.iter_rows(), start=1)]
    return [Records(list(frame.columns), rows)]
