"""The program of one query worker: a child process that opens a store and answers queries.

It is run by its path and imports pyoxigraph and the standard library only, so that it starts
in milliseconds and holds little memory. kg/store/workers.py is the other end: it sends framed
JSON requests over a Unix socket, and ends this process whenever it likes. Usage::

    python evaluator.py FD STORE MEMORY_BYTES [network]

With ``network`` it may make sockets: for queries with SERVICE to a server that is allowed.
A frame is four bytes of length (big-endian), then that many bytes. A request is one frame. A
reply is a frame of JSON, then either ``size`` bytes of answer or, above 64 KiB, a descriptor of
a file without a name that holds them: in memory up to 4 MiB, on disk above that.
"""

from __future__ import annotations

import array
import importlib.util
import json
import math
import os
import resource
import select
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import IO, TYPE_CHECKING, Any, cast

import pyoxigraph as ox

if TYPE_CHECKING:
    from kg.confined import limits
    from kg.store import rows

INLINE_BYTES = 64 * 1024
MEMORY_BYTES = 4 * 1024 * 1024  # what is larger waits on disk for readers, who may be slow
STACK_BYTES = 512 * 1024 * 1024
SLOW_SECONDS = 0.05  # a query that took longer is asked how much memory it has left behind

RESULT_FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}


def _module(*place: str) -> ModuleType:
    """Load a file of this package by its path: importing the package would cost its imports."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    path = os.path.join(package, *place)  # noqa: PTH118 - spares an import
    spec = importlib.util.spec_from_file_location(place[-1].removesuffix(".py"), path)
    assert spec is not None and spec.loader is not None  # the file came with this one
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if not TYPE_CHECKING:
    limits = _module("confined", "limits.py")
    rows = _module("store", "rows.py")


class TooLargeError(Exception):
    """The answer has grown beyond its limit of bytes."""


class NoRoomError(Exception):
    """There is no room for the answer, in memory or on disk."""


class TooManyRowsError(Exception):
    """The answer has more rows or triples than are sent."""


class Sink:
    """Takes an answer's bytes: in memory while few, in a file when many."""

    def __init__(self, limit: int, max_rows: int = sys.maxsize) -> None:
        self.limit = limit
        self.max_rows = max_rows
        self.counter: rows.RowCounter | None = None
        self.size = 0
        self.buffer = bytearray()
        self.file: int | None = None
        self.on_disk = False

    def write(self, data: bytes) -> int:
        """Take some bytes; raise when they, or the rows in them, are too many."""
        self.size += len(data)
        if self.size > self.limit:
            raise TooLargeError
        if self.counts_at_once:
            self._count(data)
        self.buffer += data
        if self.size > INLINE_BYTES:
            self._spill()
        return len(data)

    def flush(self) -> None:
        """Do nothing: the engine asks for it, and there is nothing to wait for."""

    @property
    def counts_at_once(self) -> bool:
        """Whether the rows of an answer in memory could be too many: each takes two bytes."""
        return self.max_rows < INLINE_BYTES // 2

    def _count(self, data: bytes | bytearray) -> None:
        if self.counter and self.counter.take(bytes(data)) > self.max_rows:
            raise TooManyRowsError

    def _spill(self) -> None:
        if not self.counts_at_once:
            self._count(self.buffer)
        try:
            self._write_out()
        except OSError as error:
            raise NoRoomError(str(error)) from error

    def _write_out(self) -> None:
        if self.file is None:
            self.file = os.memfd_create("answer")
        elif self.size > MEMORY_BYTES and not self.on_disk:
            self.on_disk = True
            memory, self.file = self.file, _file_on_disk()
            _copy(memory, self.file)
            os.close(memory)
        view = memoryview(self.buffer)
        while view:
            view = view[os.write(self.file, view) :]
        view.release()
        self.buffer = bytearray()

    def close(self) -> None:
        """Let go of the file."""
        if self.file is not None:
            os.close(self.file)


def _file_on_disk() -> int:
    """Return a file without a name in the folder for temporary files."""
    folder = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - the file has no name there
    try:
        return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:  # some file systems have no such files
        path = f"{folder}/rihla-{os.getpid()}-{time.monotonic_ns()}"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        os.unlink(path)  # noqa: PTH108 - spares an import
        return descriptor


def _copy(source: int, target: int) -> None:
    size, at = os.fstat(source).st_size, 0
    while at < size:
        at += os.sendfile(target, source, at, size - at)


def receive(channel: socket.socket) -> dict[str, Any] | None:
    """Return the next request, or None when the parent has hung up."""
    data = channel.recv(INLINE_BYTES)  # one request at a time: nothing of the next one is in it
    while data and (len(data) < 4 or len(data) < 4 + struct.unpack("!I", data[:4])[0]):
        more = channel.recv(INLINE_BYTES)
        data = data + more if more else b""
    return cast("dict[str, Any]", json.loads(data[4:])) if data else None


def send(channel: socket.socket, reply: dict[str, Any], sink: Sink | None = None) -> None:
    """Send a reply with its answer, in the buffer or as a descriptor."""
    body = json.dumps(reply).encode()
    frame = struct.pack("!I", len(body)) + body
    if sink is None or sink.file is None:
        channel.sendall(frame + (sink.buffer if sink else b""))
        return
    rights = array.array("i", [sink.file])
    sent = channel.sendmsg([frame], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    channel.sendall(frame[sent:])


def evaluate(store: ox.Store, request: dict[str, Any], sink: Sink, union: bool) -> None:
    """Run one query and write its serialised answer into the sink.

    ``union``: its default graph is the union of all graphs, where it does not say another.
    """
    graphs: list[Any] = [ox.NamedNode(iri) for iri in request["default_graphs"]]
    named: list[Any] = [ox.NamedNode(iri) for iri in request["named_graphs"]]
    results = store.query(
        request["query"],
        base_iri=request.get("base"),
        use_default_graph_as_union=union and not request["own_dataset"],
        default_graph=graphs or ([] if named else None),
        named_graphs=named or ([] if graphs else None),
    )
    write(results, request["media_type"], request.get("prefixes", {}), sink)


def write(results: Any, media_type: str, prefixes: dict[str, str], sink: Sink) -> None:
    """Serialise results; a format that cannot hold them is a ValueError."""
    output = cast("IO[bytes]", sink)
    if isinstance(results, ox.QueryTriples):
        graph_format = GRAPH_FORMATS.get(media_type)
        if graph_format is None:
            raise ValueError(f"{media_type} cannot hold a graph")
        counted = _counted(cast("Iterable[ox.Triple]", results), sink.max_rows)
        ox.serialize(counted, output, graph_format, prefixes=prefixes)
        return
    table_format = RESULT_FORMATS.get(media_type)
    if table_format is None:
        raise ValueError(f"{media_type} cannot hold a table or a truth value")
    if isinstance(results, ox.QuerySolutions):
        sink.counter = rows.RowCounter(media_type)
    results.serialize(output, table_format)


def _counted(triples: Iterable[ox.Triple], most: int) -> Iterator[ox.Triple]:
    for count, triple in enumerate(triples):
        if count >= most:
            raise TooManyRowsError
        yield triple


def answer(store: ox.Store, request: dict[str, Any], channel: socket.socket, union: bool) -> None:
    """Answer one request: with the bytes, or with the kind of error and its text."""
    # The kernel ends this process some time after its time even when the parent is gone; it may
    # have been paused for as long again.
    signal.setitimer(signal.ITIMER_REAL, 2 * math.ceil(request["timeout_s"]) + 2)
    began = time.perf_counter()
    sink = Sink(request["max_bytes"], request["max_rows"])
    try:
        evaluate(store, request, sink, union)
        reply = {"status": "ok", "size": sink.size, "inline": sink.file is None}
    except (TooLargeError, TooManyRowsError) as error:
        status = "rows" if isinstance(error, TooManyRowsError) else "bytes"
        reply, kept = {"status": status}, sink
        sink = Sink(0)
        kept.close()
    except (
        SyntaxError, ValueError, OSError, RuntimeError, MemoryError, NoRoomError
    ) as error:  # fmt: skip
        kept, sink = sink, Sink(0)
        kept.close()
        reply = {"status": type(error).__name__, "message": str(error)}
    signal.setitimer(signal.ITIMER_REAL, 0)
    seconds = time.perf_counter() - began
    private = _left_behind() if seconds > SLOW_SECONDS else 0
    send(channel, {**reply, "seconds": seconds, "private": private}, sink)
    sink.close()


def _left_behind() -> int:
    """Give free memory back to the system, and return what this process keeps, in bytes."""
    limits.trim()
    return int(limits.private_bytes())


def serve(channel: socket.socket, path: str, memory: int) -> None:
    """Open the store, say so, and answer until the parent hangs up."""
    try:
        store = ox.Store.read_only(path)
        # A release keeps the union of its graphs in the default graph, each triple once. For a
        # store without one the engine chains its graphs, and a triple of two counts twice.
        has_default = next(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), None)
    except (OSError, ValueError) as error:
        send(channel, {"status": "unopened", "message": str(error)})
        return
    limits.limit_memory(memory)
    send(channel, {"status": "ready", "private": limits.private_bytes()})
    while (request := receive(channel)) is not None:
        answer(store, request, channel, has_default is None)


def run(channel: socket.socket, path: str, memory: int) -> None:
    """Serve in this thread, and end the process with it."""
    code = 1
    try:
        serve(channel, path, memory)
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        os._exit(code)


def watch(channel: socket.socket) -> None:
    """End the process as soon as the parent has gone, whatever the query thread does."""
    poll = select.poll()
    poll.register(channel, select.POLLRDHUP)
    poll.poll()
    os._exit(0)


def main(arguments: list[str]) -> None:
    """Run on the descriptor, the store and the memory limit that the command line names."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    channel = socket.socket(fileno=int(arguments[0]))
    if arguments[3:] != ["network"]:
        limits.forbid(limits.NETWORK)
    threading.stack_size(STACK_BYTES)
    threading.Thread(target=run, args=(channel, arguments[1], int(arguments[2]))).start()
    watch(channel)


if __name__ == "__main__":
    main(sys.argv[1:])
