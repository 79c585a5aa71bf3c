"""Aggregates over the rows of a group."""

from __future__ import annotations

from collections.abc import Callable

from kg.store.columnar.blocks import Block
from kg.store.columnar.kinds import NOTHING, as_decimal, as_text, is_number, numbers
from kg.store.columnar.tree import Call
from kg.store.columnar.values import UnsupportedError, Value, quoted

__all__ = ["AGGREGATES", "Aggregate", "has_aggregate"]

Aggregate = Callable[[Call, Value, Block], Value]
"""Makes one value of an aggregate's argument, which is nothing for ``*``."""


def has_aggregate(node: object) -> bool:
    """Whether an expression aggregates."""
    return isinstance(node, Call) and (
        node.name in AGGREGATES or any(has_aggregate(arg) for arg in node.args)
    )


def _count(node: Call, found: Value, _: Block) -> Value:
    if not node.args:
        if node.distinct:
            raise UnsupportedError("COUNT(DISTINCT *)")
        return Value("count(*)", "int", is_sure=True)
    if found.kind == "none":
        return Value("0", "int", is_sure=True)
    return Value(f"count({'DISTINCT ' * node.distinct}{found.sql})", "int", is_sure=True)


def _sum(node: Call, found: Value, _: Block) -> Value:
    (number,), kind = numbers([found])
    total = f"COALESCE(sum({'DISTINCT ' * node.distinct}{number}), 0)"
    total = f"CAST({total} AS {'BIGINT' if kind == 'int' else 'HUGEINT'})"
    if found.is_sure:
        return Value(total, kind, is_sure=True)
    return Value(f"CASE WHEN count(*) = count({number}) THEN {total} END", kind)


def _average(__: Call, found: Value, _: Block) -> Value:
    number = as_decimal(found)
    total = f"CAST(COALESCE(sum({number}), 0) // greatest(count({number}), 1) AS HUGEINT)"
    return Value(f"CASE WHEN count(*) = count({number}) THEN {total} END", "dec")


def _extreme(name: str) -> Aggregate:
    def aggregate(__: Call, found: Value, _: Block) -> Value:
        if found.kind == "none":
            return NOTHING
        kind, sql = found.kind, found.sql
        if is_number(found):
            (sql,), kind = numbers([found])
        elif kind not in ("text", "bool") and not (kind == "term" and found.types == "I"):
            raise UnsupportedError(f"{name} of {kind} {found.types}")
        least = f"{name}({sql})"
        if not found.is_sure:
            least = f"CASE WHEN count(*) = count({sql}) THEN {least} END"
        return Value(least, kind, found.types, is_sure=False)

    return aggregate


def _group_concat(node: Call, found: Value, block: Block) -> Value:
    text = as_text(found, block)
    distinct, separator = "DISTINCT " * node.distinct, quoted(node.separator)
    joined = f"COALESCE(string_agg({distinct}{text}, {separator} ORDER BY {text}), '')"
    return Value(f"CASE WHEN count(*) = count({text}) THEN {joined} END", "text")


AGGREGATES: dict[str, Aggregate] = {
    "COUNT": _count,
    "SUM": _sum,
    "AVG": _average,
    "MIN": _extreme("min"),
    "MAX": _extreme("max"),
    "GROUP_CONCAT": _group_concat,
}
"""Aggregates by name."""
