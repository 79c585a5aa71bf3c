"""What a request to the endpoint says: the SPARQL 1.1 Protocol, read to the letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from kg.errors import QueryError
from kg.language import tell
from kg.store.guard import RefusedError
from kg.web.pinning import PARAMETER

__all__ = [
    "FORM_BODY",
    "QUERY_BODY",
    "UPDATE_BODY",
    "Asked",
    "absolute",
    "read_request",
    "refused_update",
]

QUERY_BODY = "application/sparql-query"
UPDATE_BODY = "application/sparql-update"
FORM_BODY = "application/x-www-form-urlencoded"
_MOST_FIELDS = 1_000
_IRI = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*$")
_UTF8 = ("utf-8", "utf8")


@dataclass(frozen=True)
class Asked:
    """A request to the endpoint: its query texts, dataset and format as they were sent.

    ``release`` is the one that a form names; that of an address was taken off before.
    """

    queries: Sequence[str]
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    format: str | None
    release: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no query in it."""
        return not any(text.strip() for text in self.queries)


def read_request(suffix: str | None = None) -> Asked:
    """Take the request apart; ``suffix`` is the format that the address ends in.

    Raises
    ------
    RefusedError
        It is an update.
    UnsupportedMediaType
        The body is neither a form nor a query, is compressed, or is not in UTF-8.
    QueryError
        Something in it is not UTF-8, or it holds several queries.
    """
    pairs = _pairs(request.query_string, "address")
    queries: list[str] = []
    more: list[tuple[str, str]] = []
    if request.method == "POST":
        queries, more = _read_body()
        pairs += more
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in pairs):
        raise refused_update()
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    asked = Asked(
        [*values.get("query", ()), *queries],
        [absolute("default-graph-uri", iri) for iri in values.get("default-graph-uri", ())],
        [absolute("named-graph-uri", iri) for iri in values.get("named-graph-uri", ())],
        suffix or next((v for v in values.get("format", ()) if v), None),
        next((value for name, value in more if name == PARAMETER and value), None),
    )
    if len(asked.queries) > 1:
        raise QueryError(
            tell(
                "The request holds several queries (%(count)s). Accepted: one 'query'.",
                count=len(asked.queries),
            )
        )
    return asked


def absolute(name: str, iri: str) -> str:
    """Return the IRI that a parameter gives, or refuse it with the parameter's name."""
    if not _IRI.match(iri):
        raise QueryError(
            tell(
                "%(name)s: found %(iri)s. Accepted: an absolute IRI.", name=name, iri=repr(iri[:80])
            )
        )
    return iri


def refused_update() -> RefusedError:
    """Return the error for whoever wants to change the graph."""
    return RefusedError(
        tell(
            "Updates are refused: no request changes the graph, changes come by releases. "
            "Accepted: a query."
        )
    )


def _read_body() -> tuple[list[str], list[tuple[str, str]]]:
    """Return the query that is the body, or the fields of the form that is."""
    if request.mimetype == UPDATE_BODY:
        raise refused_update()
    if request.mimetype not in (QUERY_BODY, FORM_BODY):
        raise UnsupportedMediaType(
            f"Found Content-Type {request.mimetype or 'none'}. Accepted: {QUERY_BODY}, {FORM_BODY}."
        )
    coded = (request.content_encoding or "identity").strip().lower()
    if coded != "identity":
        raise UnsupportedMediaType(
            f"Found Content-Encoding {coded[:40]}. Accepted: a body that is not compressed."
        )
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.strip("\"' ").lower() not in _UTF8:
        raise UnsupportedMediaType(f"Found charset={charset[:40]}. Accepted: utf-8.")
    raw = request.get_data()
    if request.mimetype == QUERY_BODY:
        return [_text(raw, "query")], []
    return [], _pairs(raw, "form")


def _pairs(raw: bytes, where: str) -> list[tuple[str, str]]:
    text = _text(raw, where)
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise QueryError(
            tell(
                "The %(where)s holds %%%(object)s, which is not UTF-8 there. Accepted: text in "
                "UTF-8, percent-encoded.",
                where=where,
                object=f"{error.object[error.start]:02X}",
            )
        ) from error
    except ValueError as error:
        raise QueryError(
            tell(
                "The %(where)s has more than %(most_fields)s fields. Accepted: query, "
                "default-graph-uri, named-graph-uri, format.",
                where=where,
                most_fields=_MOST_FIELDS,
            )
        ) from error


def _text(raw: bytes, where: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(
            tell(
                "The %(where)s is not UTF-8: byte %(value)s is 0x%(raw)s. Accepted: text in UTF-8.",
                where=where,
                value=error.start + 1,
                raw=f"{raw[error.start]:02X}",
            )
        ) from error
