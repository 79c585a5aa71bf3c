"""A server of its own for each need, and requests byte by byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from kg.settings import Settings
from kg.store import Release
from kg.store.workers import MIB, PoolLimits
from kg.web import close_app, create_app, make_server
from kg.web.front import Front
from kg.web.front.lookups import Lookups


@dataclass(frozen=True)
class Answer:
    """An answer, its headers by name in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Place:
    """A running server, its application, and where it listens."""

    app: Flask
    server: Front
    host: str
    port: int

    @property
    def netloc(self) -> str:
        return f"{self.host}:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=30)

    def raw(self, *parts: bytes, methods: tuple[str, ...] = ("GET",)) -> list[Answer]:
        """Send bytes, and return all answers until the server closes, as it is asked to."""
        with self.connect() as line:
            for part in parts:
                line.sendall(part)
            received = b"".join(iter(lambda: line.recv(65_536), b""))
        return read_answers(received, methods)

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """Ask once."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.netloc}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        sent = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        return self.raw(sent, methods=(method,))[0]


def read_answers(received: bytes, methods: tuple[str, ...] = ("GET",)) -> list[Answer]:
    stream, found = BytesIO(received), []
    while stream.tell() < len(received):
        method = methods[min(len(found), len(methods) - 1)]
        answer = HTTPResponse(_Socket(stream), method=method)  # type: ignore[arg-type]
        answer.begin()
        body = answer.read()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        found.append(Answer(answer.status, headers, body))
    return found


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


@contextmanager
def served_by(app: Flask, **options: Any) -> Iterator[Place]:
    server = make_server(app, "127.0.0.1", 0, **options)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Place(app, server, server.effective_host, server.effective_port)
    finally:
        server.close()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def front_app(world_settings: Settings, world: Release) -> Iterator[Flask]:
    made = create_app(world_settings, world, PoolLimits(timeout_s=20, max_bytes=16 * MIB))
    yield made
    close_app(made)


@pytest.fixture(scope="module")
def place(front_app: Flask) -> Iterator[Place]:
    with served_by(front_app) as found:
        for number in range(4):  # until each worker is ready
            assert found.ask(f"/sparql?query=ASK%7B%7D%23{number}").status == 200
        yield found


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the loop took upon itself, one path each."""
    return _watched(monkeypatch, "take", lambda request: request.path.decode())


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the loop began and handed over, one text each."""
    seen: list[str] = []
    give_up = Lookups._give_up

    def watched(self: Lookups, lookup: Any) -> None:
        seen.append(lookup.asked.text)
        give_up(self, lookup)

    monkeypatch.setattr(Lookups, "_give_up", watched)
    return seen


def _watched(monkeypatch: pytest.MonkeyPatch, name: str, shown: Callable[[Any], str]) -> list[str]:
    seen: list[str] = []
    inner = getattr(Lookups, name)

    def watched(self: Lookups, connection: Any, request: Any, state: Any) -> bool:
        done = bool(inner(self, connection, request, state))
        if done:
            seen.append(shown(request))
        return done

    monkeypatch.setattr(Lookups, name, watched)
    return seen
