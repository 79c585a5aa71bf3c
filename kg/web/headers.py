"""Headers that every response carries: who may use it, what it may load, how long it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
from flask import Flask, Response, g, request

import kg
from kg.web.encoding import ENCODINGS
from kg.web.language import language
from kg.web.pinning import earlier

__all__ = [
    "KEPT_A_WHILE",
    "ON_ALL",
    "PLAIN",
    "TAG_LENGTH",
    "as_bytes",
    "digest_of",
    "etag",
    "etag_of",
    "is_known",
    "register",
    "revalidated",
]

MAX_AGE_SECONDS = 60
TAG_LENGTH = 32
"""Characters of a tag, as many of a digest's hexadecimal form."""

_PRESENT_FOR_SECONDS = 86_400

_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# The graph is public and no request carries a login: any page may read any answer.
_OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Content-Length, ETag, Link, Retry-After, Server-Timing, X-Cache, X-Query-Id, "
        "X-Rihla-Release, X-Total-Count"
    ),
}
ON_ALL = list({**_SECURITY, **_OPEN_TO_ALL}.items())
"""Headers that every response carries."""

KEPT_A_WHILE = f"public, max-age={MAX_AGE_SECONDS}, must-revalidate"
"""Cache-Control of what the release determines."""

PLAIN = "en  False"
"""The kind of an answer in English, to an address that names no release."""

_ALWAYS = [(name.lower(), name, value) for name, value in ON_ALL]
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": str(_PRESENT_FOR_SECONDS),
}


def register(app: Flask) -> None:
    """Make the application add them."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    stated = {name.lower() for name, _ in response.headers}
    for lowered, name, value in _ALWAYS:
        if lowered not in stated:
            response.headers.add(name, value)
    if request.method == "OPTIONS":
        response.headers.update(_PREFLIGHT)
    return response


@lru_cache(maxsize=1)
def _software() -> bytes:
    """Return a digest of what turns a release into bytes: this package's files and the engine."""
    digest = hashlib.sha256(f"{kg.__version__} {ox.__version__}".encode())
    for path in sorted(p for p in Path(__file__).parent.rglob("*.*") if p.suffix != ".pyc"):
        digest.update(path.read_bytes())
    return digest.digest()


def etag(*parts: str | Iterable[str]) -> str:
    """Return a strong tag for what the parts determine: release, query, format."""
    # links on what was asked for with release= keep it, and pages say whether it is the current one
    return etag_of(f"{language()} {g.get('pinned', '')} {earlier()} {_content()}", *parts)


def etag_of(kind: str, *parts: str | Iterable[str]) -> str:
    """Return what :func:`etag` does for a kind of answer: language, pinned release, whether old."""
    return digest_of(kind, *parts).hexdigest()[:TAG_LENGTH]


def digest_of(kind: str, *parts: str | Iterable[str]) -> hashlib._Hash:
    """Return the digest of what a tag stands for; a copy of it can take further parts."""
    digest = _begun(kind).copy()
    digest.update(as_bytes(*parts))
    return digest


def as_bytes(*parts: str | Iterable[str]) -> bytes:
    """Return what a digest takes in of parts."""
    texts = (each for p in parts for each in ([p] if isinstance(p, str) else ["[", *p, "]"]))
    return b"".join([text.encode("utf-8", "surrogatepass") + b"\0" for text in texts])


@lru_cache(maxsize=64)
def _begun(kind: str) -> hashlib._Hash:
    return hashlib.sha256(_software() + kind.encode("utf-8", "surrogatepass"))


def _content() -> str:
    """Return what tells a release from one of its id that `kg forget` wrote anew."""
    served = g.get("rihla")
    return served.release.content if served else ""


def is_known(tag: str) -> bool:
    """Whether the client says that it has this answer already."""
    known = request.if_none_match
    held = (tag, *(f"{tag}-{encoding}" for encoding in ENCODINGS))
    return not known.star_tag and any(map(known.contains_weak, held))


def revalidated(response: Response, tag: str) -> Response:
    """State how long an answer may be kept, and the tag to ask again with."""
    response.set_etag(tag)
    response.headers["Cache-Control"] = KEPT_A_WHILE
    response.vary.add("Accept")
    return response
