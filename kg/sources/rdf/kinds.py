"""Which table a resource belongs to, by its classes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kg.schema import Schema, TableSchema

__all__ = ["RDF_TYPE", "Kind", "kind_of"]

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True)
class Kind:
    """A table, the most specific classes below the table's own, and all classes that say no more.

    ``implied`` holds every class that follows from the kind, so that stating it adds nothing.
    """

    table: TableSchema
    classes: tuple[str, ...]
    implied: frozenset[str]


def kind_of(types: Collection[str], schema: Schema) -> Kind | None:
    """Return the kind of a resource: the table of its most specific class, or None."""
    fitting = [
        (len(schema.ancestors.get(table.target, ())), table.name)
        for name in types
        for table in schema.tables.values()
        if table.target in _with_ancestors(name, schema)
    ]
    if not fitting:
        return None
    table = schema.tables[max(fitting)[1]]
    own = [t for t in types if table.target in _with_ancestors(t, schema)]
    above = {a for t in own for a in _with_ancestors(t, schema) - {t}}
    classes = tuple(sorted({t for t in own if t not in above and t != table.target}))
    return Kind(table, classes, frozenset(own) | above)


def _with_ancestors(iri: str, schema: Schema) -> frozenset[str]:
    return schema.ancestors.get(iri, frozenset({iri}))
