"""The quick reader of large files against the slow one: the same rows, or no rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.tables import delimited
from kg.tables.delimited import read_delimited

CELLS = st.text("ab ,;\"\t'é٣\u2028\x85\ufeff", max_size=5)


@pytest.fixture(autouse=True)
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_LARGE", 0)


def slow(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, list[str]]]:
    with monkeypatch.context() as patch:
        patch.setattr(delimited, "_LARGE", 10**9)
        return list(read_delimited(path, ["id", "name"], None)[0].rows)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_the_quick_reader_gives_what_the_slow_one_gives(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    end: str,
    quoting: int,
    delimiter: str,
) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=end, quoting=quoting, delimiter=delimiter)  # type: ignore[arg-type]
    writer.writerows([("id", "name"), *rows])
    path = tmp_path_factory.mktemp("quick") / "people.csv"
    path.write_bytes(buffer.getvalue().encode())
    records = read_delimited(path, ["id", "name"], None)[0]
    assert records.frame is not None
    assert list(records.rows) == slow(path, pytest.MonkeyPatch())


@pytest.mark.parametrize(
    "text",
    [
        'id,name\na,"two\nlines"\n',
        "id,name\na\n",
        "id,name\na,b,c\n",
        "id,name\n\na,b\n",
        "id,name\ra,b\r",
        "id,id\na,b\n",
        'id,name\na,b"c"\n',
        "id,_row\na,b\n",
    ],
    ids=[
        "line break in a cell",
        "few cells",
        "many cells",
        "empty line",
        "old line ends",
        "same name",
        "quote inside",
        "own name",
    ],
)
def test_any_doubt_is_left_to_the_slow_reader(tmp_path: Path, text: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode())
    assert read_delimited(path, ["id", "name"], None)[0].frame is None


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("sep=;\nid;name\na;b\n;\nc;d\n", encoding="utf-8")
    rows = read_delimited(path, ["id", "name"], None)[0].rows
    assert list(rows) == [(3, ["a", "b"]), (5, ["c", "d"])]
    assert rows[1] == (5, ["c", "d"])
    assert len(rows) == 2
