"""Our server in front of another endpoint: ``kg serve --store URL``, over our own server."""

from __future__ import annotations

import difflib
import gzip
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.analysis.analyses import ANALYSES
from kg.analysis.graph import Graph
from kg.errors import LimitError
from kg.network import PROJECTIONS
from kg.settings import ProjectSettings, Settings
from kg.store import Release
from kg.store.remote import RemoteOptions, RemoteStore
from kg.store.remote.pool import RemotePool
from kg.store.workers import MIB, PoolLimits
from kg.web import close_app, create_app
from kg.web.elsewhere import Elsewhere, settings_for
from kg.web.service import Service
from tests.web.conftest import LIMITS, served

SELECT = "SELECT ?s ?o WHERE { ?s a ?o } ORDER BY ?s ?o LIMIT 20"
PAGES = [
    "/", "/sparql", "/queries", "/analyses", "/quality", "/releases", "/templates", "/files",
    "/ontology", "/search?text=cape", "/country/ZA", "/page/country/ZA", "/reconcile", "/metrics",
    "/.well-known/void", "/api/queries", "/readyz",
    "/api/queries/people/learned-method.json?method=python-programming",
    "/api/network/partnership/degree.json", "/api/analyse/balance.json", "/api/search?text=cape",
    "/queries/people/learned-method?method=python-programming",
]  # fmt: skip


@pytest.fixture(scope="module")
def front(live: str) -> Iterator[Flask]:
    """Our server over the live server of the test world."""
    elsewhere = Elsewhere(f"{live}sparql", RemoteOptions())
    project = Settings(file=Path("rihla.toml"), project=ProjectSettings(title="Test world"))
    made = create_app(settings_for(elsewhere, project), limits=LIMITS, elsewhere=elsewhere)
    made.testing = True
    yield made
    close_app(made)


@pytest.fixture
def behind(front: Flask) -> FlaskClient:
    return front.test_client()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_as_it_does_over_the_release(
    behind: FlaskClient, client: FlaskClient, page: str
) -> None:
    there, here = behind.get(page), client.get(page)
    assert (there.status_code, there.content_type) == (here.status_code, here.content_type)
    if page.startswith(("/api/queries/", "/api/network", "/api/search")):
        assert there.get_data() == here.get_data()
    if page.startswith("/api/analyse"):
        found, expected = there.get_json(), here.get_json()
        # what a build matched by name stands in its manifest, which no endpoint has
        assert expected["meta"].pop("unmatched_names")
        assert found == expected
    assert there.status_code in (200, 303, 404)


def walk(graph: Graph) -> list[str]:
    """Return an address of each kind of page."""
    kinds = graph.columns("names").select("entity", "kind").unique().sort("entity")
    of = {
        str(kind): ["/".join(iri.rsplit("/", 2)[-2:]) for iri in rows["entity"].head(2).to_list()]
        for (kind,), rows in kinds.group_by("kind", maintain_order=True)
    }
    found = [f"/page/{places[0]}" for places in of.values()]
    found += [f"/pair/{'/'.join(of[kind])}" for kind in ("country", "organisation")]
    found.append(f"/pair/{of['country'][0]}/{of['topic'][0]}")
    found.append("/compare?" + "&".join(f"with={place}" for place in of["country"]))
    found += [f"/analyses/{name}" for name in ANALYSES]
    found += [f"/network/{name}" for name in PROJECTIONS]
    return found


def said(page: str) -> list[str]:
    """Return a page's lines but for what only a release on disk knows: hour and dump."""
    page = re.sub(r'<time dir="ltr" datetime="20[^<]*</time>', "", page)
    lines = (line.strip() for line in page.splitlines())
    return [line for line in lines if line and "SHA-256" not in line]


def test_every_kind_of_page_says_the_same(
    behind: FlaskClient, client: FlaskClient, opened: Service
) -> None:
    other = []
    for address in walk(opened.graph):
        there, here = behind.get(address), client.get(address)
        assert there.status_code == here.status_code, address
        assert "= {}" not in there.text, "a citation without a year"
        lines = difflib.unified_diff(said(here.text), said(there.text), lineterm="", n=0)
        other += [f"{address}: {line[:300]}" for line in lines]
    assert not other, "\n".join(other[:40])


@pytest.mark.parametrize("suffix", ["json", "xml", "csv", "tsv", "parquet", "arrow"])
def test_tables_come_through_in_every_format(
    behind: FlaskClient, client: FlaskClient, suffix: str
) -> None:
    there, here = (c.get(f"/sparql.{suffix}", query_string={"query": SELECT})
                   for c in (behind, client))  # fmt: skip
    assert there.status_code == 200
    assert there.content_type == here.content_type
    if suffix == "parquet":
        frames = [pl.read_parquet(io.BytesIO(r.get_data())) for r in (there, here)]
        assert frames[0].equals(frames[1])
    else:
        assert there.get_data() == here.get_data()


@pytest.mark.parametrize("suffix", ["ttl", "nt", "rdf", "jsonld"])
def test_graphs_come_through_in_every_format(
    behind: FlaskClient, client: FlaskClient, suffix: str
) -> None:
    query = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } ORDER BY ?s ?o LIMIT 20"
    there, here = (c.get(f"/sparql.{suffix}", query_string={"query": query})
                   for c in (behind, client))  # fmt: skip
    assert (there.status_code, there.get_data()) == (here.status_code, here.get_data())
    assert there.content_type == here.content_type


def test_the_protocol_holds(behind: FlaskClient) -> None:
    graph = "https://w3id.org/rihla/id/graph/vocabulary"
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    whole = behind.get("/sparql.csv", query_string={"query": count}).get_data()
    part = behind.post("/sparql.csv", data={"query": count, "default-graph-uri": graph}).get_data()
    assert int(part.split()[1]) < int(whole.split()[1])
    posted = behind.post("/sparql.csv", data=count, content_type="application/sparql-query")
    assert posted.get_data() == whole
    large = {"query": "SELECT * { ?s a ?o } LIMIT 900"}
    with behind.get("/sparql", query_string=large, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.get_data()).count(b'"s":') == 900


def test_answers_carry_the_release_and_are_confirmed(behind: FlaskClient, world: Release) -> None:
    first = behind.get("/sparql.json", query_string={"query": SELECT})
    assert first.headers["X-Rihla-Release"] == world.id
    again = behind.get("/sparql.json", query_string={"query": SELECT},
                       headers={"If-None-Match": first.headers["ETag"]})  # fmt: skip
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT nonsense", 400),
        ("DROP ALL", 403),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 403),
        ("SELECT * {" + "{" * 200 + "}" * 200 + "}", 400),
        ("SELECT * { ?s ?p ?o }", 413),
    ],
    ids=["malformed", "update", "service", "nested", "large"],
)
def test_the_guard_and_the_limits_hold(behind: FlaskClient, query: str, status: int) -> None:
    answer = behind.get("/sparql", query_string={"query": query}, headers={"Accept": "*/*"})
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_a_malformed_query_keeps_its_line(behind: FlaskClient) -> None:
    answer = behind.get("/sparql.json", query_string={"query": "SELECT *\n{ ?s ?p\n nonsense }"})
    assert answer.status_code == 400
    assert answer.get_json()["line"] == 3


def test_relative_names_are_relative_to_the_request(behind: FlaskClient) -> None:
    answer = behind.get("/sparql.csv", query_string={"query": "SELECT (<thing> AS ?x) {}"})
    assert answer.get_data().split()[1] == b"http://localhost/thing"


def test_rows_above_the_limit_are_refused(live: str) -> None:
    limits = PoolLimits(timeout_s=20, max_rows=5, max_bytes=MIB)
    pool = RemotePool(RemoteStore(f"{live}sparql", RemoteOptions()), 2, limits)
    with pool.run("SELECT ?s { ?s a ?o } LIMIT 5") as answer:
        assert answer.size
    with pytest.raises(LimitError, match="more than 5 rows"):
        pool.run("SELECT ?s { ?s a ?o } LIMIT 6")
    assert pool.process_ids() == []
    pool.close()
    with pytest.raises(LimitError, match="stopping"):
        pool.run("ASK {}")


def test_an_endpoint_that_went_away_is_a_bad_gateway(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    with served(file) as there:
        elsewhere = Elsewhere(f"{there}sparql", RemoteOptions(attempts=1))
        app = create_app(settings_for(elsewhere), limits=LIMITS, elsewhere=elsewhere)
        client = app.test_client()
        assert client.get("/sparql.csv?query=SELECT*{?s%20?p%20?o}").status_code == 200
        assert client.get("/queries").status_code == 404  # not our vocabulary: only the endpoint
    kept = client.get("/sparql.csv?query=SELECT*{?s%20?p%20?o}")
    assert kept.status_code == 200, "what was answered before is answered from memory"
    gone = client.get("/sparql.csv?query=SELECT*{?s%20?p%20?o}LIMIT%201")
    assert gone.status_code == 502
    assert gone.get_json()["type"].endswith("#bad-gateway")
    assert client.get("/readyz").status_code == 503
    close_app(app)


def test_another_release_over_there_is_served_from_then_on(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    with served(file) as one:
        elsewhere = Elsewhere(f"{one}sparql", RemoteOptions())
        app = create_app(settings_for(elsewhere), limits=LIMITS, elsewhere=elsewhere)
        current = app.extensions["rihla"]
        first = current.release.id
        assert not current.refresh()
        file.write_text("<urn:a> <urn:b> <urn:d> .", encoding="utf-8")
        with served(file) as two:
            elsewhere.url = f"{two}sparql"  # as if the server behind the address had moved on
            current._opened.service.pool._store.url = elsewhere.url
            assert current.refresh()
            assert current.release.id != first
            answer = app.test_client().get("/sparql.csv?query=SELECT*{?s%20?p%20?o}")
            assert b"urn:d" in answer.get_data()
        close_app(app)


def test_an_endpoint_that_names_no_release_is_looked_at_again(
    live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.endpoint.state_of", lambda *_: None)
    elsewhere = Elsewhere(f"{live}sparql", RemoteOptions())
    settings = settings_for(elsewhere)
    opened = elsewhere.open(settings, LIMITS)
    assert "as seen" in opened.service.release.id
    assert elsewhere.name() == elsewhere.opened_name
    monkeypatch.setattr("kg.web.elsewhere._LOOK_SECONDS", -1.0)
    time.sleep(1.1)  # names are times, to the second
    assert elsewhere.name() != elsewhere.opened_name
    folder = opened.service.release.path
    assert (folder / "columns").is_dir()
    opened.close()
    assert not folder.exists()
