"""A network to look around in: filters, a drawing, a list of its nodes, files, method."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kg.errors import KgError, NotFoundError
from kg.language import tell
from kg.network import EDGE_MEASURES, MEASURES, PROJECTIONS
from kg.network.picture import COLOURS
from kg.web import headers
from kg.web.chosen import WORLD, chosen_bloc, own_arguments
from kg.web.fields import Field, filter_field
from kg.web.formats import HTML
from kg.web.language import gettext, language
from kg.web.network_api import DRAWN, SHAPE, sizes
from kg.web.network_layout import Placed, placed_network
from kg.web.network_request import network_request
from kg.web.pages import blueprint
from kg.web.problems import status_of
from kg.web.render import named
from kg.web.sending import not_modified
from kg.web.service import service

__all__ = ["Shown", "blueprint", "network_given"]

SHOWN_NODES = 50
_FILES = {
    "svg": "SVG", "gexf": "GEXF", "graphml": "GraphML", "vosviewer": "VOSviewer", "csv": "CSV",
    "json": "JSON",
}  # fmt: skip
_FIRST = ("bloc", "years", "sector")
_MORE = ("topic", "method", "programme", "series", "format", "country", "held_in", "within")


@dataclass(frozen=True)
class Shown:
    """What a page shows of a network: how large it is, what is drawn, the first nodes."""

    nodes: int
    edges: int
    drawn_nodes: int
    drawn_edges: int
    communities: int
    rows: list[tuple[str, str, str, int, float | None]]
    meta: dict[str, Any]


@blueprint.get("/network")
def networks() -> AnyResponse:
    """Lead to the first network."""
    return redirect(url_for("pages.network_map", projection=next(iter(PROJECTIONS))))


@blueprint.get("/network/<projection>")
def network_map(projection: str) -> Response:
    """Show a network: its drawing, which scripts make explorable, and its nodes as a table."""
    if projection not in PROJECTIONS:
        raise NotFoundError(
            tell(
                "There is no network %(projection)s. Accepted: %(accepted)s.",
                projection=repr(projection[:80]),
                accepted=", ".join(PROJECTIONS),
            )
        )
    tag = headers.etag(service().release.id, request.full_path)
    if headers.is_known(tag):
        return not_modified(tag)
    given = network_given()
    shown, error = None, None
    try:
        shown = _shown(projection, given)
    except KgError as problem:
        error = problem
    response = Response(_page(projection, given, shown, error), mimetype=HTML.media_type)
    if error is None:
        return headers.revalidated(response, tag)
    response.status_code = status_of(error)
    response.headers["Cache-Control"] = "no-store"
    return response


def network_given() -> dict[str, list[str]]:
    """Return the parameters of a network page: its own, and the bloc that was chosen."""
    own = {key: [v for v in values if v.strip()] for key, values in own_arguments().items()}
    given = {key: values for key, values in own.items() if values}
    named_ones = [value.strip() for value in request.args.getlist("bloc")]
    if named_ones and not chosen_bloc().codes:
        blocs = [value for value in named_ones if value not in ("", WORLD)]
    else:
        blocs = [chosen_bloc().value] if chosen_bloc() and "country" not in given else []
    return {**given, **({"bloc": blocs} if blocs else {})}


def _shown(projection: str, given: dict[str, list[str]]) -> Shown:
    options, asked = network_request((*SHAPE, *DRAWN), given)
    network, part, places = placed_network(projection, options, asked)
    return Shown(
        nodes=len(network),
        edges=network.edges_by_code.height,
        drawn_nodes=len(part),
        drawn_edges=part.edges_by_code.height,
        communities=int(places.community.max()) if len(part) else 0,
        rows=_rows((network, part, places), asked.get("size", "degree")),
        meta=dict(network.meta),
    )


def _rows(placed: Placed, measure: str) -> list[tuple[str, str, str, int, float | None]]:
    """Return (IRI, name, country, community, score) of the first nodes by the measure."""
    network, part, places = placed
    if not len(part):
        return []
    native = {} if language() == "en" else service().labels(language())
    entities = service().graph.columns("entities").filter(pl.col("kind") == "country")
    countries = dict(entities.select("entity", "label").iter_rows())
    scores = sizes(network, part, measure)
    order = np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable")[:SHOWN_NODES]
    nodes = part.nodes
    return [
        (
            nodes["node"][v],
            native.get(nodes["node"][v], nodes["label"][v]),
            native.get(nodes["country"][v] or "", countries.get(nodes["country"][v], "")) or "",
            int(places.community[v]),
            None if np.isnan(scores[v]) else float(scores[v]),
        )
        for v in order.tolist()
    ]


def _page(
    projection: str, given: dict[str, list[str]], shown: Shown | None, error: KgError | None
) -> str:
    drawn = {key: values for key, values in given.items() if key != "colour"}
    plain = {key: values for key, values in drawn.items() if key != "size"}
    spoken = {} if language() == "en" else {"language": language()}
    files = {
        suffix: _address("api.network_file", given, projection, suffix=suffix, **spoken)
        if suffix == "svg"
        else _address("api.network_file", plain, projection, suffix=suffix)
        for suffix in _FILES
    }
    return render_template(
        "network_map.html",
        projection=projection,
        projections=PROJECTIONS,
        given=given,
        shown=shown,
        error=error,
        fields=_fields(projection, given),
        more=[filter_field(name, given.get(name, [""])) for name in _MORE],
        size=given.get("size", ["degree"])[0],
        colour=given.get("colour", ["community"])[0],
        sizes_offered=_measures(projection),
        colours=COLOURS,
        files={_FILES[suffix]: address for suffix, address in files.items()},
        picture=_address(
            "api.network_file", {**given, "themed": ["true"]}, projection, suffix="svg", **spoken
        ),
        layout=_address("api.network_layout", drawn, projection, language=language()),
        tables={
            table: _address("api.network_measure", plain, projection, measure=table, suffix="json")
            for table in ("path", "evidence")
        },
        page_of=url_for("data.page", kind="KIND", key="KEY"),
        base_iri=service().base,
        command=_command(projection, plain),
        texts=_texts(),
    )


def _address(endpoint: str, given: dict[str, list[str]], projection: str, **more: str) -> str:
    values: dict[str, Any] = {**given, **more, "projection": projection}
    return url_for(endpoint, **values)


def _measures(projection: str) -> list[str]:
    """Return the measures that nodes can be sized by here."""
    directed = PROJECTIONS[projection].directed
    return [
        name
        for name, measure in MEASURES.items()
        if (directed or not measure.directed_only) and not measure.grouped and name not in _PARTS
    ]


_PARTS = ("community", "component")  # their numbers are names, no sizes


def _fields(projection: str, given: dict[str, list[str]]) -> list[Field]:
    chosen = PROJECTIONS[projection]
    backbones = [name for name, measure in EDGE_MEASURES.items() if measure.kept]

    def listed(name: str, values: list[str], empty: str | None, hint: str = "") -> Field:
        options = tuple((value, named(value)) for value in values)
        return Field(name, given.get(name, [""]), hint, options, empty=empty)

    return [
        listed("level", list(chosen.levels), None),
        *(filter_field(name, given.get(name, [""])) for name in _FIRST),
        listed("weight", [*chosen.weights, "unweighted"], None),
        Field("min_weight", given.get("min_weight", [""]), numeric=True, example="2"),
        listed("backbone", backbones, gettext("all edges")),
    ]


def _command(projection: str, given: dict[str, list[str]]) -> str:
    words = ["kg", "network", projection]
    for key, values in given.items():
        option = "training-format" if key == "format" else key.replace("_", "-")
        for value in values:
            words += [f"--{option}"] if key == "within" else [f"--{option}", value]
    return shlex.join([*words, "--output", f"{projection}.gexf"])


def _texts() -> dict[str, str]:
    """Return what the script says, in the language of the page."""
    return {
        "community": gettext("community %(number)s", number="{}"),
        "country": named("country"),
        "bloc": named("bloc"),
        "neighbours": gettext("Neighbours"),
        "trainings": named("trainings"),
        "none": gettext("nothing known"),
        "other": gettext("others"),
        "open": gettext("Open its page"),
        "only": gettext("Only its neighbours"),
        "all": gettext("Show all"),
        "clear": gettext("Let go"),
        "path": gettext("Path from here to …"),
        "steps": gettext("Path"),
        "noPath": gettext("No path leads there."),
        "evidence": gettext("Trainings behind this link"),
        "loading": gettext("Loading …"),
        "failed": gettext("This could not be loaded."),
        "noGl": gettext("This browser draws no WebGL; the picture stands still."),
        "selected": gettext(
            "%(name)s is chosen; it has %(count)s neighbours.", name="{0}", count="{1}"
        ),
        "ready": gettext(
            "%(nodes)s nodes and %(edges)s edges are drawn.", nodes="{0}", edges="{1}"
        ),
        "more": gettext("and %(count)s more", count="{}"),
    }
