"""The server as a whole: it stops in order, and a fault of the application is an answer."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from flask import Flask

from kg.errors import SettingsError
from kg.web import make_server
from kg.web.front.wire import head_of
from tests.web.front.conftest import served_by


def test_it_ends_what_is_under_way_and_takes_nothing_more(
    front_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    inner = front_app.wsgi_app

    def slow(environ, start):  # type: ignore[no-untyped-def]
        begun.set()
        time.sleep(0.5)
        return inner(environ, start)

    with served_by(front_app) as place:
        monkeypatch.setattr(front_app, "wsgi_app", slow)
        found: list[int] = []
        thread = threading.Thread(target=lambda: found.append(place.ask("/healthz").status))
        thread.start()
        assert begun.wait(10)
        with place.connect() as idle:
            place.server.stop()
            assert idle.recv(10) == b""
        thread.join(10)
        assert found == [200]
        place.server.close()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((place.host, place.port), timeout=5)


def test_a_server_that_never_ran_lets_its_address_go(front_app: Flask) -> None:
    server = make_server(front_app, "127.0.0.1", 0)
    port = server.effective_port
    with pytest.raises(SettingsError, match="Cannot listen"):
        make_server(front_app, "127.0.0.1", port)
    server.close()
    make_server(front_app, "127.0.0.1", port).close()


def test_a_fault_is_an_answer(
    front_app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(environ, start):  # type: ignore[no-untyped-def]
        raise RuntimeError("secret")

    with served_by(front_app) as place:
        monkeypatch.setattr(front_app, "wsgi_app", broken)
        found = place.ask("/healthz?x")
    assert found.status == 500
    assert b"secret" not in found.body
    assert "secret" in caplog.text


def test_a_header_is_one_line() -> None:
    assert head_of("200 OK", [("A", "b")], True, "1.1").startswith(b"HTTP/1.1 200 OK\r\nA: b\r\n")
    for value in ("b\r\nX-Evil: 1", "b\nc", "b\rc"):
        with pytest.raises(ValueError, match="line break"):
            head_of("200 OK", [("A", value)], True, "1.1")
