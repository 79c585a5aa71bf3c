"""Graph patterns as SQL: triples as joins of tables, the rest as SPARQL has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.store.columnar.blocks import Block, Names, as_term, compatible, over
from kg.store.columnar.expressions import Scope, condition, value
from kg.store.columnar.kinds import FALSE, TRUE, unified
from kg.store.columnar.paths import Paths, Relation, Tables, letters
from kg.store.columnar.tree import (
    Bind,
    Call,
    Filter,
    Group,
    Minus,
    Optional,
    Part,
    Select,
    Triple,
    Union,
    Values,
    variables_of,
)
from kg.store.columnar.values import Term, UnsupportedError, Value, Var

__all__ = ["Patterns"]

_LABEL = Term("iri", "http://www.w3.org/2000/01/rdf-schema#label")
_LONG = 60  # characters of an expression that is worth a column of its own


@dataclass
class Patterns:
    """Compiles groups. ``select`` compiles a query inside a query."""

    tables: Tables
    names: Names

    @property
    def paths(self) -> Paths:
        """Who finds the tables of paths."""
        return Paths(self.tables, self.names)

    def select(self, query: Select) -> Block:
        """Return the block of a query's rows; kg.store.columnar.compiling has it."""
        raise NotImplementedError

    # --- groups

    def group(self, group: Group, outer: Scope | None = None) -> Block:
        """Return the block of what stands in braces."""
        block, filters = self.unfiltered(group, outer)
        self.filter(block, filters, outer)
        return block

    def unfiltered(self, group: Group, outer: Scope | None = None) -> tuple[Block, list[Filter]]:
        """Return the block of a group without its filters, and them."""
        block = Block(self.names)
        filters = [part for part in group.parts if isinstance(part, Filter)]
        left = [part for part in _values_first(group.parts) if not isinstance(part, Filter)]
        while left:
            block = self.joined(block, left.pop(_next(block, left)), outer)
        return block, filters

    def filter(self, block: Block, filters: Sequence[Filter], outer: Scope | None = None) -> None:
        """Add conditions to a block."""
        scope = Scope(block, self.exists, outer)
        for part in filters:
            found = condition(part.condition, scope)
            if found != TRUE:
                block.where.append(found.sql)
            for name in _compared(part.condition) & block.columns.keys():
                block.columns[name] = replace(block.columns[name], is_sure=True)

    def joined(self, block: Block, part: Part, outer: Scope | None) -> Block:
        """Return a block with one more part of its group."""
        if isinstance(part, Triple):
            self.triple(block, part)
        elif isinstance(part, Bind):
            return self.bind(block, part, outer)
        elif isinstance(part, Optional):
            return self.optional(block, part.group)
        elif isinstance(part, Minus):
            self.minus(block, part.group)
        elif isinstance(part, Values):
            self.join(block, self.values(part))
        elif isinstance(part, Union):
            self.join(block, self.union(part))
        elif isinstance(part, Select):
            self.join(block, self.select(part))
        elif isinstance(part, Group):
            self.join(block, self.group(part))
        else:
            raise UnsupportedError(type(part).__name__)
        return block

    def join(self, block: Block, other: Block) -> None:
        """Join another block to one."""
        if not other.is_flat and other.joins:
            other = other.wrapped()
        block.joins += other.joins
        block.where += other.where
        for name, theirs in other.columns.items():
            self.agree(block, name, theirs, block.where)

    def agree(self, block: Block, name: str, theirs: Value, conditions: list[str]) -> None:
        """Let a variable of a block be what another source has it for, under conditions."""
        ours = block.columns.get(name)
        if ours is None or ours.kind == "none":
            block.columns[name] = theirs
            return
        if ours.kind != theirs.kind:
            ours, theirs = as_term(ours, block), as_term(theirs, block)
        found = compatible(ours, theirs)
        if found:
            conditions.append(found)
        block.columns[name] = _both(ours, theirs)

    # --- triples

    def triple(self, block: Block, part: Triple) -> None:
        """Join the table of a triple pattern."""
        self._attach(block, self.paths.relation(part), part, "JOIN")

    def _attach(self, block: Block, relation: Relation, part: Triple, kind: str) -> None:
        alias = self.names.alias()
        conditions: list[str] = []
        ends = [("s", part.subject, relation.subjects), ("o", part.object, relation.objects)]
        seen: dict[str, Value] = {}
        for column, node, types in ends[: 1 + relation.has_object]:
            theirs = Value(f"{alias}.{column}", "term", types, True)
            if isinstance(node, Term):
                conditions.append(f"{theirs.sql} = {self.names.number(node)}")
            elif node.name in seen:
                conditions.append(f"{theirs.sql} = {seen[node.name].sql}")
            else:
                seen[node.name] = theirs
        for name, theirs in seen.items():
            if kind == "JOIN":
                self.agree(block, name, theirs, conditions)
            else:
                self._agree_or_none(block, name, theirs, conditions)
        block.joins.append((kind, f"{relation.sql} AS {alias}", conditions))

    def _agree_or_none(self, block: Block, name: str, theirs: Value, conditions: list[str]) -> None:
        """As :meth:`agree`, for what may have no partner."""
        ours = block.columns.get(name)
        if ours is None or ours.kind == "none":
            block.columns[name] = replace(theirs, is_sure=False, constant=None)
            return
        kept = ours
        if ours.kind != theirs.kind:
            ours, theirs = as_term(ours, block), as_term(theirs, block)
        found = compatible(ours, theirs)
        if found:
            conditions.append(found)
        if not kept.is_sure:
            both = f"COALESCE({ours.sql}, {theirs.sql})"
            types = letters(ours.types + theirs.types)
            block.columns[name] = Value(both, ours.kind, types, False)

    # --- other parts

    def values(self, part: Values) -> Block:
        """Return the block of VALUES; a single row is constant."""
        block = Block(self.names)
        rows = [[None if t is None else self.names.constant(t) for t in row] for row in part.rows]
        if len(rows) == 1:
            block.columns = {n: v for n, v in zip(part.names, rows[0], strict=True) if v}
            return block
        alias = self.names.alias()
        head = ", ".join(f'"v_{name}"' for name in part.names)
        body = ", ".join(f"({', '.join(v.sql if v else 'NULL' for v in row)})" for row in rows)
        source = f"(VALUES {body}) AS {alias}({head})"
        if not rows:
            none = ", ".join("CAST(0 AS BIGINT)" for _ in part.names)
            source = f"(SELECT {none} WHERE false) AS {alias}({head})"
        block.joins.append(("JOIN", source, []))
        for number, name in enumerate(part.names):
            column = [row[number] for row in rows]
            types = letters("".join(v.types for v in column if v))
            block.columns[name] = Value(f'{alias}."v_{name}"', "term", types, None not in column)
        return block

    def bind(self, block: Block, part: Bind, outer: Scope | None) -> Block:
        """Give a variable the value of an expression."""
        found = value(part.expression, Scope(block, self.exists, outer))
        block.columns[part.name] = found
        return block.wrapped() if len(found.sql) > _LONG else block

    def union(self, part: Union) -> Block:
        """Return the block of alternatives."""
        blocks = [self.group(group) for group in part.groups]
        names = list(dict.fromkeys(name for block in blocks for name in block.columns))
        columns: dict[str, Value] = {}
        for name in names:
            each = [block.columns.get(name, Value("NULL", "none", "")) for block in blocks]
            made = Value("", "none", "")
            pieces = []
            for block, one in zip(blocks, each, strict=True):
                _, made = unified(each, block)
                pieces.append(one)
            columns[name] = replace(made, is_sure=all(one.is_sure for one in each), constant=None)
            for block, one in zip(blocks, pieces, strict=True):
                sql = unified([one, *each], block)[0][0]
                block.columns[name] = replace(columns[name], sql=sql)
        sql = " UNION ALL ".join(f"({block.select(names)})" for block in blocks)
        return over(self.names, sql, columns)

    def minus(self, block: Block, group: Group) -> None:
        """Leave out what agrees with a group in what both know."""
        other = self.group(group)
        shared = [name for name in other.columns if name in block.columns]
        if not shared:
            return
        inner = other.wrapped(shared)
        pairs = [(block.columns[name], inner.columns[name]) for name in shared]
        if len(pairs) > 1 and not all(a.is_sure and b.is_sure for a, b in pairs):
            raise UnsupportedError("MINUS of what may be unbound")
        same = [f"{as_term(a, block).sql} = {as_term(b, inner).sql}" for a, b in pairs]
        inner.where += same
        block.where.append(f"NOT EXISTS (SELECT 1 {inner.source()})")

    def exists(self, group: Group, scope: Scope) -> str:
        """Return the condition that a group has a solution with the variables around it."""
        inner = self.group(group, scope)
        for name, theirs in inner.columns.items():
            ours, block = scope.find(name)
            if ours.kind == "none":
                continue
            found = compatible(as_term(ours, block), as_term(theirs, inner))
            if found:
                inner.where.append(found)
        return f"EXISTS (SELECT 1 {inner.source()})"

    # --- OPTIONAL

    def optional(self, block: Block, group: Group) -> Block:
        """Join a group where it has partners, as SQL's LEFT JOIN."""
        label = _label_of(group)
        if label:
            relation = Relation("labels", "IB", "L")
            self._attach(block, relation, Triple(label[0], _LABEL, label[1]), "LEFT JOIN")
            return block
        right, filters = self.unfiltered(group)
        mixed = []
        for part in filters:
            if self._is_apart(block, right, part):
                constants = {n: v for n, v in block.columns.items() if v.constant is not None}
                scope = Scope(right, self.exists, None, constants)
                found = condition(part.condition, scope)
                if found == FALSE:
                    return block  # its variables stay unbound
                if found != TRUE:
                    right.where.append(found.sql)
            else:
                mixed.append(part)
        if mixed:
            return self._optional_with(block, right, mixed)
        triples = [part for part in group.parts if isinstance(part, Triple)]
        if len(group.parts) - len(filters) == 1 == len(triples) and not right.where:
            self._attach(block, self.paths.relation(triples[0]), triples[0], "LEFT JOIN")
            return block
        self._left_join(block, right)
        return block

    @staticmethod
    def _is_apart(block: Block, right: Block, part: Filter) -> bool:
        """Whether a condition is about the right side alone."""
        for name in variables_of(part):
            ours = block.columns.get(name)
            if name not in right.columns and ours is not None and ours.constant is None:
                return False
            if name in right.columns and ours is not None and not ours.is_sure:
                return False
        return True

    def _left_join(self, block: Block, right: Block) -> None:
        inner = {n: replace(v, constant=None) for n, v in right.columns.items()}
        sql = right.select()
        made = over(self.names, sql, inner)
        conditions: list[str] = []
        for name, theirs in made.columns.items():
            self._agree_or_none(block, name, theirs, conditions)
        block.joins.append(("LEFT JOIN", made.joins[0][1], conditions))

    def _optional_with(self, block: Block, right: Block, filters: Sequence[Filter]) -> Block:
        """Join where conditions are about both sides: rows are numbered, and partners sought."""
        number = Value("row_number() OVER ()", "int", is_sure=True)
        known = block.columns
        block.columns = {"#": number, **known}
        table = self.names.table(block.select())
        columns = {
            n: v if v.constant is not None else replace(v, sql=f'{{alias}}."v_{n}"')
            for n, v in block.columns.items()
        }

        def named() -> Block:
            alias = self.names.alias()
            made = Block(self.names, [("JOIN", f"{table} AS {alias}", [])])
            made.columns = {
                n: replace(v, sql=v.sql.format(alias=alias)) for n, v in columns.items()
            }
            return made

        matched = named()
        new = [name for name in right.columns if name not in known]
        self.join(matched, right)
        self.filter(matched, filters)
        unsure = [n for n in right.columns if n in known and not known[n].is_sure]
        found = {n: replace(matched.columns[n], constant=None) for n in ["#", *new, *unsure]}
        made = over(self.names, matched.select(found), found)
        left = named()
        left.joins.append(
            ("LEFT JOIN", made.joins[0][1], [f"{left.columns['#'].sql} = {made.columns['#'].sql}"])
        )
        del left.columns["#"]
        for name in new:
            left.columns[name] = replace(made.columns[name], is_sure=False)
        for name in unsure:
            a, b = left.columns[name], made.columns[name]
            types = letters(a.types + b.types)
            left.columns[name] = replace(a, sql=f"COALESCE({a.sql}, {b.sql})", types=types)
        return left


def _both(a: Value, b: Value) -> Value:
    """Return the value of two that agree: the one that is known better."""
    if a.constant is not None or b.constant is not None:
        return a if a.constant is not None else b
    types = "".join(t for t in a.types if t in b.types) if a.is_sure and b.is_sure else letters(
        a.types + b.types
    )  # fmt: skip
    if a.is_sure:
        return replace(a, types=types if b.is_sure else a.types)
    if b.is_sure:
        return b
    return Value(f"COALESCE({a.sql}, {b.sql})", a.kind, letters(a.types + b.types), False)


def _values_first(parts: Sequence[Part]) -> list[Part]:
    """Return the parts of a group with single rows of VALUES first: joins go in any order.

    What comes before an OPTIONAL and what comes after it are not the same, but for what is
    constant throughout.
    """
    optional = next((i for i, p in enumerate(parts) if isinstance(p, Optional | Minus)), len(parts))
    optional_variables = variables_of([p for p in parts if isinstance(p, Optional)])
    first = [
        p
        for i, p in enumerate(parts)
        if isinstance(p, Values)
        and len(p.rows) == 1
        and (i < optional or not set(p.names) & optional_variables)
    ]
    return [*first, *(p for p in parts if not any(p is one for one in first))]


def _next(block: Block, parts: Sequence[Part]) -> int:
    """Return which part of a group comes next: of triples in a row one that meets what is there.

    Inner joins go in any order, but behind a LEFT JOIN the database leaves them in ours, and one
    that meets nothing there multiplies all rows by its own.
    """
    known = {name for name, value in block.columns.items() if value.constant is None}
    for place, part in enumerate(parts):
        if not isinstance(part, Triple):
            break
        if variables_of(part) & known:
            return place
    return 0


def _compared(node: Term | Var | Call) -> set[str]:
    """Return the variables that have a value wherever a condition holds."""
    if not isinstance(node, Call):
        return set()
    if node.name == "&&":
        return _compared(node.args[0]) | _compared(node.args[1])
    bound = node.args if node.name in ("=", "!=", "<", "<=", ">", ">=", "BOUND") else ()
    return {arg.name for arg in bound if isinstance(arg, Var)}


def _label_of(group: Group) -> tuple[Term | Var, Var] | None:
    """Return thing and label where a group chooses a label as named queries do; see `labels`."""
    if len(group.parts) != 2:
        return None
    triple, condition_ = group.parts
    if not (isinstance(triple, Triple) and isinstance(condition_, Filter)):
        return None
    if triple.path != _LABEL or not isinstance(triple.object, Var):
        return None
    try:
        other = condition_.condition.args[0].args[0].parts[0].object  # type: ignore[union-attr]
    except (AttributeError, IndexError):
        return None
    is_so = isinstance(other, Var) and condition_ == _chosen(triple.subject, triple.object, other)
    return (triple.subject, triple.object) if is_so else None


def _chosen(thing: Term | Var, label: Var, other: Var) -> Filter:
    def key(of: Var) -> Call:
        language = Call(
            "REPLACE", (Call("LANG", (of,)), Term("literal", "^en$"), Term("literal", ""))
        )
        return Call("CONCAT", (language, Term("literal", " "), Call("STR", (of,))))

    first = Filter(Call("<", (key(other), key(label))))
    group = Group((Triple(thing, _LABEL, other), first))
    return Filter(Call("!", (Call("EXISTS", (group,)),)))
