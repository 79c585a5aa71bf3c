"""Quick queries, begun by the loop itself: no thread waits for them.

What is asked at ``/sparql`` in the plain way is handed to a worker, and its answer is sent when it
arrives. Whatever is not plain is the application's: another format, a fault, an answer that is
large or takes long. A query that was begun by then is handed over, and runs on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from flask import Flask

from kg.errors import KgError
from kg.store.begun import Begun
from kg.store.workers import WorkerPool
from kg.web.answers import Flight, Kept, KeptAnswer
from kg.web.encoding import IN_ONE_PIECE
from kg.web.front.connection import Connection
from kg.web.front.kept import KeptAnswers
from kg.web.front.plain import (
    ON_ALL_LINES,
    PlainQuery,
    answer_headers,
    not_modified_headers,
    plain_query,
)
from kg.web.front.wire import Request
from kg.web.handed import Handed
from kg.web.operations import new_id
from kg.web.service import Service

__all__ = ["Lookups"]

_QUICK_SECONDS = 0.1
"""After so long a thread takes over, which makes room for others and looks after the client."""

_LOOK_SECONDS = 0.02


@dataclass(eq=False)
class _Lookup:
    """One query on its way."""

    connection: Connection
    request: Request
    asked: PlainQuery
    service: Service
    flight: Flight
    tag: str
    began: float = field(default_factory=time.monotonic)
    begun: Begun | None = None
    reads: bool = False


class Lookups:
    """The queries that a loop has begun.

    Parameters
    ----------
    app, loop:
        The application, and the loop of its server.
    kept:
        What is kept of requests.
    hand_over:
        Has a request answered in a thread, with what was begun for it.
    """

    def __init__(
        self,
        app: Flask,
        loop: asyncio.AbstractEventLoop,
        kept: KeptAnswers,
        hand_over: Callable[[Connection, Request, Handed | None], None],
    ) -> None:
        self._current = app.extensions["rihla"]
        self._answered: Callable[..., None] = app.extensions["rihla.answered"]
        self._loop = loop
        self._kept = kept
        self._hand_over = hand_over
        self._under_way: set[_Lookup] = set()
        self._looking = False

    def take(self, connection: Connection, request: Request, state: tuple[Hashable, ...]) -> bool:
        """Answer a plain query, now or when its answer is there; False where it is none.

        ``state`` is that of :attr:`kg.web.current.Current.state`.
        """
        limits = self._current.limits
        asked = plain_query(request, limits.guard)
        if asked is None:
            return False
        service: Service = self._current.enter()
        if not isinstance(service.pool, WorkerPool):
            self._current.leave(service)
            return False
        tag = asked.tag(service.release)
        if asked.holds(tag):
            headers = not_modified_headers(asked, tag, service.release.id)
            self._send(connection, request, asked, service, "304 NOT MODIFIED", headers, b"")
            return True
        found = service.answers.find(asked.key, quiet=True)
        if found is not None and found.size <= IN_ONE_PIECE:
            headers, body = answer_headers(asked, found, tag, service.release.id)
            if request.method == "GET":
                self._kept.keep(
                    request, connection.trusted, state, headers, body, asked.route,
                    service.release.id, ON_ALL_LINES,
                )  # fmt: skip
            self._send(connection, request, asked, service, "200 OK", headers, body)
            return True
        small = None if found is not None else self._from_index(asked, service)
        if small is not None:
            headers, body = answer_headers(asked, small, tag, service.release.id)
            self._send(connection, request, asked, service, "200 OK", headers, body)
            return True
        # What the tables answer is the application's: a worker would take longer.
        handled = found is not None or service.is_for_tables(asked.text)
        flight = None if handled else service.answers.lead(asked.key)
        if flight is None or not self._begin(connection, request, asked, service, flight, tag):
            self._current.leave(service)
            return False
        return True

    def _from_index(self, asked: PlainQuery, service: Service) -> KeptAnswer | None:
        if asked.default_graphs or asked.named_graphs:
            return None
        answer = service.from_index(asked.text, asked.format.media_type)
        if answer is None:
            return None
        service.answers.cache.count_miss("answer")
        return service.answers.keep(asked.key, answer)

    def _begin(
        self,
        connection: Connection,
        request: Request,
        asked: PlainQuery,
        service: Service,
        flight: Flight,
        tag: str,
    ) -> bool:
        lookup = _Lookup(connection, request, asked, service, flight, tag)
        try:
            lookup.begun = service.pool.begin(  # type: ignore[union-attr]  # take() has looked
                asked.text,
                asked.format.media_type,
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
                base=asked.base,
                client=request.client,
                tell=lambda: self._loop.call_soon_threadsafe(self._placed, lookup),
                shape=asked.shape,
            )
        except KgError:  # the application says so, in the one shape of errors
            service.answers.land(asked.key, flight)
            return False
        self._under_way.add(lookup)
        if not lookup.begun.waits:
            self._start(lookup)
        if not self._looking:
            self._looking = True
            self._loop.call_later(_LOOK_SECONDS, self._look)
        return True

    def _placed(self, lookup: _Lookup) -> None:
        if lookup in self._under_way and not lookup.reads:
            self._start(lookup)

    def _start(self, lookup: _Lookup) -> None:
        begun = lookup.begun
        assert begun is not None
        if begun.try_start():
            lookup.reads = True
            self._loop.add_reader(begun.fileno(), self._arrived, lookup)
        else:
            self._give_up(lookup)

    def _arrived(self, lookup: _Lookup) -> None:
        """Read a reply; answer where it is a small one, whole and good."""
        begun = lookup.begun
        assert begun is not None
        descriptor = begun.fileno()
        try:
            whole = begun.try_receive()
        except (OSError, EOFError):  # the thread that takes over finds out why
            self._give_up(lookup)
            return
        if not whole:
            return
        self._loop.remove_reader(descriptor)
        lookup.reads = False
        if begun.is_small(IN_ONE_PIECE):
            self._finish(lookup, begun)
        else:
            self._give_up(lookup)

    def _finish(self, lookup: _Lookup, begun: Begun) -> None:
        self._under_way.discard(lookup)
        asked, service = lookup.asked, lookup.service
        answer = service.answers.land(asked.key, lookup.flight, begun.finish())
        if not isinstance(answer, KeptAnswer):  # the cache is smaller than this answer
            answer = KeptAnswer(Kept(answer.content_type, answer.seconds, answer.read()), "miss")
        headers, body = answer_headers(asked, answer, lookup.tag, service.release.id)
        self._send(lookup.connection, lookup.request, asked, service, "200 OK", headers, body)

    def _send(
        self,
        connection: Connection,
        request: Request,
        asked: PlainQuery,
        service: Service,
        status: str,
        headers: list[tuple[str, str]],
        body: bytes,
    ) -> None:
        name = new_id()
        headers.append(("X-Query-Id", name))
        release = service.release.id
        self._current.leave(service)
        size = 0 if request.method == "HEAD" else len(body)
        self._answered(
            asked.route, request.method, int(status[:3]), request.began, size, name, release
        )
        connection.respond(status, headers, body, ON_ALL_LINES)

    def _give_up(self, lookup: _Lookup) -> None:
        """Hand a query over to a thread, as far as it has come."""
        begun = lookup.begun
        assert begun is not None
        if lookup.reads:
            self._loop.remove_reader(begun.fileno())
            lookup.reads = False
        self._under_way.discard(lookup)
        asked = lookup.asked
        handed = Handed(self._current, lookup.service, asked.key, lookup.flight, begun)
        self._hand_over(lookup.connection, lookup.request, handed)

    def end(self) -> None:
        """Stop what is under way; the loop has ended."""
        for lookup in self._under_way:
            if lookup.begun is not None:
                lookup.begun.abandon()
            lookup.service.answers.land(lookup.asked.key, lookup.flight)
            self._current.leave(lookup.service)
        self._under_way.clear()

    def _look(self) -> None:
        """Hand over what is not quick, and what waits for too long."""
        now = time.monotonic()
        patience = self._current.limits.timeout_s
        for lookup in list(self._under_way):
            age = now - lookup.began
            if age > (_QUICK_SECONDS if lookup.reads else patience):
                self._give_up(lookup)
        self._looking = bool(self._under_way)
        if self._looking:
            self._loop.call_later(_LOOK_SECONDS, self._look)
