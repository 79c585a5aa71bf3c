"""The steward's own tables: files in the form of the templates, one or a folder of them.

A file is named after its table: ``trainings.csv``; further files of the same table carry a
suffix after a dot, ``trainings.2019.xlsx``. In a workbook of another name the sheets are named
after their tables. Option ``only`` restricts a source to some tables, ``dates`` says how
03/04/2019 is read, ``encoding`` in which encoding text files are.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.errors import InputError, SettingsError
from kg.schema import Schema, TableSchema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.tables import FORMATS, InputTable, Problem, read_sheets
from kg.tables.reading import table_of

__all__ = ["read"]

_WORKBOOKS = {".xlsx", ".ods"}
_ORDERS = ("day-first", "month-first")


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read every table file of a folder, or one file."""
    options = _checked_options(settings, schema)
    only = options.get("only", sorted(schema.tables))
    folder = settings.path.is_dir()
    files = _files(settings.path) if folder else [settings.path]
    found = [
        (path, table)
        for path in files
        for table in _tables_in(path, settings.id, schema, options)
        if table.name in only
    ]
    if not found:
        raise InputError(
            f"[[source]] {settings.id}: there is no table in {settings.path}. Accepted: files "
            f"named {', '.join(f'{name}.csv' for name in sorted(only))}."
        )
    paths = tuple(dict.fromkeys(path for path, _ in found))
    tables = [table for _, table in found]
    doubts = tuple(_unread(settings, schema, tables[0].name)) if folder else ()
    tables[0] = replace(tables[0], notes=(*tables[0].notes, *doubts))
    return SourceTables(tuple(tables), paths)


def _unread(settings: SourceSettings, schema: Schema, table: str) -> Iterator[Problem]:
    """Yield a doubt for each file that has a table's name, and an ending that is not read."""
    for path in sorted(settings.path.iterdir()):
        named = path.name.split(".")[0] in schema.tables
        if named and path.is_file() and path.suffix.lower() not in FORMATS:
            yield Problem(
                settings.id, str(path), table, 1, "(file)", path.name, "unread file",
                f"{', '.join(FORMATS)}; the file was left out (a packed one is read where path "
                "names it)", "warning",
            )  # fmt: skip


def _files(folder: Path) -> list[Path]:
    # A spreadsheet program's lock file (~$name.xlsx, .~lock.name#) is no table.
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in FORMATS and not path.name.startswith(("~", "."))
    )


def _checked_options(settings: SourceSettings, schema: Schema) -> Mapping[str, Any]:
    options = check_options(settings, ["only", "dates", "encoding"])
    only = options.get("only", [])
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
    if options.get("dates", _ORDERS[0]) not in _ORDERS:
        raise SettingsError(
            f"[[source]] {settings.id}: dates is {options['dates']!r}. Accepted: "
            f"{' or '.join(_ORDERS)}; without it, 03/04/2019 is refused as ambiguous."
        )
    return options


def _tables_in(
    path: Path, source: str, schema: Schema, options: Mapping[str, Any]
) -> Iterator[InputTable]:
    """Yield the tables of a file: one, or in a workbook that is named otherwise one a sheet."""
    dates = options.get("dates")
    workbook = path.suffix.lower() in _WORKBOOKS
    if workbook and path.name.split(".")[0] not in schema.tables:
        for records in read_sheets(path, []):
            table = _table_of(str(records.sheet), schema, f"{path}, sheet {records.sheet}")
            yield table_of(records, path, source, table, dates)
        return
    table = _table_of(path.name.split(".")[0], schema, str(path))
    sheets = read_sheets(path, table.by_name, options.get("encoding"))
    if len(sheets) > 1:
        raise InputError(
            f"{path}: found {len(sheets)} sheets with content. Accepted: one, in a workbook named "
            "after its table; or another name for the workbook, and a table's name for each sheet."
        )
    yield table_of(sheets[0], path, source, table, dates)


def _table_of(name: str, schema: Schema, where: str) -> TableSchema:
    if name in schema.tables:
        return schema.tables[name]
    close = difflib.get_close_matches(name, schema.tables, n=1)
    hint = f" Is it {close[0]}?" if close else ""
    raise InputError(
        f"{where}: no table is called {name!r}.{hint} Accepted: {', '.join(sorted(schema.tables))}."
    )
