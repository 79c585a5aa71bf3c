"""Answers that are kept, sent by the loop that reads."""

from __future__ import annotations

import contextlib
import threading
import time
from http.client import HTTPException

import pytest
from flask import Flask

from tests.web.front.conftest import Place, read_answers, served_by

QUERY = "/sparql.csv?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%20"
OWN = {"x-query-id", "x-cache", "server-timing", "date"}


def exact(place: Place) -> int:
    return place.app.extensions["rihla"].cache.figures().hits.get("request", 0)


def twice(place: Place, path: str, count: int = 3) -> list[bytes]:
    """Send the very same bytes several times; return what came back."""
    sent = f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode()
    found = []
    with place.connect() as line:
        for _ in range(count):
            line.sendall(sent)
            received = b""
            while b"\r\n\r\n" not in received or len(received) < _length(received):
                received += line.recv(65_536)
            found.append(received)
    return found


def _length(received: bytes) -> int:
    head, _, _ = received.partition(b"\r\n\r\n")
    stated = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(head) + 4 + int(stated)


@pytest.mark.parametrize("path", [QUERY + "3", "/queries", "/about"])
def test_the_same_bytes_get_the_same_answer(place: Place, path: str) -> None:
    before = exact(place)
    answers = [read_answers(part)[0] for part in twice(place, path, 4)]
    assert exact(place) >= before + 2, "the third and fourth are known by their bytes"
    first = answers[0]
    for later in answers[1:]:
        assert later.body == first.body and later.status == 200
        assert later.headers["x-cache"] == "hit"
        assert {k: v for k, v in later.headers.items() if k not in OWN} == {
            k: v for k, v in first.headers.items() if k not in OWN
        }
    assert len({answer.headers["x-query-id"] for answer in answers}) == 4


def test_what_comes_together_is_not_known_as_one(place: Place) -> None:
    head = f"HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n"
    first, second = f"GET {QUERY}6 {head}".encode(), f"GET {QUERY}7 {head}".encode()
    with place.connect() as line:
        for _ in range(4):
            for sent in ((first + second,), (first + second[:9], second[9:])):
                for part in sent:
                    line.sendall(part)
                received, answers = b"", []
                while len(answers) < 2:
                    received += line.recv(65_536)
                    with contextlib.suppress(HTTPException):  # not all of it is there yet
                        answers = read_answers(received)
                assert [answer.body.count(b"\n") for answer in answers] == [7, 8]


def test_large_ones_and_others_go_their_usual_way(place: Place) -> None:
    before = exact(place)
    for path in ("/healthz", "/metrics", "/queries/no/such", "/api/queries"):
        twice(place, path)
    assert exact(place) == before


def test_a_new_state_makes_them_unreachable(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    twice(place, QUERY + "4")
    before = exact(place)
    current = place.app.extensions["rihla"]
    serial = current.state[0]
    monkeypatch.setattr(type(current), "state", property(lambda _: (serial, "others forgotten")))
    time.sleep(0.05)  # it is looked up once a millisecond at most
    twice(place, QUERY + "4", 1)
    assert exact(place) == before


def test_kept_answers_come_while_every_thread_is_busy(
    front_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, may_end = threading.Event(), threading.Event()
    with served_by(front_app, threads=1) as place:
        first = place.ask("/queries")
        inner = front_app.wsgi_app

        def held_up(environ, start):  # type: ignore[no-untyped-def]
            if environ["PATH_INFO"] == "/about":
                running.set()
                assert may_end.wait(60)
            return inner(environ, start)

        monkeypatch.setattr(front_app, "wsgi_app", held_up)
        slow: list[int] = []
        thread = threading.Thread(target=lambda: slow.append(place.ask("/about?x=1").status))
        thread.start()
        assert running.wait(30)
        assert place.ask("/queries").body == first.body
        assert place.ask(QUERY + "5").status == 200, "queries need no thread either"
        assert not slow
        may_end.set()
        thread.join(30)
        assert slow == [200]


def test_a_stranger_cannot_pass_for_a_proxy(front_app: Flask) -> None:
    with served_by(front_app, trusted_proxy="127.0.0.1") as trusting:
        for host in ("a.example", "b.example"):
            for _ in range(3):
                found = trusting.ask("/queries", X_Forwarded_Host=host, X_Forwarded_Proto="https")
                assert f"https://{host}/queries".encode() in found.body
    with served_by(front_app) as place:
        for _ in range(3):
            found = place.ask("/queries", X_Forwarded_Host="a.example")
            assert b"a.example" not in found.body
