"""Sources: one small module each, which knows its own format and yields tables, no RDF.

A new source is one module with a ``read`` function and one line in :data:`SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable

from kg.errors import SettingsError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources import carpentries, erasmus, ror, tables
from kg.sources.base import SourceTables

__all__ = ["SOURCES", "SourceTables", "read_source"]

SOURCES: dict[str, Callable[[SourceSettings, Schema], SourceTables]] = {
    "carpentries": carpentries.read,
    "erasmus": erasmus.read,
    "ror": ror.read,
    "tables": tables.read,
}
"""The kinds of sources that a project file may name."""


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
    return SOURCES[settings.kind](settings, schema)
