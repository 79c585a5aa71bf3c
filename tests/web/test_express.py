"""What is answered from memory is what the application would answer, as long as it would."""

from __future__ import annotations

import gzip
import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient

from kg.pipeline import build
from kg.settings import Settings, load_settings
from kg.store import Release
from kg.store.workers import PoolLimits
from kg.tombstones import bury
from kg.web import close_app, create_app
from kg.web.current import Current
from tests.conftest import write_project

QUERY = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT "
SEVERAL = (
    "/", "/fr/queries", "/api/queries", "/api/queries/programmes/overview.json", "/quality",
    "/api/queries/programmes/overview.csv", "/api/network/partnership/degree.json",
    "/api/search?q=python", "/analyses", "/ontology.ttl", "/.well-known/void",
)  # fmt: skip
OF_ONE = {"X-Query-Id", "X-Cache", "Server-Timing", "Date"}


@pytest.fixture
def fresh(world_settings: Settings, world: Release) -> Iterator[Flask]:
    """An application of its own: nothing was asked before."""
    made = create_app(world_settings, world, PoolLimits(timeout_s=20))
    yield made
    close_app(made)


@pytest.fixture
def asker(fresh: Flask) -> FlaskClient:
    return fresh.test_client()


def current(app: Flask) -> Current:
    found = app.extensions["rihla"]
    assert isinstance(found, Current)
    return found


def sparql(limit: int, suffix: str = "csv") -> str:
    return f"/sparql.{suffix}?query={QUERY.replace(' ', '+')}{limit}".replace("?s", "%3Fs")


@pytest.mark.parametrize("encoding", ["", "gzip", "zstd", "gzip;q=0.5, zstd"])
def test_the_second_answer_is_the_first(asker: FlaskClient, encoding: str) -> None:
    for address in (*SEVERAL, sparql(3), sparql(500), sparql(2000), sparql(2, "parquet")):
        headers = {"Accept-Encoding": encoding}
        first = asker.get(address, headers=headers, buffered=True)
        second = asker.get(address, headers=headers, buffered=True)
        assert first.status_code == 200, (address, first.text)
        assert first.headers.get("X-Cache") in (None, "miss"), address
        assert second.headers["X-Cache"] == "hit", address
        assert second.data == first.data
        assert {k: v for k, v in second.headers if k not in OF_ONE} == {
            k: v for k, v in first.headers if k not in OF_ONE
        }
        assert first.headers["X-Query-Id"] != second.headers["X-Query-Id"]
        head = asker.head(address, headers=headers)
        assert head.headers["X-Cache"] == "hit" and head.data == b""
        assert head.headers["Content-Length"] == first.headers["Content-Length"]


def test_encodings_do_not_mix(asker: FlaskClient) -> None:
    plain = asker.get(sparql(2000)).data
    for _ in range(2):
        packed = asker.get(sparql(2000), headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed.data) == plain
        packed = asker.get(sparql(2000), headers={"Accept-Encoding": "zstd"})
        assert zstandard.ZstdDecompressor().decompressobj().decompress(packed.data) == plain
        assert asker.get(sparql(2000)).data == plain


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_client_that_holds_it_is_told_so(asker: FlaskClient, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    for address in (sparql(200), "/api/queries", "/queries/programmes/overview"):
        tag = asker.get(address, headers=headers).headers["ETag"]
        for held in (tag, f'"other", {tag}', f"W/{tag}"):
            again = asker.get(address, headers={**headers, "If-None-Match": held})
            assert (again.status_code, again.data) == (304, b""), (address, held)
            assert again.headers["X-Cache"] == "hit"
            assert again.headers["ETag"] == tag
            assert "Content-Length" not in again.headers
        assert asker.get(address, headers={**headers, "If-None-Match": '"x"'}).status_code == 200
        star = asker.get(address, headers={**headers, "If-None-Match": "*"})
        assert star.status_code == 200


def test_an_answer_held_in_another_encoding_still_holds(asker: FlaskClient) -> None:
    tag = asker.get(sparql(500), headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    asker.get(sparql(500))
    again = asker.get(sparql(500), headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.headers["ETag"] == tag


def test_what_clients_accept_tells_answers_apart(asker: FlaskClient) -> None:
    address = sparql(3).replace(".csv", "")
    for _ in range(2):
        for kind in ("text/csv", "application/sparql-results+json", "text/html"):
            assert asker.get(address, headers={"Accept": kind}).mimetype == kind
    for _ in range(2):
        for host in ("a.example", "b.example"):
            page = asker.get("/queries", headers={"Host": host}).text
            assert f"http://{host}/queries?release=" in page


def test_what_may_not_be_kept_is_not(asker: FlaskClient) -> None:
    now = "/sparql.csv?query=SELECT+(NOW()+AS+%3Ft)+WHERE+%7B%7D"
    missing = "/api/queries/no/such.csv"
    for address in (now, missing, "/healthz", "/releases", "/sparql?query=SELECT", "/metrics"):
        for _ in range(2):
            assert "X-Cache" not in asker.get(address).headers, address
    for _ in range(2):  # a form posted: the same query is the same answer, nobody's address
        posted = asker.post("/sparql.csv", data={"query": QUERY + "4"})
    assert posted.headers["X-Cache"] == "hit"
    part = asker.get("/files/data.nq.gz", headers={"Range": "bytes=0-9"}, buffered=True)
    assert part.status_code == 206 and "X-Cache" not in part.headers


def test_one_query_is_kept_once_however_it_is_asked(fresh: Flask, asker: FlaskClient) -> None:
    asker.get(sparql(2000))
    before = current(fresh).cache.figures().bytes
    answer = asker.post("/sparql.csv", data={"query": QUERY + "2000"})
    assert answer.headers["X-Cache"] == "hit"
    other = asker.get(sparql(2000) + "&unknown=1")
    assert other.headers["X-Cache"] == "hit" and other.data == answer.data
    assert current(fresh).cache.figures().bytes - before < 8_192 < len(answer.data)


def test_figures_and_log_know_of_it(
    world_settings: Settings, world: Release, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(
        replace(world_settings, serve=replace(world_settings.serve, access_log=True)), world
    )
    log = logging.getLogger("kg.access")
    try:
        log.addHandler(caplog.handler)
        asker = app.test_client()
        answers = [asker.get(sparql(5)) for _ in range(3)]
        figures = asker.get("/metrics").text
    finally:
        log.removeHandler(caplog.handler)
        log.propagate = True
        for handler in list(log.handlers):
            log.removeHandler(handler)
        close_app(app)
    line = 'rihla_requests_total{method="GET",route="/sparql.<suffix>",status="200"} 3.0'
    assert line in figures
    assert 'rihla_cache_hits_total{kind="response"} 2.0' in figures
    assert 'rihla_cache_misses_total{kind="answer"} 1.0' in figures
    assert "rihla_cache_evictions_total 0.0" in figures
    assert "rihla_cache_bytes " in figures and "rihla_cache_entries 2.0" in figures
    lines = [json.loads(record.getMessage()) for record in caplog.records]
    assert [entry["id"] for entry in lines[:3]] == [a.headers["X-Query-Id"] for a in answers]
    assert {entry["bytes"] for entry in lines[:3]} == {len(answers[0].data)}


def test_no_cache_where_the_project_wants_none(world_settings: Settings, world: Release) -> None:
    settings = replace(world_settings, serve=replace(world_settings.serve, cache_mib=0))
    app = create_app(settings, world)
    try:
        asker = app.test_client()
        for _ in range(2):
            assert "X-Cache" not in asker.get(sparql(3)).headers
            assert "X-Cache" not in asker.get("/queries").headers
    finally:
        close_app(app)


def test_memory_stays_within_the_budget(world_settings: Settings, world: Release) -> None:
    settings = replace(world_settings, serve=replace(world_settings.serve, cache_mib=2))
    app = create_app(settings, world)
    try:
        asker = app.test_client()
        before = 0
        for number in range(1200):
            query = QUERY + f"{100 + number % 20} #{number}"
            answer = asker.get("/sparql.json", query_string={"query": query})
            assert answer.status_code == 200 and len(answer.data) > 10_000
            figures = current(app).cache.figures()
            assert figures.bytes <= 2 * 1024 * 1024
            if number == 300:  # by then it is full
                before = resident()
        assert figures.evictions > 900
        assert resident() - before < 8 * 1024 * 1024
    finally:
        close_app(app)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


# Releases and tombstones


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("express")
    (folder / "tables").mkdir()
    (folder / "tables" / "trainings.csv").write_text("id,name\nt1,One\n")
    build(load_settings(write_project(folder, folder / "tables", "[serve]\nreload_seconds = 0\n")))
    return folder


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Settings:
    shutil.copytree(built, tmp_path / "copy", symlinks=True)
    file = tmp_path / "copy" / "rihla.toml"
    file.write_text(file.read_text().replace(str(built), str(tmp_path / "copy")))
    return load_settings(file)


def test_a_new_release_makes_old_answers_unreachable(project: Settings) -> None:
    app = create_app(project)
    try:
        asker = app.test_client()
        query = {"query": "SELECT (COUNT(?n) AS ?c) { ?t a rihla:Training ; rdfs:label ?n }"}
        prologue = (
            "PREFIX rihla: <https://w3id.org/rihla/ontology#> "
            "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        )
        query = {"query": prologue + query["query"]}
        old = [asker.get("/sparql.csv", query_string=query) for _ in range(2)][1]
        assert old.headers["X-Cache"] == "hit" and old.text.split()[1] == "1"
        serving = current(app).enter()  # a request that began before
        (project.sources[0].path / "trainings.csv").write_text("id,name\nt1,One\nt2,Two\n")
        build(project)
        assert asker.get("/sparql.csv", query_string=query).headers["X-Cache"] == "hit"
        assert current(app).refresh()
        new = asker.get("/sparql.csv", query_string=query)
        assert new.headers["X-Cache"] == "miss" and new.text.split()[1] == "2"
        with serving.pool.run(query["query"], "text/csv") as answer:
            assert answer.read().split()[1] == b"1"
        owners = {key[1] for key in current(app).cache._kept}
        current(app).leave(serving)
        left = {key[1] for key in current(app).cache._kept}
        assert len(owners) == 2 and len(left) == 1, "with the release its answers are let go"
        pinned = {**query, "release": old.headers["X-Rihla-Release"]}
        assert asker.get("/sparql.csv", query_string=pinned).text == old.text
    finally:
        close_app(app)


def test_forgetting_somebody_makes_pages_unreachable(project: Settings) -> None:
    app = create_app(project)
    try:
        asker = app.test_client()
        address = "/page/training/t1"
        assert [asker.get(address).status_code for _ in range(2)] == [200, 200]
        assert asker.get(address).headers["X-Cache"] == "hit"
        bury(project.project.forgotten, [f"{project.project.base}training/t1"])
        assert asker.get(address).status_code == 410
    finally:
        close_app(app)
