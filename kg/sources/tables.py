"""The steward's own tables: CSV files in the form of the templates, one or a folder of them.

A file is named after its table: ``trainings.csv``; further files of the same table carry a
suffix after a dot, ``trainings.2019.csv``. Option ``only`` restricts a source to some tables.
"""

from __future__ import annotations

import difflib
from pathlib import Path

from kg.errors import InputError, SettingsError
from kg.schema import Schema, TableSchema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.tables import read_table

__all__ = ["read"]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read every table file of a folder, or one file."""
    only = check_options(settings, ["only"]).get("only", sorted(schema.tables))
    if not isinstance(only, list):
        raise SettingsError(
            f'[[source]] {settings.id}: only is {only!r}. Accepted: a list, such as ["people"].'
        )
    unknown = sorted(set(only) - set(schema.tables))
    if unknown:
        raise SettingsError(
            f"[[source]] {settings.id}: only names {', '.join(unknown)}. Accepted: "
            f"{', '.join(sorted(schema.tables))}."
        )
    folder = settings.path.is_dir()
    files = sorted(settings.path.glob("*.csv")) if folder else [settings.path]
    chosen = [(path, table) for path in files if (table := _table_of(path, schema)).name in only]
    if not chosen:
        raise InputError(
            f"[[source]] {settings.id}: there is no table in {settings.path}. Accepted: files "
            f"named {', '.join(f'{name}.csv' for name in sorted(only))}."
        )
    return SourceTables(
        tuple(read_table(path, settings.id, table) for path, table in chosen),
        tuple(path for path, _ in chosen),
    )


def _table_of(path: Path, schema: Schema) -> TableSchema:
    name = path.name.split(".")[0]
    if name in schema.tables:
        return schema.tables[name]
    close = difflib.get_close_matches(name, schema.tables, n=1)
    hint = f" Is it {close[0]}.csv?" if close else ""
    raise InputError(
        f"{path}: no table is called {name!r}.{hint} Accepted: {', '.join(sorted(schema.tables))}."
    )
