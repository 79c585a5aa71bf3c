"""Small queries are answered by the loop, as workers and application would answer them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from flask import Flask

from kg.settings import Settings
from kg.store import Release
from kg.store.workers import PoolLimits
from kg.web import close_app, create_app
from kg.web.front import small
from kg.web.front.small import SmallQueries
from tests.web.front.conftest import Answer, Place, read_answers, served_by
from tests.web.front.test_lookups import FORM, OWN, by_application, get, same

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


@pytest.fixture(scope="module")
def thing(world: Release) -> str:
    """Something that has a label."""
    store = ox.Store.read_only(str(world.store))
    found = store.quads_for_pattern(None, ox.NamedNode(LABEL), None, ox.DefaultGraph())
    return next(q.subject.value for q in found if isinstance(q.subject, ox.NamedNode))


@pytest.fixture(scope="module")
def by_workers(world_settings: Settings, world: Release) -> Iterator[Flask]:
    """The application without an index, and without anything that is kept."""
    made = create_app(world_settings, world, PoolLimits(timeout_s=20))
    made.extensions["rihla"].cache.budget = 0
    made.extensions["rihla"].service.index = None
    yield made
    close_app(made)


@pytest.fixture
def no_workers(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks a worker fails."""

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a worker was asked")

    monkeypatch.setattr(place.app.extensions["rihla"].pool, "begin", fail)


def same_rows(found: Answer, expected: Answer) -> None:
    """Check that all is the same but for the order of the rows."""
    assert found.status == expected.status
    own = OWN | {"content-length"}
    assert {k: v for k, v in found.headers.items() if k not in own} == {
        k: v for k, v in expected.headers.items() if k not in own
    }
    first, second = (json.loads(_plain(each)) if each.body else None for each in (found, expected))
    for document in (first, second):
        if document:
            document["results"]["bindings"].sort(key=json.dumps)
    assert first == second


def _plain(answer: Answer) -> bytes:
    packed = answer.headers.get("content-encoding") == "gzip"
    return gzip.decompress(answer.body) if packed else answer.body


def lookup(thing: str, more: str = "") -> str:
    return f"SELECT ?p ?o WHERE {{ <{thing}> ?p ?o }}{more}"


@pytest.mark.parametrize("text", [
    "SELECT ?p ?o WHERE { <%s> ?p ?o }",
    "SELECT ?p ?o WHERE { <%s> ?p ?o } # é",
    "SELECT DISTINCT ?p WHERE { <%s> ?p ?o }",
    f"PREFIX e: <{LABEL[:-5]}>\nSELECT * {{ <%s> e:label ?n . ?s ?p ?n }}",
])  # fmt: skip
@pytest.mark.parametrize("headers", [
    {}, {"Accept": "application/sparql-results+json"}, {"Accept": "*/*", "Accept_Encoding": "gzip"},
    {"Accept": "application/json;q=0.9, image/png;q=0.1", "Accept_Encoding": "br"},
])  # fmt: skip
def test_the_loop_answers_as_application_and_workers_do(
    place: Place,
    by_workers: Flask,
    no_workers: None,
    thing: str,
    text: str,
    headers: dict[str, str],
) -> None:
    path = get(text % thing)
    expected = by_application(by_workers, place, path, "GET", b"", headers)
    assert expected.status == 200 and expected.body
    found = place.ask(path, **headers)
    same_rows(found, expected)
    same(by_application(place.app, place, path, "GET", b"", headers), found)
    for _ in range(2):
        same(place.ask(path, **headers), found)


@pytest.mark.parametrize("way", ["head", "post", "suffix", "plus", "twice", "old", "proxy"])
def test_other_ways_of_asking_give_the_same(
    place: Place, by_workers: Flask, no_workers: None, thing: str, way: str
) -> None:
    text = lookup(thing, f" #{way}")
    path, method, body, headers = get(text), "GET", b"", {}
    if way == "head":
        method = "HEAD"
    elif way == "post":
        path, method = "/sparql", "POST"
        body, headers = urlencode({"query": text}).encode(), {"Content_Type": FORM}
    elif way == "suffix":
        path = path.replace("/sparql", "/sparql.json")
    elif way == "plus":
        path = f"/sparql?query={quote(text, safe=' ').replace(' ', '+')}"
    elif way == "twice":
        path += "&format=json"
    elif way == "old":
        path += "%"  # an escape that is none
    expected = by_application(by_workers, place, path, method, body, headers)
    if way == "proxy":
        path = f"http://{place.netloc}{path}"
    found = place.ask(path, method, body, **headers)
    assert found.status == expected.status
    if found.status == 200:
        same_rows(found, expected)


def test_a_client_that_has_it_is_told_so(place: Place, no_workers: None, thing: str) -> None:
    path = get(lookup(thing, " #held"))
    tag = place.ask(path).headers["etag"]
    again = place.ask(path, If_None_Match=tag)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)


def test_the_same_bytes_are_answered_from_memory(
    place: Place, no_workers: None, thing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = f"GET {get(lookup(thing, ' #kept'))} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode()
    with place.connect() as line:
        first = _answer(line, sent)
        monkeypatch.setattr(place.app.extensions["rihla"].service, "index", None)
        second = _answer(line, sent)
    assert b"X-Cache: miss" in first and b"X-Cache: hit" in second
    assert first.partition(b"\r\n\r\n")[2] == second.partition(b"\r\n\r\n")[2]


def _answer(line: object, sent: bytes) -> bytes:
    line.sendall(sent)  # type: ignore[attr-defined]
    received = b""
    while b"\r\n\r\n" not in received or len(received) < _whole(received):
        part = line.recv(65_536)  # type: ignore[attr-defined]
        assert part, received
        received += part
    return received


def _whole(received: bytes) -> int:
    head = received.partition(b"\r\n\r\n")[0]
    size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    return len(head) + 4 + size


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/sparql?query=SELECT", {}),
        (get("SELECT * { <http://e/x> ?p ?o }"), {"Accept": "image/png"}),
        ("/sparql?query=%FF", {}),
        ("/sparql?query=", {}),
    ],
)  # fmt: skip
def test_faults_are_told_by_the_application(
    place: Place, by_workers: Flask, path: str, headers: dict[str, str]
) -> None:
    expected = by_application(by_workers, place, path, "GET", b"", headers)
    found = place.ask(path, **headers)
    assert found.status == expected.status >= 400


def test_other_formats_are_the_workers(place: Place, by_workers: Flask, thing: str) -> None:
    path = get(lookup(thing), format="csv")
    expected = by_application(by_workers, place, path, "GET", b"", {})
    same(place.ask(path), expected)


def test_a_graph_that_is_named_is_the_workers(place: Place, thing: str) -> None:
    path = get(lookup(thing)) + "&default-graph-uri=http://example.org/none"
    assert json.loads(place.ask(path).body)["results"]["bindings"] == []


def test_queries_are_counted_and_logged_without_their_text(
    place: Place, no_workers: None, thing: str
) -> None:
    def counted() -> float:
        lines = place.ask("/metrics").body.decode().splitlines()
        name = 'rihla_requests_total{method="GET",route="/sparql",status="200"}'
        return float(next(line for line in lines if line.startswith(name)).split()[1])

    place.ask(get(lookup(thing, " #0")))
    before = counted()
    for number in range(3):
        place.ask(get(lookup(thing, f" #counted {number}")))
    assert counted() == before + 3


def test_limits_of_the_server_hold_for_the_index(
    world_settings: Settings, world: Release, thing: str
) -> None:
    app = create_app(world_settings, world, PoolLimits(timeout_s=20, max_rows=1))
    with served_by(app) as hasty:
        found = hasty.ask(get(lookup(thing)))
        assert found.status == 413 and "more than 1 rows" in json.loads(found.body)["detail"]
    close_app(app)


def _ask(line: object, place: Place, text: str, more: str = "", version: str = "1.1") -> Answer:
    sent = f"GET {get(text)} HTTP/{version}\r\nHost: {place.netloc}\r\n{more}\r\n".encode()
    return read_answers(_answer(line, sent))[0]


@pytest.mark.parametrize("more", [
    "", "Accept: application/sparql-results+json\r\nUser-Agent: a\r\n", "Accept-Encoding: br\r\n",
    "Accept: */*\r\nX-Forwarded-Host: elsewhere.example\r\n",
])  # fmt: skip
def test_a_way_of_asking_that_is_known_is_answered_unread(
    place: Place, no_workers: None, thing: str, more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [lookup(thing, f" #{more}{n}".replace("\r\n", "")) for n in range(3)]
    with place.connect() as line:
        read = _ask(line, place, texts[0], more)
        monkeypatch.setattr(SmallQueries, "take", _never)
        unread = [_ask(line, place, text, more) for text in texts[1:]]
    for text, found in zip(texts[1:], unread, strict=True):
        assert (found.status, found.headers["x-cache"]) == (200, "miss")
        assert found.body == read.body
        with place.connect() as line:
            monkeypatch.undo()
            other = _ask(line, place, text, f"X-Other: 1\r\n{more}")  # read in the long way
        same(found, other)
    assert unread[0].headers["etag"] != unread[1].headers["etag"]


@pytest.mark.parametrize("more", [
    "If-None-Match: \"x\"\r\n", "Connection: close\r\n", "Accept: text/csv\r\n",
])  # fmt: skip
def test_other_ways_of_asking_are_read_each_time(place: Place, thing: str, more: str) -> None:
    known = place.server._small._manners
    before = dict(known)
    for number in range(2):
        with place.connect() as line:
            found = _ask(line, place, lookup(thing, f" #{number}"), more)
        assert found.status == 200
    assert known == before


def test_a_client_that_waits_to_be_told_is_told_each_time(place: Place, thing: str) -> None:
    for number in range(2):
        sent = f"GET {get(lookup(thing, f' #told{number}'))} HTTP/1.1\r\nHost: {place.netloc}\r\n"
        with place.connect() as line:
            line.sendall(f"{sent}Expect: 100-continue\r\n\r\n".encode())
            received = b""
            while b"]}}" not in received:
                received += line.recv(65_536)
                assert len(received) > 10
        assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


@pytest.mark.parametrize("text", ["ASK { ?s ?p ?o }", "SELECT", "SELECT * { ?s ?p ?o } LIMIT 3"])
def test_what_is_no_small_query_goes_the_long_way(place: Place, thing: str, text: str) -> None:
    with place.connect() as line:
        _ask(line, place, lookup(thing, f" #before {text}"))
        found = _ask(line, place, text)
        after = _ask(line, place, lookup(thing, f" #after {text}"))
    assert found.status == (400 if text == "SELECT" else 200)
    assert after.status == 200 and after.headers["x-cache"] == "miss"


def test_ways_of_asking_are_remembered_within_bounds(
    place: Place, thing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small, "_MOST_MANNERS", 5)
    with place.connect() as line:
        for number in range(12):
            _ask(line, place, lookup(thing, f" #of{number}"), f"X-Number: {number}\r\n")
        _ask(line, place, lookup(thing, " #long"), f"X-Long: {'x' * 3_000}\r\n")
    kept = place.server._small._manners
    assert len(kept) <= 5 and all(len(rest) < 2_100 for _, _, rest in kept)


def _never(*_: object) -> bool:
    raise AssertionError("the request was read")
