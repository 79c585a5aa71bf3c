"""A SELECT query as one statement of SQL, with what each of its columns holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from kg.store.columnar.aggregates import has_aggregate
from kg.store.columnar.blocks import Block, Names, over
from kg.store.columnar.expressions import Scope, condition, value
from kg.store.columnar.kinds import FALSE, TRUE
from kg.store.columnar.paths import Tables
from kg.store.columnar.patterns import Patterns
from kg.store.columnar.tree import Call, Select, Values, variables_of
from kg.store.columnar.values import Term, UnsupportedError, Value, Var

__all__ = ["Compiled", "compiled", "constants_of"]


@dataclass(frozen=True)
class Compiled:
    """SQL whose columns are the variables; ``unknown`` are constants that the data lacks."""

    sql: str
    columns: dict[str, str]  # name → kind
    unknown: dict[int, Term]


def constants_of(node: object) -> set[Term]:
    """Return all terms in a piece of the tree."""
    if isinstance(node, Term):
        return {node}
    if isinstance(node, Select):
        parts = [node.where, node.items, node.groups, node.having, node.order]
        return set().union(*map(constants_of, parts))
    if isinstance(node, Values):
        return {term for row in node.rows for term in row if term is not None}
    if isinstance(node, tuple | list):
        return set().union(*map(constants_of, node)) if node else set()
    return set()


def compiled(query: Select, tables: Tables, known: dict[Term, int]) -> Compiled:
    """Return the SQL of a query.

    Raises
    ------
    UnsupportedError
        It says something that is not known here.
    """
    names = Names(known)
    compiler = _Compiler(tables, names, _repeated(query))
    block = compiler.select(query, is_last=True)
    sql = block.select()
    if query.order:
        keys = _orders(query, block, compiler)
        # The keys may have joined the dictionary.
        sql = f"{block.select()}{keys}"
    if query.limit is not None or query.offset:
        sql += _slice(query)
    if names.tables:
        recursive = "RECURSIVE " if any("UNION" in t for t in names.tables) else ""
        sql = f"WITH {recursive}{', '.join(names.tables)} {sql}"
    kinds = {name: found.kind for name, found in block.columns.items()}
    return Compiled(sql, kinds, {number: term for term, number in names.unknown.items()})


def _slice(query: Select) -> str:
    limit = "" if query.limit is None else f" LIMIT {query.limit}"
    return f"{limit} OFFSET {query.offset}" if query.offset else limit


def _orders(query: Select, block: Block, compiler: Patterns) -> str:
    named = {e.name: name for name, e in query.items or () if isinstance(e, Var)}
    keys = [_order(_renamed(node, named), down, block, compiler) for node, down in query.order]
    keys = [key for key in keys if key]
    return f" ORDER BY {', '.join(keys)}" if keys else ""


def _renamed(node: Any, named: dict[str, str]) -> Any:
    """Return an expression about what is selected, by the names that it is selected under."""
    if isinstance(node, Var):
        return Var(named.get(node.name, node.name))
    if isinstance(node, Call):
        return node._replace(args=tuple(_renamed(arg, named) for arg in node.args))
    return node


def _order(node: Any, descending: bool, block: Block, compiler: Patterns) -> str:
    """Return a key to sort by; none where it is the same in all rows."""
    found = value(node, Scope(block, compiler.exists))
    if found.kind == "none" or found.constant is not None or found in (TRUE, FALSE):
        return ""
    sql = block.text(found) if found.kind == "term" and "C" in found.types else found.sql
    return f"{sql} DESC NULLS LAST" if descending else f"{sql} ASC NULLS FIRST"


def _repeated(query: Select) -> frozenset[str]:
    """Return the queries inside a query that stand there more than once, as texts."""
    found = Counter(map(repr, _inside(query.where)))
    return frozenset(text for text, times in found.items() if times > 1)


def _inside(node: object) -> Iterator[Select]:
    if isinstance(node, Select):
        yield node
        yield from _inside(node.where)
    elif isinstance(node, tuple) and not isinstance(node, Term | Var):
        for part in node:
            yield from _inside(part)


@dataclass
class _Compiler(Patterns):
    """Compiles queries, with those inside them; one that is repeated is a table beforehand."""

    repeated: frozenset[str] = frozenset()
    _made: dict[str, tuple[str, dict[str, Value]]] = field(default_factory=dict)

    def select(self, query: Select, is_last: bool = False) -> Block:
        """Return a block over a query's rows; order and slice of the outermost are not in it."""
        text = "" if is_last else repr(query)
        if text not in self.repeated:
            return self._select(query, is_last)
        if text not in self._made:
            block = self._select(query, is_last)
            self._made[text] = self.names.table(block.select()), block.columns
        table, columns = self._made[text]
        return over(self.names, f"SELECT * FROM {table}", columns)

    def _select(self, query: Select, is_last: bool) -> Block:
        block = self.group(query.where)
        items = query.items
        if items is None:
            if query.groups:
                raise UnsupportedError("SELECT * with GROUP BY")
            seen = variables_of(query.where)
            items = [(name, Var(name)) for name in block.columns if name in seen]
        grouped = query.groups or any(has_aggregate(e) for _, e in items) or query.having
        sql, columns = (
            self._grouped(query, items, block) if grouped else self._plain(query, items, block)
        )
        if not is_last and (query.limit is not None or query.offset):
            made = over(self.names, sql, columns)
            order = _orders(query, made, self)
            sql = f"{made.select()}{order}{_slice(query)}"
        return over(self.names, sql, columns)

    def _plain(
        self, query: Select, items: list[tuple[str, Term | Var | Call]], block: Block
    ) -> tuple[str, dict[str, Value]]:
        for name, expression in items:
            if expression != Var(name):
                found = value(expression, Scope(block, self.exists))
                block.columns = {**block.columns, name: found}
        ordered = set().union(*(variables_of(node) for node, _ in query.order))
        wanted = {name for name, _ in items}
        if not query.distinct and ordered - wanted:
            raise UnsupportedError("ORDER BY what is not selected")
        columns = {name: block.columns.get(name, Value("NULL", "none", "")) for name, _ in items}
        block.columns = columns
        return block.select(distinct=query.distinct), columns

    def _grouped(
        self, query: Select, items: list[tuple[str, Term | Var | Call]], block: Block
    ) -> tuple[str, dict[str, Value]]:
        keys = []
        for node in query.groups:
            if not isinstance(node, Var):
                raise UnsupportedError("GROUP BY an expression")
            keys.append(node.name)
        if any(block.columns.get(k, TRUE).constant is not None for k in keys):
            sql = block.select()
            plain = {n: replace(v, constant=None) for n, v in block.columns.items()}
            block = over(self.names, sql, plain)
        scope = Scope(block, self.exists)
        columns: dict[str, Value] = {}
        for name, expression in items:
            if not has_aggregate(expression) and variables_of(expression) - set(keys):
                raise UnsupportedError("a variable beside aggregates")
            columns[name] = value(expression, scope)
        having = [condition(node, scope) for node in query.having]
        grouped = [block.columns[k].sql for k in keys if k in block.columns]
        chosen = Block(self.names, block.joins, block.where, columns)
        sql = chosen.select(distinct=query.distinct)
        if grouped:
            sql += f" GROUP BY {', '.join(grouped)}"
        if having:
            sql += f" HAVING {' AND '.join(one.sql for one in having)}"
        # an expression of keys alone stays a constant only by chance
        return sql, {n: replace(v, constant=None) for n, v in columns.items()}
