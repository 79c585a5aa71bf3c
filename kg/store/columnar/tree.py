"""The tree of a query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kg.store.columnar.values import Term, Var

__all__ = [
    "Bind",
    "Call",
    "Filter",
    "Group",
    "Minus",
    "Optional",
    "Part",
    "Select",
    "Triple",
    "Union",
    "Values",
    "variables_of",
]


class Call(NamedTuple):
    """A function, an operator, an aggregate or a path of other paths; ``name`` says which."""

    name: str
    args: tuple[Any, ...]  # of Term, Var, Call; of EXISTS the group
    distinct: bool = False
    separator: str = " "


class Triple(NamedTuple):
    """A triple pattern; ``path`` is a term, a variable or a Call."""

    subject: Term | Var
    path: Term | Var | Call
    object: Term | Var


class Filter(NamedTuple):
    """A condition on the group that it stands in."""

    condition: Term | Var | Call


class Bind(NamedTuple):
    """A variable that an expression gives its value."""

    expression: Term | Var | Call
    name: str


class Group(NamedTuple):
    """What stands in braces."""

    parts: tuple[Part, ...]


class Optional(NamedTuple):
    """OPTIONAL."""

    group: Group


class Minus(NamedTuple):
    """MINUS."""

    group: Group


class Union(NamedTuple):
    """Alternatives."""

    groups: tuple[Group, ...]


class Values(NamedTuple):
    """Rows of terms; None where one is UNDEF."""

    names: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


@dataclass
class Select:
    """A SELECT query; ``items`` is None for ``*``, else pairs of variable and expression."""

    where: Group
    items: list[tuple[str, Term | Var | Call]] | None = None
    distinct: bool = False
    groups: list[Term | Var | Call] = field(default_factory=list)
    having: list[Term | Var | Call] = field(default_factory=list)
    order: list[tuple[Term | Var | Call, bool]] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0


Part = Triple | Filter | Bind | Group | Optional | Minus | Union | Values | Select
"""What a group is made of."""


def variables_of(node: object) -> set[str]:
    """Return the names of all variables in a piece of the tree."""
    if isinstance(node, Var):
        return {node.name}
    if isinstance(node, Select):
        if node.items is not None:
            return {name for name, _ in node.items}
        return variables_of(node.where)
    if isinstance(node, Values):
        return set(node.names)
    if isinstance(node, Bind):
        return {node.name} | variables_of(node.expression)
    if isinstance(node, tuple | list) and not isinstance(node, Term):
        return set().union(*map(variables_of, node)) if node else set()
    return set()
