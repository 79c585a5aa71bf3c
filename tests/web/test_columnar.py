"""Rows as Parquet and Arrow: the same values as in TSV, typed where a column has one type."""

from __future__ import annotations

import datetime as dt
import io

import polars as pl
import pytest
from flask.testing import FlaskClient

from kg.web.columnar import frame_of

QUERY = """
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT * {
  VALUES (?iri ?whole ?share ?double ?yes ?day ?text ?tagged ?mixed ?none) {
    (<http://a/1> 1 1.5 1e3 true "2020-02-29"^^xsd:date "tab\\t \\"q\\" \\\\n back" "é"@fr 1 UNDEF)
    (<http://a/2> -2 -0.25 2e-1 false "1999-12-31"^^xsd:date "line\\nbreak" "ب"@ar "x" UNDEF)
    (UNDEF UNDEF UNDEF UNDEF UNDEF UNDEF "" UNDEF UNDEF UNDEF)
  }
}"""
EXPECTED = {
    "iri": ["http://a/1", "http://a/2", None],
    "whole": [1, -2, None],
    "share": [1.5, -0.25, None],
    "double": [1000.0, 0.2, None],
    "yes": [True, False, None],
    "day": [dt.date(2020, 2, 29), dt.date(1999, 12, 31), None],
    "text": ['tab\t "q" \\n back', "line\nbreak", ""],
    "tagged": ["é", "ب", None],
    "mixed": ["1", "x", None],
    "none": [None, None, None],
}


@pytest.mark.parametrize(
    ("suffix", "media_type", "read"),
    [
        ("parquet", "application/vnd.apache.parquet", pl.read_parquet),
        ("arrow", "application/vnd.apache.arrow.file", pl.read_ipc),
    ],
)
def test_columns(client: FlaskClient, suffix: str, media_type: str, read: object) -> None:
    response = client.get(f"/sparql.{suffix}", query_string={"query": QUERY})
    assert response.mimetype == media_type
    assert read(io.BytesIO(response.data)).to_dict(as_series=False) == EXPECTED  # type: ignore[operator]
    by_accept = client.get("/sparql", query_string={"query": QUERY}, headers={"Accept": media_type})
    assert by_accept.mimetype == media_type


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b"?n\n1\n\n3\n", {"n": [1, None, 3]}),
        (b"?n\n\n", {"n": [None]}),
        (b"?n\n", {"n": []}),
        (b"?n\n99999999999999999999\n1\n", {"n": ["99999999999999999999", "1"]}),
        (b'?d\n"2020-01-01Z"^^<http://www.w3.org/2001/XMLSchema#date>\n', {"d": ["2020-01-01Z"]}),
        (b"?t\n<<( <http://a> <http://b> 1 )>>\n", {"t": ["<<( <http://a> <http://b> 1 )>>"]}),
        (b"?b\n_:x\n", {"b": ["_:x"]}),
        (b'?s\n"a,b;\'c\'"\n"#"\n', {"s": ["a,b;'c'", "#"]}),
    ],
)
def test_edges(document: bytes, expected: dict[str, list[object]]) -> None:
    assert frame_of(document).to_dict(as_series=False) == expected


def test_named_queries_as_columns(client: FlaskClient) -> None:
    csv = client.get("/api/queries/people/both-roles.csv")
    parquet = client.get("/api/queries/people/both-roles.parquet")
    frame = pl.read_parquet(io.BytesIO(parquet.data))
    assert frame.height == len(csv.text.splitlines()) - 1
    assert frame.columns == csv.text.splitlines()[0].split(",")


def test_a_truth_value_and_a_graph_have_no_columns(client: FlaskClient) -> None:
    assert client.get("/sparql.parquet?query=ASK{}").status_code == 406
    assert client.get("/sparql.arrow?query=DESCRIBE<http://a>").status_code == 406
