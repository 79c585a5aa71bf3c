"""Functions and operators whose arguments are all worked out first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.store.columnar.blocks import Block, as_integer, as_term
from kg.store.columnar.kinds import (
    FALSE,
    NOTHING,
    ONE,
    TRUE,
    as_condition,
    as_decimal,
    as_text,
    is_number,
    is_plain,
    numbers,
)
from kg.store.columnar.values import XSD, UnsupportedError, Value

__all__ = ["FUNCTIONS", "Function", "compared"]

Function = Callable[[Sequence[Value], Block], Value]
"""Makes one value of several, which are of a block."""


def _equal(args: Sequence[Value], block: Block) -> Value:
    a, b = args
    return _same(a, b, block)


def _same(a: Value, b: Value, block: Block) -> Value:
    if "none" in (a.kind, b.kind):
        return Value("CAST(NULL AS BOOLEAN)", "bool")
    if a.constant is not None and b.constant is not None and a.kind == b.kind:
        return TRUE if a.constant == b.constant else FALSE
    sure = a.is_sure and b.is_sure
    if is_number(a) and is_number(b):
        (x, y), _ = numbers([a, b])
    elif a.kind == b.kind == "term":
        if "M" in a.types + b.types:
            raise UnsupportedError("= of what may be a decimal")
        x, y = a.sql, b.sql
    elif {a.kind, b.kind} <= {"term", "int"}:
        x, y = as_term(a, block).sql, as_term(b, block).sql
    elif "text" in (a.kind, b.kind) and all(v.kind == "text" or is_plain(v) for v in (a, b)):
        x, y = block.text(a), block.text(b)
    elif a.kind == b.kind:
        x, y = a.sql, b.sql
    else:
        raise UnsupportedError(f"= of a {a.kind} and a {b.kind}")
    return Value(f"({x} = {y})", "bool", is_sure=sure)


def _unequal(args: Sequence[Value], block: Block) -> Value:
    found = _equal(args, block)
    if found in (TRUE, FALSE):
        return FALSE if found == TRUE else TRUE
    return replace(found, sql=f"(NOT {found.sql})")


def _in(args: Sequence[Value], block: Block) -> Value:
    first, *others = args
    found = [_same(first, other, block) for other in others]
    if TRUE in found:
        return TRUE
    left = [one for one in found if one != FALSE]
    if not left:
        return FALSE
    sure = all(one.is_sure for one in left)
    return Value(f"({' OR '.join(one.sql for one in left)})", "bool", is_sure=sure)


def compared(sign: str, are_numbers: bool = False) -> Function:
    """Return what compares two values; by their numbers as terms where ``are_numbers``."""

    def compare(args: Sequence[Value], block: Block) -> Value:
        a, b = args
        if "none" in (a.kind, b.kind):
            return Value("CAST(NULL AS BOOLEAN)", "bool")
        if are_numbers:
            x, y = a.sql, b.sql
        elif is_number(a) and is_number(b):
            (x, y), _ = numbers([a, b])
        elif all(v.kind == "text" or is_plain(v) for v in (a, b)):
            x, y = block.text(a), block.text(b)
        else:
            raise UnsupportedError(f"{sign} of {a.kind} {a.types} and {b.kind} {b.types}")
        return Value(f"({x} {sign} {y})", "bool", is_sure=a.is_sure and b.is_sure)

    return compare


def _sum_of(sign: str) -> Function:
    def calculate(args: Sequence[Value], _: Block) -> Value:
        if any(one.kind == "none" for one in args):
            return NOTHING
        (a, b), kind = numbers(args)
        sure = all(one.is_sure for one in args)
        if sign == "*" and kind == "dec":
            return Value(_product(a, b), "dec", is_sure=sure)
        return Value(f"({a} {sign} {b})", kind, is_sure=sure)

    return calculate


def _product(a: str, b: str) -> str:
    """Return the SQL of two decimals' product: by parts, as 10^36 times it would be too large."""
    whole_a, rest_a, whole_b, rest_b = (
        f"({each} {sign} {ONE})" for each in (a, b) for sign in ("//", "%")
    )
    return f"({whole_a} * {b} + {rest_a} * {whole_b} + ({rest_a} * {rest_b}) // {ONE})"


def _quotient(args: Sequence[Value], _: Block) -> Value:
    above, below = args
    if "none" in (above.kind, below.kind):
        return NOTHING
    divisor = as_integer(below)
    sql = f"CASE WHEN {divisor} <> 0 THEN {as_decimal(above)} // {divisor} END"
    return Value(sql, "dec")


def _function(sql: str, kind: str = "text") -> Function:
    """Return the function that fills texts into SQL."""

    def call(args: Sequence[Value], block: Block) -> Value:
        texts = [as_text(arg, block) for arg in args]
        return Value(sql.format(*texts), kind)

    return call


def _concat(args: Sequence[Value], block: Block) -> Value:
    texts = [as_text(arg, block) for arg in args]
    sure = all(one.is_sure for one in args)
    return Value(f"({' || '.join(texts)})", "text", is_sure=sure)


def _substr(args: Sequence[Value], block: Block) -> Value:
    parts = [as_text(args[0], block), *map(as_integer, args[1:])]
    return Value(f"substring({', '.join(parts)})", "text")


def _replace(args: Sequence[Value], block: Block) -> Value:
    text, pattern, other = (as_text(arg, block) for arg in args)
    if pattern == "'^en$'" and other == "''":
        return Value(f"CASE {text} WHEN 'en' THEN '' ELSE {text} END", "text")
    return Value(f"regexp_replace({text}, {pattern}, {other}, 'g')", "text")


def _is_kind(letters: str) -> Function:
    def check(args: Sequence[Value], block: Block) -> Value:
        (found,) = args
        if found.kind != "term":
            raise UnsupportedError("the kind of what is computed")
        types = found.types.replace("C", "")
        if set(types) <= set(letters):
            return TRUE if found.is_sure else Value(f"({found.sql} IS NOT NULL)", "bool")
        if not set(types) & set(letters):
            return FALSE if found.is_sure else Value(f"({found.sql} IS NULL)", "bool")
        if set(types) & set("NM") or "C" in found.types:
            raise UnsupportedError(f"whether a term is one of {letters}")
        number = {"B": 0, "I": 1}.get(letters, 2)
        return Value(f"({block.lookup(found)}.kind = {number})", "bool")

    return check


def _iri(args: Sequence[Value], _: Block) -> Value:
    (found,) = args
    if found.kind != "text":
        return found
    return Value(found.sql, "iri", "I")


def _to_decimal(args: Sequence[Value], _: Block) -> Value:
    (found,) = args
    return Value(as_decimal(found), "dec", is_sure=found.is_sure)


def _to_integer(args: Sequence[Value], block: Block) -> Value:
    (found,) = args
    if found.kind == "text" or (found.kind == "term" and not set(found.types) & set("NM")):
        return Value(f"TRY_CAST({block.text(found)} AS BIGINT)", "int")
    return Value(as_integer(found), "int", is_sure=found.is_sure)


def _to_boolean(args: Sequence[Value], _: Block) -> Value:
    (found,) = args
    if found.kind != "int":
        return as_condition(found)
    return Value(f"({found.sql} <> 0)", "bool", is_sure=found.is_sure)


FUNCTIONS: dict[str, Function] = {
    "=": _equal, "!=": _unequal, "IN": _in,
    **{sign: _sum_of(sign) for sign in ("+", "-", "*")},
    "/": _quotient, "CONCAT": _concat, "SUBSTR": _substr, "REPLACE": _replace,
    "IRI": _iri, "URI": _iri, "ISIRI": _is_kind("I"), "ISBLANK": _is_kind("B"),
    "ISLITERAL": _is_kind("NML"),
    "STRLEN": _function("length({})", "int"), "LCASE": _function("lower({})"),
    "UCASE": _function("upper({})"), "CONTAINS": _function("contains({}, {})", "bool"),
    "STRSTARTS": _function("starts_with({}, {})", "bool"),
    "STRENDS": _function("ends_with({}, {})", "bool"),
    "STRAFTER": _function("CASE WHEN contains({0}, {1}) THEN substring({0}, "
                          "strpos({0}, {1}) + length({1})) ELSE '' END"),
    "STRBEFORE": _function("CASE WHEN contains({0}, {1}) THEN substring({0}, 1, "
                           "strpos({0}, {1}) - 1) ELSE '' END"),
    "REGEX": _function("regexp_matches({}, {})", "bool"),
    f"{XSD}integer": _to_integer, f"{XSD}decimal": _to_decimal, f"{XSD}boolean": _to_boolean,
}  # fmt: skip
"""Functions by name."""
