"""The home page and the page about the graph: what they say, and that all of it leads somewhere."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from kg.network import MEASURES
from kg.store import Release
from tests.web.test_pages import page
from tests.web.test_query_api import PUBLIC, needed


@pytest.mark.parametrize("address", ["/", "/about", "/?bloc=eu"])
def test_every_link_leads_somewhere(client: FlaskClient, address: str) -> None:
    _text, outline = page(client, address)
    for link in sorted({link for link in outline.links if link.startswith("/")}):
        response = client.get(link, headers={"Accept": "*/*"})
        # a program that sends no query is told so; examples of the demo are unknown here
        response.close()
        may_fail = link.startswith(("/sparql", "/api/queries/", "/queries/"))
        assert response.status_code == 200 or (may_fail and response.status_code == 400), link
    for anchor in (link[1:] for link in outline.links if link.startswith("#")):
        assert anchor in outline.ids


def test_the_home_page_counts_the_release(client: FlaskClient, world: Release) -> None:
    text, _ = page(client, "/")
    assert world.id in text
    assert f"<strong>{world.manifest['quads']:,}</strong>" in text
    for name in ("Training", "Country", "Person"):
        assert f"<strong>{world.manifest['classes'][name]:,}</strong>" in text


def test_search_stands_once_in_the_middle_and_completes(client: FlaskClient) -> None:
    text, outline = page(client, "/")
    assert outline.ids.count("home-search") == 1
    assert "site-search" not in outline.ids
    assert re.search(
        r'<form class="find" action="/search" role="search" data-api="/api/search">', text
    )
    hit = client.get("/api/search?q=south").json["results"][0]
    assert hit["kind_label"] == "country"
    assert client.get("/ar/api/search?q=south").json["results"][0]["kind_label"] != "country"


def test_the_map_and_the_table_show_the_flows_of_the_analysis(client: FlaskClient) -> None:
    text, outline = page(client, "/?bloc=world")
    asked = "level=country&own=false&top=60"
    every = client.get(f"/api/analyse/flow-matrix.json?{asked}").json["rows"]
    rows = [row for row in every if row["learners"] is not None]  # a small count is withheld
    assert rows
    assert text.count('<g class="flow') == len(rows)
    for row in rows:
        tip = f"{row['source_label']} → {row['target_label']}: "
        assert tip in html.unescape(text)
    countries = {row[end].rpartition("/")[2] for row in rows for end in ("source", "target")}
    for code in countries:
        assert any(link.startswith(f"/page/country/{code}") for link in outline.links)
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert body.count("<tr>") == len(rows)


def test_the_map_tells_the_ways_of_a_bloc_and_speaks_the_language(client: FlaskClient) -> None:
    seen = client.get("/fr/?countries=ZA").text
    ways = set(re.findall(r'<g class="flow (\w+)"', seen))
    assert ways <= {"in", "out"}
    assert ways
    assert "Afrique du Sud" in seen
    assert 'href="/fr/page/country/ZA?countries=ZA"' in seen


def test_a_bloc_without_flows_gets_a_reason(client: FlaskClient) -> None:
    text, _ = page(client, "/?countries=NE")
    assert '<p class="empty">There is no map for this choice.' in text
    assert "<svg" not in text.partition("<main")[2]


def test_the_about_page_holds_what_is_looked_up(client: FlaskClient, world: Release) -> None:
    text, outline = page(client, "/about")
    assert f"{world.manifest['quads']:,}" in text
    assert {"sources", "programs", "contents", "networks", "sparql"} <= set(outline.ids)
    for source in world.manifest["sources"]:
        assert source["title"] in text
        assert source["licence"] in text
    for query in PUBLIC:
        assert f"/queries/{query.id}" in text
        wanted = [link for link in outline.links if f"/api/queries/{query.id}.csv" in link]
        assert wanted, query.id
        for name in needed(query):
            assert f"{name}=" in wanted[0]
    for measure in MEASURES:
        assert any(link.endswith(f"/{measure}") for link in outline.links), measure
