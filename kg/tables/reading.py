"""Reading a table's file: CSV, TSV, XLSX, ODS, JSON Lines, Parquet, in the template's form."""

from __future__ import annotations

import difflib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import polars as pl

from kg.errors import InputError
from kg.schema import TableSchema
from kg.tables.delimited import read_delimited
from kg.tables.model import InputTable, Problem, text_frame, trimmed
from kg.tables.records import Records, read_json_lines, read_parquet
from kg.tables.spreadsheets import read_spreadsheet

__all__ = ["FORMATS", "IGNORED_COLUMN", "read_sheets", "read_table"]

IGNORED_COLUMN = "_problem"
"""Written beside refused rows to say why; reading leaves it out."""

_LISTED = 10  # faults of a kind in a header that are listed

FORMATS: dict[str, Callable[[Path, Iterable[str], str | None], list[Records]]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".xlsx": read_spreadsheet,
    ".ods": read_spreadsheet,
    ".jsonl": read_json_lines,
    ".parquet": read_parquet,
}
"""How files are read, by ending; each gives one :class:`Records` for each sheet."""


def read_table(
    path: Path,
    source: str,
    schema: TableSchema,
    *,
    dates: str | None = None,
    encoding: str | None = None,
) -> InputTable:
    """Read one file in the form of a table's template; of a workbook, its first sheet.

    ``dates`` is ``day-first``, ``month-first`` or None; ``encoding`` that of a text file, which
    is found out where it is None.

    Raises
    ------
    InputError
        The file is unreadable, empty, in no known encoding, lacks a required column, has an
        unknown or a repeated one, or a row with more cells than the header has.
    """
    records = read_sheets(path, [c.name for c in schema.columns], encoding)[0]
    return table_of(records, path, source, schema, dates)


def read_sheets(path: Path, known: Iterable[str], encoding: str | None = None) -> list[Records]:
    """Read all sheets of a file; ``known`` are the names of columns that it may have."""
    reader = FORMATS.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"{path}: found the ending {path.suffix!r}. Accepted: {', '.join(FORMATS)}."
        )
    sys.audit("kg.read", str(path))  # who watches this process learns which file it is at
    return reader(path, list(known), encoding)


def table_of(
    records: Records, path: Path, source: str, schema: TableSchema, dates: str | None = None
) -> InputTable:
    """Make a table from what a file holds; its header must be that of the template."""
    where = f"{path}, sheet {records.sheet}" if records.sheet else str(path)
    _check_header([n for n in records.header if n != IGNORED_COLUMN], schema, where)
    frame, examples = _without_example(_frame(records, where), records, schema)
    notes = tuple(
        Problem(source, str(path), schema.name, 1, schema.columns[0].name, value, "encoding",
                reading, "warning", records.sheet)
        for value, reading in records.notes
    ) + tuple(
        Problem(source, str(path), schema.name, row, schema.columns[0].name, value, "example row",
                "the example of the template, left out", "info", records.sheet)
        for row, value in examples
    )  # fmt: skip
    return InputTable(source, schema.name, str(path), frame, records.sheet, dates, notes)


def _frame(records: Records, where: str) -> pl.DataFrame:
    """Return the records as columns of text with ``_row``."""
    if records.frame is not None:
        found = records.frame.drop(IGNORED_COLUMN, strict=False)
        return trimmed(found.select(pl.exclude("_row"), "_row"))
    width = len(records.header)
    for row, cells in records.rows:
        if len(cells) > width and any(c.strip() for c in cells[width:]):
            raise InputError(
                f"{where}, row {row}: found {len(cells)} cells under {width} columns, the first "
                f"without a column is {cells[width]!r}. Accepted: one cell a column; put a cell "
                'that contains a comma in "double quotes".'
            )
    columns = {
        name: [cells[i] if i < len(cells) else "" for _, cells in records.rows]
        for i, name in enumerate(records.header)
        if name != IGNORED_COLUMN
    }
    return text_frame(columns, [row for row, _ in records.rows])


def _without_example(
    frame: pl.DataFrame, records: Records, schema: TableSchema
) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    """Leave out of a workbook's sheet the row that is still the template's example."""
    if records.sheet is None or not set(schema.by_name) <= set(frame.columns):
        return frame, []
    same = pl.all_horizontal(
        pl.col(c.name).eq_missing(pl.lit(c.example or None, dtype=pl.String))
        for c in schema.columns
    )
    found = frame.filter(same)
    first = schema.columns[0].name
    return frame.filter(~same), list(found.select("_row", first).iter_rows())


def _check_header(header: Sequence[str], schema: TableSchema, where: str) -> None:
    known = [c.name for c in schema.columns]
    required = [c.name for c in schema.columns if c.required]
    missing = [name for name in required if name not in header]
    unknown = [name for name in header if name not in known]
    repeated = sorted(name for name, times in Counter(header).items() if times > 1)
    if not (missing or unknown or repeated):
        return
    faults = [f"the required column {name} is missing" for name in missing]
    faults += [_unknown_column(name, known) for name in unknown[:_LISTED]]
    faults += [f"the column {name} stands there more than once" for name in repeated[:_LISTED]]
    more = max(0, len(unknown) - _LISTED) + max(0, len(repeated) - _LISTED)
    if more:
        faults.append(f"{more:,} more of these")
    raise InputError(
        f"{where}, row 1: {'; '.join(faults)}. Accepted in table {schema.name}: {', '.join(known)} "
        f"(required: {', '.join(required)})."
    )


def _unknown_column(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" (is it {close[0]}?)" if close else ""
    return f"the column {name!r} is unknown{hint}" if name else "a column has no name"
