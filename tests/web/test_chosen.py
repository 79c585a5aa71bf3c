"""The bloc that a reader looks from: every page obeys it, every link carries it."""

from __future__ import annotations

import html
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.web.chosen import blocs, chosen_bloc, is_page
from kg.web.service import service
from tests.web.test_pages import page

SET = "countries=SAU,Türkiye"


def test_the_usual_bloc_is_the_oic_and_stands_in_no_link(client: FlaskClient) -> None:
    text, outline = page(client, "/analyses")
    assert "<bdi>Organisation of Islamic Cooperation</bdi>" in text
    assert not [link for link in outline.links if "bloc=" in link or "countries=" in link]


@pytest.mark.parametrize(
    ("key", "seen"),
    [("eu", "European Union"), ("world", "the whole world"), ("no-such", "the whole world")],
)
def test_the_usual_bloc_is_what_the_project_says(
    app: Flask, monkeypatch: pytest.MonkeyPatch, key: str, seen: str
) -> None:
    release = app.extensions["rihla"].release
    monkeypatch.setitem(release.manifest, "default_bloc", key)
    with app.test_request_context("/analyses"):
        label = chosen_bloc().label
        assert (label or "the whole world") == seen
        given = service().bound("countries/bloc-partners", {})
        assert ("bloc/eu>" in given) is (key == "eu")
        assert ("bloc/oic>" in given) is False


@pytest.mark.parametrize(
    ("query", "carried"),
    [
        ("bloc=eu", {"bloc": ["eu"]}),
        ("bloc=world", {"bloc": ["world"]}),
        ("bloc=European Union", {"bloc": ["eu"]}),
        (SET, {"countries": ["SA,TR"]}),
        (f"{SET}&bloc=eu", {"countries": ["SA,TR"]}),
        ("bloc=countries:TR,SA", {"countries": ["SA,TR"]}),
    ],
)
def test_links_to_pages_carry_the_choice(
    client: FlaskClient, query: str, carried: dict[str, list[str]]
) -> None:
    _, outline = page(client, f"/analyses?{query}")
    inside = [link for link in outline.links if link.startswith("/analyses/")]
    assert inside
    for link in inside:
        assert parse_qs(urlsplit(link).query) == carried, link
    for link in outline.links:
        if link.startswith(("/api/", "/static/", "/.well-known/")):
            assert not {"bloc", "countries"} & set(parse_qs(urlsplit(link).query)), link


def test_the_choice_survives_the_search_form_and_the_language(client: FlaskClient) -> None:
    text, outline = page(client, "/search?q=africa&bloc=eu")
    assert text.count('<input type="hidden" name="bloc" value="eu">') == 2
    assert any(link.startswith("/fr/search") and "bloc=eu" in link for link in outline.links)
    french = client.get("/fr/analyses?bloc=eu").text
    assert "<bdi>Union européenne</bdi>" in french
    assert 'action="/fr/analyses"' in french
    assert "/fr/analyses/balance?bloc=eu" in french


def test_the_chooser_keeps_what_else_was_asked_and_offers_the_way_back(client: FlaskClient) -> None:
    text, outline = page(client, "/analyses/trends?by=topic&bloc=eu")
    assert '<input type="hidden" name="by" value="topic">' in text
    assert "/analyses/trends?by=topic" in outline.links
    assert '<option value="eu" dir="auto" selected>' in text


def test_analyses_are_answered_for_the_choice(client: FlaskClient) -> None:
    def asked(query: str) -> dict[str, list[str]]:
        _, outline = page(client, f"/analyses/flow-matrix{query}")
        link = next(x for x in outline.links if x.startswith("/api/analyse/flow-matrix.csv"))
        return parse_qs(urlsplit(link).query)

    assert asked("")["bloc"] == ["oic"]
    assert asked("?bloc=eu")["bloc"] == ["eu"]
    assert asked("?level=country")["bloc"] == ["oic"]
    assert asked("?bloc=eu&bloc=oic")["bloc"] == ["eu", "oic"]
    assert asked(f"?{SET}") == {"level": ["country"], "bloc": ["countries:SA,TR"]}
    assert "bloc" not in asked("?bloc=world")
    assert "bloc" not in asked("?level=country&bloc=")
    assert "bloc" not in asked("?level=country&country=ZA")


def test_the_permanent_address_names_the_choice(client: FlaskClient) -> None:
    for query, said in (("", "bloc=oic"), ("?bloc=world", "bloc=world"), (f"?{SET}", "SA%2CTR")):
        text, _ = page(client, f"/analyses/balance{query}")
        cited = html.unescape(text.rpartition("<h2>Cite it</h2>")[2])
        assert said in cited


def test_networks_and_questions_obey(client: FlaskClient) -> None:
    _, outline = page(client, f"/network/partnership/degree?level=country&{SET}")
    csv = next(x for x in outline.links if x.startswith("/api/network/partnership/degree.csv"))
    assert parse_qs(urlsplit(csv).query) == {"level": ["country"], "bloc": ["countries:SA,TR"]}
    assert client.get(csv).status_code == 200
    _, outline = page(client, "/queries/countries/gap-map?sector=health&bloc=eu")
    csv = next(x for x in outline.links if x.startswith("/api/queries/countries/gap-map.csv"))
    assert parse_qs(urlsplit(csv).query)["bloc"] == ["eu"]


@pytest.mark.parametrize(
    "address", ["/analyses?bloc=mars", "/analyses?countries=Atlantis", "/page/country/ZA?bloc=mars"]
)
def test_a_choice_that_is_not_known_is_refused(client: FlaskClient, address: str) -> None:
    text, _ = page(client, address, status=400)
    assert "mars" in text or "Atlantis" in text


def test_markup_in_a_choice_stays_text(client: FlaskClient) -> None:
    text, _ = page(client, "/analyses?bloc=<script>alert(1)</script>", status=400)
    assert "<script>alert" not in text


def test_calls_for_programs_take_a_set_by_its_name(client: FlaskClient) -> None:
    chosen = client.get("/api/network/partnership.json?level=country&bloc=countries:SAU,TR")
    assert chosen.status_code == 200
    assert chosen.json["graph"]["filters"] == {"bloc": ["countries:SA,TR"]}
    refused = client.get("/api/network/partnership.json?bloc=countries:Atlantis")
    assert refused.status_code == 400


def test_what_other_modules_ask(app: Flask) -> None:
    with app.test_request_context("/page/country/ZA?countries=SA,TR"):
        app.preprocess_request()
        seen = chosen_bloc()
        assert seen
        assert seen.value == "countries:SA,TR"
        assert [iri.rpartition("/")[2] for iri in seen.countries] == ["SA", "TR"]
        assert not seen.iri
        assert [key for key, _ in blocs()] == ["eu", "oic"]
    with app.test_request_context("/page/country/ZA"):
        app.preprocess_request()
        assert chosen_bloc().value == "oic"
        assert chosen_bloc().iri.endswith("/bloc/oic")
        assert not chosen_bloc().explicit
        assert is_page("data.page")
        assert not is_page("api.queries")
        assert not is_page("static")
    assert not chosen_bloc()  # outside of a request
