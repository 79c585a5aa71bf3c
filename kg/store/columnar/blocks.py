"""One SELECT … FROM … WHERE in the making: sources joined so far, conditions, variables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count

from kg.store.columnar.values import FIRST_INTEGER, Term, UnsupportedError, Value, quoted

__all__ = ["Block", "Names", "as_integer", "as_term", "compatible"]


@dataclass
class Names:
    """What a compilation hands out: aliases, numbers of constants, queries named beforehand.

    ``known`` are the numbers of the query's constants that the data has; others get one below
    zero, which nothing in the data is equal to.
    """

    known: dict[Term, int]
    tables: list[str] = field(default_factory=list)
    unknown: dict[Term, int] = field(default_factory=dict)
    _counter: count[int] = field(default_factory=lambda: count(1))

    def alias(self) -> str:
        """Return a name that no other source has."""
        return f"a{next(self._counter)}"

    def number(self, term: Term) -> int:
        """Return the number of a constant."""
        if term in self.known:
            return self.known[term]
        return self.unknown.setdefault(term, -1 - len(self.unknown))

    def constant(self, term: Term) -> Value:
        """Return a constant as a value."""
        number = self.number(term)
        letter = "I" if term.kind == "iri" else "N" if number > FIRST_INTEGER // 2 else "L"
        return Value(str(number), "term", letter + "C" * (number < 0), True, term)

    def table(self, sql: str, recursive: bool = False) -> str:
        """Put a query before all others, and return its name."""
        name = self.alias()
        columns = "(s, o)" if recursive else ""
        self.tables.append(f"{name}{columns} AS {'' if recursive else 'MATERIALIZED '}({sql})")
        return name


@dataclass
class Block:
    """Sources and conditions.

    ``joins`` holds kind (``JOIN``, ``LEFT JOIN``), source with its alias, and conditions;
    ``columns`` what each variable is.
    """

    names: Names
    joins: list[tuple[str, str, list[str]]] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    columns: dict[str, Value] = field(default_factory=dict)
    lookups: dict[str, str] = field(default_factory=dict)

    @property
    def is_flat(self) -> bool:
        """Whether its sources may stand in another block's FROM as they are."""
        return bool(self.joins) and all(kind == "JOIN" for kind, _, _ in self.joins)

    def source(self) -> str:
        """Return FROM with all sources, and WHERE."""
        first, *others = self.joins or [("JOIN", f"(SELECT 1) AS {self.names.alias()}", [])]
        if first[0] != "JOIN":
            first, others = ("JOIN", f"(SELECT 1) AS {self.names.alias()}", []), self.joins
        parts = [f"FROM {first[1]}"]
        for kind, source, conditions in others:
            if conditions:
                parts.append(f"{kind} {source} ON {' AND '.join(conditions)}")
            else:
                parts.append(
                    f"CROSS JOIN {source}" if kind == "JOIN" else f"{kind} {source} ON true"
                )
        where = [*first[2], *self.where]
        return "\n".join(parts) + (f"\nWHERE {' AND '.join(where)}" if where else "")

    def select(self, names: Iterable[str] | None = None, distinct: bool = False) -> str:
        """Return the block as a query of variables, each as a column ``v_NAME``."""
        wanted = list(self.columns) if names is None else list(names)
        columns = [f'{_typed(self.columns[n])} AS "v_{n}"' for n in wanted] or ["1 AS one"]
        return f"SELECT {'DISTINCT ' * distinct}{', '.join(columns)} {self.source()}"

    def wrapped(self, names: Iterable[str] | None = None) -> Block:
        """Return a block over this one as a single source; constants stay constant."""
        return over(self.names, self.select(names), self.columns, names)

    def text(self, value: Value) -> str:
        """Return the SQL of a value's text, NULL where it has none."""
        if value.constant is not None:
            return quoted(value.constant.text)
        if value.kind in ("text", "iri"):
            return value.sql
        if value.kind == "none":
            return "CAST(NULL AS VARCHAR)"
        if value.kind == "int":
            return f"CAST({value.sql} AS VARCHAR)"
        if value.kind != "term":
            raise UnsupportedError(f"the text of a {value.kind}")
        number = f"CAST({value.sql} - {FIRST_INTEGER} AS VARCHAR)"
        if value.types == "N":
            return number
        found = f"{self.lookup(value)}.text"
        if "B" in value.types:
            found = f"CASE WHEN {self.lookup(value)}.kind > 0 THEN {found} END"
        if "N" in value.types:
            found = f"CASE WHEN {value.sql} > {FIRST_INTEGER // 2} THEN {number} ELSE {found} END"
        return self._with_unknown(value, found, "text")

    def language(self, value: Value) -> str:
        """Return the SQL of a literal's language; NULL for what is no literal."""
        if value.constant is not None:
            is_literal = value.constant.kind == "literal"
            return quoted(value.constant.language) if is_literal else "CAST(NULL AS VARCHAR)"
        if value.kind != "term" or "N" in value.types:
            raise UnsupportedError("LANG of what may be a number")
        alias = self.lookup(value)
        found = f"CASE WHEN {alias}.kind = 2 THEN {alias}.language END"
        return self._with_unknown(value, found, "language")

    def _with_unknown(self, value: Value, found: str, what: str) -> str:
        if "C" not in value.types:
            return found
        cases = " ".join(
            f"WHEN {number} THEN {quoted(getattr(term, what))}"
            for term, number in self.names.unknown.items()
        )
        return f"CASE {value.sql} {cases} ELSE {found} END" if cases else found

    def lookup(self, value: Value) -> str:
        """Join the dictionary for a term, once, and return its alias."""
        if value.sql not in self.lookups:
            alias = self.names.alias()
            self.joins.append(("LEFT JOIN", f"terms AS {alias}", [f"{alias}.id = {value.sql}"]))
            self.lookups[value.sql] = alias
        return self.lookups[value.sql]

    def iri_number(self, value: Value) -> str:
        """Join the dictionary for the IRI of a text, and return the SQL of its number."""
        alias = self.names.alias()
        on = [f"{alias}.kind = 1", f"{alias}.text = {value.sql}"]
        self.joins.append(("LEFT JOIN", f"terms AS {alias}", on))
        return f"{alias}.id"


_TYPES = {"term": "BIGINT", "int": "BIGINT", "dec": "HUGEINT", "text": "VARCHAR",
          "iri": "VARCHAR", "bool": "BOOLEAN", "none": "BIGINT"}  # fmt: skip


def _typed(value: Value) -> str:
    is_bare = value.constant is None and value.sql != "NULL"
    return value.sql if is_bare else f"CAST({value.sql} AS {_TYPES[value.kind]})"


def over(
    names: Names, sql: str, columns: dict[str, Value], wanted: Iterable[str] | None = None
) -> Block:
    """Return a block whose one source is a query with these columns."""
    alias = names.alias()
    made = Block(names, [("JOIN", f"({sql}) AS {alias}", [])])
    for name in columns if wanted is None else wanted:
        value = columns[name]
        kept = value if value.constant is not None else replace(value, sql=f'{alias}."v_{name}"')
        made.columns[name] = kept
    return made


def as_integer(value: Value) -> str:
    """Return the SQL of a whole number.

    Raises
    ------
    UnsupportedError
        It may be something else.
    """
    if value.kind == "int":
        return value.sql
    if value.kind == "term" and value.types in ("", "N"):
        if value.constant is not None:
            return str(int(value.constant.text))
        return f"({value.sql} - {FIRST_INTEGER})"
    raise UnsupportedError(f"a number that may be something else ({value.kind} {value.types})")


def as_term(value: Value, block: Block) -> Value:
    """Return a value as a term's number."""
    if value.kind == "term":
        return value
    if value.kind == "none":
        return Value("CAST(NULL AS BIGINT)", "term", "", False)
    if value.kind == "int":
        return Value(f"({FIRST_INTEGER} + {value.sql})", "term", "N", value.is_sure)
    if value.kind == "iri":
        return Value(block.iri_number(value), "term", "I", False)
    raise UnsupportedError(f"a {value.kind} as a term")


def compatible(a: Value, b: Value) -> str | None:
    """Return the condition that two values of one variable agree; None where they always do."""
    if a.constant is not None and a.constant == b.constant:
        return None
    conditions = [f"{v.sql} IS NULL" for v in (a, b) if not v.is_sure] + [f"{a.sql} = {b.sql}"]
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"
