"""A small server on this machine that answers as it is told, one plan a path."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from kg.store.remote import RemoteOptions, RemoteStore

JSON = "application/sparql-results+json"


def rows(*values: int, name: str = "n") -> str:
    """Return a table of one column of numbers, as SPARQL JSON."""
    number = "http://www.w3.org/2001/XMLSchema#integer"
    bindings = [{name: {"type": "literal", "value": str(v), "datatype": number}} for v in values]
    return json.dumps({"head": {"vars": [name]}, "results": {"bindings": bindings}})


@dataclass
class Reply:
    """What the server answers: ``cut`` bytes of the body are held back, ``slow`` waits first."""

    body: str | bytes = ""
    status: int = 200
    kind: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    slow: bool = False


@dataclass
class Request:
    """What the server was asked."""

    method: str
    path: str
    fields: dict[str, list[str]]
    headers: dict[str, str]

    @property
    def query(self) -> str:
        return self.fields["query"][0]


class Plan:
    """The server's ``replies`` by path.

    Either a list that is used up one by one, of which the last stays, or a function of the request.
    """

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply] | Callable[[Request], Reply]] = {}
        self.asked: list[Request] = []
        self.address = ""
        self.paused: list[float] = []
        self.released = threading.Event()

    def reply(self, request: Request) -> Reply:
        self.asked.append(request)
        planned = self.replies.get(request.path, [Reply(status=404)])
        if callable(planned):
            return planned(request)
        return planned.pop(0) if len(planned) > 1 else planned[0]

    def store(self, path: str, **options: object) -> RemoteStore:
        """Return a store that asks this path, and writes down its pauses instead of making them."""
        chosen = RemoteOptions(**options)  # type: ignore[arg-type]
        return RemoteStore(f"{self.address}{path}", chosen, pause=self.paused.append)

    def queries(self) -> list[str]:
        """Return the queries that were asked, without those that only look who answers."""
        return [request.query for request in self.asked if request.query != "ASK {}"]


class Handler(BaseHTTPRequestHandler):
    """Answers by the plan."""

    plan: Plan

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        request = Request(self.command, self.path, parse_qs(body), dict(self.headers.items()))
        reply = self.plan.reply(request)
        if reply.slow:
            self.plan.released.wait(10)
        raw = reply.body.encode() if isinstance(reply.body, str) else reply.body
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw[: len(raw) - reply.cut])

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def plan() -> Iterator[Plan]:
    """A server and its plan; its address is ``plan.address``."""
    made = Plan()
    handler = type("Planned", (Handler,), {"plan": made})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made.address = f"http://127.0.0.1:{server.server_port}"
    yield made
    made.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def packed(text: str) -> bytes:
    """Return text as gzip."""
    return gzip.compress(text.encode())
