"""Requests as they come in: in pieces, one upon another, too large, wrong, and never whole."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask

from kg.web.front import FrontLimits
from kg.web.front.bodies import Room
from tests.web.front.conftest import Answer, Place, read_answers, served_by

QUERY = "/sparql.csv?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%20"
LARGE = f"/sparql.csv?query={quote('SELECT * { ?s ?p ?o . ?s ?q ?r } LIMIT 20000')}"


def request(path: str, *more: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x.example", *more, "", ""]).encode()


def last(path: str, *more: str, method: str = "GET") -> bytes:
    return request(path, "Connection: close", *more, method=method)


def problem(answer: Answer) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    found = json.loads(answer.body)
    assert found["status"] == answer.status
    return str(found["detail"])


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_pipelined_requests_are_answered_in_order(place: Place, size: int) -> None:
    paths = [QUERY + "6", QUERY + "7", "/healthz", QUERY + "6", QUERY + "6", "/readyz", QUERY + "7"]
    expected = [place.raw(last(path))[0].body for path in paths]
    sent = b"".join(request(path) for path in paths[:-1]) + last(paths[-1])
    pieces = [sent[start : start + size] for start in range(0, len(sent), size)]
    assert [answer.body for answer in place.raw(*pieces)] == expected


def test_a_large_answer_and_what_was_asked_behind_it(place: Place) -> None:
    answers = place.raw(request(LARGE) + request("/healthz") + request(LARGE) + last(QUERY + "1"))
    assert [answer.status for answer in answers] == [200] * 4
    assert answers[0].body == answers[2].body
    assert answers[0].body.count(b"\r\n") == 20_001
    assert len(answers[0].body) == int(answers[0].headers["content-length"])


def test_a_slow_reader_gets_all_of_it(place: Place) -> None:
    whole = place.raw(last(LARGE))[0].body
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect((place.host, place.port))
        line.sendall(request(LARGE, "Connection: close"))
        received = b""
        while part := line.recv(50_000):
            received += part
            time.sleep(0.001)
    assert read_answers(received)[0].body == whole


def test_head_has_no_body(place: Place) -> None:
    answers = place.raw(
        request("/about", method="HEAD") + request(LARGE, method="HEAD") + last("/healthz"),
        methods=("HEAD", "HEAD", "GET"),
    )
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert int(answers[1].headers["content-length"]) > 100_000
    assert answers[1].body == b""


def test_bodies_in_pieces_and_with_leave(place: Place) -> None:
    head = request(
        "/sparql", "Content-Type: application/sparql-query", "Transfer-Encoding: chunked",
        "Connection: close", method="POST",
    )  # fmt: skip
    assert place.raw(head, b"3\r\nASK\r\n", b"3\r\n {}\r\n0\r\n\r\n")[0].status == 200
    head = request(
        "/sparql", "Content-Type: application/sparql-query", "Content-Length: 6",
        "Expect: 100-continue", method="POST",
    )  # fmt: skip
    with place.connect() as line:
        line.sendall(head)
        assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"ASK {}")
        assert line.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_connections_stay_as_the_client_wants(place: Place) -> None:
    old = b"GET /healthz HTTP/1.0\r\n\r\n"
    assert len(place.raw(old + old)) == 1
    kept = place.raw(b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + old)
    assert [answer.headers["connection"] for answer in kept] == ["keep-alive", "close"]
    ended = place.raw(request("/healthz", "Connection: close") + request("/healthz"))
    assert [answer.headers["connection"] for answer in ended] == ["close"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01 hello\r\n\r\n", 400),
        (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /healthz\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost x\r\n\r\n", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\nASK {}", 400),
        (
            b"POST / HTTP/1.1\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n", 400),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X-Many: 1\r\n" * 10_000 + b"\r\n", 431),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n", 413),
    ],
)
def test_what_cannot_be_read_is_refused_behind_what_could(
    place: Place, sent: bytes, status: int
) -> None:
    answers = place.raw(request("/healthz") + sent + request("/healthz"))
    assert [answer.status for answer in answers] == [200, status]
    assert problem(answers[-1])
    assert answers[-1].headers["connection"] == "close"


def test_a_body_in_pieces_has_a_limit_too(place: Place) -> None:
    head = request("/sparql", "Transfer-Encoding: chunked", method="POST")
    piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    with place.connect() as line:
        line.sendall(head)
        answer = b""
        try:
            for _ in range(40):
                line.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass
        while part := line.recv(65_536):
            answer += part
    assert "Accepted: up to" in problem(read_answers(answer)[0])
    assert place.server.body_bytes == 0


def test_files_may_be_larger_where_they_are_taken(place: Place) -> None:
    most = place.server.limits.upload_bytes
    assert most > 10 * place.server.limits.body_bytes
    answers = [
        place.raw(last(path, f"Content-Length: {size}", method="POST") + b"x" * sent)[0]
        for path, size, sent in (
            ("/api/check", 3_000_000, 3_000_000),
            ("/fr/check?x=/check", 3_000_000, 3_000_000),
            ("/api/check", most + 1, 0),
            ("/sparql?x=/check", 3_000_000, 0),
        )
    ]
    assert [answer.status for answer in answers][2:] == [413, 413]
    assert all(answer.status in (400, 403, 415, 422) for answer in answers[:2])


def test_headers_with_an_underscore_pass_for_no_other(front_app: Flask) -> None:
    with served_by(front_app, trusted_proxy="127.0.0.1") as place:
        found = place.raw(last("/queries", "X_Forwarded_Host: evil.example"))[0]
    assert b"evil.example" not in found.body


def test_who_sends_no_more_still_reads(place: Place) -> None:
    with place.connect() as line:
        line.sendall(request("/healthz") * 50)
        line.shutdown(socket.SHUT_WR)
        answers = read_answers(b"".join(iter(lambda: line.recv(65_536), b"")))
    assert [answer.status for answer in answers] == [200] * 50


def test_another_protocol_is_not_spoken(place: Place) -> None:
    answers = place.raw(request("/healthz", "Connection: upgrade", "Upgrade: h2c") + b"PRI * ")
    assert [answer.status for answer in answers] == [200]
    assert answers[0].headers["connection"] == "close"


def test_an_address_as_proxies_are_asked(place: Place) -> None:
    plain, full = place.raw(last("/healthz")), place.raw(last("http://x.example/healthz"))
    assert plain[0].body == full[0].body


@pytest.fixture(scope="module")
def impatient(front_app: Flask) -> Iterator[Place]:
    import kg.web.front.server as server_module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server_module, "_SWEEP_SECONDS", 0.05)
        with served_by(front_app) as found:
            limits = FrontLimits(connections=5, idle_s=1.0, sending_s=1.5, stalled_s=1.0)
            found.server.limits = limits
            yield found


def test_idle_and_slow_clients_are_let_go(impatient: Place) -> None:
    with impatient.connect() as idle:
        assert idle.recv(10) == b""
    with impatient.connect() as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        received = b""
        for _ in range(100):
            try:
                slow.sendall(b"X-A: 1\r\n")
            except (BrokenPipeError, ConnectionResetError):
                break
            slow.settimeout(0.05)
            try:
                received += slow.recv(65_536)
            except TimeoutError:
                continue
            if b"}" in received:
                break
    assert read_answers(received)[0].status == 408


def test_a_reader_that_takes_nothing_is_let_go(impatient: Place) -> None:
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect((impatient.host, impatient.port))
        line.sendall(request(LARGE) * 3)
        until = time.monotonic() + 20
        while impatient.server._connections and time.monotonic() < until:
            time.sleep(0.05)
        assert not impatient.server._connections


def test_large_answers_that_wait_have_a_limit_together(
    front_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_app.extensions["rihla"].cache, "budget", 0)
    with served_by(front_app) as place:
        size = len(place.raw(last(LARGE))[0].body)
        room = place.server.room = Room(0, size + 50_000)
        assert [answer.status for answer in place.raw(request(LARGE) + last(LARGE))] == [200, 200]
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect((place.host, place.port))
            slow.sendall(request(LARGE.replace("20000", "20001")))
            assert slow.recv(100)
            assert room.used[False] > size
            refused = place.raw(last(LARGE.replace("20000", "20002")))[0]
        assert refused.status == 503 and "retry-after" in refused.headers
        until = time.monotonic() + 10
        while room.used[False] and time.monotonic() < until:
            time.sleep(0.02)
        assert room.used == {True: 0, False: 0}


def test_more_connections_than_there_may_be(impatient: Place) -> None:
    lines = [impatient.connect() for _ in range(8)]
    try:
        time.sleep(0.2)
        assert len(impatient.server._connections) <= 5
    finally:
        for line in lines:
            line.close()
