"""Cells as people write them, brought to the form that the checks expect.

Digits of any script, dates in words or of the Hijri calendar, countries by name, yes and no.
What was converted so that the original no longer shows is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from kg.schema import Column
from kg.tables.countries import country_code
from kg.tables.dates import read_date

__all__ = ["Note", "Values", "read_values"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_DATES = {_XSD + "date", _XSD + "gYearMonth", _XSD + "gYear"}
_WHOLE = {_XSD + d for d in ("integer", "nonNegativeInteger", "positiveInteger")}
_VALUE = pl.col("value")
_DIGITS = {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0xFF10) for digit in range(10)}
_SIGNS = {"٫": ".", "−": "-", "＋": "+"}
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "y", "oui", "vrai", "نعم", "1"), "true"),
    **dict.fromkeys(("false", "no", "n", "non", "faux", "لا", "0"), "false"),
}
_WRITTEN_DATE = r"^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?$"
_CODE = r"^(?:[A-Za-z]{2,3}|https?:.*)$"
_OTHER_CODES = ["UK", "EL", "uk", "el"]


@dataclass(frozen=True)
class Note:
    """Cells of a column (``_id``, ``_row``, ``written``) that were converted, and to what.

    ``original`` says that what was written is worth keeping beside the value.
    """

    column: Column
    rule: str
    reading: str
    cells: pl.DataFrame
    original: bool = False


@dataclass(frozen=True)
class Values:
    """The cells of a column in plain form; ``hints`` has what a written value may mean."""

    cells: pl.DataFrame
    notes: list[Note] = field(default_factory=list)
    hints: Mapping[str, str] = field(default_factory=dict)


def read_values(cells: pl.DataFrame, column: Column, dates: str | None) -> Values:
    """Return cells (``_id``, ``_row``, ``value``, ``written``) in the form of their datatype."""
    kinds = set(column.datatypes)
    if column.kind == "reference" and str(column.target).endswith("#Country"):
        return Values(_by_name(cells))
    if column.kind != "literal" or not (kinds or column.scheme):
        return Values(cells)
    if kinds and kinds <= _DATES:
        return _dates(_plain_digits(cells), column, dates)
    if kinds == {_XSD + "boolean"}:
        lower = _VALUE.str.to_lowercase()
        return Values(cells.with_columns(value=lower.replace_strict(_BOOLEANS, default=_VALUE)))
    if kinds and (kinds <= _WHOLE or kinds == {_XSD + "decimal"}):
        return Values(_numbers(_plain_digits(cells)))
    return Values(_plain_digits(cells) if column.scheme else cells)


def _plain_digits(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.with_columns(_VALUE.str.replace_many({**_DIGITS, **_SIGNS}))


def _numbers(cells: pl.DataFrame) -> pl.DataFrame:
    # "1,250" may be a thousand or one and a quarter: it stays as it is, and is refused.
    comma = _VALUE.str.contains(r"^[+-]?[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})$")
    decimal = pl.when(comma).then(_VALUE.str.replace(",", ".", literal=True)).otherwise(_VALUE)
    return cells.with_columns(value=decimal.str.replace(r"^([+-]?[0-9]+)\.0+$", "${1}"))


def _by_name(cells: pl.DataFrame) -> pl.DataFrame:
    named = cells.filter(~_VALUE.str.contains(_CODE) | _VALUE.is_in(_OTHER_CODES))
    return _replaced(cells, named, country_code)


def _replaced(
    cells: pl.DataFrame, chosen: pl.DataFrame, read: Callable[[str], str | None]
) -> pl.DataFrame:
    found = {v: r for v in chosen["value"].unique().sort() if (r := read(v)) is not None}
    return cells.with_columns(_VALUE.replace(found)) if found else cells


def _dates(cells: pl.DataFrame, column: Column, order: str | None) -> Values:
    odd = cells.filter(~_VALUE.str.contains(_WRITTEN_DATE))
    readings = {v: r for v in odd["value"].unique().sort() if (r := read_date(v, order))}
    known = {text: r.value for text, r in readings.items() if r.value}
    noted = {text: r.note for text, r in readings.items() if r.note}
    notes = [
        Note(
            column, "converted", f"read as {note}", odd.filter(text == _VALUE), readings[text].dated
        )
        for text, note in noted.items()
    ]
    asked = {text: r.hint for text, r in readings.items() if r.hint}
    written = odd.filter(_VALUE.is_in(list(asked))).select("written", "value").unique()
    hints = {w: f"{asked[v]} (see the option dates)" for w, v in written.iter_rows()}
    return Values(cells.with_columns(_VALUE.replace(known)) if known else cells, notes, hints)
