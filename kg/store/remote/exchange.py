"""One request to a server elsewhere, and its whole answer.

SPARQLWrapper makes the request. It is sent here, since urllib by itself would wait without end
for a server that sends a byte now and then, forget the query where it is redirected, and take the
password along to whichever host it is redirected to.
"""

from __future__ import annotations

import gzip
import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, cast
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import (
    BaseHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from SPARQLWrapper import SPARQLWrapper

from kg import __version__
from kg.errors import LimitError
from kg.store.explain import BY_KEY
from kg.store.remote.access import Access

__all__ = ["AGENT", "Exchange", "Line", "Wanted", "opener_for", "send"]

_CHUNK = 256 * 1024
_LOOK_SECONDS = 0.2
_REDIRECTIONS = 5
AGENT = f"rihla-kg/{__version__} (SPARQLWrapper)"


@dataclass(frozen=True)
class Wanted:
    """One question: a query in SPARQL or the empty text, and what may be taken for the answer.

    ``fields`` go beside the query. ``seconds`` of wall time, ``max_bytes`` of answer, and
    ``is_gone`` says whether nobody waits for it any more. ``patience`` is what the whole question
    had in seconds, where this is not its first request.
    """

    url: str
    query: str
    media_type: str
    seconds: float
    max_bytes: int
    access: Access = field(default_factory=Access)
    fields: Sequence[tuple[str, str]] = ()
    is_gone: Callable[[], bool] | None = None
    patience: float | None = None


@dataclass
class Exchange:
    """A whole answer: its headers, and its bytes in a memory file that stands at its beginning."""

    headers: Mapping[str, str]
    file: BinaryIO
    size: int
    seconds: float

    @property
    def content_type(self) -> str:
        """What the server calls it."""
        return self.headers.get("content-type", "")

    def read(self) -> bytes:
        """Return all of it, and let go of it."""
        with self.file:
            self.file.seek(0)
            return self.file.read()


def send(wanted: Wanted) -> Exchange:
    """Ask once.

    Raises
    ------
    urllib.error.HTTPError
        The server answers with a status that is no success; its body is still to be read.
    LimitError
        There was no whole answer in time (504), it is too large (413), or nobody waits for it.
    OSError, http.client.HTTPException
        There is no server, or it hung up.
    """
    began = time.monotonic()
    line = Line()
    with _Watch(line, wanted) as watch:
        try:
            wrapper = _Wrapper(wanted, opener_for(wanted.access, wanted.url, line))
            with closing(wrapper.query().response) as response:
                file, size = _received(response, wanted, watch)
                headers = {name.lower(): value for name, value in response.headers.items()}
        except (OSError, http.client.HTTPException, EOFError) as error:
            watch.explain(error)
            if isinstance(error, EOFError):  # a gzip stream that was cut off
                raise http.client.IncompleteRead(b"") from error
            raise
    return Exchange(headers, file, size, time.monotonic() - began)


class _Wrapper(SPARQLWrapper):
    """SPARQLWrapper with another way of sending."""

    def __init__(self, wanted: Wanted, opener: OpenerDirector) -> None:
        super().__init__(wanted.url, agent=AGENT)
        self._opener = opener
        # Not by setQuery, which takes the first word that is one of SPARQL's for the form, also in
        # a comment: a question that mentions an address would be sent as an update, ADD.
        self.queryString, self.queryType = wanted.query, "SELECT"
        self.setMethod("POST")
        self.setTimeout(max(1, round(wanted.seconds)))
        self.setOnlyConneg(True)
        for name, value in wanted.fields:
            self.addParameter(name, value)
        self.addCustomHttpHeader("Accept", wanted.media_type)
        self.addCustomHttpHeader("Accept-Encoding", "gzip")
        if header := wanted.access.header():
            self.addCustomHttpHeader("Authorization", header)

    def _query(self) -> tuple[Any, str]:
        return self._opener.open(self._createRequest(), timeout=self.timeout), self.returnFormat


class Line:
    """The connection in use, so that another thread can cut it."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.is_cut = False

    def cut(self) -> None:
        """End the connection; whoever reads from it gets an error."""
        self.is_cut = True
        if self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    def take(self, made: socket.socket) -> None:
        """Remember the connection that is in use now."""
        self.socket = made
        if self.is_cut:
            self.cut()


class _Watch:
    """Cuts the line when the time is over, or nobody waits any more."""

    def __init__(self, line: Line, wanted: Wanted) -> None:
        self._line, self._wanted = line, wanted
        self._done = threading.Event()
        self._ends = time.monotonic() + wanted.seconds
        self._is_late = self._is_gone = False
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def explain(self, error: Exception) -> None:
        """Raise in place of an error what it came of, where that is known."""
        if self._is_gone:
            raise LimitError("The client has gone; the query was stopped.", status=499) from error
        if self._is_late or isinstance(error, TimeoutError) or _is_timeout(error):
            given = self._wanted.patience or self._wanted.seconds
            raise LimitError(
                f"{self._wanted.url} gave no whole answer in {given:g} s. Ask for "
                "less, or wait longer: RIHLA_SPARQL_TIMEOUT sets the seconds.",
                status=504,
            ) from error

    def check(self) -> None:
        """Raise where the line was cut: what has come may look whole."""
        if self._line.is_cut:
            raise OSError("the line was cut")

    def _look(self) -> None:
        asks = self._wanted.is_gone
        while (left := self._ends - time.monotonic()) > 0:
            if self._done.wait(min(left, _LOOK_SECONDS) if asks else left):
                return
            if asks is not None and asks():
                self._is_gone = True
                break
        else:
            self._is_late = True
        self._line.cut()


def _is_timeout(error: Exception) -> bool:
    return isinstance(getattr(error, "reason", None), TimeoutError)


def _received(response: Any, wanted: Wanted, watch: _Watch) -> tuple[BinaryIO, int]:
    """Take the body into a memory file, unpacked; an incomplete one is an error."""
    packed = response.headers.get("Content-Encoding", "identity").lower() not in ("identity", "")
    source = gzip.GzipFile(fileobj=response) if packed else response
    file = os.fdopen(os.memfd_create("answer"), "w+b")
    size = 0
    try:
        while data := source.read(_CHUNK):
            size += len(data)
            if size > wanted.max_bytes:
                raise _too_large(wanted)
            file.write(data)
        watch.check()
        stated = response.headers.get("Content-Length")
        if not packed and stated is not None and stated.isdigit() and int(stated) != size:
            raise http.client.IncompleteRead(b"", int(stated) - size)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, size


def _too_large(wanted: Wanted) -> LimitError:
    return LimitError(
        f"The answer of {wanted.url} is larger than {wanted.max_bytes / 2**20:g} MiB, the most "
        "taken. Nothing was cut off: there is no answer. Ask for less (LIMIT, fewer variables, a "
        f"filter), or page by key ({BY_KEY}).",
        status=413,
    )


def opener_for(access: Access, url: str, line: Line) -> OpenerDirector:
    """Return what sends over HTTP and HTTPS, and knows no other scheme."""
    opener = OpenerDirector()
    handlers: list[BaseHandler] = [
        ProxyHandler(),
        UnknownHandler(),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
        _Redirects(),
        _Plain(line),
        _Secure(line),
        *access.handlers(url),
    ]
    for handler in handlers:
        opener.add_handler(handler)
    return opener


class _PlainConnection(http.client.HTTPConnection):
    def __init__(self, host: str, *, line: Line, **given: Any) -> None:
        super().__init__(host, **given)
        self._line = line

    def connect(self) -> None:
        super().connect()
        self._line.take(self.sock)


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(self, host: str, *, line: Line, **given: Any) -> None:
        super().__init__(host, **given)
        self._line = line

    def connect(self) -> None:
        super().connect()
        self._line.take(self.sock)


class _Plain(HTTPHandler):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        made = partial(_PlainConnection, line=self._line)
        return self.do_open(cast("Any", made), req)


class _Secure(HTTPSHandler):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        made = partial(_SecureConnection, line=self._line)
        return self.do_open(cast("Any", made), req, context=ssl.create_default_context())


class _Redirects(HTTPRedirectHandler):
    """Follows with the query in hand; secrets stay with the server that they are for."""

    max_redirections = _REDIRECTIONS

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        """Return the request to where the server sends us."""
        del msg
        old, new = urlsplit(req.full_url), urlsplit(urljoin(req.full_url, newurl))
        if new.scheme not in ("http", "https") or (old.scheme, new.scheme) == ("https", "http"):
            raise HTTPError(req.full_url, code, f"leads to {newurl}", headers, fp)
        same = (old.scheme, old.netloc) == (new.scheme, new.netloc)
        kept = {k: v for k, v in req.headers.items() if same or k.lower() != "authorization"}
        return Request(new.geturl(), req.data, kept, method=req.get_method())  # noqa: S310 - checked

    http_error_308 = HTTPRedirectHandler.http_error_302
    http_error_307 = HTTPRedirectHandler.http_error_302
