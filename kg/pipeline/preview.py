"""The first rows that a source gives, before anything is checked or resolved."""

from __future__ import annotations

from kg.errors import NotFoundError
from kg.results import ResultTable
from kg.schema import Schema
from kg.settings import Settings
from kg.sources import read_source

__all__ = ["ROWS", "preview"]

ROWS = 10


def preview(
    settings: Settings, schema: Schema, source_id: str, rows: int = ROWS
) -> list[tuple[str, ResultTable]]:
    """Return, for each table and file of a source, a title and its first rows.

    Raises
    ------
    NotFoundError
        The project has no such source.
    InputError, SettingsError
        The source cannot be read.
    """
    source = next((s for s in settings.sources if s.id == source_id), None)
    if source is None:
        known = ", ".join(s.id for s in settings.sources)
        raise NotFoundError(f"There is no source {source_id!r}. Accepted: {known}.")
    shown = []
    for table in read_source(source, schema, settings.load).tables:
        first = table.frame.select("_row", *(c for c in table.frame.columns if c != "_row"))
        title = f"{table.name}: {min(rows, first.height)} of {first.height} rows of {table.file}"
        columns = ("row", *first.columns[1:])
        shown.append((title, ResultTable(columns, list(first.head(rows).iter_rows()))))
    return shown
