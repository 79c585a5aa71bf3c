"""The ontology's pages, data and completion over HTTP."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.ontology.docs.words import LANGUAGES
from kg.settings import Settings
from kg.store import Release
from kg.web import close_app, create_app
from tests.ontology.extended import extended_copy
from tests.outline import Outline
from tests.web.conftest import LIMITS
from tests.web.test_sparql import BROWSER

HEADERS = {"Accept": BROWSER}
PAGES = [
    "/ontology",
    "/ontology/ar/",
    "/ontology/fr/term/Training",
    "/ontology/en/term/organisation",
    "/ontology/ar/scheme/roles",
]


@pytest.mark.parametrize("address", PAGES)
def test_pages_open_and_their_links_lead_somewhere(client: FlaskClient, address: str) -> None:
    response = client.get(address, headers=HEADERS)
    assert response.status_code == 200, response.text
    outline = Outline(response.text)
    assert outline.tags.count("h1") == 1
    assert len(outline.ids) == len(set(outline.ids))
    for link in {link for link in outline.links if not link.startswith("http")}:
        target = urljoin(f"http://localhost{address}", link).removeprefix("http://localhost")
        found = client.get(target.partition("#")[0], headers={"Accept": "*/*"})
        found.close()
        assert found.status_code == 200 or target.startswith("/sparql"), f"{address}: {link}"


@pytest.mark.parametrize("address", PAGES)
def test_only_scripts_of_ours_run(client: FlaskClient, address: str) -> None:
    response = client.get(address, headers=HEADERS)
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    outline = Outline(response.text)
    assert all(outline.sources)
    assert "style" not in outline.tags + outline.attributes


def test_the_overview_has_the_fragments_as_anchors(client: FlaskClient) -> None:
    outline = Outline(client.get("/ontology", headers=HEADERS).text)
    assert {"Training", "training", "hostedBy"} <= set(outline.ids)
    assert "ontology/en/term/Training" in outline.links


def test_arabic_runs_from_right_to_left(client: FlaskClient) -> None:
    text = client.get("/ontology/ar/term/Training", headers=HEADERS).text
    assert '<div class="ontology" lang="ar" dir="rtl">' in text
    assert "دورة تدريبية" in text


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("ttl", "text/turtle"),
        ("rdf", "application/rdf+xml"),
        ("jsonld", "application/ld+json"),
        ("nt", "application/n-triples"),
    ],
)
def test_data_by_suffix_and_by_accept(client: FlaskClient, suffix: str, media_type: str) -> None:
    by_suffix = client.get(f"/ontology.{suffix}")
    by_accept = client.get("/ontology", headers={"Accept": media_type})
    assert by_suffix.mimetype == by_accept.mimetype == media_type
    assert by_suffix.data == by_accept.data
    assert "Accept" in by_accept.headers["Vary"]
    by_suffix.close()
    by_accept.close()


@pytest.mark.parametrize(
    "address",
    [
        "/ontology.docx",
        "/ontology/de/",
        "/ontology/en/term/Nothing",
        "/ontology/en/scheme/nothing",
        "/ontology/assets/nothing.js",
        "/ontology/assets/..%2fwords.py",
    ],
)
def test_what_is_not_there(client: FlaskClient, address: str) -> None:
    assert client.get(address, headers=HEADERS).status_code == 404


def test_a_folder_leads_to_the_overview(client: FlaskClient) -> None:
    assert client.get("/ontology/").headers["Location"] == "/ontology"
    assert client.get("/ontology/ar").status_code == 308


def test_pages_are_revalidated(client: FlaskClient) -> None:
    for address in (*PAGES, "/ontology/en/search.json", "/api/terms?text=train"):
        tag = client.get(address, headers=HEADERS).headers["ETag"]
        again = client.get(address, headers={**HEADERS, "If-None-Match": tag})
        assert again.status_code == 304, address


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_search_index(client: FlaskClient, language: str) -> None:
    entries = client.get(f"/ontology/{language}/search.json").json
    assert entries
    for entry in entries[::40]:
        found = client.get(f"/ontology/{entry[3].partition('#')[0]}", headers=HEADERS)
        assert found.status_code == 200


def test_completion(client: FlaskClient, world: Release) -> None:
    response = client.get("/api/terms", query_string={"text": "ecole", "lang": "fr", "limit": 3})
    assert response.mimetype == "application/json"
    answer = response.json
    assert answer["release"] == world.id
    assert answer["found"] >= 1
    assert answer["terms"][0]["curie"] == "rihla:School"
    assert answer["terms"][0]["label"] == "École thématique"
    arabic = client.get("/api/terms", query_string={"text": "ندوه", "lang": "ar"})
    assert "ندوة علمية" in json.loads(arabic.data)["terms"][0]["label"]


@pytest.mark.parametrize("query", ["limit=x", "limit=0", "limit=9999", "lang=de"])
def test_completion_refuses(client: FlaskClient, query: str) -> None:
    response = client.get(f"/api/terms?text=a&{query}")
    assert response.status_code == 400
    assert "Accepted" in response.json["detail"]


def test_a_release_that_keeps_its_ontology_documents_itself(
    world_settings: Settings, world: Release, tmp_path: Path
) -> None:
    copy = tmp_path / world.id
    shutil.copytree(world.path, copy, ignore=shutil.ignore_patterns("ontology"))
    extended_copy(copy)  # as copy / "ontology"
    app: Flask = create_app(world_settings, Release(world.id, copy, world.manifest), LIMITS)
    try:
        client = app.test_client()
        assert client.get("/ontology/fr/term/Accreditation").status_code == 200
        found = client.get("/api/terms?text=accred").json["terms"]
        assert found[0]["curie"] == "rihla:Accreditation"
    finally:
        close_app(app)
