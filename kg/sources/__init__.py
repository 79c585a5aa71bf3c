"""Sources: one small module each, which knows its own format and yields tables, no RDF.

A new source is one module with a ``read`` function and one line in :data:`SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kg.errors import SettingsError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources import carpentries, erasmus, mapped, open_life_science, ror, tables
from kg.sources.base import SourceTables
from kg.sources.packed import is_packed, unpacked

__all__ = ["SOURCES", "SourceTables", "read_source"]

SOURCES: dict[str, Callable[[SourceSettings, Schema], SourceTables]] = {
    "carpentries": carpentries.read,
    "erasmus": erasmus.read,
    "mapped": mapped.read,
    "open-life-science": open_life_science.read,
    "ror": ror.read,
    "tables": tables.read,
}
"""The kinds of sources that a project file may name."""

_STREAMED = {"ror"}  # reads gzip itself: its records need not be on disk at once


def read_source(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read one source of the project file.

    Raises
    ------
    SettingsError
        The kind is unknown, or its path or options do not fit.
    InputError
        A file cannot be taken in.
    """
    if settings.kind not in SOURCES:
        raise SettingsError(
            f"[[source]] {settings.id}: kind is {settings.kind!r}. Accepted: {', '.join(SOURCES)}."
        )
    if not settings.path.exists():
        raise SettingsError(
            f"[[source]] {settings.id}: there is nothing at {settings.path}. Check its path."
        )
    if not is_packed(settings.path) or settings.kind in _STREAMED:
        return SOURCES[settings.kind](settings, schema)
    with unpacked(settings.path) as plain:
        found = SOURCES[settings.kind](replace(settings, path=plain), schema)
    return _under_its_name(found, str(plain), settings.path)


def _under_its_name(found: SourceTables, plain: str, path: Path) -> SourceTables:
    """Let tables, and what is noted of them, name the packed file that the project names."""
    tables = []
    for table in found.tables:
        file = table.file.replace(plain, str(path), 1)
        notes = tuple(replace(note, file=file) for note in table.notes)
        tables.append(replace(table, file=file, notes=notes))
    return SourceTables(tuple(tables), (path,))
