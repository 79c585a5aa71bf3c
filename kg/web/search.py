"""Search by name: a page for people, rows for programs and for completion."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from kg.errors import QueryError
from kg.language import tell
from kg.results import ResultTable
from kg.search import KINDS
from kg.web import headers
from kg.web.formats import HTML
from kg.web.language import LANGUAGES, language
from kg.web.render import address_of, named
from kg.web.sending import not_modified
from kg.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("search", __name__)

MOST = 100
_USUAL = 20


@blueprint.get("/api/search")
def answer() -> Response:
    """Find things by name: ``q``, ``kind`` (several), ``language``, ``limit``."""
    tag = headers.etag(service().release.id, "search", request.full_path)
    if headers.is_known(tag):
        return not_modified(tag)
    found = _found()
    results = [
        {
            **record,
            "kind_label": named(str(record["kind"])),
            "page": address_of(str(record["entity"])),
        }
        for record in found.to_records()
    ]
    document = {"release": service().release.id, "query": _text(), "results": results}
    return headers.revalidated(jsonify(document), tag)


@blueprint.get("/search")
def page() -> Response:
    """Show what a text may mean, each with its kind."""
    tag = headers.etag(service().release.id, "search", request.full_path)
    if headers.is_known(tag):
        return not_modified(tag)
    text = render_template(
        "search.html",
        text=_text(),
        kinds=KINDS,
        chosen=request.args.getlist("kind"),
        found=_found().to_records(),
        most=_limit(),
        json=url_for("search.answer", **request.args.to_dict(flat=False)),  # type: ignore[arg-type]
    )
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)


def _found() -> ResultTable:
    wanted = request.args.get("language", language())
    if wanted not in LANGUAGES:
        raise QueryError(
            tell(
                "%(key)s: found %(value)s. Accepted: %(accepted)s.",
                key="language",
                value=repr(wanted),
                accepted=", ".join(LANGUAGES),
            )
        )
    kinds = [kind for kind in request.args.getlist("kind") if kind]
    return service().graph.search(_text(), kinds, wanted, _limit())


def _text() -> str:
    return request.args.get("q", "")


def _limit() -> int:
    given = request.args.get("limit", str(_USUAL))
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= MOST):
        raise QueryError(
            tell(
                "limit: found %(given)s. Accepted: a whole number from 1 to %(most)s.",
                given=repr(given),
                most=MOST,
            )
        )
    return int(given)
