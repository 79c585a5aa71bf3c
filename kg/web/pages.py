"""Pages for people: named queries with their forms, networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from kg.errors import KgError, NotFoundError
from kg.network import EDGE_MEASURES, GRAPH_MEASURES, MEASURES, PROJECTIONS
from kg.queries import NamedQuery, get_query
from kg.results import ResultTable
from kg.web import headers
from kg.web.bindings import Rows, rows_from_table
from kg.web.chosen import WORLD, chosen_bloc, own_arguments, permanent
from kg.web.fields import Field, filter_field
from kg.web.formats import HTML
from kg.web.network_api import centrality
from kg.web.pinning import pinned
from kg.web.problems import status_of
from kg.web.render import named
from kg.web.sending import not_modified
from kg.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)

SHOWN_ROWS = 200
_NETWORK_FILTERS = ("bloc", "country", "years", "sector", "topic", "method", "programme")


@blueprint.get("/queries")
def queries() -> Response:
    """List the named queries."""
    tag = headers.etag(service().release.id, "queries")
    text = render_template("queries.html", groups=service().questions)
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)


@blueprint.get("/queries/<group>/<name>")
def query(group: str, name: str) -> Response:
    """Show a named query: its question, a form for its parameters, and its rows.

    Without any parameter in the address it is answered for its examples.
    """
    chosen = get_query(f"{group}/{name}")
    given = {name: values for name, values in own_arguments().items() if any(values)}
    values = given or {p.name: [p.example] for p in chosen.parameters.values() if p.required}
    values = {**values, **_seen_from(chosen, values)}
    tag = headers.etag(service().release.id, request.full_path, chosen.text)
    if headers.is_known(tag):
        return not_modified(tag)
    try:
        sparql = service().bound(chosen.id, values)
        rows = service().rows(chosen.id, **values)
        return headers.revalidated(
            _query_page(chosen, values, bool(given), rows=rows, sparql=sparql),
            tag,
        )
    except KgError as error:
        response = _query_page(chosen, values, bool(given), error=error)
        response.status_code = status_of(error)
        return response


def _seen_from(query: NamedQuery, values: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the bloc that was chosen, or its countries, as far as the question knows them."""
    seen, named = chosen_bloc(), [v for v in request.args.getlist("bloc") if v]
    if "bloc" not in query.parameters or "country" in values:
        return {}
    if seen.codes:
        return {"bloc": ["any"], "country": seen.codes.split(",")} if _countries(query) else {}
    if seen or (named and named != [WORLD]):
        return {"bloc": named or [seen.value]}
    return {} if query.parameters["bloc"].default == "any" else {"bloc": ["any"]}


def _countries(query: NamedQuery) -> bool:
    return "country" in query.parameters


def _query_page(
    chosen: NamedQuery,
    values: dict[str, list[str]],
    given: bool,
    *,
    rows: Rows | None = None,
    sparql: str = "",
    error: KgError | None = None,
) -> Response:
    group, _, name = chosen.id.partition("/")
    addresses = {
        suffix: url_for("api.query_answer", group=group, name=name, suffix=suffix, **_flat(values))
        for suffix in ("csv", "tsv", "json", "srj", "xml", "parquet", "arrow", "rq")
    }
    text = render_template(
        "query.html",
        query=chosen,
        values=values,
        given=given,
        rows=rows,
        shown=SHOWN_ROWS,
        sparql=sparql,
        error=error,
        addresses=addresses,
        permalink=_permalink(chosen, values, given),
    )
    return Response(text, mimetype=HTML.media_type)


def _permalink(chosen: NamedQuery, values: Mapping[str, list[str]], given: bool) -> str:
    """Return an address that says all: which release, which values, seen from where."""
    taken = {} if given else {name: v[0] for name, v in values.items() if name != "bloc"}
    return permanent(**taken) if "bloc" in chosen.parameters else pinned(**taken)


def _flat(values: dict[str, list[str]]) -> dict[str, Any]:
    return {name: list(given) for name, given in values.items()}


@blueprint.get("/network/<projection>/<measure>")
def network(projection: str, measure: str) -> Response:
    """Show the nodes of a network by a measure, with a form for its filters."""
    tag = headers.etag(service().release.id, request.full_path)
    if headers.is_known(tag):
        return not_modified(tag)
    seen = chosen_bloc()
    given = {**own_arguments(), **({"bloc": [seen.value]} if seen else {})}
    if not seen.codes and any(request.args.getlist("bloc")):
        given["bloc"] = [v for v in request.args.getlist("bloc") if v != WORLD]
    table, error = None, None
    try:
        table = centrality(projection, measure, given)
    except NotFoundError:
        raise
    except KgError as problem:
        error = problem
    text = render_template(
        "network.html",
        projection=projection,
        measure=measure,
        projections=PROJECTIONS,
        measures={**MEASURES, **EDGE_MEASURES, **GRAPH_MEASURES},
        table=table,
        rows=None if table is None else _named(table),
        shown=SHOWN_ROWS,
        error=error,
        fields=_network_fields(projection, given),
        command=_command(projection, measure, given),
        given={name: values[0] for name, values in given.items() if values},
    )
    response = headers.revalidated(Response(text, mimetype=HTML.media_type), tag)
    if error is not None:
        response.status_code = status_of(error)
        response.headers["Cache-Control"] = "no-store"
    return response


def _command(projection: str, measure: str, given: Mapping[str, list[str]]) -> str:
    """Return the same call in Python."""
    values = [(name, [v for v in found if v]) for name, found in given.items()]
    said = [f", {name}={(v[0] if len(v) == 1 else v)!r}" for name, v in values if v]
    kind = "centrality" if measure in MEASURES else "measure"
    return f"kg.open().network({projection!r}{''.join(said)}).{kind}({measure!r})"


def _network_fields(projection: str, given: Mapping[str, list[str]]) -> list[Field]:
    levels = PROJECTIONS[projection].levels if projection in PROJECTIONS else ()
    options = tuple((level, named(level)) for level in levels)
    return [
        Field("level", given.get("level", [""]), options=options, empty=None),
        *(filter_field(name, given.get(name, [""])) for name in _NETWORK_FILTERS),
    ]


def _named(table: ResultTable) -> Rows:
    """Return a centrality table with the countries' names beside their IRIs."""
    entities = service().graph.columns("entities")
    names = dict(entities.filter(kind="country").select("entity", "label").iter_rows())
    if "country" not in table.columns:
        labels = {"source_label": "source_label", "target_label": "target_label"}
        return rows_from_table(table, labels)
    place = table.columns.index("country")
    rows = [(*row, names.get(row[place])) for row in table.rows]
    named = ResultTable((*table.columns, "country_label"), rows)
    return rows_from_table(named, {"label": "node_label"})
