"""Paths of properties as tables of two columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.store.columnar.blocks import Names
from kg.store.columnar.tree import Call, Triple
from kg.store.columnar.values import Term, UnsupportedError, Var

__all__ = ["Paths", "Relation", "Tables", "letters"]

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_NO_ROWS = "(SELECT CAST(0 AS BIGINT) AS s, CAST(0 AS BIGINT) AS o WHERE false)"


@dataclass(frozen=True)
class Tables:
    """What the data has: property → table, letters of its subjects and objects; class → table."""

    properties: Mapping[str, tuple[str, str, str]]
    classes: Mapping[str, tuple[str, str]]


@dataclass
class Relation:
    """Something with the columns s and o."""

    sql: str
    subjects: str = "IB"
    objects: str = "IBNML"
    has_object: bool = True


@dataclass
class Paths:
    """Finds the table of a path. Names are those of the compilation that it is for."""

    tables: Tables
    names: Names

    def relation(self, part: Triple) -> Relation:
        """Return the table of a pattern's path, narrowed where its object is given."""
        if isinstance(part.path, Var):
            raise UnsupportedError("a variable for a property")
        if part.path == Term("iri", _TYPE) and isinstance(part.object, Term):
            table, kinds = self.tables.classes.get(part.object.text, ("", ""))
            return Relation(table or _NO_ROWS, kinds, "I", has_object=False)
        if isinstance(part.path, Call) and part.path.name in ("*", "+"):
            return self.closure(part.path, part.object)
        return self.path(part.path)

    def path(self, path: Term | Var | Call) -> Relation:
        """Return the table of a path."""
        if isinstance(path, Term):
            table, subjects, objects = self.tables.properties.get(path.text, (_NO_ROWS, "", ""))
            return Relation(table, subjects, objects)
        if isinstance(path, Var):
            raise UnsupportedError("a variable for a property")
        if path.name in ("*", "+"):
            return self.closure(path, None)
        parts = [self.path(arg) for arg in path.args]
        if path.name == "inverse":
            (one,) = parts
            sql = f"(SELECT x.o AS s, x.s AS o FROM {one.sql} AS x)"
            return Relation(sql, one.objects, one.subjects)
        if path.name == "alternatives":
            each = " UNION ALL ".join(f"SELECT x.s, x.o FROM {one.sql} AS x" for one in parts)
            return Relation(
                f"({each})",
                letters("".join(one.subjects for one in parts)),
                letters("".join(one.objects for one in parts)),
            )
        found = parts[0]
        for one in parts[1:]:
            sql = f"(SELECT x.s, y.o FROM {found.sql} AS x JOIN {one.sql} AS y ON x.o = y.s)"
            found = Relation(sql, found.subjects, one.objects)
        return found

    def closure(self, path: Call, end: Term | Var | None) -> Relation:
        """Return the pairs that one or more steps join, and with ``*`` each thing with itself."""
        step = self.path(path.args[0])
        table = self.names.table("", recursive=True)
        pairs = f"SELECT x.s, x.o FROM {step.sql} AS x"
        more = f"SELECT {table}.s, x.o FROM {table} JOIN {step.sql} AS x ON {table}.o = x.s"
        self.names.tables[-1] = f"{table}(s, o) AS ({pairs} UNION {more})"
        if path.name == "+":
            return Relation(f"(SELECT s, o FROM {table})", step.subjects, step.objects)
        if isinstance(end, Term):
            one = self.names.number(end)
            pairs = f"SELECT s, o FROM {table} WHERE o = {one} UNION SELECT {one}, {one}"
        else:
            pairs = f"SELECT s, o FROM {table} UNION SELECT id, id FROM terms WHERE kind < 2"
        return Relation(f"({pairs})", "IB", "IB")


def letters(types: str) -> str:
    """Return each letter of :attr:`Value.types` once, in order."""
    return "".join(sorted(set(types)))
