"""Answers that are kept, sent by the loop that reads: no thread and no view is asked.

There are two ways to find one. The very bytes of a request that was answered from memory before
lead to the very bytes of the answer. Any other request is looked for as kg/web/express.py
does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from flask import Flask

from kg.web.current import Current
from kg.web.encoding import IN_ONE_PIECE
from kg.web.express import Express
from kg.web.front.wire import Request, date_line, head_of
from kg.web.operations import new_id

__all__ = ["KeptAnswers", "Key"]

Key = tuple[Hashable, ...]
"""What a request's answer is kept under: what it depends on, and the bytes of the request."""

_LONGEST = 8_192  # bytes of a request that is known by its bytes
_OWN = ("X-Query-Id", "X-Cache", "Server-Timing")
_HIT = b"X-Cache: hit\r\nServer-Timing: cache;desc=hit\r\nX-Query-Id: "
_TELLING = {"HTTP_HOST": "HOST", "HTTP_ACCEPT": "ACCEPT", "HTTP_ACCEPT_ENCODING": "ACCEPT_ENCODING"}


@dataclass(frozen=True, slots=True)
class _Exact:
    """An answer to the very same bytes: its head without what is of one answer only, its body."""

    head: bytes
    body: bytes
    method: str
    route: str
    release: str


class KeptAnswers:
    """What an application keeps, as the loop whose clock is ``now`` finds it."""

    def __init__(self, app: Flask, now: Callable[[], float]) -> None:
        self._now = now
        self._state: tuple[float, tuple[Hashable, ...]] = (-1.0, ())
        self._current: Current = app.extensions["rihla"]
        self._express: Express = app.extensions["rihla.express"]
        self._answered: Callable[..., None] = app.extensions["rihla.answered"]

    @property
    def state(self) -> tuple[Hashable, ...]:
        """What answers of this moment depend on, looked up once a millisecond at most."""
        now = self._now()
        if self._state[0] != now:
            self._state = (now, self._current.state)
        return self._state[1]

    def key_of(self, data: bytes, trusted: bool) -> Key | None:
        """Return the key of a request that came in these bytes; None where it is too long.

        ``trusted`` tells whether its sender is believed about hosts and clients.
        """
        return ("request", *self.state, trusted, data) if len(data) <= _LONGEST else None

    def exactly(self, key: Key) -> tuple[bytes, ...] | None:
        """Return the answer to a request that came in the very bytes of this key before."""
        cache = self._current.cache
        if not cache.budget:
            return None
        began = time.perf_counter()
        found: _Exact | None = cache.get(key, True)
        if found is None:
            return None
        name = new_id()
        self._answered(found.route, found.method, 200, began, len(found.body), name, found.release)
        return found.head, _HIT, name.encode(), b"\r\n", date_line(), b"\r\n", found.body

    def keep(
        self,
        request: Request,
        trusted: bool,
        state: tuple[Hashable, ...],
        headers: list[tuple[str, str]],
        body: bytes,
        route: str,
        release: str,
        constant: bytes = b"",
    ) -> None:
        """Keep an answer to a GET under the bytes of its request.

        ``state`` is that of :attr:`kg.web.current.Current.state` when the answer was found.
        """
        raw = request.raw
        if raw is None or len(raw) > _LONGEST or len(body) > IN_ONE_PIECE:
            return
        if request.method != "GET" or not request.keep or request.version != "1.1":
            return
        key = ("request", *state, trusted, raw)
        own = [pair for pair in headers if pair[0] not in _OWN]
        head = head_of("200 OK", own, True, "1.1", constant).rpartition(b"Date: ")[0]
        self.keep_bytes(key, len(raw), head, body, route, release)

    def keep_bytes(
        self, key: Key, key_bytes: int, head: bytes, body: bytes, route: str, release: str
    ) -> None:
        """Keep a head, without what is of one answer only, and a body under a request's key."""
        if len(body) <= IN_ONE_PIECE:
            exact = _Exact(head, body, "GET", route, release)
            self._current.cache.put(key, exact, key_bytes + len(head) + len(body))

    def find(
        self, request: Request, trusted: bool, state: tuple[Hashable, ...]
    ) -> tuple[bytes, bytes] | None:
        """Return head and body of a kept answer, where it is small."""
        if request.method not in ("GET", "HEAD") or request.body or request.path[:2] == b"//":
            return None
        sent = request.headers
        if "RANGE" in sent or not self._current.cache.budget or b"%" in request.path:
            return None
        telling = {name: sent.get(header) for name, header in _TELLING.items()}
        telling |= {
            "SCRIPT_NAME": "",
            "PATH_INFO": request.path.decode("latin-1"),
            "QUERY_STRING": request.query.decode("latin-1"),
            "wsgi.url_scheme": request.scheme,
        }
        known = sent.get("IF_NONE_MATCH", "")
        found = self._express.find(request.method, telling, known, IN_ONE_PIECE, state)
        if found is None:
            return None
        if not known:
            self.keep(
                request, trusted, state, found.headers, found.body, found.route, found.release
            )
        return head_of(found.status, found.headers, request.keep, request.version), found.body
