"""What the loop answers by itself is what the application would answer."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from flask import Flask

from kg.settings import Settings
from kg.store import Release
from kg.store.workers import PoolLimits
from kg.web import close_app, create_app
from tests.web.front.conftest import Answer, Place, served_by

OWN = {"x-query-id", "server-timing", "date", "x-cache", "connection"}
FORM = "application/x-www-form-urlencoded"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?h) }"
SELECT = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT "


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop waits for queries, however busy the machine is."""
    monkeypatch.setattr("kg.web.front.lookups._QUICK_SECONDS", 15.0)


@pytest.fixture(scope="module")
def uncached(world_settings: Settings, world: Release) -> Iterator[Flask]:
    made = create_app(world_settings, world, PoolLimits(timeout_s=20))
    made.extensions["rihla"].cache.budget = 0
    yield made
    close_app(made)


def by_application(
    app: Flask, place: Place, path: str, method: str, body: bytes, headers: dict[str, str]
) -> Answer:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    found = app.test_client().open(
        path, method=method, data=body, headers=sent, base_url=f"http://{place.netloc}"
    )
    named = {name.lower(): value for name, value in found.headers.items()}
    return Answer(found.status_code, named, found.data)


def same(first: Answer, second: Answer) -> None:
    assert first.status == second.status
    assert {k: v for k, v in first.headers.items() if k not in OWN} == {
        k: v for k, v in second.headers.items() if k not in OWN
    }
    assert "x-query-id" in first.headers
    assert first.body == second.body


def get(text: str, **more: str) -> str:
    return f"/sparql?{urlencode({**more, 'query': text}, quote_via=quote)}"


REQUESTS = [
    (get(SELECT + "3"), "GET", b"", {}),
    (get(SELECT + "3"), "HEAD", b"", {}),
    (get(SELECT + "4", format="csv"), "GET", b"", {}),
    (get(SELECT + "5"), "GET", b"", {"Accept": "text/csv;q=0.5, text/tab-separated-values"}),
    (get(SELECT + "6").replace("/sparql", "/sparql.xml"), "GET", b"", {}),
    (get(SELECT + "90"), "GET", b"", {"Accept_Encoding": "gzip"}),
    (get(SELECT + "91"), "GET", b"", {"Accept_Encoding": "gzip, zstd;q=0.9"}),
    (get(SELECT + "92"), "GET", b"", {"Accept_Encoding": "br, zstd"}),
    (get("ASK { ?s ?p ?o }"), "GET", b"", {}),
    (get("CONSTRUCT WHERE { ?s a ?o } LIMIT 3"), "GET", b"", {}),
    (get("DESCRIBE <http://example.org/x>", format="nt"), "GET", b"", {}),
    (get("SELECT * { <thing> ?p ?o }"), "GET", b"", {}),
    (get("SELECT * { ?s ?p 'é ☃' }") + "&default-graph-uri=http://e/x", "GET", b"", {}),
    ("/sparql?query=ASK+%7B%7D&&format=", "GET", b"", {}),
    ("/sparql", "POST", urlencode({"query": SELECT + "7"}).encode(), {"Content_Type": FORM}),
    (
        "/sparql?named-graph-uri=http://e/x",
        "POST",
        b"SELECT * { GRAPH ?g { ?s ?p ?o } }",
        {"Content_Type": "application/sparql-query; charset=UTF-8"},
    ),
]


@pytest.mark.parametrize(("path", "method", "body", "headers"), REQUESTS)
def test_the_loop_answers_as_the_application_does(
    place: Place,
    uncached: Flask,
    taken: list[str],
    patient: None,
    path: str,
    method: str,
    body: bytes,
    headers: dict[str, str],
) -> None:
    expected = by_application(uncached, place, path, method, body, headers)
    assert expected.status == 200
    expected.headers["x-cache"] = "miss"
    for how in ("miss", "hit"):
        found = place.ask(path, method, body, **headers)
        same(found, expected)
        assert found.headers["x-cache"] in (how, "hit")
    tag = found.headers["etag"]
    held = by_application(uncached, place, path, method, body, {**headers, "If_None_Match": tag})
    assert held.status == 304
    same(place.ask(path, method, body, **headers, If_None_Match=tag), held)
    assert len(taken) == 3


@pytest.mark.parametrize(
    ("path", "method", "body", "headers"),
    [
        (get("SELECT * {"), "GET", b"", {}),
        (get("CLEAR ALL"), "GET", b"", {}),
        (get("ASK { SERVICE <http://e/> { ?s ?p ?o } }"), "GET", b"", {}),
        (get("ASK {}") + "&query=ASK%7B%7D", "GET", b"", {}),
        (get("ASK {}", format="png"), "GET", b"", {}),
        (get("ASK {}", format="ttl"), "GET", b"", {}),
        (get("ASK {}"), "GET", b"", {"Accept": "image/png"}),
        (get("ASK {}") + "&default-graph-uri=x", "GET", b"", {}),
        (get("ASK {}") + "%FF", "GET", b"", {}),
        (get("ASK {}") + "&release=none", "GET", b"", {}),
        ("/sparql?query=", "GET", b"", {}),
        ("/sparql", "POST", b"ASK {}", {"Content_Type": "text/plain"}),
        ("/sparql", "POST", b"update=CLEAR+ALL", {"Content_Type": FORM}),
        ("/sparql", "PUT", b"", {}),
    ],
)
def test_faults_are_told_by_the_application(
    place: Place, uncached: Flask, path: str, method: str, body: bytes, headers: dict[str, str]
) -> None:
    expected = by_application(uncached, place, path, method, body, headers)
    found = place.ask(path, method, body, **headers)
    assert found.status == expected.status >= 400
    first, second = json.loads(found.body), json.loads(expected.body)
    assert {**first, "query_id": ""} == {**second, "query_id": ""}
    assert found.headers["x-query-id"] == first["query_id"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (get("SELECT (NOW() AS ?n) {}"), {}),
        (get("SELECT ?s { ?s ?p ?o } LIMIT 2", format="parquet"), {}),
        (get("SELECT ?s { ?s ?p ?o } LIMIT 2"), {"Accept": "text/html"}),
        ("/ar" + get("SELECT ?s { ?s ?p ?o } LIMIT 2", format="csv"), {}),
        (get("SELECT ?s { ?s ?p ?o } LIMIT 2", view="table", format="csv"), {}),
    ],
)
def test_what_is_not_plain_is_the_applications(
    place: Place, taken: list[str], path: str, headers: dict[str, str]
) -> None:
    assert place.ask(path, **headers).status == 200
    assert taken == []


def test_large_answers_are_handed_over_and_not_run_again(
    place: Place, taken: list[str], handed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = place.app.extensions["rihla"].pool
    begin, begun = pool.begin, []
    monkeypatch.setattr(pool, "begin", lambda *a, **k: begun.append(a) or begin(*a, **k))
    text = "SELECT * { ?s ?p ?o . ?s ?q ?r } LIMIT 3000"
    found = place.ask(get(text))
    assert found.status == 200 and len(found.body) > 300_000
    assert len(json.loads(found.body)["results"]["bindings"]) == 3000
    assert (len(taken), handed, len(begun)) == (1, [text], 1)


def test_a_fault_that_the_worker_finds_is_told_once(
    place: Place, handed: list[str], patient: None
) -> None:
    found = place.ask(get("SELECT * { ?s ?p ?o } GROUP BY ?x"))
    assert found.status == 400
    assert len(handed) == 1
    assert place.app.extensions["rihla"].pool.lanes.quick == 0


@pytest.fixture
def hasty(world_settings: Settings, world: Release) -> Iterator[Place]:
    limits = PoolLimits(timeout_s=1.0, long_s=0.4, max_per_client=3)
    app = create_app(world_settings, world, limits)
    with served_by(app) as found:
        yield found
    close_app(app)


def test_what_takes_long_is_ended_in_time(hasty: Place, handed: list[str]) -> None:
    began = time.monotonic()
    found = hasty.ask(get(ENDLESS))
    assert found.status == 504
    assert 0.9 < time.monotonic() - began < 15
    assert handed == [ENDLESS]
    assert hasty.ask(get("ASK {}")).status == 200


def test_a_client_has_its_share_and_no_more(hasty: Place) -> None:
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda n=n: statuses.append(hasty.ask(get(f"{ENDLESS}#{n}")).status)
        )
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(set(statuses)) in ([429, 503, 504], [429, 504])
    assert statuses.count(504) >= 2
    lanes = hasty.app.extensions["rihla"].pool.lanes
    assert lanes.quick == 0 and not lanes._clients


def test_the_query_of_a_client_that_hung_up_is_stopped(place: Place) -> None:
    pool = place.app.extensions["rihla"].pool
    with place.connect() as line:
        line.sendall(f"GET {get(ENDLESS)} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        until = time.monotonic() + 10
        while not pool.lanes._clients and time.monotonic() < until:
            time.sleep(0.01)
        running = set(pool.process_ids())
    while (pool.lanes._clients or set(pool.process_ids()) == running) and (
        time.monotonic() < until + 10
    ):
        time.sleep(0.02)
    assert not pool.lanes._clients
    assert running - set(pool.process_ids()), "the process that ran it has ended"


def test_many_at_once_get_each_their_own(place: Place) -> None:
    wrong: list[object] = []

    def ask(name: int) -> None:
        for turn in range(20):
            text = f'SELECT ("{name}-{turn}" AS ?x) {{}}'
            found = place.ask(get(text, format="csv"))
            if found.body != f"x\r\n{name}-{turn}\r\n".encode():
                wrong.append((name, turn, found))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong
    lanes = place.app.extensions["rihla"].pool.lanes
    assert lanes.quick == 0 and not lanes._waiting


def test_a_worker_that_dies_is_replaced(place: Place) -> None:
    for process in place.app.extensions["rihla"].pool.process_ids():
        os.kill(process, 9)
    time.sleep(0.1)
    for number in range(4):
        assert place.ask(get(f"ASK {{}} # {number}")).status == 200


def test_queries_are_counted(place: Place) -> None:
    def counted() -> float:
        lines = place.ask("/metrics").body.decode().splitlines()
        name = 'rihla_requests_total{method="GET",route="/sparql",status="200"}'
        return float(next(line for line in lines if line.startswith(name)).split()[1])

    place.ask(get("ASK {} # counted"))
    before = counted()
    for _ in range(3):
        place.ask(get("ASK {} # counted"))
    assert counted() == before + 3
