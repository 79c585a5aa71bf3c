"""The pages of networks: form, drawing for those without scripts, data for those with."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from kg.analysis.graph import Graph
from kg.network import PROJECTIONS
from kg.network.layout import layout
from kg.web import network_layout
from kg.web.language import TRANSLATED
from kg.web.service import Service
from tests.web.test_language import catalogue
from tests.web.test_pages import page


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_network_is_explained_in_every_language(code: str) -> None:
    known = catalogue(code)
    for projection in PROJECTIONS.values():
        assert projection.definition in known
        for level in projection.levels:
            for what in ("trainings", "involvements"):
                assert f"{what} without {level}" in known


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_every_network_has_its_page(client: FlaskClient, projection: str) -> None:
    text, outline = page(client, f"/network/{projection}?bloc=world")
    assert '<noscript><figure class="still"><img src="/api/network/' in text
    assert f"/api/network/{projection}.vosviewer" in outline.links
    for link in outline.links:
        if link.startswith(f"/api/network/{projection}"):
            assert client.get(link).status_code == 200, link
    layout_of = html.unescape(re.search(r'data-layout="([^"]+)"', text)[1])  # type: ignore[index]
    found = client.get(layout_of)
    assert found.status_code == 200
    assert f"{len(found.json['nodes']['id'])} node" in text


def test_the_data_is_that_of_the_network(client: FlaskClient, graph: Graph) -> None:
    found = client.get("/api/network/partnership/layout.json?level=country&size=strength").json
    network = graph.network("partnership", level="country")
    placed = layout(network)
    assert found["nodes"]["id"] == network.nodes["node"].to_list()
    assert found["nodes"]["x"] == placed.x.tolist()
    assert found["nodes"]["community"] == placed.community.tolist()
    edges = network.weighted("count").sort("source", "target")
    assert found["edges"]["weight"] == edges["weight"].to_list()
    scores = {r["node"]: r["score"] for r in network.centrality("strength").to_records()}
    assert found["nodes"]["size"] == [scores[node] for node in found["nodes"]["id"]]
    assert found["left_out"] == {"nodes": 0, "edges": 0}
    assert found["names"]["https://w3id.org/rihla/id/country/ZA"] == "South Africa"
    french = client.get("/api/network/partnership/layout.json?level=country&language=fr").json
    assert "Afrique du Sud" in french["nodes"]["label"]


def test_a_large_network_is_cut_and_says_so(
    client: FlaskClient, opened: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = network_layout.strongest
    monkeypatch.setattr(network_layout, "strongest", lambda network: cut(network, 3, 2))
    found = client.get("/api/network/partnership/layout.json?level=country&isolates=false").json
    assert len(found["edges"]["source"]) == 2
    assert found["left_out"]["edges"] > 0
    text, _ = page(client, "/network/partnership?level=country&bloc=world&isolates=false")
    assert "Drawn: the" in text


def test_the_last_layouts_are_kept(client: FlaskClient, opened: Service) -> None:
    for size in ("degree", "strength", "pagerank"):
        client.get(f"/api/network/partnership/layout.json?level=country&size={size}")
    page(client, "/network/partnership?level=country&bloc=world")
    assert len(opened.layouts) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("size=fame", "size: found"),
        ("min_weight=heavy", "min_weight: found"),
        ("backbone=spine", "Unknown backbone"),
        ("language=xx", "language: found"),
        ("colour=red", "Unknown parameter"),
    ],
)
def test_what_is_not_accepted_is_said(client: FlaskClient, query: str, said: str) -> None:
    answer = client.get(f"/api/network/partnership/layout.json?{query}")
    assert answer.status_code == 400
    assert said in answer.json["detail"]


def test_filters_thin_out_drawing_tables_and_files_alike(client: FlaskClient) -> None:
    query = "level=country&min_weight=2"
    drawn = client.get(f"/api/network/partnership/layout.json?{query}").json
    table = client.get(f"/api/network/partnership/edges.json?{query}").json["rows"]
    file = client.get(f"/api/network/partnership.json?{query}").json["links"]
    assert len(drawn["edges"]["source"]) == len(table) == len(file) > 0
    assert min(row["weight"] for row in table) >= 2


def test_the_page_obeys_the_chosen_countries_and_keeps_its_form(client: FlaskClient) -> None:
    text, outline = page(
        client, "/network/knowledge-flow?level=country&countries=ZA,GB&size=strength"
    )
    csv = next(x for x in outline.links if x.startswith("/api/network/knowledge-flow.csv"))
    assert parse_qs(urlsplit(csv).query) == {"level": ["country"], "bloc": ["countries:GB,ZA"]}
    assert '<option value="strength" selected>' in text
    texts = json.loads(html.unescape(re.search(r'data-texts="([^"]+)"', text)[1]))  # type: ignore[index]
    assert texts["path"].startswith("Path")


def test_a_refusal_keeps_the_form(client: FlaskClient) -> None:
    text, outline = page(client, "/network/partnership?bloc=nowhere", status=400)
    assert "nowhere" in text
    assert "network-form" in outline.ids
    page(client, "/network/friendship", status=404)
    empty, _ = page(client, "/network/partnership?years=1700")
    assert '<p class="empty">' in empty


def test_the_drawing_takes_size_and_colour(client: FlaskClient) -> None:
    drawn = client.get("/api/network/partnership.svg?size=betweenness&colour=country")
    assert drawn.status_code == 200
    assert drawn.mimetype == "image/svg+xml"
    assert client.get("/api/network/partnership.svg?colour=red").status_code == 400
    file = client.get("/api/network/partnership.vosviewer")
    assert file.headers["Content-Disposition"].endswith('partnership-vosviewer.json"')


def test_networks_leads_to_the_first(client: FlaskClient) -> None:
    response = client.get("/network?bloc=eu")
    assert response.status_code == 302
    assert response.headers["Location"] == "/network/partnership?bloc=eu"


def test_headings_speak_the_language_of_the_page(client: FlaskClient) -> None:
    page(client, "/network/partnership?bloc=world")  # whichever language comes first
    arabic = client.get("/ar/network/partnership?bloc=world").text
    head = arabic.partition("<thead>")[2].partition("</thead>")[0]
    assert "Country" not in head
    assert "البلد" in head
