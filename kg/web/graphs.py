"""Whole graphs: the reading half of the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed

from kg.errors import NotFoundError, QueryError
from kg.language import tell
from kg.web import headers
from kg.web.formats import Kind, by_name, negotiate, of_kind
from kg.web.protocol import absolute
from kg.web.sending import not_modified, send_answer
from kg.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("graphs", __name__)


@blueprint.get("/graphs")
def graph() -> Response:
    """Send the default graph (``?default``) or a named one (``?graph=IRI``)."""
    wanted = _wanted()
    choices = of_kind(Kind.GRAPH)
    asked = request.args.get("format")
    chosen = by_name(asked, choices) if asked else negotiate(request.accept_mimetypes, choices)
    tag = headers.etag(service().release.id, "graph", wanted or "default", chosen.name)
    if headers.is_known(tag):
        return not_modified(tag)
    if wanted and not service().holds("pages/graph-exists", graph=wanted):
        raise NotFoundError(
            tell(
                "There is no graph %(wanted)s. The service description at /sparql lists them.",
                wanted=wanted[:200],
            )
        )
    sparql = (
        service().bound("pages/graph", {"graph": wanted})
        if wanted
        else service().bound("pages/graph-default", {})
    )
    return send_answer(service().run_named(sparql, chosen.media_type), chosen, tag)


@blueprint.route("/graphs", methods=["DELETE", "PATCH", "POST", "PUT"])
def unchanged() -> Response:
    """Refuse to change a graph."""
    raise MethodNotAllowed(
        ["GET", "HEAD", "OPTIONS"],
        "Graphs are read here and never changed: changes come by releases. Accepted: GET and HEAD.",
    )


def _wanted() -> str | None:
    """Return the IRI of the graph that is asked for, None for the default graph."""
    named = request.args.getlist("graph")
    if len(named) + ("default" in request.args) != 1:
        raise QueryError(
            tell(
                "The address names no graph, or more than one. Accepted: /graphs?default, or "
                "/graphs?graph= and the IRI of one graph. The service description at /sparql "
                "lists them."
            )
        )
    return absolute("graph", named[0]) if named else None
