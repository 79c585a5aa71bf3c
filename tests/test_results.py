from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys

import polars as pl
import pytest

from kg.errors import KgError
from kg.results import ResultTable

TABLE = ResultTable(
    ("thing", "label", "n", "share", "day", "known"),
    [
        ("https://e.org/1", 'a "quoted", cell', 3, 0.5, dt.date(2019, 1, 28), True),
        ("https://e.org/2", "سطر\nثانٍ", None, None, None, False),
    ],
    {"release": "r1"},
)


def test_length_and_rows() -> None:
    assert len(TABLE) == 2
    assert list(TABLE) == list(TABLE.rows)


def test_a_column_runs_from_top_to_bottom() -> None:
    assert TABLE.column("n") == [3, None]


def test_select_keeps_order_and_meta() -> None:
    chosen = TABLE.select(["n", "thing"])
    assert chosen.columns == ("n", "thing")
    assert chosen.rows == [(3, "https://e.org/1"), (None, "https://e.org/2")]
    assert chosen.meta == {"release": "r1"}


@pytest.mark.parametrize("ask", [lambda t: t.column("x"), lambda t: t.select(["x"])])
def test_an_unknown_column_is_no_silent_nothing(ask) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="x"):
        ask(TABLE)


def test_records() -> None:
    assert TABLE.to_records()[1]["label"] == "سطر\nثانٍ"


def test_csv_reads_back() -> None:
    text = TABLE.to_csv()
    assert text.startswith("thing,label,n,share,day,known\r\n")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1] == ["https://e.org/1", 'a "quoted", cell', "3", "0.5", "2019-01-28", "True"]
    assert rows[2] == ["https://e.org/2", "سطر\nثانٍ", "", "", "", "False"]


def test_json_reads_back() -> None:
    document = json.loads(TABLE.to_json())
    assert document["columns"] == list(TABLE.columns)
    assert document["rows"][0]["day"] == "2019-01-28"
    assert document["rows"][1] == {
        "thing": "https://e.org/2", "label": "سطر\nثانٍ", "n": None, "share": None,
        "day": None, "known": False,
    }  # fmt: skip
    assert document["meta"] == {"release": "r1"}


@pytest.mark.parametrize(
    ("value", "spelt"),
    [(float("nan"), "NaN"), (float("inf"), "INF"), (float("-inf"), "-INF")],
)
def test_json_has_no_numbers_that_json_forbids(value: float, spelt: str) -> None:
    assert json.loads(ResultTable(("x",), [(value,)]).to_json())["rows"] == [{"x": spelt}]


def test_markdown_keeps_a_row_on_a_line() -> None:
    table = ResultTable(("a|b", "c"), [("x|y\r\nz", None), ("back\\slash", 1)])
    assert table.to_markdown().splitlines() == [
        "| a\\|b | c |",
        "| --- | --- |",
        "| x\\|y z |  |",
        "| back\\\\slash | 1 |",
    ]


def test_polars_has_the_same_rows_and_types() -> None:
    frame = TABLE.to_polars()
    assert frame.rows() == list(TABLE.rows)
    assert frame.schema["day"] == pl.Date


def test_polars_takes_a_type_that_shows_late() -> None:
    rows = [(None,)] * 200 + [("text",)]
    assert ResultTable(("x",), rows).to_polars()["x"].to_list()[-1] == "text"


def test_polars_keeps_dates_of_every_precision() -> None:
    rows = [(dt.date(2019, 1, 28),), ("2012-03",), (None,)]
    assert ResultTable(("x",), rows).to_polars()["x"].to_list() == ["2019-01-28", "2012-03", None]


def test_polars_without_rows() -> None:
    assert ResultTable(("a", "b"), []).to_polars().shape == (0, 2)


def test_pandas_has_the_same_rows() -> None:
    pytest.importorskip("pandas")
    frame = TABLE.select(["thing", "known"]).to_pandas()
    assert list(frame.itertuples(index=False, name=None)) == TABLE.select(["thing", "known"]).rows


def test_without_pandas_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(KgError, match=r"rihla-kg\[pandas\]"):
        TABLE.to_pandas()
