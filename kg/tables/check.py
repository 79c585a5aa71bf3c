"""The checks of every cell of a table against its column.

Checks run on whole columns. A cell that fails refuses its row, or, where the shape says
``sh:Warning``, leaves a doubt; each is a :class:`Problem` with file, row, column, value and
what is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce

import polars as pl

from kg.errors import InputError, SettingsError
from kg.identifiers import SCHEMES
from kg.schema import Column, TableSchema
from kg.tables.countries import ambiguous_countries
from kg.tables.model import InputTable, Problem
from kg.tables.suggestions import suggestion
from kg.tables.values import Note, read_values

__all__ = [
    "CheckedTable",
    "check_table",
    "problems_at",
]

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
# BCP 47: language, script, region, variant. The engine would stop at a tag that is none.
_VARIANT = r"-[A-Za-z0-9]{5,8}|-[0-9][A-Za-z0-9]{3}"
_TAG = rf"[A-Za-z]{{2,3}}(?:-[A-Za-z]{{4}})?(?:-[A-Za-z]{{2}}|-[0-9]{{3}})?(?:{_VARIANT})?"
_LANGUAGE = rf"^(?s:(.*\S))@({_TAG})$"
# A value that breaks one of these rules is no term at all, so a doubt cannot keep it.
_FORM_RULES = {"class", "datatype", "identifier", "iri"}


@dataclass(frozen=True)
class CheckedTable:
    """A table whose cells were checked one by one.

    ``rows`` has ``_id`` (UInt32) and ``_row``. ``values`` gives, for each filled column, a frame
    of ``_id``, ``value`` (the normalised text) and, for text, ``language``: one row a value.
    ``refused`` holds the ``_id`` of rows with an error, ``namesakes`` that of rows which were
    found to describe a thing of another source, so that several may describe the same one.
    """

    table: InputTable
    schema: TableSchema
    rows: pl.DataFrame
    values: Mapping[str, pl.DataFrame]
    problems: tuple[Problem, ...]
    refused: frozenset[int]
    namesakes: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _Rule:
    """A named condition under which a value is bad, and what would be accepted instead."""

    name: str
    bad: pl.Expr
    accepted: str


@dataclass(frozen=True)
class _Datatype:
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
_DATATYPES: dict[str, _Datatype] = {
    _XSD + "string": _Datatype(pl.lit(value=True), "text"),
    _XSD + "date": _Datatype(
        _VALUE.str.contains(f"^{_DATE}$")
        & _VALUE.str.to_date("%Y-%m-%d", strict=False).is_not_null(),
        "a date that exists, written YYYY-MM-DD",
    ),
    _XSD + "gYearMonth": _Datatype(
        _VALUE.str.contains(r"^[0-9]{4}-(?:0[1-9]|1[0-2])$"), "a month written YYYY-MM"
    ),
    _XSD + "gYear": _Datatype(_VALUE.str.contains(r"^[0-9]{4}$"), "a year written YYYY"),
    _XSD + "integer": _Datatype(_VALUE.str.contains(r"^[+-]?[0-9]+$"), "a whole number", _INTEGER),
    _XSD + "nonNegativeInteger": _Datatype(
        _VALUE.str.contains(r"^[0-9]+$"), "a whole number, zero or more", _INTEGER
    ),
    _XSD + "positiveInteger": _Datatype(
        _VALUE.str.contains(r"^[0-9]*[1-9][0-9]*$"), "a whole number, one or more", _INTEGER
    ),
    _XSD + "decimal": _Datatype(
        _VALUE.str.contains(r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$"),
        "a number with a decimal point, such as 12.5",
        _DECIMAL,
    ),
    _XSD + "boolean": _Datatype(_VALUE.str.contains(r"^(?:true|false)$"), "true or false"),
    _XSD + "anyURI": _Datatype(_VALUE.str.contains(_IRI), "a web address"),
}


def check_table(
    table: InputTable, schema: TableSchema, class_keys: Mapping[str, Mapping[str, str]]
) -> CheckedTable:
    """Check every cell of a table, except references, which need the other tables.

    ``class_keys`` maps, for each class-valued column, folded names to class IRIs.
    """
    frame = table.frame.with_row_index("_id")
    present = [c for c in schema.columns if c.name in frame.columns]
    values: dict[str, pl.DataFrame] = {}
    faults: list[tuple[Column, _Rule, pl.DataFrame]] = []
    notes: list[Note] = []
    hints: dict[tuple[str, str], str] = {}
    for column in present:
        keys = class_keys.get(column.name, {})
        read = read_values(_cells(frame, column), column, table.dates)
        notes += read.notes
        hints |= {(column.name, written): hint for written, hint in read.hints.items()}
        cells = _normalised(read.cells, column, keys)
        broken = [(rule, cells.filter(rule.bad)) for rule in _rules(column, keys)]
        faults += [(column, rule, bad) for rule, bad in broken if bad.height]
        for rule, bad in broken:
            if column.warning and rule.name in _FORM_RULES:
                cells = cells.join(bad, on=["_id", "written"], how="anti", maintain_order="left")
        values[column.name] = _finished(cells, column)
    for note in notes:
        if note.original:
            _keep_written(note, schema, values)
    faults += _row_faults(frame, schema, values)
    return _checked(table, schema, frame.select("_id", "_row"), values, faults, notes, hints)


def _keep_written(note: Note, schema: TableSchema, values: dict[str, pl.DataFrame]) -> None:
    """Put what was written into the column for it, ``<column>_written``, where there is one.

    A cell that is filled there stays as it is.
    """
    name = f"{note.column.name}_written"
    if name in schema.by_name:
        written = note.cells.select("_id", value="written")
        stated = values.get(name, written.clear())
        values[name] = pl.concat([stated, written.join(stated, on="_id", how="anti")])


def problems_at(
    checked: CheckedTable, column: Column, rule: str, accepted: str, bad: pl.DataFrame
) -> list[Problem]:
    """Return the problems of one column for a frame of ``_id`` and ``value``."""
    located = bad.join(checked.rows, on="_id", how="left")
    return list(_problems(checked.table, column, rule, accepted, located))


def _cells(frame: pl.DataFrame, column: Column) -> pl.DataFrame:
    """Return ``_id``, ``_row``, ``value`` and ``written`` (the same): a row for each value."""
    cells = frame.select("_id", "_row", value=pl.col(column.name)).drop_nulls("value")
    if column.separator is not None:
        cells = cells.with_columns(_VALUE.str.split(column.separator)).explode("value")
        cells = cells.with_columns(_VALUE.str.strip_chars()).filter(_VALUE != "")
    return cells.with_columns(_VALUE.str.normalize("NFC")).with_columns(written=_VALUE)


def _normalised(cells: pl.DataFrame, column: Column, class_keys: Mapping[str, str]) -> pl.DataFrame:
    """Bring ``value`` into its stored form."""
    if column.scheme is not None:
        return cells.with_columns(value=SCHEMES[column.scheme].normalise(_VALUE))
    if column.kind == "text":
        tagged = _VALUE.str.extract_groups(_LANGUAGE)
        return cells.with_columns(
            value=pl.coalesce(tagged.struct.field("1"), _VALUE),
            language=tagged.struct.field("2").str.to_lowercase(),
        )
    if column.kind == "class":
        folded = _VALUE.str.to_lowercase()
        return cells.with_columns(value=folded.replace_strict(class_keys, default=_VALUE))
    kind = _DATATYPES.get(column.datatypes[0]) if len(column.datatypes) == 1 else None
    if kind is not None and kind.canonical is not None:
        return cells.with_columns(value=pl.when(kind.valid).then(kind.canonical).otherwise(_VALUE))
    return cells


def _finished(cells: pl.DataFrame, column: Column) -> pl.DataFrame:
    kept = ["_id", "value", "language"] if column.kind == "text" else ["_id", "value"]
    return cells.select(kept).unique(maintain_order=True)


def _rules(column: Column, class_keys: Mapping[str, str]) -> Iterator[_Rule]:
    if column.scheme is not None:
        scheme = SCHEMES[column.scheme]
        yield _Rule("identifier", ~scheme.is_valid(_VALUE), scheme.accepted)
    elif column.kind == "literal" and column.datatypes:
        yield _datatype_rule(column)
    if column.kind == "reference" and str(column.target).endswith("#Country"):
        for name, accepted in ambiguous_countries().items():
            yield _Rule("ambiguous", _VALUE.str.to_lowercase() == name, accepted)
    if column.kind == "iri":
        yield _Rule("iri", ~_VALUE.str.contains(_IRI), _IRI_ACCEPTED)
    if column.kind == "class":
        names = sorted({iri.rpartition("#")[2] for iri in class_keys.values()})
        known = list(class_keys.values())
        yield _Rule("class", ~_VALUE.is_in(known), "one of " + ", ".join(names))
    yield from _constraint_rules(column)


def _datatype_rule(column: Column) -> _Rule:
    kinds = [_DATATYPES[d] for d in column.datatypes if d in _DATATYPES]
    if len(kinds) < len(column.datatypes):
        raise InputError(
            f"The column {column.name} has the datatype {column.datatypes}, which tables cannot "
            f"check. Accepted: {', '.join(d.rpartition('#')[2] for d in _DATATYPES)}."
        )
    valid = reduce(lambda a, b: a | b, (kind.valid for kind in kinds))
    return _Rule("datatype", ~valid, ", or ".join(kind.accepted for kind in kinds))


def _constraint_rules(column: Column) -> Iterator[_Rule]:
    if column.values:
        accepted = "one of " + ", ".join(column.values)
        yield _Rule("value list", ~_VALUE.is_in(column.values), accepted)
    if column.pattern:
        accepted = column.message or f"text that matches {column.pattern}"
        yield _Rule("pattern", ~_VALUE.str.contains(_usable_pattern(column)), accepted)
    least, most = column.lengths
    if least is not None:
        yield _Rule("length", _VALUE.str.len_chars() < least, f"at least {least} characters")
    if most is not None:
        yield _Rule("length", _VALUE.str.len_chars() > most, f"at most {most} characters")
    number = _VALUE.cast(pl.Float64, strict=False)
    comparisons = {
        "at_least": (number.__lt__, "or more"),
        "at_most": (number.__gt__, "or less"),
        "more_than": (number.__le__, "is not enough: more"),
        "less_than": (number.__ge__, "is too much: less"),
    }
    for name, limit in column.limits.items():
        outside, words = comparisons[name]
        yield _Rule("range", outside(limit).fill_null(value=False), f"{limit:g} {words}")


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


def _row_faults(
    frame: pl.DataFrame, schema: TableSchema, values: Mapping[str, pl.DataFrame]
) -> list[tuple[Column, _Rule, pl.DataFrame]]:
    """Return the faults that concern a row: empty required cells, choices, order of dates."""
    empty = pl.lit(None, dtype=pl.String)
    faults = []
    for column in (c for c in schema.columns if c.required):
        rule = _Rule("required", pl.lit(value=True), _required_text(column))
        bad = frame.select("_id", "_row", written=empty)
        if column.name in values:
            bad = bad.join(values[column.name], on="_id", how="anti")
        faults.append((column, rule, bad))
    for names in schema.one_of:
        filled = [pl.col(n).is_not_null() for n in names if n in frame.columns]
        bad = frame.filter(~pl.any_horizontal(filled)) if filled else frame
        rule = _Rule("choice", pl.lit(value=True), f"at least one of {', '.join(names)} filled")
        faults.append((schema.by_name[names[0]], rule, bad.select("_id", "_row", written=empty)))
    faults += [
        _order_fault(frame, schema, column, values)
        for column in schema.columns
        if column.less_or_equal in values and column.name in values
    ]
    return [fault for fault in faults if fault[2].height]


def _order_fault(
    frame: pl.DataFrame, schema: TableSchema, column: Column, values: Mapping[str, pl.DataFrame]
) -> tuple[Column, _Rule, pl.DataFrame]:
    # less_or_equal is set and filled: the caller looked.
    other = schema.by_name[str(column.less_or_equal)]
    pairs = values[column.name].join(values[other.name], on="_id", suffix="_other")
    if set(column.datatypes) <= {_XSD + d for d in ("date", "gYear", "gYearMonth")}:
        # A year is not before or after a day within it: compare what both state.
        length = pl.min_horizontal(_VALUE.str.len_chars(), pl.col("value_other").str.len_chars())
        wrong = _VALUE.str.head(length) > pl.col("value_other").str.head(length)
    else:
        wrong = _VALUE.cast(pl.Float64, strict=False) > pl.col("value_other").cast(
            pl.Float64, strict=False
        )
    bad = pairs.filter(wrong).join(frame.select("_id", "_row"), on="_id")
    rule = _Rule("order", pl.lit(value=True), f"a value not before {column.name} of the same row")
    return (
        other,
        rule,
        bad.select(
            "_id",
            "_row",
            written=pl.format("{} (with {} {})", "value_other", pl.lit(column.name), "value"),
        ),
    )


def _required_text(column: Column) -> str:
    example = f", such as {column.example}" if column.example else ""
    return f"a filled cell{example}"


def _checked(
    table: InputTable,
    schema: TableSchema,
    rows: pl.DataFrame,
    values: Mapping[str, pl.DataFrame],
    faults: Iterable[tuple[Column, _Rule, pl.DataFrame]],
    notes: Iterable[Note],
    hints: Mapping[tuple[str, str], str],
) -> CheckedTable:
    problems: list[Problem] = [*table.notes]
    wrong = [note.row for note in table.notes if note.severity == "error"]
    refused = set(rows.filter(pl.col("_row").is_in(wrong))["_id"].to_list())
    for column, rule, bad in faults:
        found = _problems(table, column, rule.name, rule.accepted, bad)
        problems += (_with_suggestion(problem, column, hints) for problem in found)
        if not column.warning:
            refused |= set(bad["_id"].to_list())
    for note in notes:
        problems += _problems(table, note.column, note.rule, note.reading, note.cells, "info")
    problems.sort(key=lambda p: (p.row, p.column, p.rule))
    return CheckedTable(table, schema, rows, values, tuple(problems), frozenset(refused))


def _with_suggestion(
    problem: Problem, column: Column, hints: Mapping[tuple[str, str], str]
) -> Problem:
    value = problem.value or ""
    found = hints.get((column.name, value)) or suggestion(value, problem.rule, problem.accepted)
    return replace(problem, suggestion=found) if found else problem


def _problems(
    table: InputTable,
    column: Column,
    rule: str,
    accepted: str,
    bad: pl.DataFrame,
    severity: str | None = None,
) -> Iterator[Problem]:
    severity = severity or ("warning" if column.warning else "error")
    written = "written" if "written" in bad.columns else "value"
    for row, value in bad.select("_row", written).iter_rows():
        yield Problem(
            table.source,
            table.file,
            table.name,
            row,
            column.name,
            value,
            rule,
            accepted,
            severity,
            sheet=table.sheet,
        )
