"""Resources: what all files state of one subject, with the place of the first statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.sources.rdf.statements import Place, Statement, Term, statements

__all__ = ["Resource", "Value", "collect"]


class Value(NamedTuple):
    """An object and where it was stated."""

    term: Term
    file: str
    line: int


@dataclass
class Resource:
    """One subject: ``key`` is its IRI, or ``_:`` with the file's number and the node's label."""

    key: str
    file: str
    line: int
    values: dict[str, list[Value]] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether it has no IRI."""
        return self.key.startswith("_:")

    @property
    def size(self) -> int:
        """How many statements describe it."""
        return sum(map(len, self.values.values()))


def collect(files: Iterable[Path], place: Place) -> dict[str, Resource]:
    """Return the resources of all files by key, in the order in which they are met."""
    found: dict[str, Resource] = {}
    for number, path in enumerate(files):
        for statement in statements(path, place):
            _add(found, statement, number, str(path))
    return found


def _add(found: dict[str, Resource], statement: Statement, number: int, file: str) -> None:
    key = key_of(statement.subject, number)
    resource = found.get(key)
    if resource is None:
        resource = found[key] = Resource(key, file, statement.line)
    term = statement.object
    if isinstance(term, ox.BlankNode):
        term = ox.BlankNode(f"f{number}{term.value}")
    values = resource.values.setdefault(statement.predicate, [])
    if all(value.term != term for value in values):
        values.append(Value(term, file, statement.line))


def key_of(node: ox.NamedNode | ox.BlankNode, number: int | None = None) -> str:
    """Return the key of a node; a blank node of file ``number`` gets the number into its label."""
    if isinstance(node, ox.NamedNode):
        return node.value
    return f"_:{node.value}" if number is None else f"_:f{number}{node.value}"
