"""Named queries and networks over HTTP: same names, same rows as in Python."""

from __future__ import annotations

import csv
import io
import json

import pytest
from flask.testing import FlaskClient

from kg.analysis.graph import Graph
from kg.errors import QueryError
from kg.network import MEASURES, PROJECTIONS
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
        ("/api/network/partnership.xlsx", "Accepted: .graphml"),
        ("/api/network/partnership/degree.xml", "Accepted: .csv, .json"),
    ],
)
def test_what_does_not_exist(client: FlaskClient, address: str, message: str) -> None:
    assert message in str(problem(client.get(address), 404)["detail"])


def test_nobody_gets_past_the_binding(client: FlaskClient) -> None:
    for attack in ('" } } #', "> . ?x ?y <", "python-programming> } SELECT * { ?s ?p ?o", "a\nb"):
        response = client.get(f"{LEARNED}.csv", query_string={"method": attack})
        problem(response, 400)


# --- networks


def test_networks_are_listed(client: FlaskClient) -> None:
    document = json.loads(client.get("/api/network").text)
    assert set(document["projections"]) == set(PROJECTIONS)
    assert set(document["measures"]) == set(MEASURES)
    for projection in document["projections"].values():
        for address in projection["links"].values():
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_measures_are_those_of_python(client: FlaskClient, graph: Graph, projection: str) -> None:
    network = graph.network(projection)
    names = [name for name, m in MEASURES.items() if network.directed or not m.directed_only]
    for measure in names:
        response = client.get(f"/api/network/{projection}/{measure}.json")
        if response.status_code == 400:
            assert "detail" in json.loads(response.text)  # undefined on this network, and said so
            continue
        expected = json.loads(network.centrality(measure).to_json())
        assert json.loads(response.text)["rows"] == expected["rows"]


def test_all_measures_as_csv(client: FlaskClient) -> None:
    head, *rows = rows_of(client.get("/api/network/partnership/all.csv").text)
    assert head[:3] == ["node", "label", "country"]
    assert {"degree", "betweenness", "pagerank"} <= set(head)
    assert len(rows) > 3


def test_filters_and_options(client: FlaskClient, graph: Graph) -> None:
    response = client.get(
        "/api/network/partnership/degree.json?bloc=oic&years=2010-2019&top=3&level=institution"
    )
    document = json.loads(response.text)
    expected = graph.network("partnership", bloc="oic", years=(2010, 2019)).centrality(
        "degree", top=3
    )
    assert document["rows"] == json.loads(expected.to_json())["rows"]
    assert len(document["rows"]) == 3
    assert "oic" in json.dumps(document["meta"]["filters"])


@pytest.mark.parametrize(
    ("query", "years"), [("2015", (2015, 2015)), ("2015-", (2015, None)), ("-2015", (None, 2015))]
)
def test_years(
    client: FlaskClient, graph: Graph, query: str, years: tuple[int | None, int | None]
) -> None:
    response = client.get(f"/api/network/partnership/degree.csv?years={query}")
    expected = graph.network("partnership", years=years).centrality("degree")
    assert response.text == expected.to_csv()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("colour=red", "Accepted: level"),
        ("years=soon", "2012-2020"),
        ("years=-", "2012-2020"),
        ("top=many", "a whole number"),
        ("within=maybe", "true, false"),
        ("bloc=atlantis", "atlantis"),
        ("level=galaxy", "galaxy"),
        ("weight=heavy", "heavy"),
    ],
)
def test_bad_network_parameters(client: FlaskClient, query: str, message: str) -> None:
    response = client.get(f"/api/network/partnership/degree.csv?{query}")
    assert message in str(problem(response, 400)["detail"])


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/api/network/friendship/degree.csv", "partnership"),
        ("/api/network/friendship.graphml", "partnership"),
        ("/api/network/partnership/fame.csv", "betweenness"),
    ],
)
def test_an_unknown_projection_or_measure(client: FlaskClient, address: str, message: str) -> None:
    assert message in str(problem(client.get(address), 404)["detail"])


def test_answers_are_revalidated(client: FlaskClient) -> None:
    for address in (
        f"{LEARNED}.json?method=python-programming",
        f"{LEARNED}.rq?method=python-programming",
        "/api/network/partnership.gexf",
        "/api/network/partnership/degree.csv?bloc=oic",
        "/api/queries",
    ):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert again.status_code == (200 if address == "/api/queries" else 304)
