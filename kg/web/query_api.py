"""Named queries as calls for programs: the catalogue, and each query's answer in any format."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request, url_for

from kg.errors import NotFoundError
from kg.queries import NamedQuery, Parameter, get_query
from kg.web import headers
from kg.web.formats import FORMATS, Kind, of_kind
from kg.web.sending import not_modified, send_answer, send_text
from kg.web.service import service

__all__ = ["blueprint", "send_json"]

blueprint = Blueprint("api", __name__, url_prefix="/api")

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
    sparql = service().bound(chosen.id, _given())
    tag = headers.etag(service().release.id, sparql, suffix)
    if headers.is_known(tag):
        return not_modified(tag)
    response = _answer(chosen, sparql, suffix, tag)
    response.headers["Link"] = _links(group, name, suffix)
    return response


def _given() -> dict[str, object]:
    """Return the parameters of the request: one value, or all where there are several."""
    return {k: v[0] if len(v) == 1 else v for k, v in request.args.lists()}


def _answer(chosen: NamedQuery, sparql: str, suffix: str, tag: str) -> Response:
    if suffix == "rq":
        return send_text(sparql, f"{_QUERY_TEXT}; charset=utf-8", tag)
    if suffix == "json":
        table = service().graph.query(chosen.id, **_given())
        return send_text(table.to_json(), _TABLE_JSON, tag)
    tables = {"srj": FORMATS["json"]} | {f.name: f for f in of_kind(Kind.TABLE, Kind.COLUMNS)}
    if suffix not in tables:
        raise NotFoundError(
            f"There is no answer as .{suffix}. Accepted: .{', .'.join([*tables, 'rq'])}."
        )
    return send_answer(service().run_named(sparql, tables[suffix].media_type), tables[suffix], tag)


def _links(group: str, name: str, suffix: str) -> str:
    """Say which query ran, what it is for, and of which dataset the answer is."""
    given = urlencode(list(request.args.items(multi=True)))
    text = url_for("api.query_answer", group=group, name=name, suffix="rq")
    links = [
        f'<{url_for("vocabulary.void")}>; rel="collection"',
        f'<{url_for("api.query", group=group, name=name)}>; rel="describedby"',
    ]
    if suffix != "rq":
        links.append(f'<{text}{"?" if given else ""}{given}>; rel="via"; type="{_QUERY_TEXT}"')
    return ", ".join(links)


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
        "default": parameter.default,
        "example": parameter.example,
        "label": dict(parameter.labels),
    }


def send_json(document: dict[str, Any]) -> Response:
    """Return a document with a tag of its own text."""
    response = jsonify(document)
    return headers.revalidated(response, headers.etag(response.get_data(as_text=True)))
