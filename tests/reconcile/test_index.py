"""What keys mean: one thing, several, or nothing; the first form of a text that is known counts."""

from __future__ import annotations

import polars as pl

from kg.reconcile.index import Index, meanings
from kg.schema import Column, Schema, TableSchema
from kg.tables import check_table, table_from_records

O = "https://example.org/o#"  # noqa: E741 - as short as a prefix
STRING = ("http://www.w3.org/2001/XMLSchema#string",)
COLUMNS = (
    Column("id", O + "id", "literal", datatypes=STRING, lookup=True),
    Column("name", O + "name", "literal", datatypes=STRING, lookup=True),
    Column("ror", O + "ror", "literal", scheme="ror", lookup=True, key_only=True),
)
TABLE = TableSchema("organisations", O + "Organisation", COLUMNS, ("organisation/{id}",))
SCHEMA = Schema({TABLE.name: TABLE}, {}, {}, ((O + "Organisation", "concept", "c:concept"),))
ROWS = [
    {"id": "A", "name": "Twins", "ror": None},
    {"id": "b", "name": "Twins", "ror": None},
    {"id": "c", "name": "Only By Key", "ror": "03yrm5c26"},
    {"id": "gone", "name": "Gone", "ror": None},
]


def index() -> Index:
    table = check_table(table_from_records(ROWS, "own", TABLE, "o.csv"), TABLE, {})
    subjects = pl.DataFrame(
        {"_id": [0, 1, 2], "iri": ["x:A", "x:b", "x:c"]},
        schema={"_id": pl.UInt32, "iri": pl.String},
    )
    found = Index()
    found.add(table, subjects, {"id", "ror"})
    return found


def meant(*texts: str) -> list[tuple[str | None, int | None]]:
    known = index().known(O + "Organisation", SCHEMA)
    found = meanings(pl.Series(texts), O + "Organisation", SCHEMA, known)
    return [(iri if n == 1 else None, n) for iri, n in found.rows()]


def test_a_key_means_one_thing_several_or_none() -> None:
    assert meant("a", "TWINS", "nobody") == [("x:A", 1), (None, 2), (None, None)]


def test_iris_and_concepts_are_keys() -> None:
    assert meant("X:B", "Concept") == [("x:b", 1), ("c:concept", 1)]


def test_an_identifier_is_known_in_any_form_and_its_name_is_no_key() -> None:
    url = "https://ror.org/03yrm5c26"
    assert meant(url, "only by key", "c") == [("x:c", 1), (None, None), ("x:c", 1)]


def test_keys_of_refused_rows_are_told() -> None:
    fallen = index().fallen(O + "Organisation", SCHEMA)
    assert sorted(fallen["key"]) == ["gone", "gone"]


def test_what_is_added_later_counts_for_later_lookups() -> None:
    found = Index()
    assert found.known(O + "Organisation", SCHEMA).height == 1
    table = check_table(table_from_records(ROWS[:1], "own", TABLE, "o.csv"), TABLE, {})
    subjects = pl.DataFrame({"_id": [0], "iri": ["x:A"]}, schema_overrides={"_id": pl.UInt32})
    found.add(table, subjects, {"id"})
    assert found.known(O + "Organisation", SCHEMA).height > 1
