"""Reads a classification in a test."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources import SourceTables, read_source

DATA = Path(__file__).parents[1] / "data" / "schemes"
SECTOR = "https://w3id.org/rihla/id/sector/"
TOPIC = "https://w3id.org/rihla/id/topic/"


def read(kind: str, path: Path, schema: Schema, **options: Any) -> SourceTables:
    return read_source(
        SourceSettings(
            id=kind,
            kind=kind,
            path=path,
            title=kind,
            licence="https://creativecommons.org/licenses/by/4.0/",
            retrieved=dt.date(2026, 6, 30),
            options=options,
        ),
        schema,
    )


def rows(found: SourceTables, table: str = "topics") -> dict[str, dict[str, str]]:
    """Return the filled cells of each row of a table, by id."""
    return {
        row["id"]: {name: cell for name, cell in row.items() if cell is not None}
        for t in found.tables
        if t.name == table
        for row in t.frame.drop("_row").to_dicts()
    }


def notes(found: SourceTables) -> list[tuple[int, str, str | None, str]]:
    """Return row, column, value and severity of what was noticed."""
    return [(n.row, n.column, n.value, n.severity) for t in found.tables for n in t.notes]
