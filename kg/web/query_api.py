"""Named queries as calls for programs: the catalogue, and each query's answer in any format."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from kg.errors import NotFoundError
from kg.language import tell
from kg.queries import NamedQuery, Parameter, get_query, usual_value
from kg.results import ResultTable
from kg.web import headers
from kg.web.formats import FORMATS, Kind, of_kind
from kg.web.paging import Page, take_page
from kg.web.pinning import pinned
from kg.web.sending import not_modified, send_answer, send_text
from kg.web.service import service

__all__ = ["ACCEPTED", "TABLES", "blueprint", "given_values", "send_json"]

blueprint = Blueprint("api", __name__, url_prefix="/api")

ACCEPTED = {
    "count": "a whole number from 1, or any",
    "date": "a date written YYYY-MM-DD",
    "decimal": "a number with a decimal point",
    "integer": "a whole number",
    "iri": "an IRI, a CURIE such as country:ZA, a key, an ISO code, or a name in any language",
    "string": "text",
    "year": "a year of four digits",
}
"""Type of a parameter → what it takes, in words."""

_QUERY_TEXT = "application/sparql-query"
_TABLE_JSON = "application/json"


@blueprint.get("/queries")
def queries() -> Response:
    """List the named queries with their parameters and addresses."""
    found = [_described(q) for group in service().questions.values() for q in group]
    return send_json({"release": service().release.id, "queries": found})


@blueprint.get("/queries/<group>/<name>")
def query(group: str, name: str) -> Response:
    """Describe one named query, with its SPARQL text."""
    chosen = get_query(f"{group}/{name}")
    return send_json({"release": service().release.id, **_described(chosen), "sparql": chosen.text})


@blueprint.get("/queries/<group>/<name>.<suffix>")
def query_answer(group: str, name: str, suffix: str) -> Response:
    """Answer a named query: csv, tsv, xml, parquet, arrow, json (with meta), srj, rq (its text)."""
    chosen = get_query(f"{group}/{name}")
    if suffix not in (*TABLES, "json", "rq"):
        accepted = ", .".join([*TABLES, "json", "rq"])
        raise NotFoundError(
            tell(
                "There is no answer as .%(suffix)s. Accepted: .%(accepted)s.",
                suffix=suffix,
                accepted=accepted,
            )
        )
    page, given = take_page(), given_values()
    whole = service().bound(chosen.id, given)
    sparql = page.of(whole) if page else whole
    tag = headers.etag(
        service().release.id, sparql, suffix, request.url if suffix == "json" else ""
    )
    if headers.is_known(tag):
        return not_modified(tag)
    total = page.total(whole) if page and suffix != "rq" else None
    links = _links(chosen, suffix, page, total)
    if suffix == "rq":
        response = send_text(sparql, f"{_QUERY_TEXT}; charset=utf-8", tag)
    elif suffix == "json":
        response = send_text(_document(chosen, sparql, given, page, total, links), _TABLE_JSON, tag)
    else:
        kind = TABLES[suffix]
        response = send_answer(service().run_named(sparql, kind.media_type), kind, tag)
    response.headers["Link"] = ", ".join(_as_header(r, a) for r, a in links.items())
    if total is not None:
        response.headers["X-Total-Count"] = str(total)
    return response


TABLES = {"srj": FORMATS["json"]} | {f.name: f for f in of_kind(Kind.TABLE, Kind.COLUMNS)}
del TABLES["json"]
"""Suffix → format of rows; ``json`` is rows with meta."""


def given_values() -> dict[str, object]:
    """Return the parameters of the request: one value, or all where there are several."""
    return {k: v[0] if len(v) == 1 else v for k, v in request.args.lists()}


def _document(
    chosen: NamedQuery,
    sparql: str,
    given: dict[str, object],
    page: Page | None,
    total: int | None,
    links: dict[str, str],
) -> str:
    """Return rows with what they are of: the query, its values and text, the release, links."""
    table = service().graph.store.table(sparql)
    rows = len(table)
    cut = {} if page is None else {"limit": page.limit, "offset": page.offset}
    meta = {
        "release": service().release.id,
        "query": chosen.id,
        "parameters": given,
        "page": {**cut, "rows": rows, "total": rows if total is None else total},
        "links": {**links, "permanent": pinned()},
        "sparql": sparql,
    }
    return ResultTable(table.columns, table.rows, meta).to_json()


def _links(chosen: NamedQuery, suffix: str, page: Page | None, total: int | None) -> dict[str, str]:
    """Say which query ran, what it is for, of which release the answer is, and its other pages."""
    group, _, name = chosen.id.partition("/")
    given: dict[str, Any] = dict(request.args.lists())

    def address(kind: str = suffix, **more: Any) -> str:
        values = {**given, **{k: v for k, v in more.items() if v is not None}}
        return url_for("api.query_answer", group=group, name=name, suffix=kind, **values)

    cut = {} if page is None else {"limit": page.limit, "offset": page.offset}
    links = {
        "collection": url_for("vocabulary.void"),
        "describedby": url_for("api.query", group=group, name=name),
    }
    if suffix != "rq":
        links["via"] = address("rq", **cut)
    return links | (page.links(total, address) if page and total is not None else {})


def _as_header(relation: str, address: str) -> str:
    kind = f'; type="{_QUERY_TEXT}"' if relation == "via" else ""
    return f'<{address}>; rel="{relation}"{kind}'


def _described(chosen: NamedQuery) -> dict[str, Any]:
    group, _, name = chosen.id.partition("/")
    return {
        "id": chosen.id,
        "group": chosen.group,
        "title": dict(chosen.title),
        "question": dict(chosen.question),
        "note": dict(chosen.note),
        "view": chosen.view,
        "competency": chosen.competency,
        "parameters": [_parameter(p) for p in chosen.parameters.values()],
        "links": {
            "page": url_for("pages.query", group=group, name=name),
            "description": url_for("api.query", group=group, name=name),
            **{
                suffix: url_for("api.query_answer", group=group, name=name, suffix=suffix)
                for suffix in ("json", "csv", "tsv", "xml", "srj", "parquet", "arrow", "rq")
            },
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "class": parameter.target,
        "required": parameter.required,
        "default": usual_value(parameter, service().graph.usual),
        "example": parameter.example,
        "values": list(parameter.values),
        "accepts": ACCEPTED[parameter.type],
        "several": True,
        "label": dict(parameter.labels),
    }


def send_json(document: dict[str, Any]) -> Response:
    """Return a document with a tag of its own text."""
    response = jsonify(document)
    return headers.revalidated(response, headers.etag(response.get_data(as_text=True)))
