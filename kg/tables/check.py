"""The checks of every cell of a table against its column.

Checks run on whole columns. A cell that fails refuses its row, or, where the shape says
``sh:Warning``, leaves a doubt; each is a :class:`Problem` with file, row, column, value and
what is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from kg.identifiers import SCHEMES
from kg.schema import Column, TableSchema
from kg.tables.distinct import Distinct, distinct, numbered
from kg.tables.model import InputTable, Problem
from kg.tables.rules import DATATYPES, DATES, FORM_RULES, Rule, rules_of
from kg.tables.suggestions import suggestion
from kg.tables.values import Note, read_values

__all__ = [
    "CheckedTable",
    "check_table",
    "problems_at",
]

# BCP 47: language, script, region, variant. The engine would stop at a tag that is none.
_VARIANT = r"-[A-Za-z0-9]{5,8}|-[0-9][A-Za-z0-9]{3}"
_TAG = rf"[A-Za-z]{{2,3}}(?:-[A-Za-z]{{4}})?(?:-[A-Za-z]{{2}}|-[0-9]{{3}})?(?:{_VARIANT})?"
_LANGUAGE = rf"^(?s:(.*\S))@({_TAG})$"


@dataclass(frozen=True)
class CheckedTable:
    """A table whose cells were checked one by one.

    ``rows`` has ``_id`` (UInt32) and ``_row``. ``values`` gives, for each filled column, a frame
    of ``_id``, ``value`` (the normalised text) and, for text, ``language``: one row a value.
    ``refused`` holds the ``_id`` of rows with an error, ``namesakes`` that of rows which were
    found to describe a thing of another source, so that several may describe the same one.
    ``coded`` has the values by number, see :meth:`distinct`.
    """

    table: InputTable
    schema: TableSchema
    rows: pl.DataFrame
    values: Mapping[str, pl.DataFrame]
    problems: tuple[Problem, ...]
    refused: frozenset[int]
    namesakes: frozenset[int] = frozenset()
    coded: Mapping[str, Distinct] = field(default_factory=dict)

    def distinct(self, name: str) -> Distinct:
        """Return the values of a column by number, as they were checked unless changed since."""
        known = self.coded.get(name)
        frame = self.values[name]
        return known if known is not None and known.frame is frame else distinct(frame)


_Fault = tuple[Column, Rule, pl.DataFrame]
_VALUE = pl.col("value")


@dataclass(frozen=True)
class _Read:
    """What a column came to: its values, and what is to be said of its cells."""

    values: Distinct
    faults: list[_Fault]
    notes: list[Note]
    hints: Mapping[tuple[str, str], str]


def check_table(
    table: InputTable, schema: TableSchema, class_keys: Mapping[str, Mapping[str, str]]
) -> CheckedTable:
    """Check every cell of a table, except references, which need the other tables.

    ``class_keys`` maps, for each class-valued column, folded names to class IRIs.
    """
    frame = table.frame.with_row_index("_id")
    places = frame.select("_id", "_row")
    values: dict[str, pl.DataFrame] = {}
    coded: dict[str, Distinct] = {}
    faults: list[_Fault] = []
    notes: list[Note] = []
    hints: dict[tuple[str, str], str] = {}
    for column in (c for c in schema.columns if c.name in frame.columns):
        read = _check_column(frame, places, column, class_keys.get(column.name, {}), table.dates)
        faults += read.faults
        notes += read.notes
        hints |= read.hints
        coded[column.name] = read.values
        values[column.name] = read.values.frame
    for note in notes:
        if note.original:
            _keep_written(note, schema, values)
    faults += _row_faults(frame, schema, values)
    checked = _checked(table, schema, places, values, faults, notes, hints)
    return replace(checked, coded=coded)


def _check_column(
    frame: pl.DataFrame,
    places: pl.DataFrame,
    column: Column,
    class_keys: Mapping[str, str],
    dates: str | None,
) -> _Read:
    """Read and check the distinct texts of a column, then say of each cell what came of its."""
    cells, texts, several = _cells(frame, column)
    size = texts.height
    read = read_values(_stripped(texts, column), column, dates)
    texts = _normalised(read.cells, column, class_keys)
    broken = _broken(texts, column, class_keys)
    for rule, bad in broken:
        if column.warning and rule.name in FORM_RULES:
            texts = texts.join(bad, on="code", how="anti", maintain_order="left")
    notes = [replace(n, cells=_placed(n.cells, cells, places)) for n in read.notes]
    faults = [(column, rule, _placed(bad, cells, places)) for rule, bad in broken]
    hints = {(column.name, written): hint for written, hint in read.hints.items()}
    if texts.height < size:
        cells = cells.join(texts.select("code"), on="code", how="semi", maintain_order="left")
        new = texts.select("code").with_row_index("new")
        cells = cells.join(new, on="code", maintain_order="left").select("_id", code="new")
    return _Read(_finished(cells, texts, column, several), faults, notes, hints)


def _placed(found: pl.DataFrame, cells: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return ``_id``, ``_row``, ``written`` of the cells that hold some texts."""
    held = cells.join(found.select("code", "written"), on="code", maintain_order="left")
    located = held.join(places, on="_id", maintain_order="left")
    return located.select("_id", "_row", "written")


def _broken(
    texts: pl.DataFrame, column: Column, class_keys: Mapping[str, str]
) -> list[tuple[Rule, pl.DataFrame]]:
    """Return the rules that some texts break, with these."""
    rules = list(rules_of(column, class_keys))
    if not rules or not texts.height:
        return []
    any_bad = texts.select(rule.bad.any().alias(str(i)) for i, rule in enumerate(rules)).row(0)
    return [(r, texts.filter(r.bad)) for r, bad in zip(rules, any_bad, strict=True) if bad]


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


def _cells(frame: pl.DataFrame, column: Column) -> tuple[pl.DataFrame, pl.DataFrame, bool]:
    """Return the cells, the distinct texts, and whether a cell holds several values.

    Cells have ``_id`` and ``code``, a row for each value; texts ``code``, which counts from 0, and
    ``value``.
    """
    cells = frame.select("_id", value=pl.col(column.name)).drop_nulls("value")
    split = column.separator
    several = split is not None and bool(
        cells["value"].str.contains(str(split), literal=True).any()
    )
    if several:
        cells = cells.with_columns(_VALUE.str.split(str(split))).explode("value")
    codes, texts = numbered(cells["value"])
    numbers = pl.arange(len(texts), dtype=pl.UInt32, eager=True)
    by_code = pl.DataFrame({"code": numbers, "value": texts})
    return pl.DataFrame({"_id": cells["_id"], "code": codes}), by_code, several


def _stripped(texts: pl.DataFrame, column: Column) -> pl.DataFrame:
    """Return texts in composed form, and as ``written``; parts of a cell are trimmed."""
    if column.separator is not None:
        texts = texts.with_columns(_VALUE.str.strip_chars()).filter(_VALUE != "")
    return texts.with_columns(_VALUE.str.normalize("NFC")).with_columns(written=_VALUE)


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
    kind = DATATYPES.get(column.datatypes[0]) if len(column.datatypes) == 1 else None
    if kind is not None and kind.canonical is not None:
        return cells.with_columns(value=pl.when(kind.valid).then(kind.canonical).otherwise(_VALUE))
    return cells


def _finished(cells: pl.DataFrame, texts: pl.DataFrame, column: Column, several: bool) -> Distinct:
    """Hand out the texts to the cells; a value that a row says twice counts once."""
    texts = texts.select(["value", "language"] if column.kind == "text" else ["value"])
    codes = cells["code"]
    frame = pl.DataFrame([cells["_id"], *(texts[name].gather(codes) for name in texts.columns)])
    if several:
        unique = frame.with_columns(code=codes).unique(
            frame.columns, keep="first", maintain_order=True
        )
        frame, codes = unique.drop("code"), unique["code"]
    return Distinct(frame, codes, texts)


def _row_faults(
    frame: pl.DataFrame, schema: TableSchema, values: Mapping[str, pl.DataFrame]
) -> list[_Fault]:
    """Return the faults that concern a row: empty required cells, choices, order of dates."""
    empty = pl.lit(None, dtype=pl.String)
    faults = []
    for column in (c for c in schema.columns if c.required):
        given = values.get(column.name)
        if column.separator is None and given is not None and given.height == frame.height:
            continue
        rule = Rule("required", pl.lit(value=True), _required_text(column))
        bad = frame.select("_id", "_row", written=empty)
        if given is not None:
            bad = bad.join(given, on="_id", how="anti")
        faults.append((column, rule, bad))
    for names in schema.one_of:
        filled = [pl.col(n).is_not_null() for n in names if n in frame.columns]
        bad = frame.filter(~pl.any_horizontal(filled)) if filled else frame
        rule = Rule("choice", pl.lit(value=True), f"at least one of {', '.join(names)} filled")
        faults.append((schema.by_name[names[0]], rule, bad.select("_id", "_row", written=empty)))
    faults += [
        _order_fault(frame, schema, column, values)
        for column in schema.columns
        if column.less_or_equal in values and column.name in values
    ]
    return [fault for fault in faults if fault[2].height]


def _order_fault(
    frame: pl.DataFrame, schema: TableSchema, column: Column, values: Mapping[str, pl.DataFrame]
) -> _Fault:
    # less_or_equal is set and filled: the caller looked.
    other = schema.by_name[str(column.less_or_equal)]
    pairs = values[column.name].join(values[other.name], on="_id", suffix="_other")
    if set(column.datatypes) <= DATES:
        # A year is not before or after a day within it: compare what both state.
        length = pl.min_horizontal(_VALUE.str.len_chars(), pl.col("value_other").str.len_chars())
        wrong = _VALUE.str.head(length) > pl.col("value_other").str.head(length)
    else:
        wrong = _VALUE.cast(pl.Float64, strict=False) > pl.col("value_other").cast(
            pl.Float64, strict=False
        )
    bad = pairs.filter(wrong).join(frame.select("_id", "_row"), on="_id")
    rule = Rule("order", pl.lit(value=True), f"a value not before {column.name} of the same row")
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
    faults: Iterable[_Fault],
    notes: Iterable[Note],
    hints: Mapping[tuple[str, str], str],
) -> CheckedTable:
    problems: list[Problem] = [*table.notes]
    wrong = [note.row for note in table.notes if note.severity == "error"]
    refused = set(rows.filter(pl.col("_row").is_in(wrong))["_id"].to_list()) if wrong else set()
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
