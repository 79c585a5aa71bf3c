"""Expressions as SQL: an error is NULL, which spreads and is left out as SPARQL's errors are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg.store.columnar.aggregates import AGGREGATES
from kg.store.columnar.blocks import Block
from kg.store.columnar.functions import FUNCTIONS, compared
from kg.store.columnar.kinds import FALSE, NOTHING, TRUE, as_condition, unified
from kg.store.columnar.tree import Call, Group
from kg.store.columnar.values import XSD, Term, UnsupportedError, Value, Var

__all__ = ["Scope", "condition", "value"]


@dataclass(frozen=True)
class Scope:
    """The variables that an expression sees: a block's, then those around it.

    ``exists`` compiles the group of EXISTS; ``constants`` are values that hold without a source.
    """

    block: Block
    exists: Callable[[Group, Scope], str]
    outer: Scope | None = None
    constants: dict[str, Value] | None = None

    def find(self, name: str) -> tuple[Value, Block]:
        """Return a variable's value and the block that it is of."""
        if name in self.block.columns:
            return self.block.columns[name], self.block
        if self.constants and name in self.constants:
            return self.constants[name], self.block
        return self.outer.find(name) if self.outer else (NOTHING, self.block)


def condition(node: Term | Var | Call, scope: Scope) -> Value:
    """Return an expression as a truth value."""
    return as_condition(value(node, scope))


def value(node: Term | Var | Call, scope: Scope) -> Value:
    """Return the SQL of an expression."""
    if isinstance(node, Term):
        return _constant(node, scope)
    if isinstance(node, Var):
        return scope.find(node.name)[0]
    if node.name in AGGREGATES:
        found = value(node.args[0], scope) if node.args else NOTHING
        return AGGREGATES[node.name](node, found, scope.block)
    if node.name in _FORMS:
        return _FORMS[node.name](node.args, scope)
    if node.name not in FUNCTIONS:
        raise UnsupportedError(node.name)
    return FUNCTIONS[node.name]([value(arg, scope) for arg in node.args], scope.block)


def _constant(node: Term, scope: Scope) -> Value:
    if node.datatype == f"{XSD}integer":
        return Value(str(int(node.text)), "int", is_sure=True, constant=node)
    if node.datatype == f"{XSD}boolean":
        return TRUE if node.text in ("true", "1") else FALSE
    if node.datatype == f"{XSD}decimal":
        whole, _, rest = node.text.partition(".")
        return Value(f"CAST({int(whole + rest.ljust(18, '0'))} AS HUGEINT)", "dec", is_sure=True)
    return scope.block.names.constant(node)


def _str(args: Sequence[Any], scope: Scope) -> Value:
    (node,) = args
    if isinstance(node, Var):
        found, block = scope.find(node.name)
    else:
        found, block = value(node, scope), scope.block
    types = found.types.replace("C", "") if found.kind == "term" else ""
    sure = found.is_sure and "B" not in found.types
    return Value(block.text(found), "text", types, sure)


def _lang(args: Sequence[Any], scope: Scope) -> Value:
    (node,) = args
    if not isinstance(node, Var):
        raise UnsupportedError("LANG of an expression")
    found, block = scope.find(node.name)
    return Value(block.language(found), "text")


def _bound(args: Sequence[Any], scope: Scope) -> Value:
    (node,) = args
    found = scope.find(node.name)[0]
    if found.kind == "none":
        return FALSE
    return TRUE if found.is_sure else Value(f"({found.sql} IS NOT NULL)", "bool", is_sure=True)


def _or(args: Sequence[Any], scope: Scope) -> Value:
    return _connected(args, scope, TRUE, FALSE, "OR")


def _and(args: Sequence[Any], scope: Scope) -> Value:
    return _connected(args, scope, FALSE, TRUE, "AND")


def _connected(
    args: Sequence[Any], scope: Scope, decides: Value, says_nothing: Value, word: str
) -> Value:
    found = []
    for arg in args:
        one = condition(arg, scope)
        if one == decides:
            return decides  # what follows need not be known
        if one != says_nothing:
            found.append(one)
    if not found:
        return says_nothing
    sure = all(one.is_sure for one in found)
    return Value(f"({f' {word} '.join(one.sql for one in found)})", "bool", is_sure=sure)


def _not(args: Sequence[Any], scope: Scope) -> Value:
    found = condition(args[0], scope)
    if found in (TRUE, FALSE):
        return FALSE if found == TRUE else TRUE
    return replace(found, sql=f"(NOT {found.sql})")


def _exists(args: Sequence[Any], scope: Scope) -> Value:
    return Value(scope.exists(args[0], scope), "bool", is_sure=True)


def _if(args: Sequence[Any], scope: Scope) -> Value:
    asked = condition(args[0], scope)
    if asked in (TRUE, FALSE):
        return value(args[1 if asked == TRUE else 2], scope)
    both = [value(arg, scope) for arg in args[1:]]
    (yes, no), made = unified(both, scope.block)
    sure = asked.is_sure and all(one.is_sure for one in both)
    sql = f"CASE WHEN {asked.sql} THEN {yes} WHEN NOT {asked.sql} THEN {no} END"
    return replace(made, sql=sql, is_sure=sure)


def _coalesce(args: Sequence[Any], scope: Scope) -> Value:
    found: list[Value] = []
    for arg in args:
        one = value(arg, scope)
        if one.kind != "none":
            found.append(one)
        if one.is_sure:
            break
    if not found:
        return NOTHING
    if len(found) == 1:
        return found[0]
    parts, made = unified(found, scope.block)
    return replace(made, sql=f"COALESCE({', '.join(parts)})", is_sure=found[-1].is_sure)


def _comparison(sign: str) -> Callable[[Sequence[Any], Scope], Value]:
    def compare(args: Sequence[Any], scope: Scope) -> Value:
        quick = _by_number(args, scope)
        found = quick or [value(arg, scope) for arg in args]
        return compared(sign, are_numbers=quick is not None)(found, scope.block)

    return compare


def _by_number(args: Sequence[Any], scope: Scope) -> list[Value] | None:
    """Return two IRIs whose texts are compared: their numbers are in the order of their texts."""
    if not all(
        isinstance(arg, Call) and arg.name == "STR" and isinstance(arg.args[0], Var) for arg in args
    ):
        return None
    found = [scope.find(arg.args[0].name)[0] for arg in args]
    are_iris = all(v.kind == "term" and v.types == "I" and v.constant is None for v in found)
    return found if are_iris else None


_FORMS: dict[str, Callable[[Sequence[Any], Scope], Value]] = {
    "||": _or, "&&": _and, "!": _not, "EXISTS": _exists, "BOUND": _bound, "IF": _if,
    "COALESCE": _coalesce, "STR": _str, "LANG": _lang,
    **{sign: _comparison(sign) for sign in ("<", "<=", ">", ">=")},
}  # fmt: skip
"""What looks at its arguments before they are worked out, or does not need them all."""
