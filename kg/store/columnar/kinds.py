"""Values brought to one kind: truth, whole numbers and decimals, texts, terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.store.columnar.blocks import Block, as_integer, as_term
from kg.store.columnar.values import UnsupportedError, Value

__all__ = [
    "FALSE",
    "NOTHING",
    "ONE",
    "TRUE",
    "as_condition",
    "as_decimal",
    "as_text",
    "is_number",
    "is_plain",
    "numbers",
    "unified",
]

NOTHING = Value("NULL", "none", "")
TRUE = Value("TRUE", "bool", is_sure=True)
FALSE = Value("FALSE", "bool", is_sure=True)
ONE = 10**18
"""As what a decimal of 1 is kept."""


def as_condition(found: Value) -> Value:
    """Return a value as a truth value.

    Raises
    ------
    UnsupportedError
        It is of a kind whose truth is not worked out here.
    """
    if found.kind == "none":
        return replace(FALSE, sql="CAST(NULL AS BOOLEAN)")
    if found.kind != "bool":
        raise UnsupportedError(f"a {found.kind} as a truth value")
    return found


def as_text(found: Value, block: Block) -> str:
    """Return the SQL of a plain string's text: of what is computed, or a constant.

    Raises
    ------
    UnsupportedError
        It may be something else.
    """
    if found.kind == "none":
        return "CAST(NULL AS VARCHAR)"
    if found.kind == "text" or is_plain(found):
        return block.text(found)
    raise UnsupportedError(f"a {found.kind} as a plain string")


def is_plain(found: Value) -> bool:
    """Whether a value is a constant that is a plain string."""
    constant = found.constant
    return bool(
        constant and constant.kind == "literal" and not (constant.language or constant.datatype)
    )


def is_number(found: Value) -> bool:
    """Whether a value is a number, where it is anything."""
    return found.kind in ("int", "dec") or (found.kind == "term" and found.types in ("", "N"))


def numbers(found: Sequence[Value]) -> tuple[list[str], str]:
    """Return the SQL of numbers in one kind, and that kind."""
    if all(v.kind != "dec" for v in found):
        return [as_integer(v) for v in found], "int"
    return [as_decimal(v) for v in found], "dec"


def as_decimal(found: Value) -> str:
    """Return the SQL of a number as a decimal times 10^18."""
    if found.kind == "dec":
        return found.sql
    return f"({as_integer(found)} * CAST({ONE} AS HUGEINT))"


def unified(values: Sequence[Value], block: Block) -> tuple[list[str], Value]:
    """Return the SQL of values in one kind, and a value of that kind."""
    some = [v for v in values if v.kind != "none"]
    kinds = {v.kind for v in some}
    if not some:
        return ["NULL"] * len(values), NOTHING
    if all(v.kind != "dec" and is_number(v) for v in some):
        return [_null_or(v, as_integer) for v in values], Value("", "int")
    if all(is_number(v) for v in some):
        return [_null_or(v, as_decimal) for v in values], Value("", "dec")
    if "text" in kinds and all(v.kind == "text" or is_plain(v) for v in some):
        types = "".join(sorted({t for v in some for t in (v.types if v.kind == "text" else "L")}))
        return [_null_or(v, block.text) for v in values], Value("", "text", types)
    if kinds <= {"term", "int", "iri"}:
        terms = [as_term(v, block) for v in values]
        types = "".join(sorted({t for v in terms for t in v.types}))
        return [t.sql for t in terms], Value("", "term", types)
    if len(kinds) == 1:
        return [_null_or(v, lambda one: one.sql) for v in values], Value("", kinds.pop())
    raise UnsupportedError(f"one of {', '.join(sorted(kinds))}")


def _null_or(found: Value, convert: Callable[[Value], str]) -> str:
    return "NULL" if found.kind == "none" else convert(found)
