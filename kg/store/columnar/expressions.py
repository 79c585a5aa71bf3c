"""Expressions as SQL: an error is NULL, which spreads and is left out as SPARQL's errors are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg.store.columnar.blocks import Block, as_integer, as_term
from kg.store.columnar.syntax import Call, Group
from kg.store.columnar.values import XSD, Term, UnsupportedError, Value, Var, quoted

__all__ = [
    "AGGREGATES",
    "FALSE",
    "NOTHING",
    "TRUE",
    "Scope",
    "condition",
    "has_aggregate",
    "unified",
    "value",
]

NOTHING = Value("NULL", "none", "")
TRUE = Value("TRUE", "bool", is_sure=True)
FALSE = Value("FALSE", "bool", is_sure=True)
_ONE = 10**18


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
    found = value(node, scope)
    if found.kind == "none":
        return replace(FALSE, sql="CAST(NULL AS BOOLEAN)")
    if found.kind != "bool":
        raise UnsupportedError(f"a {found.kind} as a truth value")
    return found


def value(node: Term | Var | Call, scope: Scope) -> Value:
    """Return the SQL of an expression."""
    if isinstance(node, Term):
        return _constant(node, scope)
    if isinstance(node, Var):
        return scope.find(node.name)[0]
    if node.name in AGGREGATES:
        return AGGREGATES[node.name](node, scope)
    if node.name not in _FUNCTIONS:
        raise UnsupportedError(node.name)
    return _FUNCTIONS[node.name](node.args, scope)


def has_aggregate(node: object) -> bool:
    """Whether an expression aggregates."""
    return isinstance(node, Call) and (
        node.name in AGGREGATES or any(has_aggregate(arg) for arg in node.args)
    )


def _constant(node: Term, scope: Scope) -> Value:
    if node.datatype == f"{XSD}integer":
        return Value(str(int(node.text)), "int", is_sure=True, constant=node)
    if node.datatype == f"{XSD}boolean":
        return TRUE if node.text in ("true", "1") else FALSE
    if node.datatype == f"{XSD}decimal":
        whole, _, rest = node.text.partition(".")
        return Value(f"CAST({int(whole + rest.ljust(18, '0'))} AS HUGEINT)", "dec", is_sure=True)
    return scope.block.names.constant(node)


def _text(node: Term | Var | Call, scope: Scope) -> str:
    """Return the text of a plain string: of what is computed, or a constant."""
    found = value(node, scope)
    if found.kind == "none":
        return "CAST(NULL AS VARCHAR)"
    if found.kind == "text" or _is_plain(found):
        return scope.block.text(found)
    raise UnsupportedError(f"a {found.kind} as a plain string")


def _is_plain(found: Value) -> bool:
    constant = found.constant
    return bool(
        constant and constant.kind == "literal" and not (constant.language or constant.datatype)
    )


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


def unified(values: Sequence[Value], block: Block) -> tuple[list[str], Value]:
    """Return the SQL of values in one kind, and a value of that kind."""
    some = [v for v in values if v.kind != "none"]
    kinds = {v.kind for v in some}
    if not some:
        return ["NULL"] * len(values), NOTHING
    if all(v.kind != "dec" and _is_number(v) for v in some):
        return [_null_or(v, as_integer) for v in values], Value("", "int")
    if all(_is_number(v) for v in some):
        return [_null_or(v, as_decimal) for v in values], Value("", "dec")
    if "text" in kinds and all(v.kind == "text" or _is_plain(v) for v in some):
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


def as_decimal(found: Value) -> str:
    """Return the SQL of a number as a decimal times 10^18."""
    if found.kind == "dec":
        return found.sql
    return f"({as_integer(found)} * CAST({_ONE} AS HUGEINT))"


def _is_number(found: Value) -> bool:
    return found.kind in ("int", "dec") or (found.kind == "term" and found.types in ("", "N"))


def _numbers(found: Sequence[Value]) -> tuple[list[str], str]:
    if all(v.kind != "dec" for v in found):
        return [as_integer(v) for v in found], "int"
    return [as_decimal(v) for v in found], "dec"


def _equal(args: Sequence[Any], scope: Scope) -> Value:
    a, b = (value(arg, scope) for arg in args)
    return _same(a, b, scope)


def _same(a: Value, b: Value, scope: Scope) -> Value:
    if "none" in (a.kind, b.kind):
        return Value("CAST(NULL AS BOOLEAN)", "bool")
    if a.constant is not None and b.constant is not None and a.kind == b.kind:
        return TRUE if a.constant == b.constant else FALSE
    sure = a.is_sure and b.is_sure
    if _is_number(a) and _is_number(b):
        (x, y), _ = _numbers([a, b])
    elif a.kind == b.kind == "term":
        if "M" in a.types + b.types:
            raise UnsupportedError("= of what may be a decimal")
        x, y = a.sql, b.sql
    elif {a.kind, b.kind} <= {"term", "int"}:
        x, y = as_term(a, scope.block).sql, as_term(b, scope.block).sql
    elif "text" in (a.kind, b.kind) and all(v.kind == "text" or _is_plain(v) for v in (a, b)):
        x, y = scope.block.text(a), scope.block.text(b)
    elif a.kind == b.kind:
        x, y = a.sql, b.sql
    else:
        raise UnsupportedError(f"= of a {a.kind} and a {b.kind}")
    return Value(f"({x} = {y})", "bool", is_sure=sure)


def _unequal(args: Sequence[Any], scope: Scope) -> Value:
    found = _equal(args, scope)
    if found in (TRUE, FALSE):
        return FALSE if found == TRUE else TRUE
    return replace(found, sql=f"(NOT {found.sql})")


def _in(args: Sequence[Any], scope: Scope) -> Value:
    first, *others = (value(arg, scope) for arg in args)
    found = [_same(first, other, scope) for other in others]
    if TRUE in found:
        return TRUE
    left = [one for one in found if one != FALSE]
    if not left:
        return FALSE
    sure = all(one.is_sure for one in left)
    return Value(f"({' OR '.join(one.sql for one in left)})", "bool", is_sure=sure)


def _comparison(sign: str) -> Callable[[Sequence[Any], Scope], Value]:
    def compare(args: Sequence[Any], scope: Scope) -> Value:
        quick = _by_number(args, scope)
        a, b = quick or [value(arg, scope) for arg in args]
        if "none" in (a.kind, b.kind):
            return Value("CAST(NULL AS BOOLEAN)", "bool")
        if quick:
            x, y = a.sql, b.sql
        elif _is_number(a) and _is_number(b):
            (x, y), _ = _numbers([a, b])
        elif all(v.kind == "text" or _is_plain(v) for v in (a, b)):
            x, y = scope.block.text(a), scope.block.text(b)
        else:
            raise UnsupportedError(f"{sign} of {a.kind} {a.types} and {b.kind} {b.types}")
        return Value(f"({x} {sign} {y})", "bool", is_sure=a.is_sure and b.is_sure)

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


def _sum_of(sign: str) -> Callable[[Sequence[Any], Scope], Value]:
    def calculate(args: Sequence[Any], scope: Scope) -> Value:
        found = [value(arg, scope) for arg in args]
        if any(one.kind == "none" for one in found):
            return NOTHING
        (a, b), kind = _numbers(found)
        sure = all(one.is_sure for one in found)
        if sign == "*" and kind == "dec":
            return Value(_product(a, b), "dec", is_sure=sure)
        return Value(f"({a} {sign} {b})", kind, is_sure=sure)

    return calculate


def _product(a: str, b: str) -> str:
    """Return the SQL of two decimals' product: by parts, as 10^36 times it would be too large."""
    whole_a, rest_a, whole_b, rest_b = (
        f"({each} {sign} {_ONE})" for each in (a, b) for sign in ("//", "%")
    )
    return f"({whole_a} * {b} + {rest_a} * {whole_b} + ({rest_a} * {rest_b}) // {_ONE})"


def _quotient(args: Sequence[Any], scope: Scope) -> Value:
    above, below = (value(arg, scope) for arg in args)
    if "none" in (above.kind, below.kind):
        return NOTHING
    divisor = as_integer(below)
    sql = f"CASE WHEN {divisor} <> 0 THEN {as_decimal(above)} // {divisor} END"
    return Value(sql, "dec")


def _function(sql: str, kind: str = "text") -> Callable[[Sequence[Any], Scope], Value]:
    """Return the function that fills texts into SQL."""

    def call(args: Sequence[Any], scope: Scope) -> Value:
        texts = [_text(arg, scope) for arg in args]
        return Value(sql.format(*texts), kind)

    return call


def _concat(args: Sequence[Any], scope: Scope) -> Value:
    found = [value(arg, scope) for arg in args]
    texts = [_text(arg, scope) for arg in args]
    sure = all(one.is_sure for one in found)
    return Value(f"({' || '.join(texts)})", "text", is_sure=sure)


def _substr(args: Sequence[Any], scope: Scope) -> Value:
    numbers = [as_integer(value(arg, scope)) for arg in args[1:]]
    return Value(f"substring({', '.join([_text(args[0], scope), *numbers])})", "text")


def _replace(args: Sequence[Any], scope: Scope) -> Value:
    text, pattern, other = (_text(arg, scope) for arg in args)
    if pattern == "'^en$'" and other == "''":
        return Value(f"CASE {text} WHEN 'en' THEN '' ELSE {text} END", "text")
    return Value(f"regexp_replace({text}, {pattern}, {other}, 'g')", "text")


def _is_kind(letters: str) -> Callable[[Sequence[Any], Scope], Value]:
    def check(args: Sequence[Any], scope: Scope) -> Value:
        found = value(args[0], scope)
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
        return Value(f"({scope.block.lookup(found)}.kind = {number})", "bool")

    return check


def _iri(args: Sequence[Any], scope: Scope) -> Value:
    found = value(args[0], scope)
    if found.kind != "text":
        return found
    return Value(found.sql, "iri", "I")


def _to_integer(args: Sequence[Any], scope: Scope) -> Value:
    found = value(args[0], scope)
    if found.kind == "text" or (found.kind == "term" and not set(found.types) & set("NM")):
        return Value(f"TRY_CAST({scope.block.text(found)} AS BIGINT)", "int")
    return Value(as_integer(found), "int", is_sure=found.is_sure)


def _to_decimal(args: Sequence[Any], scope: Scope) -> Value:
    found = value(args[0], scope)
    return Value(as_decimal(found), "dec", is_sure=found.is_sure)


def _to_boolean(args: Sequence[Any], scope: Scope) -> Value:
    found = value(args[0], scope)
    if found.kind != "int":
        return condition(args[0], scope)
    return Value(f"({found.sql} <> 0)", "bool", is_sure=found.is_sure)


_FUNCTIONS: dict[str, Callable[[Sequence[Any], Scope], Value]] = {
    "||": _or, "&&": _and, "!": _not, "=": _equal, "!=": _unequal, "IN": _in,
    **{sign: _comparison(sign) for sign in ("<", "<=", ">", ">=")},
    **{sign: _sum_of(sign) for sign in ("+", "-", "*")},
    "/": _quotient, "EXISTS": _exists, "BOUND": _bound, "IF": _if, "COALESCE": _coalesce,
    "STR": _str, "LANG": _lang, "CONCAT": _concat, "SUBSTR": _substr, "REPLACE": _replace,
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


# --- aggregates


def _count(node: Call, scope: Scope) -> Value:
    if not node.args:
        if node.distinct:
            raise UnsupportedError("COUNT(DISTINCT *)")
        return Value("count(*)", "int", is_sure=True)
    found = value(node.args[0], scope)
    if found.kind == "none":
        return Value("0", "int", is_sure=True)
    return Value(f"count({'DISTINCT ' * node.distinct}{found.sql})", "int", is_sure=True)


def _sum(node: Call, scope: Scope) -> Value:
    found = value(node.args[0], scope)
    (number,), kind = _numbers([found])
    total = f"COALESCE(sum({'DISTINCT ' * node.distinct}{number}), 0)"
    total = f"CAST({total} AS {'BIGINT' if kind == 'int' else 'HUGEINT'})"
    if found.is_sure:
        return Value(total, kind, is_sure=True)
    return Value(f"CASE WHEN count(*) = count({number}) THEN {total} END", kind)


def _average(node: Call, scope: Scope) -> Value:
    found = value(node.args[0], scope)
    number = as_decimal(found)
    total = f"CAST(COALESCE(sum({number}), 0) // greatest(count({number}), 1) AS HUGEINT)"
    return Value(f"CASE WHEN count(*) = count({number}) THEN {total} END", "dec")


def _extreme(name: str) -> Callable[[Call, Scope], Value]:
    def aggregate(node: Call, scope: Scope) -> Value:
        found = value(node.args[0], scope)
        if found.kind == "none":
            return NOTHING
        kind, sql = found.kind, found.sql
        if _is_number(found):
            (sql,), kind = _numbers([found])
        elif kind not in ("text", "bool") and not (kind == "term" and found.types == "I"):
            raise UnsupportedError(f"{name} of {kind} {found.types}")
        least = f"{name}({sql})"
        if not found.is_sure:
            least = f"CASE WHEN count(*) = count({sql}) THEN {least} END"
        return Value(least, kind, found.types, is_sure=False)

    return aggregate


def _group_concat(node: Call, scope: Scope) -> Value:
    text = _text(node.args[0], scope)
    distinct, separator = "DISTINCT " * node.distinct, quoted(node.separator)
    joined = f"COALESCE(string_agg({distinct}{text}, {separator} ORDER BY {text}), '')"
    return Value(f"CASE WHEN count(*) = count({text}) THEN {joined} END", "text")


AGGREGATES: dict[str, Callable[[Call, Scope], Value]] = {
    "COUNT": _count,
    "SUM": _sum,
    "AVG": _average,
    "MIN": _extreme("min"),
    "MAX": _extreme("max"),
    "GROUP_CONCAT": _group_concat,
}
"""Aggregates by name."""
