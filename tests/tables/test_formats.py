"""One table in every format, encoding and dialect gives the same rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from kg.errors import InputError
from kg.schema import Column, TableSchema
from kg.tables import InputTable, read_sheets, read_table

O = "https://example.org/o#"  # noqa: E741
XSD = "http://www.w3.org/2001/XMLSchema#"
COLUMNS = tuple(
    Column(name, O + name, "literal", datatypes=(XSD + kind,), required=name == "id", example=name)
    for name, kind in (("id", "string"), ("name", "string"), ("date", "date"), ("size", "integer"))
)
TABLE = TableSchema("things", O + "Thing", COLUMNS, ("thing/{id}",))
ROWS = [("a", "Université d'été; 1", "2019-04-03", "12"), ("b", "مدرسة الجينوم", None, "7")]
LATIN = "id;name\na;École d'été à Liège\nb;Présentation générale des méthodes employées\n"
ARABIC = "id,name\na,ورشة عمل في تحليل البيانات\nb,جامعة الملك عبد العزيز في جدة\n"


def read(path: Path, **options: str) -> InputTable:
    return read_table(path, "own", TABLE, **options)


def rows(table: InputTable) -> list[tuple[object, ...]]:
    return table.frame.select("id", "name", "date", "size").rows()


def text(delimiter: str, end: str = "\n") -> str:
    quoted = [[f'"{cell}"' if cell else "" for cell in row] for row in ROWS]
    return end.join(delimiter.join(r) for r in [["id", "name", "date", "size"], *quoted]) + end


def write_xlsx(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, lines in sheets.items():
        sheet = book.add_worksheet(name)
        for number, line in enumerate(lines):
            for position, cell in enumerate(line):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number, position, cell, day)
                elif cell is not None:
                    sheet.write(number, position, cell)
    book.close()
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimited(tmp_path: Path, delimiter: str, encoding: str, end: str) -> None:
    path = tmp_path / "things.csv"
    path.write_bytes(text(delimiter, end).encode(encoding))
    assert rows(read(path)) == ROWS


def test_a_line_that_states_the_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text("sep=;\n" + text(";"), encoding="utf-8")
    table = read(path)
    assert rows(table) == ROWS
    assert table.frame["_row"].to_list() == [3, 4]


def test_mixed_line_ends_and_quoted_ones(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_bytes(b'id,name\r\na,"one\ntwo"\nb,three\r\n')
    assert read(path).frame["name"].to_list() == ["one\ntwo", "three"]


@pytest.mark.parametrize(
    ("encoding", "content"), [("cp1252", LATIN), ("cp1256", ARABIC)], ids=["latin", "arabic"]
)
def test_a_legacy_encoding_is_found_and_told(tmp_path: Path, encoding: str, content: str) -> None:
    path = tmp_path / "things.csv"
    path.write_bytes(content.encode(encoding))
    table = read(path)
    expected = [line.split(content[2])[1] for line in content.splitlines()[1:]]
    assert table.frame["name"].to_list() == expected
    (note,) = table.notes
    assert note.severity == "warning"
    assert f"was read as {encoding}" in note.accepted
    assert read(path, encoding=encoding).notes == ()


def test_a_stated_encoding_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_bytes(LATIN.encode("cp1252"))
    with pytest.raises(InputError, match=r"cannot be read as utf-8"):
        read(path, encoding="utf-8")
    with pytest.raises(InputError, match=r"cannot be read as klingon"):
        read(path, encoding="klingon")


def test_a_workbook_with_numbers_and_dates(tmp_path: Path) -> None:
    lines: list[list[object]] = [
        ["id", "name", "date", "size"],
        ["a", ROWS[0][1], dt.date(2019, 4, 3), 12],
        [None, None, None, None],
        ["b", ROWS[1][1], None, 7.0],
    ]
    table = read(write_xlsx(tmp_path / "things.xlsx", {"things": lines, "_help": [["x"]]}))
    assert rows(table) == ROWS
    assert table.sheet == "things"
    assert table.frame["_row"].to_list() == [2, 4]


def test_the_example_of_a_template_is_left_out(tmp_path: Path) -> None:
    lines: list[list[object]] = [
        ["id", "name", "date", "size"],
        ["id", "name", "date", "size"],
        ["a", "one", None, None],
    ]
    table = read(write_xlsx(tmp_path / "things.xlsx", {"things": lines}))
    assert table.frame["id"].to_list() == ["a"]
    assert [(n.row, n.rule) for n in table.notes] == [(2, "example row")]


def test_the_error_of_a_formula_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "things.xlsx", {"things": [["id", "name"], ["a", "#REF!"]]})
    with pytest.raises(InputError, match=r"sheet things, row 2: found #REF!"):
        read(path)


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    for name, content in (("things.xlsx", b"PK\x03\x04broken"), ("things.ods", b"text")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"cannot be read as a workbook"):
            read(path)


def test_json_lines_and_parquet(tmp_path: Path) -> None:
    records = [dict(zip(("id", "name", "date", "size"), row, strict=True)) for row in ROWS]
    lines = tmp_path / "things.jsonl"
    frame = pl.DataFrame(records, schema=["id", "name", "date", "size"], orient="row")
    frame.write_ndjson(lines)
    assert rows(read(lines)) == ROWS
    columns = tmp_path / "things.parquet"
    frame.with_columns(pl.col("date").str.to_date(), pl.col("size").cast(pl.Float64)).write_parquet(
        columns
    )
    assert rows(read(columns)) == ROWS


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "a"', r"line 1, column 11: is not JSON"),
        ("[1]", r"line 1: found '\[1\]'. Accepted: an object"),
        ('{"id": {"x": 1}}', r"line 1, column id: found an object"),
        ("[" * 100_000, r"line 1"),
    ],
)
def test_bad_json_lines(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "things.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(InputError, match=said):
        read(path)


def test_lists_become_several_values(tmp_path: Path) -> None:
    path = tmp_path / "things.jsonl"
    path.write_text('{"id": "a", "name": ["one", 2, true, null]}\n')
    assert read(path).frame["name"].to_list() == ["one|2|true|"]


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"found the ending '\.doc'. Accepted: \.csv"):
        read_sheets(tmp_path / "things.doc", [])
