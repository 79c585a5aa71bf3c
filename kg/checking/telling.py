"""Which table a sheet is: by the file's name, the sheet's name, or what its columns say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kg.errors import InputError
from kg.schema import Schema, TableSchema
from kg.tables.reading import IGNORED_COLUMN
from kg.tables.records import Records

__all__ = ["tell_table"]

_KNOWN_SHARE = 0.6  # of a header's columns that a table must have to be meant
_LISTED = 6  # columns that a message names


def tell_table(
    path: Path, records: Records, schema: Schema, chosen: str | None = None, alone: bool = True
) -> tuple[TableSchema, str]:
    """Return the table that a sheet is, and what told: choice, name, sheet or columns.

    Parameters
    ----------
    path, records:
        The file and one sheet of it.
    schema:
        The tables that there are.
    chosen:
        What the steward says; nothing else is then looked at.
    alone:
        Whether the file has no other sheet: then its name tells, as in a build.

    Raises
    ------
    InputError
        Nothing tells, or several tables fit equally well; the message says which.
    """
    if chosen:
        return schema.tables[chosen], "choice"
    sheet = (records.sheet or "").strip()
    if sheet in schema.tables:
        return schema.tables[sheet], "sheet"
    named = path.name.split(".")[0]
    if alone and named in schema.tables:
        return schema.tables[named], "name"
    found = _by_columns(records.header, schema)
    if len(found) == 1:
        return found[0], "columns"
    where = f"{path}, sheet {sheet}" if sheet else str(path)
    columns = ", ".join(records.header[:_LISTED]) + (" …" if len(records.header) > _LISTED else "")
    among = [table.name for table in found] or sorted(schema.tables)
    raise InputError(
        f"{where}: neither the name nor the columns ({columns}) tell which table this is. "
        f"Accepted: {', '.join(among)}. Choose the table, or name the file (or the sheet) after it."
    )


def _by_columns(header: Sequence[str], schema: Schema) -> list[TableSchema]:
    """Return the tables that fit a header equally well and better than all others."""
    columns = {name for name in header if name and name != IGNORED_COLUMN}
    fits: dict[tuple[bool, int], list[TableSchema]] = {}
    for table in schema.tables.values():
        known = len(columns & set(table.by_name))
        if not columns or known < _KNOWN_SHARE * len(columns):
            continue
        complete = all(c.name in columns for c in table.columns if c.required)
        fits.setdefault((complete, known), []).append(table)
    return fits[max(fits)] if fits else []
