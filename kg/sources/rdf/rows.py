"""From resources to rows: the shapes say which table a class has and which column a property.

A reference to another resource of the files becomes that resource's own key, so that it is
found whatever IRI the file gives it. Every statement is used, or counted in a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from kg.errors import InputError
from kg.schema import Column, Schema
from kg.sources.base import slug
from kg.sources.collected import joined, tagged
from kg.sources.rdf.kinds import RDF_TYPE, Kind, kind_of
from kg.sources.rdf.left_out import LeftOut
from kg.sources.rdf.resources import Resource, Value, key_of
from kg.tables import InputTable, Problem, table_from_records

__all__ = ["tables_of"]

_KEY = re.compile(r"([a-z-]+)/\{(\w+)\}")
_ALIAS = "http://www.w3.org/2004/02/skos/core#altLabel"
_LISTED = 8  # classes that an error lists


@dataclass
class _Row:
    """A resource that has a table, and what its cells will hold.

    ``number`` is its line; where resources of a file share lines, how many come before it, plus 1.
    """

    resource: Resource
    kind: Kind
    number: int = 0
    found: dict[str, list[tuple[str, Value]]] = field(default_factory=dict)

    def add(self, column: str, text: str, value: Value) -> None:
        self.found.setdefault(column, []).append((text, value))


def tables_of(found: Mapping[str, Resource], source: str, schema: Schema) -> list[InputTable]:
    """Return the tables of all resources whose class has one: one for each table and file.

    Raises
    ------
    InputError
        No resource has such a class.
    """
    rows: dict[str, _Row] = {}
    left_out = LeftOut(source)
    for key, resource in found.items():
        kind = kind_of(_types(resource), schema)
        if kind is not None:
            rows[key] = _Row(resource, kind)
        else:
            for name in _types(resource) or ["no class"]:
                left_out.add("", "class", name, resource.file, resource.line)
    if not rows:
        raise _nothing(found, left_out)
    _number(rows.values())
    filler = _Filler(rows, left_out, source)
    for row in rows.values():
        filler.fill(row)
    tables = list(_tables(rows.values(), filler, source))
    known = [*schema.ancestors, *(c.path for t in schema.tables.values() for c in t.columns)]
    return _with_notes(tables, [*filler.problems, *left_out.problems(known)])


def _types(resource: Resource) -> list[str]:
    stated = (value.term for value in resource.values.get(RDF_TYPE, []))
    return [term.value for term in stated if isinstance(term, ox.NamedNode)]


def _nothing(found: Mapping[str, Resource], left_out: LeftOut) -> InputError:
    files = ", ".join(sorted({resource.file for resource in found.values()})[:3])
    names = [name for _, _, name in left_out.groups][:_LISTED]
    return InputError(
        f"{files or 'The input'}: nothing in it is of a class of the vocabulary. Found: "
        f"{', '.join(names) or 'no statement'}. Accepted: resources of the vocabulary's classes; a "
        "file in another vocabulary needs a kind of its own."
    )


class _Filler:
    """Puts statements into the cells of rows, and notes what does not fit."""

    def __init__(self, rows: Mapping[str, _Row], left_out: LeftOut, source: str) -> None:
        self._rows = rows
        self._left_out = left_out
        self._source = source
        self.problems: list[Problem] = []
        self._identities = {key: _identity(row) for key, row in rows.items()}

    def fill(self, row: _Row) -> None:
        """Put every statement of a row's resource into its column."""
        for predicate, values in row.resource.values.items():
            for value in values:
                self._place(row, predicate, value)
        at = Value(ox.NamedNode("urn:x"), row.resource.file, row.resource.line)
        for column in row.kind.table.columns:
            if column.kind == "class":
                for name in row.kind.classes:
                    row.add(column.name, name, at)

    def _place(self, row: _Row, predicate: str, value: Value) -> None:
        table = row.kind.table
        if predicate == RDF_TYPE:
            if _text(value) not in row.kind.implied:
                self._left_out.add(table.name, "class", _text(value), value.file, value.line)
            return
        columns = [c for c in table.columns if c.path == predicate and not c.inverse]
        language = getattr(value.term, "language", None) or ""
        column = next((c for c in columns if _takes(c, language)), None)
        if column is not None:
            row.add(column.name, self._cell(column, value), value)
        elif not self._place_inverse(row, predicate, value):
            term = f"{predicate} in {language or 'no language'}" if columns else predicate
            self._left_out.add(table.name, "property", term, value.file, value.line)

    def _place_inverse(self, row: _Row, predicate: str, value: Value) -> bool:
        """Put the subject into the object's row, where the shape turns the property round."""
        target = None if isinstance(value.term, ox.Literal) else self._rows.get(key_of(value.term))
        columns = target.kind.table.columns if target else ()
        column = next((c for c in columns if c.path == predicate and c.inverse), None)
        if target is None or column is None:
            return False
        key = row.resource.key
        target.add(column.name, self._identities[key] or key, value)
        return True

    def _cell(self, column: Column, value: Value) -> str:
        term = value.term
        if isinstance(term, ox.Literal):
            kept = column.kind == "text"
            return (tagged(term.value, term.language) if kept else term.value) or ""
        key = key_of(term)
        return self._identities.get(key) or key

    def record(self, row: _Row) -> dict[str, str | None]:
        """Return the cells of a filled row."""
        cells: dict[str, str | None] = {}
        for name in list(row.found):
            column = row.kind.table.by_name[name]
            if column.separator is None:
                cells[name] = self._single(row, column)
        for name, found in row.found.items():
            if row.kind.table.by_name[name].separator is not None:
                cells[name] = joined(text for text, _ in found)
        return _completed(row, cells, self._identities[row.resource.key])

    def _single(self, row: _Row, column: Column) -> str:
        """Return the one value of a cell; what else there is becomes an alias, or a fault."""
        found = row.found[column.name]
        if len(found) > 1 and column.kind == "text":
            found = self._in_one_language(row, column, found)
        texts = list(dict.fromkeys(text for text, _ in found))
        if len(texts) > 1:
            at = found[1][1]
            self.problems.append(
                Problem(self._source, row.resource.file, row.kind.table.name, row.number,
                        column.name, " and ".join(texts), "several values",
                        f"one value; another stands in {at.file}, line {at.line}")
            )  # fmt: skip
        return texts[0]

    def _in_one_language(
        self, row: _Row, column: Column, found: list[tuple[str, Value]]
    ) -> list[tuple[str, Value]]:
        """Keep the English text, else that without a language, else the first language's."""
        languages = [getattr(value.term, "language", None) or "" for _, value in found]
        order = sorted(languages, key=lambda name: (name.partition("-")[0] != "en", name))
        kept = [f for f, language in zip(found, languages, strict=True) if language == order[0]]
        others = [f for f, language in zip(found, languages, strict=True) if language != order[0]]
        alias = next((c for c in row.kind.table.columns if c.path == _ALIAS), None)
        for text, value in others:
            if alias is not None:
                row.add(alias.name, text, value)
            else:
                term = f"{column.path} in several languages"
                self._left_out.add(row.kind.table.name, "property", term, value.file, value.line)
        return kept


def _takes(column: Column, language: str) -> bool:
    return column.language is None or language.partition("-")[0].lower() == column.language


def _text(value: Value) -> str:
    return key_of(value.term) if isinstance(value.term, ox.BlankNode) else value.term.value


def _identity(row: _Row) -> str | None:
    """Return the cell by which other rows refer to a resource, if it has one beside its IRI."""
    for column in row.kind.table.columns:
        if column.lookup:
            values = row.resource.values.get(column.path, [])
            texts = [v.term.value for v in values
                     if _takes(column, getattr(v.term, "language", None) or "")]  # fmt: skip
            if texts:
                return texts[0]
    return _key_from_iri(row)


def _key_from_iri(row: _Row) -> str | None:
    """Return the key in an IRI of our form, or one that is made of a foreign IRI."""
    column = _key_column(row)
    if row.resource.is_blank or column is None:
        return None
    template = _KEY.fullmatch(row.kind.table.key_templates[-1])
    _, found, rest = row.resource.key.rpartition(f"/{template[1]}/" if template else "\0")
    if found and rest:
        return rest
    return slug(row.resource.key.partition("://")[2] or row.resource.key)


def _key_column(row: _Row) -> Column | None:
    """Return the required column that alone is a row's key, where there is one."""
    template = _KEY.fullmatch(row.kind.table.key_templates[-1])
    column = row.kind.table.by_name[template[2]] if template else None
    return column if column is not None and column.required else None


def _completed(
    row: _Row, cells: dict[str, str | None], identity: str | None
) -> dict[str, str | None]:
    """Add the key of a resource that states none, and a foreign IRI as where it comes from."""
    column = _key_column(row)
    if column is None or cells.get(column.name) or identity is None:
        return cells
    cells[column.name] = identity
    own = row.resource.key.endswith(f"/{identity}")
    if not own and "source_url" in row.kind.table.by_name:
        cells.setdefault("source_url", row.resource.key)
    return cells


def _grouped(rows: Iterable[_Row]) -> dict[tuple[str, str], list[_Row]]:
    groups: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        groups.setdefault((row.kind.table.name, row.resource.file), []).append(row)
    return groups


def _number(rows: Iterable[_Row]) -> None:
    """Give each row of a table and file a number that no other has."""
    for members in _grouped(rows).values():
        lines = [row.resource.line for row in members]
        repeated = len(set(lines)) < len(lines)
        for position, row in enumerate(members, start=1):
            row.number = position if repeated else row.resource.line


def _tables(rows: Iterable[_Row], filler: _Filler, source: str) -> Iterator[InputTable]:
    for (_, file), members in _grouped(rows).items():
        records = [filler.record(row) for row in members]
        numbers = [row.number for row in members]
        yield table_from_records(records, source, members[0].kind.table, file, numbers)


def _with_notes(tables: list[InputTable], problems: Iterable[Problem]) -> list[InputTable]:
    """Put each problem at the table and file that it speaks of, or else at the first table."""
    places = {(table.name, table.file): i for i, table in reversed(list(enumerate(tables)))}
    notes: dict[int, list[Problem]] = {}
    for problem in problems:
        notes.setdefault(places.get((problem.table, problem.file), 0), []).append(problem)
    return [replace(table, notes=tuple(notes.get(i, ()))) for i, table in enumerate(tables)]
