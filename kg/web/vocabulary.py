"""The ontology and the description of the dataset, for people and for machines."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, Response, render_template, request, url_for

from kg.provenance import GraphNames
from kg.web import headers
from kg.web.bindings import Record
from kg.web.formats import HTML, Format, Kind, by_name, negotiate, of_kind
from kg.web.sending import not_modified, send_answer
from kg.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("vocabulary", __name__)


@blueprint.get("/ontology")
def ontology() -> Response:
    """Show the terms to people, and send the vocabulary as RDF to machines."""
    chosen = _chosen([HTML, *of_kind(Kind.GRAPH)])
    tag = headers.etag(service().release.id, "ontology", chosen.name)
    if headers.is_known(tag):
        return not_modified(tag)
    if chosen is HTML:
        return headers.revalidated(Response(_terms_page(), mimetype=HTML.media_type), tag)
    graph = GraphNames(service().base).vocabulary
    sparql = service().bound("pages/graph", {"graph": graph})
    return send_answer(service().run(sparql, chosen.media_type), chosen, tag)


@blueprint.get("/.well-known/void")
def void() -> Response:
    """Describe the dataset: size by class, sources, endpoint (VoID)."""
    chosen = _chosen(of_kind(Kind.GRAPH))
    address = url_for("sparql.endpoint", _external=True)
    tag = headers.etag(service().release.id, "void", chosen.name, address)
    if headers.is_known(tag):
        return not_modified(tag)
    base = service().base
    sparql = service().bound(
        "pages/void",
        {
            "dataset": f"{base.removesuffix('id/')}dataset",
            "title": service().settings.project.title,
            "release": service().release.id,
            "endpoint": address,
            "base": base,
        },
    )
    return send_answer(service().run(sparql, chosen.media_type), chosen, tag)


def _chosen(choices: list[Format]) -> Format:
    wanted = request.args.get("format")
    return by_name(wanted, choices) if wanted else negotiate(request.accept_mimetypes, choices)


def _terms_page() -> str:
    terms = service().kept_rows("pages/ontology-terms").records()
    kinds: dict[str, list[Record]] = defaultdict(list)
    for term in terms:
        kinds[term["kind"].text if term["kind"] else ""].append(term)
    return render_template("ontology.html", kinds=kinds, formats=of_kind(Kind.GRAPH))
