"""The server: it listens, joins connections with what answers them, and stops in order."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import uvloop
from flask import Flask

from kg.confined.limits import trim
from kg.web.front.bodies import Body, Room
from kg.web.front.bridge import Outcome, call, environ_of
from kg.web.front.connection import Connection
from kg.web.front.kept import KeptAnswers
from kg.web.front.lookups import Lookups
from kg.web.front.small import SmallQueries
from kg.web.front.wire import Request
from kg.web.handed import HANDED, Handed

__all__ = ["Front", "FrontLimits"]

_SWEEP_SECONDS = 5.0
_MANY = 200  # connections that have gone, after which their memory is given back to the system
_STOP_SECONDS = 5.0
_STOP_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class FrontLimits:
    """What clients may do.

    ``connections`` at a time; ``head_bytes`` of address and headers; ``body_bytes`` of one body,
    ``upload_bytes`` of one that is posted where files are taken (:data:`UPLOADS`), and
    ``all_bodies_bytes`` of those that are read or answered; ``waiting_memory`` and
    ``waiting_files`` bytes of large answers that wait for their readers; a connection without
    requests is closed after ``idle_s`` seconds without a byte, one whose request is not whole
    after ``sending_s``, one that takes nothing of its answer after ``stalled_s``.
    """

    connections: int = 10_000
    head_bytes: int = 64 * 1024
    body_bytes: int = 1024 * 1024
    upload_bytes: int = 0
    all_bodies_bytes: int = 256 * 1024 * 1024
    waiting_memory: int = 512 * 1024 * 1024
    waiting_files: int = 4 * 1024 * 1024 * 1024
    idle_s: float = 60.0
    sending_s: float = 120.0
    stalled_s: float = 120.0


class Front:
    """An HTTP server over an application of :func:`kg.web.create_app`.

    Parameters
    ----------
    app:
        The application.
    listening:
        A socket that listens.
    threads:
        How many requests the application answers at a time.
    trusted_proxy:
        The address whose ``X-Forwarded-For``, ``-Host`` and ``-Proto`` are believed.
    limits:
        What clients may do.
    """

    def __init__(
        self,
        app: Flask,
        listening: socket.socket,
        threads: int = 64,
        trusted_proxy: str = "",
        limits: FrontLimits | None = None,
    ) -> None:
        self.app = app
        self.limits = limits or FrontLimits()
        self.trusted_proxy = trusted_proxy
        self.effective_host, self.effective_port = listening.getsockname()[:2]
        self.body_bytes = 0  # of all connections
        self.room = Room(self.limits.waiting_memory, self.limits.waiting_files)
        self._listening = listening
        self._loop = uvloop.new_event_loop()
        self._stop = asyncio.Event()
        self._stopped = threading.Event()
        self._running = False
        self._connections: set[Connection] = set()
        self._most_seen = 0  # since memory was given back
        self._threads = ThreadPoolExecutor(threads, "request")
        self.kept = KeptAnswers(app, self.now)
        self._small = SmallQueries(app, self.kept)
        self._lookups = Lookups(app, self._loop, self.kept, self._in_thread)

    def run(self) -> None:
        """Serve until :meth:`stop`; requests that are under way then have five seconds."""
        self._running = True
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._lookups.end()
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._loop.close()
            self._listening.close()
            self._stopped.set()

    def stop(self) -> None:
        """Begin to stop; any thread, or a handler of signals, may call this."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    def close(self) -> None:
        """Stop, and return when that is done."""
        self.stop()
        if self._running:
            self._stopped.wait(2 * _STOP_SECONDS)
        elif not self._loop.is_closed():
            self._loop.close()
            self._listening.close()
            self._stopped.set()

    def add_signal_handler(self, number: int) -> None:
        """Have a signal stop the server; only in the main thread."""
        self._loop.add_signal_handler(number, self._stop.set)

    async def _serve(self) -> None:
        made = await self._loop.create_server(
            lambda: Connection(self), sock=self._listening, backlog=2048
        )
        sweeping = self._loop.create_task(self._sweep())
        await self._stop.wait()
        made.close()
        sweeping.cancel()
        for connection in list(self._connections):
            connection.end_when_done()
        left = _STOP_SECONDS
        while left > 0 and any(not each.is_idle for each in self._connections):
            await asyncio.sleep(_STOP_LOOK_SECONDS)
            left -= _STOP_LOOK_SECONDS

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = self.now()
            for connection in list(self._connections):
                connection.check(now)
            self._most_seen = max(self._most_seen, len(self._connections))
            if self._most_seen - len(self._connections) > _MANY:
                self._most_seen = len(self._connections)
                trim()

    # What connections need

    def now(self) -> float:
        """Return the loop's clock, in seconds."""
        return self._loop.time()

    def soon(self, function: Callable[[], object]) -> None:
        """Call a function when others have had their turn."""
        self._loop.call_soon(function)

    def later(self, seconds: float, function: Callable[[], object]) -> None:
        """Call a function after some seconds."""
        self._loop.call_later(seconds, function)

    def join(self, connection: Connection) -> bool:
        """Take a connection; False where there are too many."""
        if len(self._connections) >= self.limits.connections:
            return False
        self._connections.add(connection)
        self._most_seen = max(self._most_seen, len(self._connections))
        return True

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    def at_once(self, data: bytes, trusted: bool) -> tuple[bytes, ...] | None:
        """Return the whole answer to a request in these bytes, where it can be had unread.

        That is where the very bytes were answered before, or where they ask a small query in a
        way that was read before. ``trusted`` tells whether the sender is believed about hosts.
        """
        key = self.kept.key_of(data, trusted)
        if key is None:
            return None
        return self.kept.exactly(key) or self._small.at_once(data, trusted, key)

    def answer(self, connection: Connection, request: Request) -> None:
        """Answer a request: from memory, by a query begun here, or in a thread."""
        if self._small.take(connection, request):
            return
        state = self.kept.state
        if self._lookups.take(connection, request, state):
            return
        found = self.kept.find(request, connection.trusted, state)
        if found is not None:
            connection.send(found[0], b"" if request.method == "HEAD" else found[1])
        else:
            self._in_thread(connection, request, None)

    def _in_thread(self, connection: Connection, request: Request, handed: Handed | None) -> None:
        self._threads.submit(self._call, connection, request, handed)

    def _call(self, connection: Connection, request: Request, handed: Handed | None) -> None:
        place = (self.effective_host, self.effective_port)
        environ: dict[str, Any] = environ_of(request, place, lambda: connection.gone)
        if handed is not None:
            environ[HANDED] = handed
        try:
            outcome = call(self.app.wsgi_app, environ)
        finally:
            if handed is not None:
                handed.end()
        try:
            self._loop.call_soon_threadsafe(_deliver, connection, outcome)
        except RuntimeError:  # the server has stopped, and nobody waits for it any more
            if isinstance(outcome.body, Body):
                outcome.body.close()


def _deliver(connection: Connection, outcome: Outcome) -> None:
    connection.respond(outcome.status, outcome.headers, outcome.body)
