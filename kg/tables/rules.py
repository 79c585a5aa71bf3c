"""The rules that a column's cells are held to: datatype, identifier, value list, pattern, range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

import polars as pl

from kg.errors import InputError, SettingsError
from kg.identifiers import SCHEMES
from kg.schema import Column
from kg.tables.countries import ambiguous_countries

__all__ = ["DATATYPES", "DATES", "FORM_RULES", "Datatype", "Rule", "rules_of"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
# RFC 3987, as strict as the engine: it would stop the load at a character that no IRI may have.
_UCS = r"\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}\x{10000}-\x{1FFFD}\x{20000}-\x{2FFFD}"
_CHARACTER = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|[{_UCS}]|%[0-9A-Fa-f]{{2}})"
_HOST = rf"[A-Za-z0-9._~{_UCS}-]+(?::[0-9]*)?"
_IRI = (
    rf"^https?://{_HOST}(?:/{_CHARACTER}*)?(?:\?(?:{_CHARACTER}|\?)*)?(?:#(?:{_CHARACTER}|\?)*)?$"
)
_IRI_ACCEPTED = (
    "a web address that begins with http(s)://, in which spaces, brackets and other special "
    "characters are written with %, such as %20"
)
FORM_RULES = frozenset({"class", "datatype", "identifier", "iri"})
"""The rules after which a value is no term at all, so that a doubt cannot keep it."""
DATES = frozenset(_XSD + name for name in ("date", "gYear", "gYearMonth"))


@dataclass(frozen=True)
class Rule:
    """A named condition under which a value is bad, and what would be accepted instead."""

    name: str
    bad: pl.Expr
    accepted: str


@dataclass(frozen=True)
class Datatype:
    """How a value of an XSD datatype is written; ``canonical`` is how numbers are stored.

    The engine stores 1.50 as 1.5. Were both written, two quads would become one there.
    """

    valid: pl.Expr
    accepted: str
    canonical: pl.Expr | None = None


_VALUE = pl.col("value")
_WITHOUT_PLUS = _VALUE.str.replace(r"^\+", "")


def _canonical(number: pl.Expr) -> pl.Expr:
    """Return a number without leading zeros, and zero without a sign."""
    return number.str.replace(r"^(-?)0+([0-9])", "${1}${2}").str.replace("^-0$", "0")


_INTEGER = _canonical(_WITHOUT_PLUS)
_DECIMAL = _canonical(
    _WITHOUT_PLUS.str.replace(r"^(-?)\.", "${1}0.")
    .str.replace(r"\.0*$", "")
    .str.replace(r"(\.[0-9]*[1-9])0+$", "${1}")
)
DATATYPES: dict[str, Datatype] = {
    _XSD + "string": Datatype(pl.lit(value=True), "text"),
    _XSD + "date": Datatype(
        _VALUE.str.contains(f"^{_DATE}$")
        & _VALUE.str.to_date("%Y-%m-%d", strict=False).is_not_null(),
        "a date that exists, written YYYY-MM-DD",
    ),
    _XSD + "gYearMonth": Datatype(
        _VALUE.str.contains(r"^[0-9]{4}-(?:0[1-9]|1[0-2])$"), "a month written YYYY-MM"
    ),
    _XSD + "gYear": Datatype(_VALUE.str.contains(r"^[0-9]{4}$"), "a year written YYYY"),
    _XSD + "integer": Datatype(_VALUE.str.contains(r"^[+-]?[0-9]+$"), "a whole number", _INTEGER),
    _XSD + "nonNegativeInteger": Datatype(
        _VALUE.str.contains(r"^[0-9]+$"), "a whole number, zero or more", _INTEGER
    ),
    _XSD + "positiveInteger": Datatype(
        _VALUE.str.contains(r"^[0-9]*[1-9][0-9]*$"), "a whole number, one or more", _INTEGER
    ),
    _XSD + "decimal": Datatype(
        _VALUE.str.contains(r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$"),
        "a number with a decimal point, such as 12.5",
        _DECIMAL,
    ),
    _XSD + "boolean": Datatype(_VALUE.str.contains(r"^(?:true|false)$"), "true or false"),
    _XSD + "anyURI": Datatype(_VALUE.str.contains(_IRI), "a web address"),
}


def rules_of(column: Column, class_keys: Mapping[str, str]) -> Iterator[Rule]:
    """Yield the rules for the values of a column; ``class_keys`` as in ``check_table``."""
    if column.scheme is not None:
        scheme = SCHEMES[column.scheme]
        yield Rule("identifier", ~scheme.is_valid(_VALUE), scheme.accepted)
    elif column.kind == "literal" and column.datatypes:
        yield _datatype_rule(column)
    if column.kind == "reference" and str(column.target).endswith("#Country"):
        for name, accepted in ambiguous_countries().items():
            yield Rule("ambiguous", _VALUE.str.to_lowercase() == name, accepted)
    if column.kind == "iri":
        yield Rule("iri", ~_VALUE.str.contains(_IRI), _IRI_ACCEPTED)
    if column.kind == "class":
        names = sorted({iri.rpartition("#")[2] for iri in class_keys.values()})
        known = list(class_keys.values())
        yield Rule("class", ~_VALUE.is_in(known), "one of " + ", ".join(names))
    yield from _constraint_rules(column)


def _datatype_rule(column: Column) -> Rule:
    kinds = [DATATYPES[d] for d in column.datatypes if d in DATATYPES]
    if len(kinds) < len(column.datatypes):
        raise InputError(
            f"The column {column.name} has the datatype {column.datatypes}, which tables cannot "
            f"check. Accepted: {', '.join(d.rpartition('#')[2] for d in DATATYPES)}."
        )
    valid = reduce(lambda a, b: a | b, (kind.valid for kind in kinds))
    return Rule("datatype", ~valid, ", or ".join(kind.accepted for kind in kinds))


def _constraint_rules(column: Column) -> Iterator[Rule]:
    if column.values:
        accepted = "one of " + ", ".join(column.values)
        yield Rule("value list", ~_VALUE.is_in(column.values), accepted)
    if column.pattern:
        accepted = column.message or f"text that matches {column.pattern}"
        yield Rule("pattern", ~_VALUE.str.contains(_usable_pattern(column)), accepted)
    least, most = column.lengths
    if least is not None:
        yield Rule("length", _VALUE.str.len_chars() < least, f"at least {least} characters")
    if most is not None:
        yield Rule("length", _VALUE.str.len_chars() > most, f"at most {most} characters")
    number = _VALUE.cast(pl.Float64, strict=False)
    comparisons = {
        "at_least": (number.__lt__, "or more"),
        "at_most": (number.__gt__, "or less"),
        "more_than": (number.__le__, "is not enough: more"),
        "less_than": (number.__ge__, "is too much: less"),
    }
    for name, limit in column.limits.items():
        outside, words = comparisons[name]
        yield Rule("range", outside(limit).fill_null(value=False), f"{limit:g} {words}")


def _usable_pattern(column: Column) -> str:
    pattern = str(column.pattern)
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        raise SettingsError(
            f"The column {column.name} has a sh:pattern that tables cannot check: {error}. "
            "Accepted: a regular expression without look-around and back-references."
        ) from error
    return pattern
