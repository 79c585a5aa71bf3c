"""Queries run in processes that can be killed.

The engine has no timeout and no memory limit, and a query can make it abort. So each query
runs in a child (kg/store/evaluator.py) that has the release open read-only, its own address
space and no sockets. When it is over its time it is killed and another one started; the server
goes on.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from kg.errors import LimitError, QueryError
from kg.store.begun import Begun
from kg.store.explain import out_of_memory, syntax_error, too_large
from kg.store.guard import GuardLimits, QueryShape, inspect_query
from kg.store.lanes import Job, Lanes
from kg.store.worker_process import LOOK_SECONDS, Reply, Slowness, WorkerProcess

__all__ = ["Answer", "PoolLimits", "WorkerPool"]

MIB = 1024 * 1024
_MOST_CACHES = 64 * MIB  # what the engine keeps of a large store in each worker
_OF_ROWS = {
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
}
"""Media types of rows and truth values, which abbreviate nothing with prefixes."""


@dataclass(frozen=True)
class PoolLimits:
    """What a query may use.

    ``timeout_s`` is wall time in seconds, ``max_bytes`` the serialised answer, ``max_rows`` its
    rows or triples, ``max_memory`` the address space a worker may take beside its own, in bytes;
    ``max_waiting`` queries wait for a worker, and one client has at most ``max_per_client``
    waiting or running (0: no limit). A query is long after ``long_s`` seconds, or
    sooner when others wait; never, where that is not below ``timeout_s``.
    """

    timeout_s: float = 10.0
    long_s: float = 1.0
    max_bytes: int = 64 * MIB
    max_rows: int = 1_000_000
    max_memory: int = 2048 * MIB
    max_waiting: int = 32
    max_per_client: int = 0
    guard: GuardLimits = field(default_factory=GuardLimits)


class Answer:
    """A serialised answer, complete: a small one in memory, a large one in a file without a name.

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


class WorkerPool:
    """Worker processes over one release's store folder.

    Parameters
    ----------
    store_path:
        A RocksDB folder that nobody writes to any more.
    workers:
        How many quick queries run at a time, and how many long ones beside them; see
        kg/store/lanes.py.
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
        size = sum(file.stat().st_size for file in Path(store_path).glob("*") if file.is_file())
        self._caches = min(size // 4, _MOST_CACHES)
        self._lock = threading.Lock()
        self._closed = False
        self._places = workers
        self.lanes = Lanes(
            workers, self.limits.max_waiting, self.limits.max_per_client, self.limits.timeout_s
        )
        self._living: set[WorkerProcess] = set()
        self._idle: deque[WorkerProcess] = deque()
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
        max_rows: int | None = None,
    ) -> Answer:
        """Answer one query in one of the media types of kg/store/evaluator.py.

        The default graph is the union of all graphs, unless ``default_graphs`` or
        ``named_graphs`` (IRIs) are given or the query has FROM. ``base`` is what relative IRIs
        in the query are relative to. ``shape`` spares a second look
        at the text to whoever has had one; ``timeout_s``, ``max_bytes`` and ``max_rows`` stand in
        for the pool's limits. The query is killed once ``is_gone()`` is true.

        Raises
        ------
        QueryError
            The query is malformed; with line and column.
        LimitError
            It met a limit: time (504), size of the answer or memory (413), no free worker
            (503), too many queries of one client (429); or it crashed the engine (500).
        """
        begun = self.begin(
            query,
            media_type,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
            base=base,
            client=client,
            shape=shape,
            timeout_s=timeout_s,
            max_bytes=max_bytes,
            max_rows=max_rows,
        )
        return begun.finish(is_gone)

    def begin(
        self,
        query: str,
        media_type: str = "application/sparql-results+json",
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
        client: str | None = None,
        tell: Callable[[], object] | None = None,
        shape: QueryShape | None = None,
        timeout_s: float | None = None,
        max_bytes: int | None = None,
        max_rows: int | None = None,
    ) -> Begun:
        """Begin what :meth:`run` does, and wait for nothing; see :class:`kg.store.begun.Begun`.

        ``tell`` is called when a query that has to wait has a place.

        Raises
        ------
        QueryError, LimitError
            As the guard, the queue, and the client's share have it.
        """
        shape = shape or inspect_query(query, self.limits.guard)
        request: dict[str, Any] = {
            "query": query,
            "media_type": media_type,
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
            "own_dataset": bool(default_graphs or named_graphs or shape.has_dataset),
            "base": base,
            "timeout_s": self.limits.timeout_s if timeout_s is None else timeout_s,
            "max_bytes": self.limits.max_bytes if max_bytes is None else max_bytes,
            "max_rows": self.limits.max_rows if max_rows is None else max_rows,
        }
        if media_type not in _OF_ROWS:
            request["prefixes"] = self._prefixes
        return Begun(self, request, shape.calls_out, client, tell)

    def close(self) -> None:
        """Kill the workers and wait until they are gone; a second call does nothing."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, deque()
            busy, self._living = self._living.difference(idle), set()
        self.lanes.close()
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

    def lend_ready(self) -> WorkerProcess | None:
        """Lend a worker that can take a query at once, if there is one."""
        with self._lock:
            # The one that was used last has most of what it needs in the processor's caches.
            ready = [each for each in self._idle if each.is_ready]
            if self._closed or not ready:
                return None
            worker = ready[-1]
            self._idle.remove(worker)
        if worker.is_alive:
            return worker
        threading.Thread(target=self._discard, args=(worker,)).start()
        return None

    def lend(self, network: bool) -> WorkerProcess:
        """Lend a worker; one that may call other servers is made for this query alone."""
        if network:
            return self._spawn(network=True)
        while True:
            with self._lock:
                self.refuse_if_closed()
                worker = self._idle.popleft() if self._idle else None
            if worker is None:
                return self._started()
            if worker.is_alive:
                return worker
            self._discard(worker)

    def _started(self) -> WorkerProcess:
        try:
            return self._spawn()
        except OSError as error:
            raise LimitError(
                f"The system cannot start a process just now ({error}). Try again in a few "
                "seconds.",
                status=503,
                retry_after=2,
            ) from error

    def slowness(
        self, job: Job, worker: WorkerProcess, is_gone: Callable[[], bool] | None
    ) -> Slowness | None:
        """Say when a query is slow; never, where that is after the limit of time."""
        if self.limits.long_s >= self.limits.timeout_s:
            return None
        return Slowness(
            self.limits.long_s,
            lambda: self.lanes.is_full,
            lambda: self._slow(job, worker, is_gone),
        )

    def _slow(self, job: Job, worker: WorkerProcess, is_gone: Callable[[], bool] | None) -> float:
        """Make room for quick queries; return for how many seconds the query was paused."""
        may_go_on = self.lanes.slow(job)
        worker.yield_to_others()
        self._top_up()
        if may_go_on:
            return 0.0
        began = time.monotonic()
        worker.pause()
        self.lanes.await_turn(job, lambda: worker.stop_if(is_gone), LOOK_SECONDS)
        worker.go_on()
        return time.monotonic() - began

    def _top_up(self) -> None:
        """Have a worker ready for each quick place that is free."""
        with self._lock:
            missing = self._places - self.lanes.quick - len(self._idle)
        for _ in range(0 if self._closed else missing):
            # Where the system cannot start one now, whoever needs it tries again.
            with contextlib.suppress(OSError):
                worker = self._spawn()
                with self._lock:
                    self._idle.append(worker)

    def give_back(self, worker: WorkerProcess, again: bool) -> None:
        """Take a worker back; where it may not run ``again``, another one takes its place."""
        with self._lock:
            keep = again and worker.is_sound and not self._closed
            keep = keep and len(self._idle) < self._places
            if keep:
                self._idle.append(worker)
        if not keep:
            self._discard(worker)
            with self._lock:
                short = not self._idle and not self._closed
            if short:
                with contextlib.suppress(OSError):
                    fresh = self._spawn()
                    with self._lock:
                        self._idle.append(fresh)

    def _discard(self, worker: WorkerProcess) -> None:
        """End a worker that is killed, dead, slow or has grown too large."""
        worker.kill()
        with self._lock:
            self._living.discard(worker)

    def _spawn(self, network: bool = False) -> WorkerProcess:
        worker = WorkerProcess(self._path, self.limits.max_memory, network, self._caches)
        with self._lock:
            closed = self._closed
            if not closed:
                self._living.add(worker)
        if closed:
            worker.kill()
        return worker

    def refuse_if_closed(self) -> None:
        """Raise LimitError where the pool is closed."""
        if self._closed:
            raise LimitError("The server is stopping.", status=503, retry_after=5)

    def answer(self, reply: Reply, request: Mapping[str, Any]) -> Answer:
        """Turn what a worker said into an answer, or raise what it complained of."""
        status = reply.head["status"]
        if status == "ok":
            return Answer(
                request["media_type"], reply.head["seconds"], reply.head["size"], reply.body
            )
        if status in ("bytes", "rows"):
            most = (
                f"is larger than {request['max_bytes'] / MIB:g} MiB"
                if status == "bytes"
                else f"has more than {request['max_rows']:,} rows"
            )
            raise too_large(most)
        if status == "SyntaxError":
            raise syntax_error(reply.head["message"], request["query"])
        if status == "MemoryError":
            raise out_of_memory(self.limits.max_memory)
        if status == "NoRoomError":
            raise LimitError(
                f"There is no room for the answer while it is read ({reply.head['message']}). "
                "Try again later, or ask for less.",
                status=503,
                retry_after=30,
            )
        raise QueryError(f"The query cannot be answered: {reply.head['message']}")
