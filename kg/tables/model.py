"""A table as it comes from a source, and what is said of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kg.schema import TableSchema

__all__ = ["InputTable", "Problem", "table_from_records", "text_frame", "trimmed"]

_SHOWN = 80  # characters of a value in a message


@dataclass(frozen=True)
class Problem:
    """A cell (or row) that was refused, kept with a doubt, or read in a way worth knowing.

    ``severity`` is ``error`` (the row is refused), ``warning`` (it is kept with a doubt) or
    ``info`` (``accepted`` then says how the cell was read). ``suggestion`` is what was probably
    meant.
    """

    source: str
    file: str
    table: str
    row: int
    column: str
    value: str | None
    rule: str
    accepted: str
    severity: str = "error"
    sheet: str | None = None
    suggestion: str | None = None

    def __str__(self) -> str:
        """Return the one-line message."""
        found = "an empty cell" if self.value is None else repr(_shortened(self.value))
        sheet = f", sheet {self.sheet}" if self.sheet else ""
        place = f"{self.file}{sheet}, row {self.row}, column {self.column}"
        if self.severity == "info":
            return f"{place}: found {found}, {self.accepted}."
        hint = f" Did you mean {self.suggestion}?" if self.suggestion else ""
        return f"{place}: found {found}. Accepted: {self.accepted}.{hint}"


@dataclass(frozen=True)
class InputTable:
    """One table of one source, every cell text.

    ``frame`` has String columns named as the template's, and ``_row`` (UInt32): the row number
    in ``file`` (and ``sheet``), as a spreadsheet shows it. An empty cell is null. ``dates`` says
    how 03/04/2019 is read: ``day-first``, ``month-first``, or None where it is a question.
    ``notes`` are what was noticed while reading; one of severity ``error`` refuses its row.
    """

    source: str
    name: str
    file: str
    frame: pl.DataFrame
    sheet: str | None = None
    dates: str | None = None
    notes: tuple[Problem, ...] = ()


def table_from_records(
    records: Iterable[Mapping[str, str | None]],
    source: str,
    schema: TableSchema,
    file: str,
    rows: Iterable[int] | None = None,
    notes: tuple[Problem, ...] = (),
) -> InputTable:
    """Make a table from dictionaries, as a source module does for a foreign format.

    ``rows`` are the row or record numbers in ``file``; without them records count from 1.
    ``notes`` are what was noticed while reading; one of severity ``error`` refuses its row.
    """
    records = list(records)
    names = [c.name for c in schema.columns]
    unknown = sorted({key for record in records for key in record} - set(names))
    if unknown:
        raise ValueError(f"table {schema.name} has no column {', '.join(unknown)}")
    columns = {name: [record.get(name) for record in records] for name in names}
    used = {name: cells for name, cells in columns.items() if any(cells)}
    numbers = list(rows) if rows is not None else list(range(1, len(records) + 1))
    return InputTable(source, schema.name, file, text_frame(used, numbers), notes=notes)


def text_frame(columns: Mapping[str, Sequence[str | None]], rows: Sequence[int]) -> pl.DataFrame:
    """Return columns of text with ``_row``; cells are trimmed, empty ones null."""
    schema = {**dict.fromkeys(columns, pl.String), "_row": pl.UInt32}
    return trimmed(pl.DataFrame({**columns, "_row": rows}, schema=schema))


def trimmed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with the cells of its text columns trimmed, empty ones null."""
    text = pl.col(pl.String)
    stripped = frame.with_columns(text.str.strip_chars())
    return stripped.with_columns(pl.when(text != "").then(text).name.keep())


def _shortened(value: str) -> str:
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
