"""Analyses over HTTP: the same rows as in Python, in every format."""

from __future__ import annotations

import csv
import io
import json

import polars as pl
import pytest
from flask.testing import FlaskClient

from kg.analysis.analyses import ANALYSES
from kg.analysis.graph import Graph
from kg.errors import QueryError
from kg.web import analyse as module
from kg.web.service import Service
from tests.web.test_sparql import problem


def test_the_list_has_every_analysis(client: FlaskClient) -> None:
    document = json.loads(client.get("/api/analyse").text)
    assert set(document["analyses"]) == set(ANALYSES)
    for name, described in document["analyses"].items():
        assert set(described["parameters"]) == set(ANALYSES[name].parameters)
        assert {"json", "csv", "parquet"} <= set(described["links"])


@pytest.mark.parametrize("name", ANALYSES)
def test_rows_are_those_of_python(client: FlaskClient, graph: Graph, name: str) -> None:
    example = dict(ANALYSES[name].example)
    response = client.get(f"/api/analyse/{name}.json", query_string=example)
    try:
        expected = graph.analyse(name, **example)
    except QueryError as error:
        assert problem(response, 400)["detail"] == str(error)
        return
    assert response.status_code == 200, response.text
    document = json.loads(response.text)
    assert document == json.loads(expected.to_json())


def test_every_format_has_the_same_rows(client: FlaskClient) -> None:
    address = "/api/analyse/balance.{}?level=country&by=year&top=5"
    rows = json.loads(client.get(address.format("json")).text)["rows"]
    assert len(rows) == 5
    parquet = client.get(address.format("parquet"))
    assert parquet.mimetype == "application/vnd.apache.parquet"
    assert pl.read_parquet(io.BytesIO(parquet.data)).to_dicts() == rows
    text = client.get(address.format("csv")).text
    assert [r["node"] for r in csv.DictReader(io.StringIO(text))] == [r["node"] for r in rows]
    drawn = client.get(address.format("svg"))
    assert drawn.mimetype == "image/svg+xml"
    assert drawn.text.startswith("<svg")


@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("balence.json", 404, "Close: balance"),
        ("balance.xlsx", 404, "Accepted: .json, .csv, .parquet, .svg"),
        ("balance.json?levl=country", 400, "Close: level"),
        ("balance.json?level=galaxy", 400, "Accepted: country"),
        ("balance.json?bloc=atlantis", 400, "atlantis"),
        ("partners.json", 400, "whose partners"),
    ],
)
def test_what_is_wrong_is_said(
    client: FlaskClient, address: str, status: int, message: str
) -> None:
    assert message in str(problem(client.get(f"/api/analyse/{address}"), status)["detail"])


def test_answers_are_revalidated(client: FlaskClient) -> None:
    address = "/api/analyse/balance.csv?level=country"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_a_heavy_analysis_waits_for_the_one_before(
    client: FlaskClient, opened: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    heavy = {**ANALYSES, "balance": replace(ANALYSES["balance"], heavy=True)}
    monkeypatch.setattr(module, "ANALYSES", heavy)
    monkeypatch.setattr(module, "_PATIENCE_S", 0.01)
    address = "/api/analyse/balance.json?top=986"  # of its own: whole answers are kept too
    with module._one_at_a_time("balance"):
        response = client.get(address)
    assert "kg analyse balance" in str(problem(response, 503)["detail"])
    assert response.headers["Retry-After"]
    assert client.get(address).status_code == 200
