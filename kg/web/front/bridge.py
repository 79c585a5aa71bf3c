"""The WSGI application as the loop asks it: in threads, which give back whole answers."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from kg.web.front.bodies import Body, FileBody, body_of
from kg.web.front.wire import REASONS, Request
from kg.web.problems import problem_text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

__all__ = ["Outcome", "call", "environ_of"]

_log = logging.getLogger(__name__)
_WITHOUT_PREFIX = ("CONTENT_TYPE", "CONTENT_LENGTH")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the application answers: status with its reason, headers, body."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes | Body


def environ_of(
    request: Request, place: tuple[str, int], is_gone: Callable[[], bool]
) -> WSGIEnvironment:
    """Return a request as WSGI has it; ``place`` is where the server listens."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query.decode("latin-1"),
        "REQUEST_URI": request.target.decode("latin-1"),
        "SERVER_NAME": place[0],
        "SERVER_PORT": str(place[1]),
        "SERVER_PROTOCOL": f"HTTP/{request.version}",
        "REMOTE_ADDR": request.client,
        "REMOTE_PORT": str(request.port),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBody,
        "rihla.is_gone": is_gone,
    }
    for name, value in request.headers.items():
        environ[name if name in _WITHOUT_PREFIX else f"HTTP_{name}"] = value
    if request.body:
        environ["CONTENT_LENGTH"] = str(len(request.body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


def call(app: WSGIApplication, environ: WSGIEnvironment) -> Outcome:
    """Have the application answer; whatever goes wrong in it is an answer too."""
    started: list[Any] = []
    written: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        started[:] = status, headers
        return written.append

    try:
        iterable = app(environ, start)
        status, headers = started
        stated = {name.lower(): value for name, value in headers}
        body = body_of(iterable, stated)
    except Exception:  # noqa: BLE001 - the edge: the server goes on, and the log says what it was
        _log.exception("The application failed.")
        return _failed()
    if written:
        body = b"".join([*written, body if isinstance(body, bytes) else b""])
    size = len(body) if isinstance(body, bytes) else body.size
    if "content-length" not in stated and not status.startswith(("1", "204", "304")):
        headers = [*headers, ("Content-Length", str(size))]
    return Outcome(status, headers, body)


def _failed() -> Outcome:
    _, media_type, body = problem_text(500, "The server met a fault of its own.")
    headers = [("Content-Type", media_type), ("Content-Length", str(len(body)))]
    return Outcome(f"500 {REASONS[500]}", [*headers, ("Cache-Control", "no-store")], body)
