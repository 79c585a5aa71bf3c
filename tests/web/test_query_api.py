"""Named queries over HTTP: same names, same rows as in Python."""

from __future__ import annotations

import csv
import io
import json

import pytest
from flask.testing import FlaskClient

from kg.analysis.graph import Graph
from kg.errors import QueryError
from kg.queries import INTERNAL_GROUPS, NamedQuery, catalogue
from kg.store import Release
from tests.web.test_sparql import problem

PUBLIC = [query for query in catalogue().values() if query.group not in INTERNAL_GROUPS]
LEARNED = "/api/queries/people/learned-method"


def needed(query: NamedQuery) -> dict[str, str]:
    return {p.name: p.example for p in query.parameters.values() if p.required}


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_catalogue_lists_every_public_query(client: FlaskClient, world: Release) -> None:
    document = json.loads(client.get("/api/queries").text)
    assert document["release"] == world.id
    assert {q["id"] for q in document["queries"]} == {q.id for q in PUBLIC}
    for query in document["queries"]:
        assert {"title", "question", "parameters", "links"} <= set(query)
        assert client.get(query["links"]["description"]).status_code == 200


@pytest.mark.parametrize("query", PUBLIC, ids=lambda q: q.id)
def test_every_query_answers_as_in_python(
    client: FlaskClient, graph: Graph, query: NamedQuery
) -> None:
    response = client.get(f"/api/queries/{query.id}.json", query_string=needed(query))
    try:
        expected = graph.query(query.id, **needed(query))
    except QueryError as error:  # an example of the demo that this tiny world does not know
        assert problem(response, 400)["detail"] == str(error)
        return
    assert response.status_code == 200, response.text
    document = json.loads(response.text)
    assert document["rows"] == json.loads(expected.to_json())["rows"]
    assert document["meta"]["sparql"] == expected.meta["sparql"]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xml", "srj", "json"])
def test_formats(client: FlaskClient, suffix: str) -> None:
    response = client.get(f"{LEARNED}.{suffix}?method=python-programming")
    assert response.status_code == 200
    assert "Python" in response.text
    expected = {
        "csv": "text/csv",
        "tsv": "text/tab-separated-values",
        "xml": "application/sparql-results+xml",
        "srj": "application/sparql-results+json",
        "json": "application/json",
    }
    assert response.mimetype == expected[suffix]


def test_parameters_take_keys_names_and_several_values(client: FlaskClient) -> None:
    by_key = client.get(f"{LEARNED}.csv?method=method:python-programming").text
    assert client.get(f"{LEARNED}.csv?method=Python programming").text == by_key
    one = rows_of(client.get(f"{LEARNED}.csv?method=python-programming&country=ZA").text)
    two = rows_of(client.get(f"{LEARNED}.csv?method=python-programming&country=ZA&country=TR").text)
    assert len(one) < len(two) <= len(rows_of(by_key))


def test_an_empty_parameter_is_no_parameter(client: FlaskClient) -> None:
    plain = client.get(f"{LEARNED}.csv?method=python-programming").text
    assert client.get(f"{LEARNED}.csv?method=python-programming&country=").text == plain


def test_the_answer_says_which_query_ran(client: FlaskClient, world: Release) -> None:
    response = client.get(f"{LEARNED}.csv?method=python-programming&country=ZA")
    assert response.headers["X-Rihla-Release"] == world.id
    link = response.headers["Link"]
    address = next(part for part in link.split(", ") if 'rel="via"' in part).partition(">")[0][1:]
    text = client.get(address)
    assert text.mimetype == "application/sparql-query"
    assert "country/ZA" in text.text
    assert client.get("/sparql", query_string={"query": text.text, "format": "csv"}).text == (
        response.text
    )


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (f"{LEARNED}.csv?method=python-programming&colour=red", "Accepted: method, country"),
        (f"{LEARNED}.csv", "needs a value for method"),
        (f"{LEARNED}.csv?method=no-such-method", "There is no Method 'no-such-method'"),
        (f"{LEARNED}.csv?method=python-programming&from_year=MMXII", "a whole number"),
    ],
)
def test_bad_parameters(client: FlaskClient, address: str, message: str) -> None:
    assert message in str(problem(client.get(address), 400)["detail"])


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/api/queries/people/lerned-method.csv", "learned-method"),
        ("/api/queries/people/learned-method.xlsx?method=python-programming", "Accepted: .srj"),
        ("/api/queries/nothing/here", "nothing/here"),
    ],
)
def test_what_does_not_exist(client: FlaskClient, address: str, message: str) -> None:
    assert message in str(problem(client.get(address), 404)["detail"])


def test_nobody_gets_past_the_binding(client: FlaskClient) -> None:
    for attack in ('" } } #', "> . ?x ?y <", "python-programming> } SELECT * { ?s ?p ?o", "a\nb"):
        response = client.get(f"{LEARNED}.csv", query_string={"method": attack})
        problem(response, 400)
