"""Linked data: a thing's name leads to its page or its data, whichever the client reads."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for

from kg.errors import GoneError, NotFoundError, QueryError
from kg.language import tell
from kg.terms import VOCABULARY_BASE
from kg.web import headers
from kg.web.bindings import Record, Rows, Term
from kg.web.copying import copying
from kg.web.formats import FORMATS, HTML, Format, Kind, negotiate, of_kind
from kg.web.profiles.profile import profile_of
from kg.web.render import body_of, native, short_name
from kg.web.sending import not_modified, send_answer
from kg.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("data", __name__)

SHOWN_STATEMENTS = 500
SHOWN_LINKS = 200
_NAMES = ("rdfs:label", "skos:prefLabel", "skos:altLabel", "rihla:acronym")


@blueprint.get("/id/<kind>/<path:key>")
def name(kind: str, key: str) -> Response:
    """Answer 303: a thing is no document, but there is one about it."""
    _iri(kind, key)
    choices = [HTML, *of_kind(Kind.GRAPH)]
    chosen = negotiate(request.accept_mimetypes, choices)
    target = (
        url_for("data.page", kind=kind, key=key)
        if chosen is HTML
        else url_for("data.document", kind=kind, key_and_suffix=f"{key}.{chosen.name}")
    )
    response = redirect(target, 303)
    assert isinstance(response, Response)
    response.vary.add("Accept")
    return response


@blueprint.get("/page/<kind>/<path:key>")
def page(kind: str, key: str) -> Response:
    """Show what the graph states about a thing, and what links to it."""
    iri = _iri(kind, key)
    tag = headers.etag(service().release.id, request.full_path, "page")
    if headers.is_known(tag):
        return not_modified(tag)
    statements = service().rows("pages/thing-statements", thing=iri)
    incoming = service().rows("pages/thing-incoming-counts", thing=iri)
    if not len(statements) and not len(incoming):
        raise _unknown(iri)
    shown = {
        "iri": iri,
        "kind": kind,
        "key": key,
        "title": native(iri) or _title(statements) or f"{kind}/{key}",
        "names": _values(statements, *_NAMES),
        "types": _types(statements),
        "statements": statements.records()[:SHOWN_STATEMENTS],
        "more": len(statements) > SHOWN_STATEMENTS,
        "incoming": incoming.records(),
        "links": _links(iri, incoming),
        "labels": {
            c["property"].text: c["property_label"] for c in incoming.records() if c["property"]
        },
        "shown_links": SHOWN_LINKS,
        "formats": _formats(),
    }
    shown["asked"] = body_of(service().bound("pages/thing-statements", {"thing": iri}))
    profile = profile_of(iri, str(shown["title"]), statements) if service().is_ours else {}
    text = render_template("profile.html" if profile else "thing.html", **shown, **profile)
    response = Response(text, mimetype=HTML.media_type)
    response.headers["Link"] = _alternates(kind, key, iri)
    return headers.revalidated(response, tag)


def _formats() -> list[Format]:
    """Return as what the statements are to be had: in a copy, as what it holds."""
    copy = copying()
    return [f for f in of_kind(Kind.GRAPH) if copy is None or f.name in copy.formats]


@blueprint.get("/data/<kind>/<path:key_and_suffix>")
def document(kind: str, key_and_suffix: str) -> Response:
    """Send the statements about a thing as ttl, nt, rdf or jsonld."""
    key, chosen = _split(key_and_suffix)
    iri = _iri(kind, key)
    tag = headers.etag(service().release.id, iri, chosen.name)
    if headers.is_known(tag):
        return not_modified(tag)
    if not service().holds("pages/thing-exists", thing=iri):
        raise _unknown(iri)
    sparql = service().bound("pages/thing-data", {"thing": iri})
    response = send_answer(service().run_named(sparql, chosen.media_type), chosen, tag)
    page_address = url_for("data.page", kind=kind, key=key)
    response.headers["Link"] = (
        f'<{_ascii(iri)}>; rel="describes", <{page_address}>; rel="alternate"; type="text/html"'
    )
    return response


def _split(key_and_suffix: str) -> tuple[str, Format]:
    key, dot, suffix = key_and_suffix.rpartition(".")
    chosen = FORMATS.get(suffix)
    if not dot or chosen is None or chosen.kind is not Kind.GRAPH:
        names = ", ".join(f".{f.name}" for f in of_kind(Kind.GRAPH))
        raise NotFoundError(
            tell("The address ends in no known format. Accepted: %(names)s.", names=names)
        )
    return key, chosen


def _iri(kind: str, key: str) -> str:
    iri = service().iri_of(kind, key)
    if any(c in '<>"{}|\\^`' or c <= " " or "\ud800" <= c <= "\udfff" for c in iri):
        raise QueryError(tell("The address holds characters that no IRI has."))
    if service().is_forgotten(iri):
        raise GoneError(
            tell("What had this name was removed from the graph and from all its releases.")
        )
    return iri


def _unknown(iri: str) -> NotFoundError:
    return NotFoundError(
        tell(
            "The graph says nothing about %(iri)s. Look a name up with /queries/lookup/entity, or "
            "start from the home page.",
            iri=iri,
        )
    )


def _values(statements: Rows, *properties: str) -> list[Record]:
    """Return the rows with one of these properties, each value once."""
    found: dict[Term | None, Record] = {}
    for record in statements.records():
        if record["property"] and short_name(record["property"].text) in properties:
            found.setdefault(record["value"], record)
    return list(found.values())


def _types(statements: Rows) -> list[Record]:
    """Return the classes of a thing, those of our vocabulary first."""
    found = _values(statements, "rdf:type")
    ours = [t for t in found if t["value"] and t["value"].text.startswith(VOCABULARY_BASE)]
    return ours + [t for t in found if t not in ours]


def _title(statements: Rows) -> str:
    """Return the English name, else one without a language, else the first there is."""
    names = [r["value"] for r in _values(statements, "rdfs:label", "skos:prefLabel")]
    order = {"en": 0, None: 1}
    ranked = sorted((order.get(n.language, 2), n.text) for n in names if n)
    return ranked[0][1] if ranked else ""


def _links(iri: str, counts: Rows) -> Rows | None:
    """Return the first links to a thing: at most 200 in all."""
    return service().rows("pages/thing-incoming", thing=iri) if len(counts) else None


def _alternates(kind: str, key: str, iri: str) -> str:
    links = [f'<{_ascii(iri)}>; rel="describes"']
    for chosen in of_kind(Kind.GRAPH):
        address = url_for("data.document", kind=kind, key_and_suffix=f"{key}.{chosen.name}")
        links.append(f'<{address}>; rel="alternate"; type="{chosen.media_type}"')
    return ", ".join(links)


def _ascii(iri: str) -> str:
    """Write an IRI as a URI: headers are ASCII."""
    return quote(iri, safe="/:?#[]@!$&'()*+,;=%~")
