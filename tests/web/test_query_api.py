"""Named queries over HTTP: same names, same rows as in Python."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

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
        (f"{LEARNED}.csv?method=python-programming&from_year=MMXII", "a year of four digits"),
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


# --- pages of an answer


def links(response: TestResponse) -> dict[str, str]:
    found = re.findall(r'<([^>]*)>; rel="([^"]+)"', ", ".join(response.headers.getlist("Link")))
    return {relation: address for address, relation in found}


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "srj", "xml", "parquet"])
def test_pages_by_their_links(client: FlaskClient, suffix: str) -> None:
    address: str | None = f"/api/queries/topics/by-sector-and-year.{suffix}?limit=2"
    whole = json.loads(client.get("/api/queries/topics/by-sector-and-year.json").text)
    total, pages, seen = len(whole["rows"]), 0, []
    assert total > 4
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["X-Total-Count"] == str(total)
        found = links(answer)
        assert client.get(found["first"]).status_code == 200
        assert f"offset={(total - 1) // 2 * 2}" in found["last"]
        assert ("prev" in found) == bool(pages)
        if suffix == "json":
            document = json.loads(answer.text)
            assert document["meta"]["page"]["total"] == total
            seen += document["rows"]
        address, pages = found.get("next"), pages + 1
    assert pages == (total + 1) // 2
    if suffix == "json":
        assert sorted(map(str, seen)) == sorted(map(str, whole["rows"]))


def test_an_answer_links_what_it_rests_on(client: FlaskClient, world: Release) -> None:
    answer = client.get(f"{LEARNED}.json?method=python-programming&limit=3&offset=1")
    meta = json.loads(answer.text)["meta"]
    assert meta["page"]["limit"] == 3 and meta["page"]["offset"] == 1
    found = meta["links"]
    assert found["permanent"].endswith(f"limit=3&offset=1&release={world.id}")
    ran = client.get(found["via"])
    assert ran.mimetype == "application/sparql-query"
    assert ran.text.rstrip().endswith("LIMIT 3\nOFFSET 1")
    rows = client.get("/sparql.csv", query_string={"query": ran.text}).text
    assert rows == client.get(f"{LEARNED}.csv?method=python-programming&limit=3&offset=1").text
    assert client.get(found["describedby"]).status_code == 200
    assert client.get(found["permanent"]).status_code == 200


def test_a_page_behind_the_end_is_empty(client: FlaskClient) -> None:
    answer = client.get(f"{LEARNED}.json?method=python-programming&limit=3&offset=99999")
    document = json.loads(answer.text)
    assert document["rows"] == []
    assert "next" not in document["meta"]["links"]
    previous = client.get(document["meta"]["links"]["prev"])
    assert json.loads(previous.text)["rows"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit: found '0'. Accepted: one whole number from 1"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=\u0661", "limit"),
        ("limit=3&limit=4", "one whole number"),
        ("limit=99999999999999999999", "limit"),
        ("limit=3&offset=-1", "offset"),
        ("offset=1.5", "offset"),
    ],
)
def test_bad_pages(client: FlaskClient, query: str, message: str) -> None:
    answer = client.get(f"{LEARNED}.csv?method=python-programming&{query}")
    assert message in str(problem(answer, 400)["detail"])


def test_an_empty_limit_is_none(client: FlaskClient) -> None:
    whole = client.get(f"{LEARNED}.csv?method=python-programming")
    assert client.get(f"{LEARNED}.csv?method=python-programming&limit=&offset=").text == whole.text


# --- names that mean nothing, or several things


def test_an_unknown_name_lists_what_is_close(client: FlaskClient) -> None:
    document = problem(client.get(f"{LEARNED}.csv?method=pyton programing"), 400)
    assert str(document["detail"]).startswith("method: There is no Method 'pyton programing'")
    candidates = document["candidates"]
    assert isinstance(candidates, list)
    assert candidates[0]["label"] == "Python programming"
    assert candidates[0]["type"].endswith("#Method")
    assert candidates[0]["iri"] in str(document["detail"])
    chosen = client.get(f"{LEARNED}.csv", query_string={"method": candidates[0]["iri"]})
    assert chosen.status_code == 200


def test_a_name_without_its_accents_or_capitals_is_known(client: FlaskClient) -> None:
    plain = client.get(f"{LEARNED}.csv?method=python-programming&country=Turkey").text
    for name in ("turquie", "TURKEY", "تركيا"):
        given = {"method": "PYTHON  programming", "country": name}
        assert client.get(f"{LEARNED}.csv", query_string=given).text == plain, name


def test_years_are_years(client: FlaskClient) -> None:
    for year in ("12", "20123", "MMXII", "3012", "-2012"):
        answer = client.get(f"{LEARNED}.csv?method=python-programming&from_year={year}")
        assert "a year of four digits" in str(problem(answer, 400)["detail"])
