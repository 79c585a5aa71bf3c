"""Requests to the endpoint that can be answered without the application, and their headers.

Only what is asked in the plain way is read here: one query, known parameters, a text format, no
fault. Anything else is None, and the application's; it says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urlencode

from werkzeug.datastructures import Accept, MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header

from kg.errors import KgError
from kg.store.guard import GuardLimits, QueryShape, inspect_query
from kg.store.release import Release
from kg.web import headers
from kg.web.answers import KeptAnswer, is_repeatable, key_of
from kg.web.encoding import ENCODINGS, SMALLEST, encoding_for
from kg.web.formats import FORMATS, Format, Kind, of_form
from kg.web.front.wire import Request, lines_of
from kg.web.pinning import PARAMETER, link_of
from kg.web.protocol import FORM_BODY, QUERY_BODY, absolute
from kg.web.sparql import format_of, prefers_page

__all__ = [
    "ON_ALL_LINES",
    "PlainQuery",
    "answer_headers",
    "encoding_of",
    "not_modified_headers",
    "plain_query",
    "site_of",
    "tag_of",
    "wanted",
]

ON_ALL_LINES = lines_of(headers.ON_ALL)
"""The headers that every response carries, as they are sent."""

_SENT = (Kind.TABLE, Kind.GRAPH)
_PLACES = {
    b"/sparql": "",
    **{f"/sparql.{f.name}".encode(): f.name for f in FORMATS.values() if f.kind in _SENT},
}
_KNOWN = {"query", "format", "default-graph-uri", "named-graph-uri"}
_MOST_FIELDS = 100
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_DEFAULT_PORT = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class PlainQuery:
    """A query that was asked in the plain way.

    ``key`` is the one that the application keeps its answer under, ``route`` the rule that it
    would have met, ``encoding`` how its text may be compressed.
    """

    text: str
    shape: QueryShape
    format: Format
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    base: str
    key: bytes
    route: str
    encoding: str | None
    known: str
    link: str

    def tag(self, release: Release) -> str:
        """Return what the answer's tag begins with."""
        return tag_of(release, self.text, self.format.name, self.default_graphs, self.named_graphs)

    def holds(self, tag: str) -> bool:
        """Whether the client says that it has the answer of this tag."""
        return bool(self.known) and any(held in self.known for held in _tags(tag))


def tag_of(
    release: Release,
    text: str,
    format_name: str,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> str:
    """Return what the tag of an answer begins with, as the application makes it."""
    return headers.etag_of(
        f"{headers.PLAIN} {release.content}", release.id, text, format_name, default_graphs,
        named_graphs,
    )  # fmt: skip


def _tags(tag: str) -> list[str]:
    return [f'"{tag}"', *(f'"{tag}-{encoding}"' for encoding in ENCODINGS)]


def plain_query(request: Request, limits: GuardLimits) -> PlainQuery | None:
    """Return what a request asks, where it asks it in the plain way and nothing is wrong."""
    suffix = _PLACES.get(request.path)
    if suffix is None:
        return None
    site = site_of(request.scheme, request.headers.get("HOST", ""))
    if site is None:
        return None
    try:
        return _read(request, suffix, site, limits)
    except (KgError, NotAcceptable, ValueError):
        return None


@lru_cache(maxsize=512)
def site_of(scheme: str, host: str) -> str | None:
    """Return what addresses begin with; None where the host is not written in the plain way."""
    if not _HOST.fullmatch(host) or host.endswith(_DEFAULT_PORT[scheme]):
        return None
    return f"{scheme}://{host}"


def _read(request: Request, suffix: str, site: str, limits: GuardLimits) -> PlainQuery | None:
    fields = _fields(request)
    if fields is None or not fields.keys() <= _KNOWN or len(fields.get("query", ())) != 1:
        return None
    text, formats = fields["query"][0], fields.get("format", [])
    if len(formats) > 1 or not text.strip() or not is_repeatable(text):
        return None
    shape = inspect_query(text, limits)
    named = suffix or "".join(formats)
    chosen = wanted(request.headers.get("ACCEPT", ""), named, shape.form)
    if chosen is None or chosen.kind not in _SENT or shape.calls_out:
        return None
    defaults = [absolute("default-graph-uri", iri) for iri in fields.get("default-graph-uri", ())]
    others = [absolute("named-graph-uri", iri) for iri in fields.get("named-graph-uri", ())]
    path = request.path.decode("ascii")
    base = site + path
    return PlainQuery(
        text=text,
        shape=shape,
        format=chosen,
        default_graphs=defaults,
        named_graphs=others,
        base=base,
        key=key_of(text, chosen.media_type, defaults, others, base),
        route="/sparql.<suffix>" if suffix else "/sparql",
        encoding=encoding_of(request.headers.get("ACCEPT_ENCODING", "")),
        known=request.headers.get("IF_NONE_MATCH", ""),
        link="" if request.method == "POST" else f"{base}?{_quoted(request.query)}",
    )


def _quoted(query: bytes) -> str:
    parts = [part for part in query.decode("latin-1").split("&") if part]
    return quote("&".join(parts), safe="%/:?@!$&'()*+,;=-._~")


def _fields(request: Request) -> dict[str, list[str]] | None:
    """Return the fields of address and form, None where they cannot be read in the plain way."""
    pairs = _pairs(request.query)
    if request.method == "POST":
        kind, _, rest = request.headers.get("CONTENT_TYPE", "").partition(";")
        kind = kind.strip().lower()
        if "CONTENT_ENCODING" in request.headers or rest.strip().lower() not in (
            "",
            "charset=utf-8",
        ):
            return None
        if kind == FORM_BODY:
            pairs += _pairs(request.body)
        elif kind == QUERY_BODY:
            pairs.append(("query", request.body.decode("utf-8")))
        else:
            return None
    elif request.method not in ("GET", "HEAD") or request.body:
        return None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    if not raw:
        return []
    parts = raw.decode("utf-8").split("&")
    if len(parts) > _MOST_FIELDS:
        raise ValueError("there are very many fields")
    split = [part.partition("=") for part in parts if part]
    return [(_plain(name), _plain(value)) for name, _, value in split]


def _plain(text: str) -> str:
    """Return a text without escapes, as a form has them."""
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")


@lru_cache(maxsize=512)
def wanted(accept: str, named: str, form: str) -> Format | None:
    """Return the format that is sent; None for a page. Raises as kg/web/formats.py does."""
    accepted = parse_accept_header(accept, MIMEAccept)
    return None if prefers_page(accepted, named) else format_of(accepted, named, of_form(form))


@lru_cache(maxsize=512)
def encoding_of(accept: str) -> str | None:
    """Return how text is compressed for a client, None for not at all."""
    return encoding_for(parse_accept_header(accept, Accept))


def answer_headers(
    asked: PlainQuery, answer: KeptAnswer, tag: str, release: str
) -> tuple[list[tuple[str, str]], bytes]:
    """Return an answer's headers, but for its id and ON_ALL_LINES, and its body as it is sent."""
    kept, encoding = answer.kept, asked.encoding
    if encoding is None or len(kept.body) < SMALLEST:
        body, encoded = kept.body, ""
    else:
        body, encoded = kept.as_encoded(encoding), encoding
    took = f"query;dur={answer.seconds * 1000:.1f}"
    found = [
        ("Content-Type", asked.format.content_type),
        ("Content-Length", str(len(body))),
        ("X-Cache", answer.how),
        ("Server-Timing", "cache;desc=hit" if answer.how == "hit" else took),
        *_common(asked, f"{tag}-{encoded}" if encoded else tag, release),
    ]
    if encoded:
        found.append(("Content-Encoding", encoded))
    return found, body


def not_modified_headers(asked: PlainQuery, tag: str, release: str) -> list[tuple[str, str]]:
    """Return the headers that tell a client that what it has still holds."""
    held = next((held for held in _tags(tag) if held in asked.known), tag)
    return _common(asked, held.strip('"'), release)


def _common(asked: PlainQuery, tag: str, release: str) -> list[tuple[str, str]]:
    found = [
        ("X-Rihla-Release", release),
        ("ETag", f'"{tag}"'),
        ("Cache-Control", headers.KEPT_A_WHILE),
        ("Vary", "Accept, Accept-Encoding"),
    ]
    if asked.link:
        link = link_of(f"{asked.link}&{urlencode({PARAMETER: release})}")
        found += [("Link", link)] if link else []
    return found
