"""The SPARQL page as an editor: completion, views of an answer, examples by topic, links."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kg.queries import INTERNAL_GROUPS, catalogue
from tests.web.test_sparql import BROWSER

PREFIXES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX rihla: <https://w3id.org/rihla/ontology#>
"""
BY_COUNTRY = (
    PREFIXES
    + """SELECT ?country (COUNT(?training) AS ?trainings) WHERE {
  ?training rihla:heldIn ?country } GROUP BY ?country"""
)
BY_DATE = (
    PREFIXES
    + """SELECT ?name ?start ?end WHERE {
  ?training rihla:startDate ?start ; rdfs:label ?name OPTIONAL { ?training rihla:endDate ?end } }"""
)
PAIRS = PREFIXES + "SELECT ?training ?host WHERE { ?training rihla:hostedBy ?host }"
BY_YEAR = "SELECT * { VALUES (?year ?n) { (2010 4) (2012 5) (2013 1) } }"
SPOTS = 'SELECT * { VALUES (?name ?lat ?long) { ("<here>" 51.5 -0.1) ("there" 30.0 31.2) } }'
PLAIN = 'SELECT * { VALUES ?text { "a" "b" } }'


def page(client: FlaskClient, query: str, view: str = "", status: int = 200) -> str:
    address = f"/sparql?format=html&query={quote(query)}" + (f"&view={view}" if view else "")
    response = client.get(address, headers={"Accept": BROWSER})
    assert response.status_code == status
    return str(response.text)


@pytest.mark.parametrize(
    ("query", "views"),
    [
        (BY_COUNTRY, {"chart", "map"}),
        (BY_DATE, {"timeline"}),
        (PAIRS, {"network"}),
        (BY_YEAR, {"chart"}),
        (SPOTS, {"map"}),
        (PLAIN, set()),
    ],
)
def test_an_answer_offers_the_views_that_suit_it(
    client: FlaskClient, query: str, views: set[str]
) -> None:
    text = page(client, query)
    every = ("chart", "map", "network", "timeline")
    assert {view for view in every if f'data-view="{view}"' in text} == views
    for view in views:
        drawn = page(client, query, view)
        assert "<svg" in drawn
        assert f'data-view="{view}" aria-current="true"' in drawn
        assert "style=" not in drawn


def test_a_chart_shows_the_numbers(client: FlaskClient) -> None:
    drawn = page(client, 'SELECT * { VALUES (?name ?n) { ("Fez" 42) ("Aden" 7) } }', "chart")
    figure = drawn.partition("<figure")[2].partition("</figure>")[0]
    assert "Fez" in figure
    assert "42" in figure


def test_names_in_a_drawing_stay_text(client: FlaskClient) -> None:
    assert "&lt;here&gt;" in page(client, SPOTS, "map")
    assert "<here>" not in page(client, SPOTS, "map")


@pytest.mark.parametrize("view", ["map", "network", "pie"])
def test_a_view_that_does_not_suit_is_an_error_with_its_reason(
    client: FlaskClient, view: str
) -> None:
    text = page(client, PLAIN, view, status=400)
    assert "cannot be shown as" in text or "Accepted: table, chart" in text
    assert 'id="query"' in text


def test_an_empty_answer_has_no_views(client: FlaskClient) -> None:
    assert "data-view" not in page(client, "SELECT ?a ?b { ?a <https://nothing.example/> ?b }")


def test_completion_knows_prefixes_classes_and_properties(client: FlaskClient) -> None:
    known = client.get("/api/completion?lang=fr").json
    assert known["prefixes"]["rihla"] == "https://w3id.org/rihla/ontology#"
    classes = {term["iri"]: term["label"] for term in known["classes"]}
    assert classes["https://w3id.org/rihla/ontology#Country"] == "Pays"
    properties = {term["iri"] for term in known["properties"]}
    assert "https://w3id.org/rihla/ontology#hostedBy" in properties
    assert not properties & set(classes)
    for kind in ("classes", "properties"):
        counts = [term["uses"] for term in known[kind]]
        assert counts == sorted(counts, reverse=True)
    uses = {term["iri"]: term["uses"] for term in known["classes"] + known["properties"]}
    counted = client.get(
        "/sparql?format=json&query=SELECT (COUNT(DISTINCT ?x) AS ?n) "
        "{ ?x a <https://w3id.org/rihla/ontology%23Training> }"
    ).json["results"]["bindings"][0]["n"]["value"]
    assert uses["https://w3id.org/rihla/ontology#Training"] == int(counted)
    assert client.get("/api/completion?lang=de").status_code == 400


def test_every_question_is_an_example_by_topic(client: FlaskClient) -> None:
    text = page(client, "")
    for query in catalogue().values():
        if query.group not in INTERNAL_GROUPS:
            assert f"/sparql?example={quote(query.id)}" in text
    shown = client.get("/sparql?example=people/learned-method", headers={"Accept": BROWSER}).text
    assert "?method" in shown
    assert "#+ title" not in shown
    assert client.get("/sparql?example=columns/nothing").status_code in (200, 404)


def test_an_answer_has_a_link_that_names_its_release(client: FlaskClient) -> None:
    text = page(client, PLAIN)
    link = text.partition('id="share"')[2].partition('value="')[2].partition('"')[0]
    assert "release=" in link
    assert client.get(link.replace("&amp;", "&"), headers={"Accept": BROWSER}).status_code == 200
