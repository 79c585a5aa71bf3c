"""Linked data: names, pages, documents, the vocabulary and the dataset's description."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg.store import Release
from kg.web.formats import Kind, of_kind
from tests.web.test_sparql import BROWSER, problem

ZA = "https://w3id.org/rihla/id/country/ZA"
GRAPH_FORMATS = of_kind(Kind.GRAPH)


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        (BROWSER, "/page/country/ZA"),
        ("*/*", "/page/country/ZA"),
        ("text/turtle", "/data/country/ZA.ttl"),
        ("application/ld+json", "/data/country/ZA.jsonld"),
        ("application/rdf+xml, text/turtle;q=0.5", "/data/country/ZA.rdf"),
        ("application/n-triples", "/data/country/ZA.nt"),
    ],
)
def test_a_name_leads_to_what_the_client_reads(
    client: FlaskClient, accept: str, target: str
) -> None:
    response = client.get("/id/country/ZA", headers={"Accept": accept})
    assert response.status_code == 303
    assert response.headers["Location"] == target
    assert "Accept" in response.vary


def test_a_name_in_no_format(client: FlaskClient) -> None:
    problem(client.get("/id/country/ZA", headers={"Accept": "image/png"}), 406)


@pytest.mark.parametrize("chosen", GRAPH_FORMATS, ids=lambda f: f.name)
def test_documents(client: FlaskClient, chosen: object) -> None:
    response = client.get(f"/data/country/ZA.{chosen.name}")  # type: ignore[attr-defined]
    assert response.mimetype == chosen.media_type  # type: ignore[attr-defined]
    triples = {
        (t.subject.value, t.predicate.value, t.object.value)
        for t in ox.parse(response.data, format=ox.RdfFormat.from_media_type(response.mimetype))
    }
    assert (ZA, "http://www.w3.org/2000/01/rdf-schema#label", "South Africa") in triples
    assert f'<{ZA}>; rel="describes"' in response.headers["Link"]


def test_a_document_names_what_it_links_to(client: FlaskClient) -> None:
    text = client.get("/data/country/SA.ttl").text
    assert "Organisation of Islamic Cooperation" in text


def test_what_is_not_in_the_graph(client: FlaskClient) -> None:
    assert "country/XX" in str(problem(client.get("/data/country/XX.ttl"), 404)["detail"])
    assert ".ttl, .nt, .rdf, .jsonld" in str(
        problem(client.get("/data/country/ZA.csv"), 404)["detail"]
    )
    problem(client.get("/page/country/XX"), 404)


@pytest.mark.parametrize("key", ["Z%22A", "Z%3EA", "Z%20A", "%7B%7D"])
def test_addresses_that_are_no_iris(client: FlaskClient, key: str) -> None:
    problem(client.get(f"/page/country/{key}"), 400)
    problem(client.get(f"/data/country/{key}.ttl"), 400)


def test_keys_with_slashes_and_dots(client: FlaskClient) -> None:
    query = (
        "SELECT ?p { ?p a <https://w3id.org/rihla/ontology#Participation> "
        'FILTER(CONTAINS(STRAFTER(STR(?p), "participation/"), "/")) } LIMIT 1'
    )
    iri = client.get("/sparql", query_string={"query": query, "format": "csv"}).text.split()[1]
    path = iri.removeprefix("https://w3id.org/rihla/id/")
    assert client.get(f"/data/{path}.ttl").status_code == 200
    assert client.get(f"/page/{path}").status_code == 200


def test_the_page_tells_where_each_statement_comes_from(client: FlaskClient) -> None:
    response = client.get("/page/country/SA", headers={"Accept": BROWSER})
    assert "<h1><bdi>Saudi Arabia</bdi></h1>" in response.text
    assert "inferred" in response.text
    assert "/page/graph/world-" in response.text
    assert 'rel="alternate"; type="text/turtle"' in response.headers["Link"]


def test_the_page_of_a_load_is_there(client: FlaskClient) -> None:
    text = client.get("/page/country/SA").text
    address = text.split('href="/page/graph/')[1].split('"')[0]
    assert client.get(f"/page/graph/{address}").status_code == 200


def test_incoming_links_are_limited_and_that_is_said(client: FlaskClient) -> None:
    # rdf:type of the vocabulary's own terms: some hundred things point to owl:Class
    text = client.get("/page/graph/vocabulary").status_code
    assert text in (200, 404)
    crowded = client.get("/page/method/python-programming").text
    assert "What links here" in crowded


@pytest.mark.parametrize("chosen", GRAPH_FORMATS, ids=lambda f: f.name)
def test_the_vocabulary(client: FlaskClient, chosen: object) -> None:
    by_accept = client.get("/ontology", headers={"Accept": chosen.media_type})  # type: ignore[attr-defined]
    by_name = client.get(f"/ontology?format={chosen.name}")  # type: ignore[attr-defined]
    assert by_accept.mimetype == by_name.mimetype == chosen.media_type  # type: ignore[attr-defined]
    assert by_accept.data == by_name.data
    by_accept.close()
    by_name.close()
    subjects = {
        t.subject.value
        for t in ox.parse(by_accept.data, format=ox.RdfFormat.from_media_type(by_accept.mimetype))
    }
    assert "https://w3id.org/rihla/ontology#Training" in subjects


def test_the_vocabulary_as_a_page(client: FlaskClient) -> None:
    text = client.get("/ontology", headers={"Accept": BROWSER}).text
    assert '<dt id="Training">' in text
    assert 'lang="ar"' in text


def test_the_description_of_the_dataset(client: FlaskClient, world: Release) -> None:
    response = client.get("/.well-known/void")
    assert response.mimetype == "text/turtle"
    stated = {
        (t.predicate.value.rpartition("#")[2].rpartition("/")[2], t.object.value)
        for t in ox.parse(response.data, format=ox.RdfFormat.TURTLE)
    }
    assert ("sparqlEndpoint", "http://localhost/sparql") in stated
    assert ("hasVersion", world.id) in stated
    assert ("entities", str(world.manifest["classes"]["Training"])) in stated
    assert ("license", "https://creativecommons.org/publicdomain/zero/1.0/") in stated


def test_health(client: FlaskClient, world: Release) -> None:
    assert json.loads(client.get("/healthz").text) == {"status": "ok"}
    ready = client.get("/readyz")
    assert json.loads(ready.text) == {"status": "ready", "release": world.id}
    assert ready.headers["Cache-Control"] == "no-store"
