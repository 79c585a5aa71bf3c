"""Small queries, answered where they are read: from the index of the release, by the loop itself.

A GET of ``/sparql?query=…`` for JSON and nothing else is looked at here, before anything is made
that a longer way would need. Whatever is not plainly so is read by kg/web/front/plain.py, which
gives the same answers.
"""

from __future__ import annotations

import re
import time
from binascii import a2b_qp
from collections.abc import Callable, Hashable
from functools import lru_cache
from urllib.parse import urlencode

from flask import Flask
from werkzeug.exceptions import NotAcceptable

from kg.errors import KgError
from kg.web import headers
from kg.web.current import Current
from kg.web.encoding import SMALLEST
from kg.web.formats import FORMATS
from kg.web.front.connection import Connection
from kg.web.front.kept import KeptAnswers
from kg.web.front.plain import ON_ALL_LINES, encoding_of, site_of, tag_of, wanted
from kg.web.front.wire import Request, date_line
from kg.web.operations import new_id
from kg.web.pinning import LONGEST_LINK, PARAMETER

__all__ = ["SmallQueries"]

_BEGIN = b"query="
_PLACES = {b"/sparql": ("/sparql", ""), b"/sparql.json": ("/sparql.<suffix>", "json")}
_SAFE = re.compile(rb"[A-Za-z0-9%/:?@!$'()*+,;=._~-]*")
"""What a link may hold as it came; no ``&``, which would begin another field."""

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")

_FIRST = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n"
_OWN = b"X-Cache: miss\r\nServer-Timing: query;dur=%.1f\r\n"
_REST = b'X-Rihla-Release: %b\r\nETag: "%b"\r\nCache-Control: %b\r\nVary: %b\r\nLink: %b\r\n'
_JSON = FORMATS["json"]
_TYPE = _JSON.content_type.encode()
_KEPT = headers.KEPT_A_WHILE.encode()
_VARY = b"Accept, Accept-Encoding"


class SmallQueries:
    """Answers small queries of an application.

    Parameters
    ----------
    app:
        The application.
    kept:
        What is kept of requests.
    """

    def __init__(self, app: Flask, kept: KeptAnswers) -> None:
        self._current: Current = app.extensions["rihla"]
        self._answered: Callable[..., None] = app.extensions["rihla.answered"]
        self._kept = kept

    def take(self, connection: Connection, request: Request, state: tuple[Hashable, ...]) -> bool:
        """Answer a small query; False where it is none, or not asked in the plainest way.

        ``state`` is that of :attr:`kg.web.current.Current.state`.
        """
        place = _PLACES.get(request.path)
        if place is None or request.method != "GET" or not _is_plain(request, place[1]):
            return False
        site = site_of(request.scheme, request.headers.get("HOST", ""))
        text = _text_of(request.query)
        service = self._current.service
        if site is None or text is None or service.index is None:
            return False
        began = time.perf_counter()
        body = service.index.answer(text)
        if body is None or (len(body) >= SMALLEST and encoding_of(_accepts(request))):
            return False
        took = time.perf_counter() - began
        release = service.release
        link = b'<%b%b?%b&%b>; rel="bookmark"' % (
            site.encode("ascii"), request.path, request.query, _pinned(release.id),
        )  # fmt: skip
        if len(link) > LONGEST_LINK:
            return False
        tag = tag_of(release, text, _JSON.name).encode()
        first = _FIRST % (_TYPE, len(body))
        rest = _REST % (release.id.encode(), tag, _KEPT, _VARY, link)
        name, route = new_id(), place[0]
        self._answered(route, "GET", 200, request.began, len(body), name, release.id)
        head = b"%b%b%bX-Query-Id: %b\r\n%b%b\r\n" % (
            first, _OWN % (took * 1000), rest, name.encode(), ON_ALL_LINES, date_line(),
        )  # fmt: skip
        self._kept.keep_bytes(
            request.raw, connection.trusted, state, first + rest + ON_ALL_LINES, body, route,
            release.id,
        )  # fmt: skip
        connection.offer(head, body)
        return True


def _is_plain(request: Request, suffix: str) -> bool:
    """Whether a request is whole in its first line, but for headers that change nothing here."""
    sent = request.headers
    if request.body or not request.keep or request.version != "1.1" or "IF_NONE_MATCH" in sent:
        return False
    return _is_for_json(sent.get("ACCEPT", ""), suffix)


@lru_cache(maxsize=512)
def _is_for_json(accept: str, suffix: str) -> bool:
    try:
        return wanted(accept, suffix, "SELECT") is _JSON
    except (KgError, NotAcceptable):  # the application says so
        return False


def _accepts(request: Request) -> str:
    return request.headers.get("ACCEPT_ENCODING", "")


def _text_of(query: bytes) -> str | None:
    """Return the one field of an address, where it is a query, and goes into a link as it is."""
    if not query.startswith(_BEGIN) or not _SAFE.fullmatch(query) or _BAD_ESCAPE.search(query):
        return None
    raw = query[len(_BEGIN) :].replace(b"+", b" ")
    # Mail's escapes are an equals sign where those of addresses have a percent sign, and they are
    # read in C: five times as fast as urllib.parse.unquote_to_bytes, which saves ten microseconds.
    plain = a2b_qp(raw.replace(b"=", b"=3D").replace(b"%", b"="))
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=16)
def _pinned(release: str) -> bytes:
    return urlencode({PARAMETER: release}).encode("ascii")
