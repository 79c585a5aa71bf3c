"""Networks over HTTP: same names, same rows as in Python."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from kg.analysis.graph import Graph
from kg.network import MEASURES, PROJECTIONS
from tests.web.test_query_api import LEARNED, rows_of
from tests.web.test_sparql import problem


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
        ("/api/network/partnership.xlsx", "Accepted: .graphml"),
        ("/api/network/partnership/degree.xml", "Accepted: .csv, .json"),
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
        assert again.status_code == 304
