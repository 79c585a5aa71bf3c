"""The home page, and the page about what is in the graph and how to reach it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from markupsafe import Markup

from kg.analysis.plots.flowmap import Flow, Stop, flowmap
from kg.analysis.result import Result
from kg.errors import KgError
from kg.network import EDGE_MEASURES, GRAPH_MEASURES, MEASURES, PROJECTIONS
from kg.terms import VOCABULARY_BASE
from kg.web import headers
from kg.web.analyse import answered
from kg.web.chosen import Chosen, chosen_bloc
from kg.web.formats import HTML
from kg.web.language import gettext, language, said, speaking
from kg.web.pages import blueprint
from kg.web.render import address_of, body_of
from kg.web.sending import not_modified
from kg.web.service import service
from kg.web.sparql import examples

__all__ = ["FlowTable", "blueprint", "flows_seen_from", "world_of_flows"]

_FLOWS = 60
_KINDS = ("person", "organisation", "country", "topic", "method", "training")


@dataclass(frozen=True)
class FlowTable:
    """The greatest flows between countries: as a drawing, as rows, and where the numbers are.

    Attributes
    ----------
    drawing:
        An SVG element; empty where there is none.
    rows:
        (IRI, name, IRI, name, learners) of source and target, the greatest first.
    parameters:
        Of the analysis ``flow-matrix`` that they come from.
    reason:
        Why there is no row.
    """

    drawing: Markup
    rows: list[tuple[str, str, str, str, float]]
    parameters: Mapping[str, list[str]]
    reason: str = ""

    @property
    def python(self) -> str:
        """The same call in Python."""
        given = (f"{name}={values[0]!r}" for name, values in self.parameters.items())
        return f"kg.open().analyse('flow-matrix', {', '.join(given)})"


@blueprint.get("/")
def home() -> Response:
    """Say what Rihla is, find things by name, show who teaches whom, and where to begin."""
    tag = headers.etag(service().release.id, str(service().graph.policy), request.full_path)
    if headers.is_known(tag):
        return not_modified(tag)
    manifest = service().release.manifest
    text = render_template(
        "home.html",
        manifest=manifest,
        counts=manifest.get("classes", {}),
        kinds=_KINDS,
        flows=world_of_flows(chosen_bloc()),
    )
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)


@blueprint.get("/about")
def about() -> Response:
    """Say what is in the graph, from which sources, and how programs ask it."""
    tag = headers.etag(service().release.id, "about", request.full_path, request.url_root)
    if headers.is_known(tag):
        return not_modified(tag)
    text = render_template(
        "about.html",
        manifest=service().release.manifest,
        vocabulary=VOCABULARY_BASE,
        groups=service().questions,
        projections=PROJECTIONS,
        measures={**MEASURES, **EDGE_MEASURES, **GRAPH_MEASURES},
        examples=examples(),
        example=body_of(examples()[-1].text),
        endpoint=url_for("sparql.endpoint", _external=True),
    )
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)


def world_of_flows(seen: Chosen, parameters: Mapping[str, list[str]] | None = None) -> FlowTable:
    """Return the greatest flows between countries as seen from a bloc, with their map."""
    asked = {"level": ["country"], "own": ["false"], "top": [str(_FLOWS)], **(parameters or {})}
    if seen:
        asked["bloc"] = [seen.value]
    try:
        result = answered("flow-matrix", asked)
    except KgError as error:
        return FlowTable(Markup(""), [], asked, said(error.told))
    flows = flows_seen_from(result, seen)
    labels = _labels(result)
    rows = [(f.source, labels[f.source], f.target, labels[f.target], f.value) for f in flows]
    reason = "" if rows else said(result.reason)
    drawing = Markup(_drawn(flows, labels, seen)) if rows else Markup("")  # noqa: S704 - escaped there
    return FlowTable(drawing, rows, asked, reason)


def flows_seen_from(result: Result, seen: Chosen) -> list[Flow]:
    """Return the flows of a flow matrix of countries with the way they go: in, out, own, other."""
    members = set(seen.countries)
    ways = {(False, True): "in", (True, False): "out", (True, True): "own"}
    return [
        Flow(
            str(row["source"]),
            str(row["target"]),
            float(row["learners"]),
            ways.get((row["source"] in members, row["target"] in members), "other"),
        )
        for row in result.to_rows()
        if row["learners"] is not None and row["source"] != row["target"]
    ]


def _labels(result: Result) -> dict[str, str]:
    """Return the names of both ends in the language of the page."""
    native = {} if language() == "en" else service().labels(language())
    return {
        str(row[end]): native.get(str(row[end]), str(row[f"{end}_label"]))
        for row in result.to_rows()
        for end in ("source", "target")
    }


def _drawn(flows: list[Flow], labels: Mapping[str, str], seen: Chosen) -> str:
    places = service().graph.columns("coordinates").unique("country", keep="first").sort("country")
    stops = [
        Stop(country, labels[country], latitude, longitude, address_of(country) or "")
        for country, latitude, longitude in places.rows()
        if country in labels and latitude is not None and longitude is not None
    ]
    ways = {flow.way for flow in flows}
    meanings = {
        "in": gettext("taught inside, from outside"),
        "out": gettext("taught outside, from inside"),
        "own": gettext("between members"),
    }
    legend = {way: meaning for way, meaning in meanings.items() if way in ways and seen}
    title = gettext("Who teaches whom, country by country")
    note = gettext(
        "Arrows run from the country of those who taught to the country of those who learned; the "
        "wider, the more learners. The table below the map holds the same numbers."
    )
    with speaking():
        return flowmap(flows, stops, title, note, legend)
