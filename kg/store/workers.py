"""Queries run in processes that can be killed.

The engine has no timeout and no memory limit, and a query can make it abort. So each query
runs in a child (kg/store/evaluator.py) that has the release open read-only, its own address
space and no sockets. When it is over its time it is killed and another one started; the server
goes on.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from kg.errors import LimitError, QueryError
from kg.store.explain import out_of_memory, syntax_error
from kg.store.guard import GuardLimits, QueryShape, inspect_query
from kg.store.worker_process import Reply, WorkerProcess

__all__ = ["Answer", "PoolLimits", "WorkerPool"]

MIB = 1024 * 1024


@dataclass(frozen=True)
class PoolLimits:
    """What a query may use.

    ``timeout_s`` is wall time in seconds, ``max_bytes`` the serialised answer, ``max_memory``
    the address space a worker may take beside its own, in bytes; ``max_waiting`` queries wait
    for a worker, and one client has at most ``max_per_client`` waiting or running (0: no limit).
    """

    timeout_s: float = 10.0
    max_bytes: int = 64 * MIB
    max_memory: int = 2048 * MIB
    max_waiting: int = 32
    max_per_client: int = 0
    guard: GuardLimits = field(default_factory=GuardLimits)


class Answer:
    """A serialised answer, complete: a small one in memory, a large one in a memory file.

    Close it, or read it in a ``with`` block; ``size`` is in bytes, ``seconds`` what the worker
    took to evaluate and serialise, ``file`` stands at its beginning.
    """

    def __init__(self, content_type: str, seconds: float, size: int, file: BinaryIO) -> None:
        self.content_type = content_type
        self.seconds = seconds
        self.size = size
        self.file = file

    def read(self) -> bytes:
        """Return all of it."""
        self.file.seek(0)
        return self.file.read()

    def close(self) -> None:
        """Give the memory back."""
        self.file.close()

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Ticket:
    """A place in the queue for a worker; ``worker`` is filled in when its turn comes."""

    def __init__(self) -> None:
        self.turn = threading.Event()
        self.worker: WorkerProcess | None = None


class WorkerPool:
    """Worker processes over one release's store folder.

    Parameters
    ----------
    store_path:
        A RocksDB folder that nobody writes to any more.
    workers:
        How many queries run at a time.
    limits:
        What each may use.
    prefixes:
        Prefixes that Turtle, RDF/XML and JSON-LD answers abbreviate with.

    Raises
    ------
    ReleaseError
        The folder cannot be opened.
    """

    def __init__(
        self,
        store_path: Path | str,
        workers: int = 2,
        limits: PoolLimits | None = None,
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        self.limits = limits or PoolLimits()
        self._prefixes = dict(prefixes or {})
        self._path = str(store_path)
        self._lock = threading.Lock()
        self._closed = False
        self._clients: Counter[str] = Counter()
        self._living: set[WorkerProcess] = set()
        self._idle: deque[WorkerProcess] = deque()
        self._queue: deque[_Ticket] = deque()
        try:
            self._idle.extend(self._spawn() for _ in range(workers))
            self._idle[0].await_ready()
        except BaseException:
            self.close()
            raise

    def run(
        self,
        query: str,
        media_type: str = "application/sparql-results+json",
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
        client: str | None = None,
        is_gone: Callable[[], bool] | None = None,
        shape: QueryShape | None = None,
        timeout_s: float | None = None,
        max_bytes: int | None = None,
    ) -> Answer:
        """Answer one query in one of the media types of kg/store/evaluator.py.

        The default graph is the union of all graphs, unless ``default_graphs`` or
        ``named_graphs`` (IRIs) are given or the query has FROM. ``base`` is what relative IRIs
        in the query are relative to. ``shape`` spares a second look
        at the text to whoever has had one; ``timeout_s`` and ``max_bytes`` stand in for the
        pool's limits. The query is killed once ``is_gone()`` is true.

        Raises
        ------
        QueryError
            The query is malformed; with line and column.
        LimitError
            It met a limit: time (504), size of the answer or memory (413), no free worker
            (503), too many queries of one client (429); or it crashed the engine (500).
        """
        shape = shape or inspect_query(query, self.limits.guard)
        timeout_s = self.limits.timeout_s if timeout_s is None else timeout_s
        own_dataset = bool(default_graphs or named_graphs or shape.has_dataset)
        request: dict[str, Any] = {
            "query": query,
            "media_type": media_type,
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
            "base": base,
            "prefixes": self._prefixes,
            "timeout_s": timeout_s,
            "max_bytes": self.limits.max_bytes if max_bytes is None else max_bytes,
        }
        with self._place_of(client), self._worker() as worker:
            worker.await_ready()
            request["union"] = worker.union and not own_dataset
            reply = worker.ask(request, timeout_s, is_gone)
        return self._answer(reply, request)

    def close(self) -> None:
        """Kill the workers and wait until they are gone; a second call does nothing."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, deque()
            busy, self._living = self._living.difference(idle), set()
            for ticket in self._queue:
                ticket.turn.set()
        for worker in idle:
            worker.kill()
        for worker in busy:  # the thread that waits for it holds its socket, and lets go of it
            worker.stop()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def process_ids(self) -> list[int]:
        """Return the ids of the processes that live now."""
        with self._lock:
            return sorted(worker.pid for worker in self._living)

    @contextlib.contextmanager
    def _place_of(self, client: str | None) -> Iterator[None]:
        """Count a client's queries while this one is waiting and running."""
        most = self.limits.max_per_client
        if client is None or not most:
            yield
            return
        with self._lock:
            if self._clients[client] >= most:
                raise LimitError(
                    f"{most} queries of yours are running or waiting. Accepted: up to {most} at a "
                    "time. Wait for one to end.",
                    status=429,
                    retry_after=1,
                )
            self._clients[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._clients[client] -= 1
                if not self._clients[client]:
                    del self._clients[client]

    @contextlib.contextmanager
    def _worker(self) -> Iterator[WorkerProcess]:
        worker = self._take()
        try:
            if not worker.is_alive:
                worker = self._replacement(worker)
            yield worker
        except LimitError:
            self._refuse_if_closed()
            raise
        finally:
            if not worker.is_sound and not self._closed:
                worker = self._replacement(worker)
            self._give_back(worker)

    def _take(self) -> WorkerProcess:
        """Return an idle worker; first come, first served."""
        with self._lock:
            self._refuse_if_closed()
            if self._idle and not self._queue:
                return self._idle.popleft()
            if len(self._queue) >= self.limits.max_waiting:
                raise self._busy(f"{len(self._queue)} queries are waiting already")
            ticket = _Ticket()
            self._queue.append(ticket)
        ticket.turn.wait(self.limits.timeout_s)
        with self._lock:
            self._refuse_if_closed()
            if ticket.worker is None:
                self._queue.remove(ticket)
                raise self._busy(f"none came free in {self.limits.timeout_s:g} s")
        return ticket.worker

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._lock:
            if not self._closed and self._queue:
                ticket = self._queue.popleft()
                ticket.worker = worker
                ticket.turn.set()
            elif not self._closed:
                self._idle.append(worker)
        if self._closed:
            worker.kill()

    def _replacement(self, worker: WorkerProcess) -> WorkerProcess:
        """Return a new worker for one that is killed, dead or has grown too large.

        Where the system cannot start a process just now, that is the dead one: whoever takes it
        next tries again.
        """
        worker.kill()
        with self._lock:
            self._living.discard(worker)
        try:
            return self._spawn()
        except OSError:
            return worker

    def _spawn(self) -> WorkerProcess:
        worker = WorkerProcess(self._path, self.limits.max_memory)
        with self._lock:
            closed = self._closed
            if not closed:
                self._living.add(worker)
        if closed:
            worker.kill()
        return worker

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise LimitError("The server is stopping.", status=503, retry_after=5)

    def _busy(self, what: str) -> LimitError:
        return LimitError(
            f"All query workers are busy: {what}. Try again in a few seconds.",
            status=503,
            retry_after=max(1, round(self.limits.timeout_s / 4)),
        )

    def _answer(self, reply: Reply, request: Mapping[str, Any]) -> Answer:
        """Turn what a worker said into an answer, or raise what it complained of."""
        status = reply.head["status"]
        if status == "ok":
            return Answer(
                request["media_type"], reply.head["seconds"], reply.head["size"], reply.body
            )
        if status == "bytes":
            raise LimitError(
                f"The answer is larger than {request['max_bytes'] / MIB:g} MiB, the most sent "
                "this way. Nothing was cut off: there is no answer. Ask for less (LIMIT, fewer "
                "variables, a filter), for CSV, page by key, or take the files of the release.",
                status=413,
            )
        if status == "SyntaxError":
            raise syntax_error(reply.head["message"], request["query"])
        if status == "MemoryError":
            raise out_of_memory(self.limits.max_memory)
        raise QueryError(f"The query cannot be answered: {reply.head['message']}")
