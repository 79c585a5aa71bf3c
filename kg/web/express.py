"""What was answered at the same address before, answered again before any view is asked.

An answer that says of itself what determines it (a strong ETag, and that it may be kept) is kept
whole: status, headers, body, as it was sent to whoever accepts the same. The next request for it
costs a look at a dictionary. Another release, or another list of forgotten people, and nothing
that was kept is found any more.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask, Response, g, request
from werkzeug.wsgi import wrap_file

from kg.web.copying import KEY
from kg.web.current import Current
from kg.web.encoding import IN_ONE_PIECE, KeptResponse
from kg.web.operations import new_id, route_of
from kg.web.pinning import earlier

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Express", "Found", "register"]

_MINE = "rihla.express"
_LONGEST_KEY = 8_192  # characters of an address and the headers that matter
_TELLING = (
    "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING", "wsgi.url_scheme", KEY,
)  # fmt: skip
_OWN = frozenset({"x-query-id", "x-cache", "server-timing", "date"})  # of one answer, not of all
_OF_A_BODY = frozenset({"content-type", "content-length", "content-encoding"})
_HIT = [("X-Cache", "hit"), ("Server-Timing", "cache;desc=hit")]


@dataclass(frozen=True)
class _Ready:
    """An answer: headers with and without a body; the body itself, or where it is kept."""

    headers: list[tuple[str, str]]
    bare: list[tuple[str, str]]
    tag: str
    base_tag: str
    body: bytes | None
    kept: tuple[Hashable, ...]
    encoding: str
    route: str
    release: str


def register(app: Flask) -> None:
    """Put it before the application, and have it see the answers as they are sent."""
    express = app.extensions["rihla.express"] = Express(app, app.wsgi_app)
    app.wsgi_app = express  # type: ignore[assignment, method-assign]
    app.after_request(_keep)


class Found(NamedTuple):
    """An answer as it is sent."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    route: str
    release: str


class Express:
    """A WSGI application that answers from memory, or lets the one inside answer."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self._inner = inner
        self._current: Current = app.extensions["rihla"]
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        plain = environ["REQUEST_METHOD"] in ("GET", "HEAD") and "HTTP_RANGE" not in environ
        if not self._current.cache.budget or not plain:
            return self._inner(environ, start)
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        found = self.find(environ["REQUEST_METHOD"], environ, known)
        if found is None:
            environ[_MINE] = self._key(environ)
            return self._inner(environ, start)
        start(found.status, found.headers)
        if len(found.body) <= IN_ONE_PIECE:
            return [found.body]
        return wrap_file(environ, io.BytesIO(found.body))

    def find(
        self,
        method: str,
        environ: Mapping[str, Any],
        known: str,
        most: int | None = None,
        state: tuple[Hashable, ...] | None = None,
    ) -> Found | None:
        """Return what is kept for a request, counted and logged as an answer; else None.

        Parameters
        ----------
        method:
            GET or HEAD.
        environ:
            As in WSGI; only what tells answers apart is looked at.
        known:
            The header If-None-Match.
        most:
            None is returned for a larger body, in bytes, and nothing is counted as missed.
        state:
            That of :attr:`kg.web.current.Current.state`, where it is known already.
        """
        began, cache = time.perf_counter(), self._current.cache
        quiet = most is not None
        ready: _Ready | None = cache.get(self._key(environ, state), quiet)
        body = None if ready is None else self._body(ready, quiet)
        if ready is None or body is None or (most is not None and len(body) > most):
            return None
        same = bool(known) and ready.tag in known
        if known and not same and ready.base_tag in known:
            return None  # the client holds it otherwise encoded
        query_id = new_id()
        headers = [*(ready.bare if same else ready.headers), ("X-Query-Id", query_id), *_HIT]
        sent = b"" if same or method == "HEAD" else body
        status = 304 if same else 200
        answered: Callable[..., None] = self._app.extensions["rihla.answered"]
        answered(ready.route, method, status, began, len(sent), query_id, ready.release)
        text = "304 NOT MODIFIED" if same else "200 OK"
        return Found(text, headers, sent, ready.route, ready.release)

    def _key(
        self, environ: Mapping[str, Any], state: tuple[Hashable, ...] | None = None
    ) -> tuple[Hashable, ...]:
        told = [environ.get(name) for name in _TELLING]
        return ("response", *(state or self._current.state), *told)

    def _body(self, ready: _Ready, quiet: bool) -> bytes | None:
        if ready.body is not None:
            return ready.body
        kept = self._current.cache.get(ready.kept, quiet)
        if kept is None or (quiet and ready.encoding and ready.encoding not in kept.packed):
            return None  # compressing it takes too long for whoever is in a hurry
        return bytes(kept.as_encoded(ready.encoding) if ready.encoding else kept.body)


def _keep(response: Response) -> Response:
    key = request.environ.get(_MINE)
    if key is None or not _may_be_kept(response):
        return response
    tag, weak = response.get_etag()
    if not tag or weak:
        return response
    size = sum(len(str(part or "")) for part in key[3:])
    body: bytes | None = None
    kept: tuple[Hashable, ...] = ()
    encoding = ""
    if isinstance(response, KeptResponse):
        kept, encoding = response.kept.key, response.encoding
    elif response.is_sequence and not response.direct_passthrough:
        body = response.get_data()
    if (body is None and not kept) or size > _LONGEST_KEY:
        return response
    headers = [(k, v) for k, v in response.headers if k.lower() not in _OWN]
    size += sum(len(k) + len(v) for k, v in headers) + len(body or b"")
    ready = _Ready(
        headers=headers,
        bare=[(k, v) for k, v in headers if k.lower() not in _OF_A_BODY],
        tag=f'"{tag}"',
        base_tag=f'"{tag.partition("-")[0]}',
        body=body,
        kept=kept,
        encoding=encoding,
        route=route_of(request),
        release=g.rihla.release.id,
    )
    g.rihla.answers.cache.put(key, ready, size)
    return response


def _may_be_kept(response: Response) -> bool:
    """Whether it is complete, determined by its tag, and of the current release."""
    if response.status_code != 200 or request.method != "GET" or "rihla" not in g:
        return False
    control = response.headers.get("Cache-Control", "")
    return control.startswith("public") and "Set-Cookie" not in response.headers and not earlier()
