"""What goes over the wire: a request as it was read, and the head of an answer."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache

from kg.web.problems import problem_text

__all__ = ["REASONS", "Refusal", "Request", "date_line", "head_of", "lines_of", "refused"]

REASONS = {
    400: "Bad Request",
    408: "Request Timeout",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass(slots=True)
class Request:
    """A request that was read whole.

    ``headers`` are named as in WSGI without ``HTTP_``; ``raw`` is the request as it came, where
    it came alone and in one piece; ``client``, ``scheme`` and the host are what a trusted proxy
    says, where there is one.
    """

    method: str
    target: bytes
    headers: dict[str, str]
    body: bytes
    version: str
    keep: bool
    client: str
    port: int
    scheme: str = "http"
    raw: bytes | None = None
    path: bytes = field(init=False)
    query: bytes = field(init=False)
    began: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        target = self.target
        if not target.startswith(b"/") and b"://" in target:  # as proxies are asked
            target = b"/" + target.partition(b"://")[2].partition(b"/")[2]
        self.path, _, self.query = target.partition(b"#")[0].partition(b"?")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is said to a request that cannot be read; the connection ends with it."""

    status: int
    detail: str


@lru_cache(maxsize=2)
def _date(second: int) -> bytes:
    return f"Date: {formatdate(second, usegmt=True)}\r\n".encode("ascii")


def date_line() -> bytes:
    """Return the Date header of now."""
    return _date(int(time.time()))


def lines_of(headers: Iterable[tuple[str, str]]) -> bytes:
    """Return headers as they are sent, each with its end."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1")


def head_of(
    status: str,
    headers: Iterable[tuple[str, str]],
    keep: bool,
    version: str,
    constant: bytes = b"",
) -> bytes:
    """Return status line and headers with the empty line; ``constant`` are further lines.

    Raises
    ------
    ValueError
        A header holds a line break.
    """
    lines = [f"HTTP/1.1 {status}", *[f"{name}: {value}" for name, value in headers]]
    if not keep:
        lines.append("Connection: close")
    elif version == "1.0":
        lines.append("Connection: keep-alive")
    text = "\r\n".join(lines)
    if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
        raise ValueError("a header holds a line break")
    return b"%b\r\n%b%b\r\n" % (text.encode("latin-1"), constant, date_line())


def refused(refusal: Refusal) -> bytes:
    """Return the answer to what cannot be read, in the one shape of errors."""
    status, media_type, body = problem_text(refusal.status, refusal.detail)
    headers = [
        ("Content-Type", media_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if status == 503:
        headers.append(("Retry-After", "2"))
    return head_of(f"{status} {REASONS[status]}", headers, False, "1.1") + body
