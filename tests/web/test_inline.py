"""Kept answers over a real socket: sent by the thread that reads, also when all are busy."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest

from kg.settings import Settings
from kg.store import Release
from kg.store.workers import Answer, PoolLimits
from kg.web import close_app, create_app, make_server
from kg.web import inline as inline_module
from kg.web.encoding import IN_ONE_PIECE
from kg.web.serving import address

QUERY = "/sparql.csv?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%20"


@contextmanager
def serving(settings: Settings, release: Release, **tuning: Any) -> Iterator[tuple[Any, str]]:
    app = create_app(settings, release, PoolLimits(timeout_s=20))
    server = make_server(app, "127.0.0.1", 0, **tuning)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield app, address(server)
    finally:
        server.close()
        thread.join(60)
        close_app(app)


@pytest.fixture(scope="module")
def place(world_settings: Settings, world: Release) -> Iterator[str]:
    with serving(world_settings, world) as (_, found):
        yield found


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was answered by the thread that reads, one path each."""
    seen: list[str] = []
    find = inline_module._found

    def watched(express: Any, request: Any) -> Any:
        found = find(express, request)
        if found is not None:
            seen.append(request.path)
        return found

    monkeypatch.setattr(inline_module, "_found", watched)
    return seen


def get(place: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(place)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=120)
    try:
        connection.request(headers.pop("method", "GET"), path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        connection.close()


def test_the_second_answer_is_the_first(place: str, inline: list[str]) -> None:
    for path in (QUERY + "3", "/queries", "/api/queries"):
        first, second = get(place, path), get(place, path)
        assert first[0] == second[0] == 200
        assert first[2] == second[2]
        assert second[1]["X-Cache"] == "hit"
        own = {"X-Query-Id", "X-Cache", "Server-Timing", "Date"}
        assert {k: v for k, v in first[1].items() if k not in own} == {
            k: v for k, v in second[1].items() if k not in own
        }
    assert inline == ["/sparql.csv", "/queries"], "the catalogue is too large for it"


def test_head_and_what_the_client_holds(place: str, inline: list[str]) -> None:
    _, headers, body = get(place, QUERY + "4")
    status, head, nothing = get(place, QUERY + "4", method="HEAD")
    assert (status, nothing, head["Content-Length"]) == (200, b"", str(len(body)))
    status, bare, nothing = get(place, QUERY + "4", **{"If-None-Match": headers["Etag"]})
    assert (status, nothing) == (304, b"")
    assert "Content-Length" not in bare and bare["Etag"] == headers["Etag"]
    assert len(inline) == 2


def test_what_goes_its_usual_way(place: str, inline: list[str]) -> None:
    large = QUERY + "100000"
    kept = [get(place, large) for _ in range(2)]
    assert kept[0][2] == kept[1][2] and len(kept[0][2]) > IN_ONE_PIECE
    assert kept[1][1]["X-Cache"] == "hit"
    for _ in range(2):
        assert get(place, "/healthz")[0] == 200
        assert get(place, "/fr/queries")[0] == 200  # the prefix is taken off further in
        assert get(place, "//queries")[0] in (200, 308, 404)
        assert get(place, QUERY + "5", method="POST")[0] == 415
        assert get(place, "/queries/no/such")[0] == 404
    assert inline == []


def test_pipelined_requests_are_answered_in_order(place: str) -> None:
    get(place, QUERY + "6")
    paths = [QUERY + "6", QUERY + "7", "/healthz", QUERY + "6", QUERY + "6", "/readyz", QUERY + "7"]
    expected = [get(place, path)[2] for path in paths]
    parts = urlsplit(place)
    for size in (1, 7, 4096):  # however the bytes come in
        with socket.create_connection((str(parts.hostname), parts.port or 80), 30) as line:
            sent = "".join(
                f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Encoding: identity\r\n"
                f"{'Connection: close' if n == len(paths) - 1 else 'X: y'}\r\n\r\n"
                for n, path in enumerate(paths)
            ).encode()
            for start in range(0, len(sent), size):
                line.sendall(sent[start : start + size])
            received = b"".join(iter(lambda: line.recv(65536), b""))
        stream = BytesIO(received)
        found = []
        for _ in paths:
            answer = HTTPResponse(_Socket(stream))  # type: ignore[arg-type]
            answer.begin()
            assert answer.status == 200
            found.append(answer.read())
        assert found == expected
        assert stream.read() == b""


class _Socket:
    """A stream as HTTPResponse wants it, which stays open behind one answer."""

    def __init__(self, stream: BytesIO) -> None:
        self._stream = stream

    def makefile(self, _mode: str) -> Any:
        stream = self._stream

        class Part:
            readline, read, readinto = stream.readline, stream.read, stream.readinto
            closed = False

            def flush(self) -> None: ...
            def close(self) -> None: ...

        return Part()


def test_kept_answers_come_while_every_thread_is_busy(
    world_settings: Settings, world: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(world_settings, world, threads=1) as (app, place):
        first = get(place, QUERY + "8")
        pool = app.extensions["rihla"].pool
        running, may_end = threading.Event(), threading.Event()
        run = pool.run

        def held_up(*arguments: Any, **options: Any) -> Answer:
            running.set()
            assert may_end.wait(120)
            answer: Answer = run(*arguments, **options)
            return answer

        monkeypatch.setattr(pool, "run", held_up)
        slow: list[int] = []
        thread = threading.Thread(target=lambda: slow.append(get(place, QUERY + "9")[0]))
        thread.start()
        assert running.wait(120)
        assert get(place, QUERY + "8")[2] == first[2]
        assert not slow
        may_end.set()
        thread.join(120)
        assert slow == [200]


def test_behind_a_proxy_nothing_is_answered_before_its_word_is_read(
    world_settings: Settings, world: Release, inline: list[str]
) -> None:
    tuning = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": {"x-forwarded-host"}}
    with serving(world_settings, world, **tuning) as (_, place):
        for host in ("a.example", "b.example"):
            for _ in range(2):
                _, _, body = get(place, "/queries", **{"X-Forwarded-Host": host})
                assert f"http://{host}/queries".encode() in body
    assert inline == []


def test_a_page_may_be_read_with_the_usual_client(place: str) -> None:
    for _ in range(3):
        with urllib.request.urlopen(place + "queries") as answer:
            assert b"<h1>" in answer.read()
