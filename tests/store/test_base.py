"""Answers in SPARQL 1.1 Query Results JSON Format (W3C 2013) as tables of Python values."""

from __future__ import annotations

import datetime as dt
import json
import math

import pytest

from kg.store.base import table_from_json

XSD = "http://www.w3.org/2001/XMLSchema#"


def value(**term: str) -> object:
    document = {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": term}]}}
    return table_from_json(json.dumps(document).encode(), {}).rows[0][0]


@pytest.mark.parametrize(
    ("text", "datatype", "expected"),
    [
        ("5", "integer", 5),
        ("-5", "negativeInteger", -5),
        ("007", "unsignedByte", 7),
        ("1.50", "decimal", 1.5),
        ("1e3", "double", 1000.0),
        ("INF", "float", math.inf),
        ("true", "boolean", True),
        ("0", "boolean", False),
        ("2019-01-28", "date", dt.date(2019, 1, 28)),
        # No Python value says the same: the text stays
        ("2019-01-28Z", "date", "2019-01-28Z"),
        ("2019", "gYear", "2019"),
        ("2019-01-28T00:00:00", "dateTime", "2019-01-28T00:00:00"),
        ("many", "integer", "many"),
        ("text", "string", "text"),
    ],
)
def test_a_literal_becomes_a_value(text: str, datatype: str, expected: object) -> None:
    found = value(type="literal", value=text, datatype=XSD + datatype)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "term",
    [
        {"type": "uri", "value": "https://e.org/"},
        {"type": "literal", "value": "نص", "xml:lang": "ar"},
        {"type": "literal", "value": "5"},
        {"type": "bnode", "value": "b0"},
    ],
)
def test_other_terms_stay_text(term: dict[str, str]) -> None:
    assert value(**term) == term["value"]


def test_columns_keep_their_order_and_unbound_is_none() -> None:
    document = {
        "head": {"vars": ["b", "a"]},
        "results": {"bindings": [{"a": {"type": "literal", "value": "1"}}]},
    }
    table = table_from_json(json.dumps(document).encode(), {"release": "r"})
    assert table.columns == ("b", "a")
    assert list(table) == [(None, "1")]
    assert table.meta == {"release": "r"}


@pytest.mark.parametrize("truth", [True, False])
def test_ask_gives_one_cell(truth: bool) -> None:
    table = table_from_json(json.dumps({"head": {}, "boolean": truth}).encode(), {})
    assert (table.columns, list(table)) == (("answer",), [(truth,)])
