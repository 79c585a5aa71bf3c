"""A store elsewhere, against a small server on this machine that answers as told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs

import pytest

from kg.analysis.graph import Graph
from kg.columns import COLUMNS
from kg.errors import KgError, LimitError, QueryError, ReleaseError
from kg.store import RemoteStore

JSON = "application/sparql-results+json"
ANSWER = (
    '{"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": "7",'
    ' "datatype": "http://www.w3.org/2001/XMLSchema#integer"}}]}}'
)
EMPTY = '{"head": {"vars": %s}, "results": {"bindings": []}}'
BODIES = {
    "/sparql": (JSON, ANSWER),
    "/turtle": ("text/turtle", "<urn:a> a <urn:b> ."),
    "/page": ("text/html", "<html>Welcome</html>"),
    "/list": (JSON, "[1, 2]"),
    "/half": (JSON, '{"head": {}}'),
}


class Handler(BaseHTTPRequestHandler):
    """Answers by path; keeps what it was asked."""

    asked: ClassVar[list[tuple[str, dict[str, list[str]], str]]] = []
    released = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((self.path, parse_qs(body), self.headers["Accept"]))
        if self.path == "/slow":
            self.released.wait(10)
        if self.path == "/drop":
            self.close_connection = True
            return
        status = int(self.path[1:]) if self.path[1:].isdigit() else 200
        kind, text = BODIES.get(self.path, ("text/plain", "what went wrong"))
        if self.path == "/empty":
            kind, text = JSON, EMPTY % _variables(parse_qs(body)["query"][0])
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


def _variables(query: str) -> str:
    names = sorted(
        {name for columns in COLUMNS.values() for name in columns if f"?{name}" in query}
    )
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Handler.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_question_is_posted_and_answered(address: str) -> None:
    store = RemoteStore(f"{address}/sparql")
    table = store.table("SELECT (7 AS ?n) {} # é&=")
    assert (table.columns, list(table)) == (("n",), [(7,)])
    assert table.meta == {"release": store.release_id} == {"release": f"{address}/sparql"}
    path, fields, accepted = Handler.asked[-1]
    assert path == "/sparql"
    assert fields["query"] == ["SELECT (7 AS ?n) {} # é&="]
    assert accepted == JSON


def test_the_media_type_is_the_one_that_was_asked(address: str) -> None:
    document = RemoteStore(f"{address}/turtle").serialise("DESCRIBE <urn:a>", "text/turtle")
    assert document == b"<urn:a> a <urn:b> ."
    assert Handler.asked[-1][2] == "text/turtle"


@pytest.mark.parametrize("status", [413, 429, 500, 502, 503, 504])
def test_a_server_that_cannot_answer_now_is_a_limit(address: str, status: int) -> None:
    with pytest.raises(LimitError) as caught:
        RemoteStore(f"{address}/{status}").table("SELECT * {}")
    assert address in str(caught.value)
    # An endpoint that fails inside looks to our own clients like a bad gateway.
    assert caught.value.status == (502 if status == 500 else status)


@pytest.mark.parametrize("status", [400, 403, 405, 415])
def test_a_server_that_refuses_the_query_is_a_query_error(address: str, status: int) -> None:
    with pytest.raises(QueryError, match=address):
        RemoteStore(f"{address}/{status}").table("SELECT nonsense")


@pytest.mark.parametrize("path", ["404", "page", "list", "half", "drop"])
def test_what_is_no_endpoint_is_named(address: str, path: str) -> None:
    with pytest.raises(ReleaseError, match="does not answer as a SPARQL endpoint"):
        RemoteStore(f"{address}/{path}").table("SELECT * {}")


def test_an_answer_that_does_not_come_in_time_is_named(address: str) -> None:
    with pytest.raises(ReleaseError, match="timed out"):
        RemoteStore(f"{address}/slow", timeout_seconds=1).table("SELECT * {}")


def test_a_server_that_is_not_there_is_named(address: str) -> None:
    with pytest.raises(ReleaseError, match="Check the address"):
        RemoteStore("http://127.0.0.1:9/sparql").table("SELECT * {}")


@pytest.mark.parametrize("path", ["401", "414", "418", "999"])
def test_every_other_status_is_an_error_of_ours(address: str, path: str) -> None:
    with pytest.raises(KgError):
        RemoteStore(f"{address}/{path}").table("SELECT * {}")


def test_columns_are_pulled_from_elsewhere_too(address: str) -> None:
    graph = Graph(RemoteStore(f"{address}/empty"))
    assert graph.columns("facets").schema == COLUMNS["facets"]
    assert graph.network("partnership").centrality("degree").rows == []
