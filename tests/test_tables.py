"""Reading tables, and every rule of the cell checks: what it takes, what it refuses, and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, SettingsError
from kg.schema import Column, TableSchema
from kg.tables import (
    CheckedTable,
    InputTable,
    Problem,
    check_table,
    problems_at,
    read_table,
    table_from_records,
)

XSD = "http://www.w3.org/2001/XMLSchema#"
O = "https://example.org/o#"  # noqa: E741 - as short as a prefix


def literal(name: str, *datatypes: str, **rest: object) -> Column:
    kinds = tuple(XSD + d for d in datatypes or ("string",))
    return Column(name, O + name, "literal", datatypes=kinds, **rest)  # type: ignore[arg-type]


def table(*columns: Column, one_of: tuple[tuple[str, ...], ...] = ()) -> TableSchema:
    return TableSchema("things", O + "Thing", columns, ("thing/{id}",), one_of)


ID = literal("id", required=True, lookup=True)
CLASSES = {"workshop": O + "Workshop", "ورشة": O + "Workshop", "school": O + "School"}


def check(schema: TableSchema, *rows: dict[str, str | None], classes: bool = False) -> CheckedTable:
    given_table = table_from_records(rows, "own", schema, "things.csv", range(2, len(rows) + 2))
    keys = {c.name: CLASSES for c in schema.columns if c.kind == "class"} if classes else {}
    return check_table(given_table, schema, keys)


def check_cell(column: Column, cell: str) -> CheckedTable:
    return check(table(ID, column), {"id": "a", column.name: cell}, classes=True)


def stored(checked: CheckedTable, column: str) -> list[str]:
    return checked.values[column]["value"].to_list()


def text_only(value: object) -> str | None:
    """Let pytest number the columns in the names of tests."""
    return value if isinstance(value, str) else None


# Cells


STRING = literal("x")
DATE = literal("x", "date")
PARTIAL = literal("x", "date", "gYearMonth", "gYear")
IRI = Column("x", O + "x", "iri")
KIND = Column("x", O + "x", "class")


def scheme(name: str) -> Column:
    return literal("x", scheme=name)


GOOD = [
    # column, cell, value that is stored
    (STRING, "any  text", "any  text"),
    (STRING, "  trimmed\u00a0", "trimmed"),
    (STRING, "e\u0301", "é"),  # NFC
    (STRING, "a|b", "a|b"),  # one value: the bar is part of it
    (DATE, "2020-02-29", "2020-02-29"),
    (DATE, "28/01/2019", "2019-01-28"),
    (DATE, "2019-1-28", "2019-01-28"),
    (DATE, "2019-01-28T00:00:00", "2019-01-28"),
    (DATE, "٢٠١٩-٠١-٢٨", "2019-01-28"),
    (literal("x", "integer"), "1.0", "1"),
    (literal("x", "decimal"), "1,5", "1.5"),
    (literal("x", "boolean"), "Oui", "true"),
    (PARTIAL, "2019-01-28", "2019-01-28"),
    (PARTIAL, "2019-01", "2019-01"),
    (PARTIAL, "2019", "2019"),
    (literal("x", "integer"), "-12", "-12"),
    (literal("x", "integer"), "+007", "7"),
    (literal("x", "integer"), "-0", "0"),
    (literal("x", "nonNegativeInteger"), "0", "0"),
    (literal("x", "positiveInteger"), "0100", "100"),
    (literal("x", "decimal"), "5000.00", "5000"),
    (literal("x", "decimal"), "-1.50", "-1.5"),
    (literal("x", "decimal"), ".5", "0.5"),
    (literal("x", "decimal"), "5.", "5"),
    (literal("x", "decimal"), "-0.0", "0"),
    (literal("x", "decimal"), "0.10000000000000000001", "0.10000000000000000001"),
    (literal("x", "boolean"), "true", "true"),
    (literal("x", "anyURI"), "https://example.org", "https://example.org"),
    (IRI, "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
    (IRI, "http://example.org:8080/%D9%85/é", "http://example.org:8080/%D9%85/é"),
    (scheme("ror"), "https://ror.org/03yrm5c26", "03yrm5c26"),
    (scheme("doi"), "https://doi.org/10.5281/ZENODO.1", "10.5281/zenodo.1"),
    (KIND, "Workshop", O + "Workshop"),
    (KIND, "SCHOOL", O + "School"),
    (KIND, "ورشة", O + "Workshop"),
    (KIND, O + "Workshop", O + "Workshop"),
    (literal("x", values=("high", "low")), "high", "high"),
    (literal("x", pattern="^[A-Z]{3}$"), "EUR", "EUR"),
    (literal("x", pattern="b"), "abc", "abc"),  # as in SHACL, a pattern need not span the text
    (literal("x", lengths=(2, 3)), "يد", "يد"),  # characters, not bytes
    (literal("x", "decimal", limits={"at_least": -90.0, "at_most": 90.0}), "90", "90"),
    (literal("x", "integer", limits={"more_than": 0.0, "less_than": 10.0}), "9", "9"),
    (Column("x", O + "x", "literal", language="ar"), "نص", "نص"),
]


@pytest.mark.parametrize(("column", "cell", "value"), GOOD, ids=text_only)
def test_a_good_cell_is_stored(column: Column, cell: str, value: str) -> None:
    checked = check_cell(column, cell)
    assert checked.problems == ()
    assert stored(checked, "x") == [value]


BAD = [
    # column, cell, rule, part of what is accepted
    (DATE, "2019-02-29", "datatype", "a date that exists"),
    (DATE, "03/04/2019", "datatype", "YYYY-MM-DD"),
    (DATE, "2019-01-28T09:30:00", "datatype", "YYYY-MM-DD"),
    (DATE, "2019-01-28Z", "datatype", "YYYY-MM-DD"),
    (PARTIAL, "2019-13", "datatype", "or a month written YYYY-MM"),
    (PARTIAL, "19", "datatype", "or a year written YYYY"),
    (literal("x", "integer"), "1.5", "datatype", "a whole number"),
    (literal("x", "integer"), "1 000", "datatype", "a whole number"),
    (literal("x", "nonNegativeInteger"), "-1", "datatype", "zero or more"),
    (literal("x", "positiveInteger"), "0", "datatype", "one or more"),
    (literal("x", "positiveInteger"), "+5", "datatype", "one or more"),
    (literal("x", "decimal"), "1,250", "datatype", "such as 12.5"),
    (literal("x", "decimal"), "1e5", "datatype", "such as 12.5"),
    (literal("x", "decimal"), ".", "datatype", "such as 12.5"),
    (literal("x", "boolean"), "perhaps", "datatype", "true or false"),
    (literal("x", "anyURI"), "example.org", "datatype", "a web address"),
    (IRI, "example.org", "iri", "begins with http(s)://"),
    (IRI, "ftp://example.org/", "iri", "begins with http(s)://"),
    (IRI, "https://example.org/a b", "iri", "with %"),
    (IRI, "https://example.org/a[0]", "iri", "with %"),
    (IRI, "https://example.org/50%", "iri", "with %"),
    (IRI, "https://example.org/\x01", "iri", "with %"),
    (IRI, "https://", "iri", "begins with http(s)://"),
    (IRI, "https://example.org/>\n<https://example.org/x", "iri", "with %"),
    (scheme("ror"), "03yrm5c27", "identifier", "right check digits"),
    (scheme("orcid"), "0000-0002-1825-0098", "identifier", "right check digit"),
    (KIND, "Party", "class", "one of School, Workshop"),
    (literal("x", values=("high", "low")), "High", "value list", "one of high, low"),
    (literal("x", pattern="^[A-Z]{3}$"), "Euro", "pattern", "text that matches ^[A-Z]{3}$"),
    (literal("x", pattern="^[A-Z]{3}$", message="a currency"), "€", "pattern", "a currency"),
    (literal("x", lengths=(2, None)), "x", "length", "at least 2 characters"),
    (literal("x", lengths=(None, 3)), "four", "length", "at most 3 characters"),
    (literal("x", "decimal", limits={"at_least": -90.0}), "-91", "range", "-90 or more"),
    (literal("x", "decimal", limits={"at_most": 90.0}), "90.5", "range", "90 or less"),
    (literal("x", "integer", limits={"more_than": 0.0}), "0", "range", "more"),
    (literal("x", "integer", limits={"less_than": 10.0}), "10", "range", "less"),
]


@pytest.mark.parametrize(("column", "cell", "rule", "accepted"), BAD, ids=text_only)
def test_a_bad_cell_is_refused_with_its_place(
    column: Column, cell: str, rule: str, accepted: str
) -> None:
    checked = check_cell(column, cell)
    (problem,) = checked.problems
    assert (problem.rule, problem.severity) == (rule, "error")
    assert (problem.file, problem.row, problem.column) == ("things.csv", 2, "x")
    assert problem.value == cell
    assert accepted in problem.accepted
    assert checked.refused == {0}


def test_every_datatype_of_a_column_is_known() -> None:
    with pytest.raises(InputError, match="cannot check"):
        check_cell(literal("x", "duration"), "P1D")


def test_a_pattern_that_cannot_be_checked_is_named() -> None:
    with pytest.raises(SettingsError, match=r"column x has a sh:pattern"):
        check_cell(literal("x", pattern="(?=a)b"), "b")


@given(st.text(alphabet="aé/:?#[]@!$&'()*+,;=%20<>\"{}|\\^` \x01\u200f\ue000\ufffe😀", max_size=8))
def test_no_address_passes_that_would_stop_the_engine(tail: str) -> None:
    cell = f"https://example.org/{tail}"
    if not check_cell(IRI, cell).problems:
        assert ox.NamedNode(cell.strip()).value == cell.strip()


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4) | st.integers())
def test_a_number_is_stored_as_the_engine_writes_it(number: object) -> None:
    cell = format(number, "f") if not isinstance(number, int) else str(number)
    (value,) = stored(check_cell(literal("x", "decimal"), cell), "x")
    subject, kind = ox.NamedNode(O + "s"), ox.NamedNode(XSD + "decimal")
    store = ox.Store()
    store.add(ox.Quad(subject, subject, ox.Literal(cell, datatype=kind)))
    written = next(iter(store)).object
    assert isinstance(written, ox.Literal)
    assert len(cell.strip("-").replace(".", "")) > 18 or value == written.value


@given(st.dates())
def test_every_date_of_the_calendar_is_taken(day: dt.date) -> None:
    assert check_cell(DATE, day.isoformat()).problems == ()


# Text with a language


TEXT = Column("x", O + "x", "text", separator="|")


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("İstanbul Üniversitesi@tr", [("İstanbul Üniversitesi", "tr")]),
        ("plain", [("plain", None)]),
        ("Labour@en-GB", [("Labour", "en-gb")]),  # as the engine writes tags
        ("two@en|deux@fr|due", [("two", "en"), ("deux", "fr"), ("due", None)]),
        ("line one\nline two@en", [("line one\nline two", "en")]),
        ("a@b.org", [("a@b.org", None)]),
        ("meet us@lab-1", [("meet us@lab-1", None)]),
        ("字@zh-Hant-TW", [("字", "zh-hant-tw")]),
        ("alt@de-1996", [("alt", "de-1996")]),
        ("@en", [("@en", None)]),
        ("x @en", [("x @en", None)]),
        ("at@example@en", [("at@example", "en")]),
        ("same@en|same@en|same@fr", [("same", "en"), ("same", "fr")]),
    ],
)
def test_text_may_end_in_its_language(cell: str, values: list[tuple[str, str | None]]) -> None:
    frame = check_cell(TEXT, cell).values["x"]
    assert frame.select("value", "language").rows() == values


@given(st.from_regex(r"\A[a-z]{2,3}(-[a-z0-9]{1,8}){0,3}\Z"))
def test_no_language_passes_that_would_stop_the_engine(tag: str) -> None:
    ((text, language),) = (
        check_cell(TEXT, f"text@{tag}").values["x"].select("value", "language").rows()
    )
    assert (text, language) in {("text", tag), (f"text@{tag}", None)}
    line = f'<urn:s> <urn:p> "text"@{language or "en"} .'.encode()
    assert list(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))


# Several values


def test_a_cell_may_hold_several_values() -> None:
    column = literal("x", "integer", separator="|")
    checked = check_cell(column, "1| 2 ||01|x")
    assert stored(checked, "x") == ["1", "2", "x"]
    assert [p.value for p in checked.problems] == ["x"]


def test_the_shape_may_choose_the_separator() -> None:
    assert stored(check_cell(literal("x", separator=";"), "a;b|c"), "x") == ["a", "b|c"]


def test_a_required_cell_of_nothing_but_separators_is_empty() -> None:
    checked = check_cell(literal("x", required=True, separator="|"), " | |")
    assert [p.rule for p in checked.problems] == ["required"]


# Rows


def test_a_required_cell_must_be_filled() -> None:
    schema = table(ID, literal("x", required=True, example="seven"))
    checked = check(schema, {"id": "a", "x": "1"}, {"id": "b", "x": " "}, {"id": "c"})
    assert checked.refused == {1, 2}
    first, second = checked.problems
    assert (first.row, second.row) == (3, 4)
    assert str(first) == (
        "things.csv, row 3, column x: found an empty cell. Accepted: a filled cell, such as seven."
    )


def test_one_of_several_columns_must_be_filled() -> None:
    schema = table(ID, literal("x"), literal("y"), one_of=(("x", "y"),))
    checked = check(schema, {"id": "a", "y": "1"}, {"id": "b"}, {"id": "c", "x": "2", "y": "3"})
    (problem,) = checked.problems
    assert (problem.row, problem.column, problem.rule) == (3, "x", "choice")
    assert "at least one of x, y" in problem.accepted


def test_one_of_several_columns_that_are_all_absent_is_missing_everywhere() -> None:
    checked = check(table(ID, literal("x"), one_of=(("x",),)), {"id": "a"}, {"id": "b"})
    assert checked.refused == {0, 1}


SPAN = table(
    ID,
    literal("start", "date", "gYearMonth", "gYear", less_or_equal="end"),
    literal("end", "date", "gYearMonth", "gYear"),
)


@pytest.mark.parametrize(
    ("start", "end", "good"),
    [
        ("2019-01-28", "2019-01-28", True),
        ("2019-01-28", "2019-01-27", False),
        ("2019-01-28", "2019-01", True),  # the month holds the day
        ("2019-02-01", "2019-01", False),
        ("2019", "2019-01-28", True),
        ("2020", "2019-12", False),
        ("2019-12", "2020", True),
        ("2019-01-28", None, True),
        (None, "2019", True),
    ],
)
def test_an_end_is_not_before_its_start(start: str | None, end: str | None, good: bool) -> None:
    checked = check(SPAN, {"id": "a", "start": start, "end": end})
    assert (checked.problems == ()) is good


def test_an_end_before_its_start_is_told_with_both() -> None:
    (problem,) = check(SPAN, {"id": "a", "start": "2019", "end": "2018"}).problems
    assert (problem.column, problem.rule) == ("end", "order")
    assert problem.value == "2018 (with start 2019)"
    assert problem.accepted == "a value not before start of the same row"


@pytest.mark.parametrize(("low", "high", "good"), [("9", "10", True), ("10", "9", False)])
def test_numbers_are_compared_as_numbers(low: str, high: str, good: bool) -> None:
    schema = table(ID, literal("low", "integer", less_or_equal="high"), literal("high", "integer"))
    assert (check(schema, {"id": "a", "low": low, "high": high}).problems == ()) is good


# Doubts


def test_a_doubt_keeps_row_and_value() -> None:
    checked = check_cell(literal("x", values=("high",), warning=True), "low")
    (problem,) = checked.problems
    assert problem.severity == "warning"
    assert checked.refused == frozenset()
    assert stored(checked, "x") == ["low"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (Column("x", O + "x", "iri", warning=True), "no address"),
        (literal("x", "date", warning=True), "yesterday"),
        (literal("x", scheme="ror", warning=True), "03yrm5c27"),
        (Column("x", O + "x", "class", warning=True), "Party"),
    ],
    ids=["iri", "datatype", "identifier", "class"],
)
def test_a_doubt_does_not_keep_what_is_no_term(column: Column, cell: str) -> None:
    checked = check_cell(column, cell)
    assert [p.severity for p in checked.problems] == ["warning"]
    assert checked.refused == frozenset()
    assert stored(checked, "x") == []


def test_a_doubt_about_one_value_keeps_the_others() -> None:
    column = Column("x", O + "x", "iri", separator="|", warning=True)
    checked = check_cell(column, "https://example.org/a|b|https://example.org/c")
    assert stored(checked, "x") == ["https://example.org/a", "https://example.org/c"]


# Files


def csv_table(folder: Path, text: str, schema: TableSchema = SPAN) -> InputTable:
    path = folder / "things.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path, "own", schema)


def test_a_file_becomes_text_with_row_numbers(tmp_path: Path) -> None:
    found = csv_table(tmp_path, 'start,id\n2019,"a\nb"\n\n, c \n2020\n')
    assert found.frame.select("_row", "id", "start").rows() == [
        (2, "a\nb", "2019"), (4, "c", None), (5, None, "2020"),
    ]  # fmt: skip
    assert found.frame.schema["_row"] == pl.UInt32


def test_a_header_alone_is_checked_without_problems(tmp_path: Path) -> None:
    checked = check_table(csv_table(tmp_path, "id,start,end\n"), SPAN, {})
    assert (checked.rows.height, checked.problems) == (0, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("start\n2019\n", "the required column id is missing"),
        ("id,strat\na,2019\n", "the column 'strat' is unknown (is it start?)"),
        ("id,start,start\na,1,2\n", "the column start stands there more than once"),
        ("id,start,\na,2019,\n", "a column has no name"),
        ("id,start\na,2019,x\n", "row 2: found 3 cells under 2 columns"),
    ],
    ids=["missing", "unknown", "repeated", "nameless", "too many cells"],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        csv_table(tmp_path, text)
    assert said in str(caught.value)
    assert str(tmp_path / "things.csv") in str(caught.value)
    assert "Accepted" in str(caught.value)


def test_empty_cells_beyond_the_last_column_are_nothing(tmp_path: Path) -> None:
    assert csv_table(tmp_path, "id,start\na,2019,,\n").frame.height == 1


# Records


def test_records_count_from_one() -> None:
    found = table_from_records([{"id": "a"}, {"id": None}], "own", SPAN, "feed.json")
    assert found.frame.select("_row", "id").rows() == [(1, "a"), (2, None)]


@pytest.mark.parametrize(
    "records", [[], [{}], [{"id": None}], [{"id": ""}, {"start": None}]], ids=str
)
def test_records_without_a_value_are_rows_without_columns(
    records: Sequence[dict[str, str | None]],
) -> None:
    checked = check(SPAN, *records)
    assert checked.rows.height == len(records)
    assert len(checked.refused) == len(records)


def test_a_record_cannot_invent_a_column() -> None:
    with pytest.raises(ValueError, match="no column extra"):
        check(SPAN, {"id": "a", "extra": "1"})


# Messages and counts


def test_a_long_value_is_shortened_in_the_message_only() -> None:
    problem = Problem("own", "f.csv", "things", 2, "x", "y" * 200, "length", "less")
    assert len(problem.value or "") == 200
    assert f"found '{'y' * 79}…'" in str(problem)


def test_problems_of_references_get_their_rows_too() -> None:
    checked = check(table(ID, literal("x")), {"id": "a", "x": "1"}, {"id": "b", "x": "2"})
    bad = pl.DataFrame({"_id": [1], "value": ["2"]}, schema_overrides={"_id": pl.UInt32})
    (problem,) = problems_at(checked, checked.schema.by_name["x"], "reference", "a thing", bad)
    assert (problem.row, problem.value, problem.table) == (3, "2", "things")


RULED = table(
    ID,
    literal("n", "integer", limits={"at_most": 5.0}, separator="|"),
    literal("w", "integer", warning=True),
    literal("start", "gYear", less_or_equal="end"),
    literal("end", "gYear"),
)
CELLS = st.sampled_from([None, "", "1", "6", "x", "1|x|9", "2019", "2020"])
ROWS = st.lists(st.fixed_dictionaries({c.name: CELLS for c in RULED.columns}), max_size=12)


@given(ROWS)
def test_counts_add_up_whatever_the_cells(rows: list[dict[str, str | None]]) -> None:
    checked = check(RULED, *rows)
    errors = [p for p in checked.problems if p.severity == "error"]
    # A row is refused exactly where it has an error, and keeps its number.
    assert {i + 2 for i in checked.refused} == {p.row for p in errors}
    assert checked.rows["_id"].to_list() == list(range(len(rows)))
    # Each problem is told once, in the order of the file.
    places = [(p.row, p.column, p.rule) for p in checked.problems]
    assert places == sorted(places)
    told = [(*place, p.value) for place, p in zip(places, checked.problems, strict=True)]
    assert len(told) == len(set(told))
    # What the errors name stands in the cell.
    for problem in errors:
        cell = rows[problem.row - 2][problem.column] or ""
        assert problem.value is None or problem.value.partition(" (with")[0] in cell
    # Nobody is spared: an empty id, a text for a number, a number above the limit.
    for number, row in enumerate(rows):
        wrong = not row["id"] or any(
            n in ("x", "6", "9", "2019", "2020") for n in (row["n"] or "").split("|")
        )
        assert not wrong or number in checked.refused
