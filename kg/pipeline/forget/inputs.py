"""What the sources still say of some people: which rows of which files, and how to take it out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import polars as pl

from kg.errors import KgError
from kg.privacy import protect
from kg.schema import Schema
from kg.settings import Settings, SourceSettings
from kg.sources import read_source
from kg.tables import InputTable
from kg.tables.editing import EDITABLE, edit_table
from kg.tombstones import unwritten

__all__ = ["Naming", "Read", "edit_sources", "namings", "read_all"]

_PLACE = "_place"


@dataclass(frozen=True)
class Read:
    """The tables of all sources that could be read, and why others could not, by their id."""

    tables: tuple[InputTable, ...]
    unread: Mapping[str, str]


@dataclass(frozen=True)
class Naming:
    """One file (or sheet) of a source that names somebody.

    ``edits`` gives by row number the cells that would change, or None where the whole row is
    about the person.
    """

    source: str
    file: str
    sheet: str | None
    table: str
    edits: Mapping[int, Mapping[str, str | None] | None]
    editable: bool

    @property
    def rows(self) -> str:
        """The row numbers, as ``3, 17–19``."""
        numbers = sorted(self.edits)
        starts = [numbers[0], *(b for a, b in pairwise(numbers) if b != a + 1)]
        ends = [*(a for a, b in pairwise(numbers) if b != a + 1), numbers[-1]]
        spans = zip(starts, ends, strict=True)
        return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in spans)


def read_all(settings: Settings, schema: Schema) -> Read:
    """Read every source as it lies on this disk; nothing is fetched.

    A source that cannot be read keeps nobody from being forgotten: the caller says so.
    """
    load = replace(settings.load, offline=True)
    tables: list[InputTable] = []
    unread: dict[str, str] = {}
    for source in settings.sources:
        try:
            tables += read_source(source, schema, load).tables
        except KgError as error:
            unread[source.id] = str(error)
    return Read(tuple(tables), unread)


def namings(read: Read, keys: Collection[str], settings: Settings, schema: Schema) -> list[Naming]:
    """Return what a load would leave out for these keys, file by file."""
    plain = tuple(_plain(table) for table in read.tables)
    sources = [replace(source, publish="named") for source in settings.sources]
    left = protect(plain, sources, schema, settings.project.base, unwritten(keys)).tables
    kinds = {source.id: source for source in settings.sources}
    found = []
    for before, after in zip(plain, left, strict=True):
        edits: dict[int, dict[str, str | None] | None] = {}
        for row, cells in _edits(before.frame, after.frame):
            _merge(edits, {row: cells})
        if edits:
            found.append(
                Naming(
                    before.source,
                    before.file,
                    before.sheet,
                    before.name,
                    edits,
                    _is_editable(before, kinds[before.source]),
                )
            )
    return found


def _plain(table: InputTable) -> InputTable:
    """Return a table whose rows are numbered, and in which nobody has refused anything."""
    frame = table.frame.drop("consent", strict=False).with_row_index(_PLACE)
    return replace(table, frame=frame)


def _is_editable(table: InputTable, source: SourceSettings) -> bool:
    path = Path(table.file)
    ours = source.kind == "tables" and table.sheet is None
    return ours and path.suffix.lower() in EDITABLE and path.is_file()


def _edits(
    before: pl.DataFrame, after: pl.DataFrame
) -> Iterator[tuple[int, Mapping[str, str | None] | None]]:
    kept = before.join(after.select(_PLACE), on=_PLACE, how="semi", maintain_order="left")
    for row in before.join(after, on=_PLACE, how="anti")["_row"]:
        yield row, None
    columns = [c for c in before.columns if c not in (_PLACE, "_row") and c in after.columns]
    joined = kept.join(after.select(_PLACE, *columns), on=_PLACE, suffix="_new")
    for column in columns:
        changed = joined.filter(pl.col(column).ne_missing(pl.col(f"{column}_new")))
        for row, new in changed.select("_row", f"{column}_new").iter_rows():
            yield row, {column: new}


def edit_sources(found: Iterable[Naming], settings: Settings, schema: Schema) -> list[Naming]:
    """Change the files that can be changed; return what is left to do by hand."""
    options = {source.id: source.options for source in settings.sources}
    by_file: dict[Path, tuple[dict[int, dict[str, str | None] | None], Naming]] = {}
    left = []
    for naming in found:
        if not naming.editable:
            left.append(naming)
            continue
        edits, _ = by_file.setdefault(Path(naming.file), ({}, naming))
        _merge(edits, naming.edits)
    for path, (edits, naming) in by_file.items():
        encoding = options[naming.source].get("encoding")
        edit_table(path, edits, schema.tables[naming.table].by_name, encoding)
    return left


def _merge(
    edits: dict[int, dict[str, str | None] | None],
    more: Mapping[int, Mapping[str, str | None] | None],
) -> None:
    for row, cells in more.items():
        old = edits.get(row, {})
        edits[row] = None if cells is None or old is None else {**old, **cells}


def listed(found: Sequence[Naming]) -> list[tuple[str, str, str, str, str]]:
    """Return source, file, sheet, table and rows of each, as a table prints them."""
    return [(n.source, n.file, n.sheet or "", n.table, n.rows) for n in found]
