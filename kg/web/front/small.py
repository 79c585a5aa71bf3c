"""Small queries, answered where they are read: from the index of the release, by the loop itself.

A GET of ``/sparql?query=…`` for JSON and nothing else is looked at here, before anything is made
that a longer way would need. Whatever is not plainly so is read by kg/web/front/plain.py, which
gives the same answers. Clients ask much alike: what stands behind the first line of a request that
was read whole tells how a client asks, and the next with the same bytes there need not be read.
"""

from __future__ import annotations

import re
import time
from binascii import a2b_qp
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Flask
from werkzeug.exceptions import NotAcceptable

from kg.errors import KgError
from kg.store.indexed import MOST_BYTES
from kg.web import headers
from kg.web.current import Current
from kg.web.encoding import IN_ONE_PIECE, SMALLEST
from kg.web.formats import FORMATS
from kg.web.front.connection import Connection
from kg.web.front.kept import KeptAnswers, Key
from kg.web.front.plain import ON_ALL_LINES, encoding_of, site_of, wanted
from kg.web.front.wire import Request, date_line
from kg.web.operations import new_id
from kg.web.pinning import LONGEST_LINK, PARAMETER
from kg.web.service import Service

__all__ = ["SmallQueries"]

_PLACES = {b"/sparql": ("/sparql", ""), b"/sparql.json": ("/sparql.<suffix>", "json")}
_SIGNS = rb"[A-Za-z0-9%/:?@!$'()*+,;=._~-]*"
"""What a link may hold as it came; no ``&``, which would begin another field."""

_FIELD = re.compile(rb"query=(" + _SIGNS + rb")")
_LINE = re.compile(rb"GET (/sparql|/sparql\.json)\?query=(" + _SIGNS + rb") HTTP/1\.1\r\n")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_MOST_MANNERS = 500
_LONGEST_MANNER = 2_000  # bytes

_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %%d\r\nX-Rihla-Release: %b\r\n"
    b'ETag: "%%b"\r\nCache-Control: %b\r\nVary: Accept, Accept-Encoding\r\n'
    b"Link: %b\r\n%b"
)
_LINK = b'<%b%b?query=%%b&%b>; rel="bookmark"'
_OWN = b"X-Cache: miss\r\nServer-Timing: query;dur=%.1f\r\nX-Query-Id: %b\r\n%b\r\n"
_JSON = FORMATS["json"]
_BEHIND = headers.as_bytes(_JSON.name, (), ())
"""What an answer's tag stands for behind its text: see :func:`kg.web.front.plain.tag_of`."""


class _Manner(NamedTuple):
    """How a client asks: the site that it names, and whether it takes text compressed."""

    site: str
    packs: bool


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
        self._served: _Served | None = None
        self._manners: dict[tuple[bool, bytes, bytes], _Manner] = {}

    def at_once(self, data: bytes, trusted: bool, key: Key) -> tuple[bytes, bytes] | None:
        """Return head and body of the answer to a small query, read from a request's bytes.

        None where it is none, or where all but the query, that is the bytes behind the first line,
        are not those of a request that was read in the long way and asked in the plainest.
        """
        line = _LINE.match(data)
        if line is None:
            return None
        began = time.perf_counter()
        path, query = line.groups()
        manner = self._manners.get((trusted, path, data[line.end() :]))
        if manner is None:
            return None
        return self._answer(path, query, manner, began, IN_ONE_PIECE, key, len(data))

    def take(self, connection: Connection, request: Request) -> bool:
        """Answer a small query; False where it is none, or not asked in the plainest way."""
        field = _FIELD.fullmatch(request.query)
        manner = _manner_of(request)
        if field is None or manner is None:
            return False
        raw, key = request.raw, None
        if raw is not None:
            self._remember(raw, connection.trusted, request, manner)
            key = self._kept.key_of(raw, connection.trusted)
        found = self._answer(
            request.path, field[1], manner, request.began, MOST_BYTES, key, len(raw or b"")
        )
        if found is not None:
            connection.offer(*found)
        return found is not None

    def _remember(self, raw: bytes, trusted: bool, request: Request, manner: _Manner) -> None:
        """Remember how a request asked that was read whole and alone: all but its first line."""
        line = _LINE.match(raw)
        if line is None or line[1] != request.path or len(raw) - line.end() > _LONGEST_MANNER:
            return
        rest = raw[line.end() :]
        if b"expect" in rest.lower():  # it was told to go on, and others have to be told so too
            return
        if len(self._manners) >= _MOST_MANNERS:
            self._manners.clear()
        self._manners[trusted, request.path, rest] = manner

    def _answer(
        self,
        path: bytes,
        query: bytes,
        manner: _Manner,
        began: float,
        most: int,
        key: Key | None,
        key_bytes: int,
    ) -> tuple[bytes, bytes] | None:
        """Return head and body; None where the index has no answer, or one of too many bytes."""
        service = self._current.service
        text = _text_of(query)
        if service.index is None or text is None:
            return None
        asked = time.perf_counter()
        body = service.index.answer(text)
        if body is None or len(body) > most or (manner.packs and len(body) >= SMALLEST):
            return None
        took = time.perf_counter() - asked
        if self._served is None or self._served.service is not service:
            self._served = _Served(service)
        head = self._served.head(path, query, manner.site, len(body), text.encode())
        if head is None:
            return None
        name, route, release = new_id(), _PLACES[path][0], service.release.id
        self._answered(route, "GET", 200, began, len(body), name, release)
        if key is not None:
            self._kept.keep_bytes(key, key_bytes, head, body, route, release)
        return head + _OWN % (took * 1000, name.encode(), date_line()), body


class _Served:
    """The heads of answers of a service, of which only what differs is written each time."""

    def __init__(self, service: Service) -> None:
        self.service = service
        release = service.release
        self._digest = headers.digest_of(f"{headers.PLAIN} {release.content}", release.id)
        self._heads: dict[tuple[bytes, str], tuple[bytes, int]] = {}

    def head(self, path: bytes, query: bytes, site: str, size: int, text: bytes) -> bytes | None:
        """Return a head without what is of one answer only; None where its link is too long."""
        known = self._heads.get((path, site))
        if known is None:
            if len(self._heads) >= _MOST_MANNERS:
                self._heads.clear()
            known = self._heads[path, site] = self._form(path, site)
        form, most = known
        if len(query) > most:
            return None
        digest = self._digest.copy()
        digest.update(text + _BEHIND)
        return form % (size, digest.hexdigest()[: headers.TAG_LENGTH].encode(), query)

    def _form(self, path: bytes, site: str) -> tuple[bytes, int]:
        """Return the form of heads, and how long a query their link may hold."""
        release = self.service.release.id
        link = _LINK % (site.encode(), path, urlencode({PARAMETER: release}).encode())
        told = (_JSON.content_type.encode(), release.encode(), headers.KEPT_A_WHILE.encode())
        form = _HEAD % (*map(_doubled, told), link, _doubled(ON_ALL_LINES))
        return form, LONGEST_LINK - (len(link) - len(b"%b"))


def _doubled(text: bytes) -> bytes:
    """Return what stands for itself in a form."""
    return text.replace(b"%", b"%%")


def _manner_of(request: Request) -> _Manner | None:
    """Return how a request asks; None where not in the plainest way.

    It is whole in its first line, but for headers that change nothing here.
    """
    place, sent = _PLACES.get(request.path), request.headers
    if place is None or request.method != "GET":
        return None
    if request.body or not request.keep or request.version != "1.1" or "IF_NONE_MATCH" in sent:
        return None
    site = site_of(request.scheme, sent.get("HOST", ""))
    if site is None or not _is_for_json(sent.get("ACCEPT", ""), place[1]):
        return None
    return _Manner(site, encoding_of(sent.get("ACCEPT_ENCODING", "")) is not None)


@lru_cache(maxsize=512)
def _is_for_json(accept: str, suffix: str) -> bool:
    try:
        return wanted(accept, suffix, "SELECT") is _JSON
    except (KgError, NotAcceptable):  # the application says so
        return False


def _text_of(query: bytes) -> str | None:
    """Return the text of a query from an address; None where it is not plainly so."""
    if _BAD_ESCAPE.search(query):
        return None
    # Mail's escapes are an equals sign where those of addresses have a percent sign, and they are
    # read in C: five times as fast as urllib.parse.unquote_to_bytes, which saves ten microseconds.
    plain = query.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")
    try:
        return a2b_qp(plain).decode("utf-8")
    except UnicodeDecodeError:
        return None
