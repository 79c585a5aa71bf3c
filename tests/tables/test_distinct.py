"""Columns by number: the numbers and the texts together are the column again."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kg.schema import Column, TableSchema
from kg.tables import CheckedTable, check_table, table_from_records
from kg.tables.distinct import distinct, numbered, rises

NAME = Column("name", "https://example.org/o#name", "text", separator="|")
THINGS = TableSchema("things", "https://example.org/o#Thing", (NAME,), ("thing/{name}",))


def checked(*names: str) -> CheckedTable:
    records = [{"name": name} for name in names]
    return check_table(table_from_records(records, "own", THINGS, "things.csv"), THINGS, {})


@given(st.lists(st.text(alphabet="abé\u0301 |", max_size=3)))
def test_numbers_stand_for_the_texts(texts: list[str]) -> None:
    codes, found = numbered(pl.Series(texts, dtype=pl.String))
    assert found.gather(codes).to_list() == texts
    assert len(found) == len(set(texts))


def test_values_come_with_their_numbers() -> None:
    table = checked("a@fr|b|a@fr", "b", "c@en")
    own = table.distinct("name")
    assert own.frame is table.values["name"]
    assert own.texts[own.codes.to_list()].equals(own.frame.drop("_id"))
    assert own.frame.rows() == [(0, "a", "fr"), (0, "b", None), (1, "b", None), (2, "c", "en")]


def test_changed_values_are_numbered_anew() -> None:
    table = checked("a", "b")
    changed = replace(table, values={"name": table.values["name"].head(1)})
    assert changed.distinct("name").frame.height == 1
    assert len(changed.distinct("name").codes) == 1


def test_several_columns_keep_their_rows() -> None:
    frame = pl.DataFrame({"_id": [1, 1], "value": ["a", "a"], "language": ["en", None]})
    own = distinct(frame)
    assert own.texts[own.codes.to_list()].equals(frame.drop("_id"))


def test_rising_numbers() -> None:
    assert rises(pl.Series([1, 2, 5], dtype=pl.UInt32))
    assert rises(pl.Series([], dtype=pl.UInt32))
    assert not rises(pl.Series([1, 2, 2], dtype=pl.UInt32))
    assert not rises(pl.Series([2, 1], dtype=pl.UInt32))
