"""Who uses a term: the columns of tables, and the texts of queries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg.schema import Column, Schema, TableSchema

__all__ = ["columns_of", "named_in"]

_PREFIX = re.compile(r"(?i)\bPREFIX\s+([\w-]*):\s*<([^>]*)>")
_NAMES = re.compile(
    r"""
      (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | <(?P<iri>[^<>\s"{}|\\^`]*)>
    | (?P<comment>\#(?!\+)[^\n]*)
    | (?P<prefix>[A-Za-z][\w-]*)?:(?P<local>[\w][\w.~-]*)
    """,
    re.VERBOSE,
)
_HEADER = re.compile(r"(?m)^#\+.*$")
_CURIE = re.compile(r"\b([a-z][\w-]*):([\w.~-]+)")


def named_in(query: str, prefixes: Mapping[str, str]) -> frozenset[str]:
    r"""Return the IRIs that a query names in its text, and in the header of its file.

    Examples
    --------
    >>> sorted(named_in("PREFIX a: <urn:a#>\nASK { ?x a:b <urn:c> }  # a:d", {}))
    ['urn:a#', 'urn:a#b', 'urn:c']
    """
    header = "\n".join(_HEADER.findall(query))
    declared = dict(_PREFIX.findall(query))
    found = set(_in_body(_HEADER.sub("", query), declared))
    found |= {prefixes[p] + local for p, local in _CURIE.findall(header) if p in prefixes}
    return frozenset(found)


def _in_body(text: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    for match in _NAMES.finditer(text):
        if match["iri"]:
            yield match["iri"]
        elif match["local"] and (match["prefix"] or "") in prefixes:
            yield prefixes[match["prefix"] or ""] + match["local"].rstrip(".")


def columns_of(schema: Schema, iri: str) -> tuple[str, ...]:
    """Return the columns, as ``table.column``, whose cells are read with a term or concept."""
    classes = {cls for cls, _, concept in schema.concepts if concept == iri}
    found = [
        f"{table.name}.{column.name}"
        for table in schema.tables.values()
        for column in table.columns
        if _reads(schema, table, column, iri, classes)
    ]
    whole = [f"{table.name} (all)" for table in schema.tables.values() if table.target == iri]
    return tuple(sorted(found + whole))


def _reads(schema: Schema, table: TableSchema, column: Column, iri: str, classes: set[str]) -> bool:
    if column.kind == "class":
        return iri != table.target and iri in schema.subclasses(table.target)
    return iri in (column.path, column.target) or column.target in classes
