"""A real server under hostile queries, requests and clients (tests/hostile/).

After each of them the next request is answered within two seconds, no process is left behind, and
the memory of the server and its workers is back to within a tenth.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import resource
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.conftest import ROOT, write_project
from tests.hostile.corpus import BEHAVIOURS, QUERIES, REQUESTS, Behaviour, Query, Request, spelled

pytestmark = pytest.mark.slow

WORKERS = 2
LIMITS = f"""
[serve]
workers = {WORKERS}
timeout_seconds = 0.8
long_seconds = 0.4
max_result_mib = 8
max_result_rows = 50000
memory_mib = 256
"""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?h) }"
LARGE = "SELECT * { ?a ?b ?c . ?d ?b ?f } LIMIT 40000"
LOOKUP = "SELECT ?o { <http://e/thing/7> <http://e/p> ?o }"
NEXT_ANSWER_SECONDS = 2.0
SETTLE_SECONDS = 12.0
TENTH = 1.10


@dataclass(frozen=True)
class Server:
    """A running server: its process id and where it listens."""

    pid: int
    host: str
    port: int
    log: Path
    baseline: int = 0

    def connection(
        self, source: str = "127.0.0.1", timeout: float = 60
    ) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            self.host, self.port, timeout=timeout, source_address=(source, 0)
        )

    def socket(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=60)

    def ask(self, query: str, form: str = "csv", source: str = "127.0.0.1") -> tuple[int, bytes]:
        connection = self.connection(source)
        try:
            connection.request("GET", f"/sparql?format={form}&query={quote(query)}")
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def processes(self) -> list[int]:
        """Return the server and what it has started and not yet collected."""
        found = [self.pid]
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[1]) == self.pid:
                    found.append(int(stat.parent.name))
        return found

    def memory(self) -> int:
        """Return the proportional resident memory of all of them, in kB."""
        total = 0
        for process in self.processes():
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
        return total


def write_data(path: Path) -> None:
    """Write a chain that is a ring, and texts; 4,000 statements in two graphs."""
    with path.open("w", encoding="utf-8") as stream:
        for i in range(1500):
            here, there = f"<http://e/thing/{i}>", f"<http://e/thing/{(i + 1) % 1500}>"
            stream.write(f"{here} <http://e/next> {there} <http://e/g1> .\n")
            stream.write(f'{here} <http://e/p> "value {i % 97}" <http://e/g1> .\n')
            stream.write(f"{here} <http://e/q> {there} <http://e/g{i % 2}> .\n")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    write_data(folder / "data.nq")
    project = write_project(folder, extra=LIMITS)
    log = folder / "log"
    command = [sys.executable, "-m", "kg", "serve", "--data", str(folder / "data.nq")]
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 16_384), most))
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            [*command, "--project", str(project), "--port", "0"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        place = urlsplit(process.stdout.readline().split()[-1])
        made = Server(process.pid, str(place.hostname), int(place.port or 0), log)
        warm_up(made)
        yield Server(made.pid, made.host, made.port, log, made.memory())
        process.terminate()
        process.wait(20)
        assert len(made.processes()) <= 1


def warm_up(server: Server) -> None:
    """Let every thread, format and module be used once: what stays of that is no leak."""

    def busy() -> None:
        for form in ("json", "xml", "csv", "tsv", "html", "parquet"):
            server.ask(LARGE, form)
        server.ask("CONSTRUCT WHERE { ?s ?p ?o }", "ttl")
        server.ask(ENDLESS)
        big = b"query=" + b"x" * 1_000_000
        connection = server.connection()
        connection.request("POST", "/sparql", big, {"Content-Type": FORM})
        connection.getresponse().read()
        connection.close()

    for _ in range(2):
        threads = [threading.Thread(target=busy) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    time.sleep(1.5)
    assert server.ask(LOOKUP)[0] == 200


FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def survived(server: Server) -> Iterator[None]:
    """After the test: the next answer, the processes, the memory."""
    yield
    began = time.monotonic()
    assert server.ask(LOOKUP, source="127.0.0.9") == (200, b"o\r\nvalue 7\r\n")
    assert time.monotonic() - began < NEXT_ANSWER_SECONDS
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        processes, memory = len(server.processes()), server.memory()
        if processes <= 1 + WORKERS and memory <= TENTH * server.baseline:
            return
        time.sleep(0.1)
    pytest.fail(f"{processes} processes, {memory} kB after {server.baseline} kB")


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_queries(server: Server, survived: None, query: Query) -> None:
    text = spelled(query.text).encode("utf-8", "surrogatepass")
    connection = server.connection()
    target = f"/sparql?format={query.format}" if query.format else "/sparql"
    short = not query.post and len(text) < 8_000
    with contextlib.closing(connection):
        try:
            if short:
                separator = "&" if query.format else "?"
                connection.request("GET", f"{target}{separator}query={quote(text)}")
            else:
                kind = {"Content-Type": "application/sparql-query"}
                connection.request("POST", target, text, kind)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server has refused before it was sent whole, and says so
        response = connection.getresponse()
        body = response.read()
    assert response.status in query.status, body[:500]
    check_answer(response, body)


def check_answer(response: http.client.HTTPResponse, body: bytes) -> None:
    """Check that it is whole, and that an error has the one shape."""
    assert len(body) == int(response.headers["Content-Length"])
    assert "Set-Cookie" not in response.headers
    assert "X-Evil" not in response.headers
    if response.status >= 400:
        assert response.headers["Content-Type"] == "application/problem+json"
        problem = json.loads(body)
        assert problem["status"] == response.status
        assert {"type", "title", "detail", "hint", "query_id"} <= set(problem)
        assert "Traceback" not in problem["detail"]
    if response.status in (429, 503):
        assert int(response.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: r.name)
def test_requests(server: Server, survived: None, request_: Request) -> None:
    status, response, body = send_raw(server, request_) if request_.raw else send(server, request_)
    assert status in request_.status, body[:500]
    if response is not None:
        check_answer(response, body)


def send(server: Server, request: Request) -> tuple[int, http.client.HTTPResponse | None, bytes]:
    connection = server.connection()
    body = None if request.body is None else spelled(request.body).encode()
    if body is not None and request.gzip:
        body = gzip.compress(body, 1)
    with contextlib.closing(connection):
        try:
            connection.putrequest(
                request.method,
                spelled(request.path).replace(" ", "%20"),
                skip_host=any(n == "Host" for n, _ in request.headers),
            )
            for name, value in request.headers:
                connection.putheader(name, spelled(value))
            if request.chunked:
                connection.putheader("Transfer-Encoding", "chunked")
            elif body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            if body is not None:
                connection.send(pieces(body) if request.chunked else body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            response = connection.getresponse()
            answer = b"" if request.method == "HEAD" else response.read()
        except (OSError, http.client.HTTPException):
            return 0, None, b""
    return response.status, response, answer


def pieces(body: bytes, size: int = 100_000) -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in [*parts, b""])


def send_raw(server: Server, request: Request) -> tuple[int, None, bytes]:
    assert request.raw is not None
    with server.socket() as connection:
        answer = b""
        with contextlib.suppress(OSError):
            connection.sendall(spelled(request.raw).encode("latin-1"))
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            connection.settimeout(10)
            while part := connection.recv(65_536):
                answer += part
    head = answer.split(b" ", 2)
    return (int(head[1]) if answer.startswith(b"HTTP/") else 0), None, answer


# --- clients that behave badly


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda b: b.name)
def test_behaviours(server: Server, survived: None, behaviour: Behaviour) -> None:
    KINDS[behaviour.kind](server, behaviour.count)


@contextlib.contextmanager
def opened(server: Server, count: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(server.socket()) for _ in range(count)]
        for each in sockets:
            each.sendall(first)
        yield sockets


def answers_meanwhile(server: Server) -> None:
    """Check that another client is answered while others misbehave."""
    began = time.monotonic()
    assert server.ask(LOOKUP, source="127.0.0.8")[0] == 200
    assert time.monotonic() - began < NEXT_ANSWER_SECONDS


def slow_headers(server: Server, count: int) -> None:
    with opened(server, count, b"GET / HTTP/1.1\r\nHost: x\r\n") as sockets:
        for _ in range(3):
            for each in sockets:
                each.sendall(b"X-Slow: 1\r\n")
            answers_meanwhile(server)


def slow_bodies(server: Server, count: int) -> None:
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: 1000\r\n\r\n"
    )
    with opened(server, count, head) as sockets:
        for _ in range(3):
            for each in sockets:
                each.sendall(b"ASK {} # ")
            answers_meanwhile(server)


def slow_readers(server: Server, count: int) -> None:
    get = f"GET /sparql?format=xml&query={quote(LARGE)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with opened(server, count, get) as sockets:
        time.sleep(1)
        for each in sockets:
            assert each.recv(10)
        answers_meanwhile(server)


def idle(server: Server, count: int) -> None:
    with opened(server, count):
        answers_meanwhile(server)


def resets(server: Server, count: int) -> None:
    get = f"GET /sparql?format=xml&query={quote(LARGE)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    for _ in range(count):
        with server.socket() as each:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            each.sendall(get)
    answers_meanwhile(server)


def abandoned(server: Server, count: int) -> None:
    for _ in range(count):
        with server.socket() as each:
            each.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.1)
    answers_meanwhile(server)


def greedy(server: Server, count: int) -> None:
    statuses = together(count, lambda _: server.ask(ENDLESS)[0], lambda: answers_meanwhile(server))
    assert set(statuses) <= {429, 503, 504}
    assert 429 in statuses


def crowd(server: Server, count: int) -> None:
    statuses = together(
        count,
        lambda i: server.ask(ENDLESS, source=f"127.0.1.{i + 1}")[0],
        lambda: answers_meanwhile(server),
    )
    assert set(statuses) <= {503, 504}


def half(server: Server, count: int) -> None:
    with opened(server, count, b"GET /sparql?query=ASK") as sockets:
        for each in sockets:
            each.shutdown(socket.SHUT_WR)
        answers_meanwhile(server)


def together(count: int, one: Callable[[int], int], meanwhile: Callable[[], None]) -> list[int]:
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda i=i: statuses.append(one(i))) for i in range(count)]
    for thread in threads:
        thread.start()
    time.sleep(0.6)
    meanwhile()
    for thread in threads:
        thread.join()
    assert len(statuses) == count
    return statuses


KINDS: dict[str, Callable[[Server, int], None]] = {
    f.__name__: f
    for f in (
        slow_headers, slow_bodies, slow_readers, idle, resets, abandoned, greedy, crowd, half,
    )
}  # fmt: skip


def test_the_corpus_is_large() -> None:
    assert len(QUERIES) + len(REQUESTS) + len(BEHAVIOURS) >= 150
    assert {b.kind for b in BEHAVIOURS} == set(KINDS)
