"""Networks as calls for programs, with the same names as everywhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from flask import Response, request, url_for
from numpy.typing import NDArray

from kg.analysis.filters import LEVEL_CLASSES
from kg.errors import NotFoundError, QueryError
from kg.language import LANGUAGES, speaking, tell
from kg.network import (
    ALL_MEASURES,
    EDGE_MEASURES,
    FILTERS,
    GRAPH_MEASURES,
    LEVELS,
    MEASURES,
    PROJECTIONS,
    Network,
    costs,
)
from kg.network import FORMATS as NETWORK_FORMATS
from kg.network.account import scores_of_part
from kg.network.groups import ATTRIBUTES
from kg.network.layout import strongest
from kg.network.picture import COLOURS, picture
from kg.results import ResultTable
from kg.web import headers
from kg.web.network_request import Given, network_request, number, truth, whole
from kg.web.query_api import blueprint, send_json
from kg.web.sending import not_modified, send_text
from kg.web.service import service

__all__ = [
    "ALL",
    "ASKED",
    "DRAWN",
    "NETWORK_TYPES",
    "NODE_TABLES",
    "SHAPE",
    "SPOKEN",
    "blueprint",
    "centrality",
    "drawing",
    "sizes",
    "standing_out",
]

NETWORK_TYPES = {
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "vosviewer": "application/json",
}
_TABLE_JSON = "application/json"
ALL = "all"
"""Stands for every measure of nodes that applies to a projection."""

NODE_TABLES = ("edges", "summary", "path", "evidence")
"""What can be asked of a network besides measures."""

ASKED = (
    "top", "normalised", "groups", "sample", "seed", "backbone", "threshold", "min_weight",
    "slices", "step", "source", "target",
)  # fmt: skip
SHAPE = ("backbone", "threshold", "min_weight")
"""What thins out the edges of a network, beside its filters."""

DRAWN = ("size", "colour")
"""How a network is drawn."""

SPOKEN = ("language", "themed")
"""In which words, and whether a page shows it, in light and dark."""

_MOST_STEPS = 4_000_000_000
"""Nodes × edges of a measure that looks at all pairs: about ten seconds."""


@blueprint.get("/network")
def networks() -> Response:
    """List projections, measures, levels and filters of networks."""
    return send_json(
        {
            "release": service().release.id,
            "projections": {name: _projection(name) for name in PROJECTIONS},
            "measures": {
                name: {"definition": m.definition, "formula": m.formula, "reference": m.reference}
                for name, m in MEASURES.items()
            },
            "edge_measures": {
                name: {"definition": m.definition, "formula": m.formula, "reference": m.reference}
                for name, m in EDGE_MEASURES.items()
            },
            "graph_measures": {
                name: {
                    "definition": m.definition,
                    "quantities": dict(m.quantities),
                    "reference": m.reference,
                }
                for name, m in GRAPH_MEASURES.items()
            },
            "tables": list(NODE_TABLES),
            "parameters": list(ASKED),
            "levels": list(LEVELS),
            "filters": list(FILTERS),
        }
    )


def _projection(name: str) -> dict[str, Any]:
    projection = PROJECTIONS[name]
    return {
        "definition": projection.definition,
        "directed": projection.directed,
        "levels": list(projection.levels),
        "weights": {weight: w.definition for weight, w in projection.weights.items()},
        "links": {
            suffix: url_for("api.network_file", projection=name, suffix=suffix)
            for suffix in NETWORK_FORMATS
        },
    }


@blueprint.get("/network/<projection>.<suffix>")
def network_file(projection: str, suffix: str) -> Response:
    """Send a network as graphml, gexf, csv, json, svg (its drawing) or vosviewer."""
    if suffix not in NETWORK_FORMATS:
        raise NotFoundError(
            tell(
                "There is no network as .%(suffix)s. Accepted: .%(accepted)s.",
                suffix=suffix,
                accepted=", .".join(NETWORK_FORMATS),
            )
        )
    tag = _network_tag(projection, suffix)
    if headers.is_known(tag):
        return not_modified(tag)
    options, asked = network_request(taken=(*SHAPE, *DRAWN, *SPOKEN))
    network = standing_out(projection, options, asked)
    if suffix == "svg":
        return send_text(drawing(network, asked), NETWORK_TYPES[suffix], tag)
    response = send_text(network.export(suffix), NETWORK_TYPES[suffix], tag)
    if suffix == "vosviewer":  # it opens files whose names end in .json
        response.headers["Content-Disposition"] = f'inline; filename="{projection}-vosviewer.json"'
    return response


def standing_out(projection: str, options: dict[str, Any], asked: Mapping[str, str]) -> Network:
    """Return a network without the edges that :data:`SHAPE` leaves out."""
    weight = options.get("weight")
    made = {**options, "weight": None} if weight == "unweighted" else options
    network = service().graph.network(_known(projection, PROJECTIONS), **made)
    return _standing_out(_heavy(network, asked, weight), asked, weight)


def drawing(network: Network, asked: Mapping[str, str]) -> str:
    """Return the SVG of a network, its nodes by a measure, coloured as asked."""
    colour = asked.get("colour", COLOURS[0])
    if colour not in COLOURS:
        raise QueryError(
            tell(
                "%(key)s: found %(value)s. Accepted: %(accepted)s.",
                key="colour",
                value=repr(colour),
                accepted=", ".join(COLOURS),
            )
        )
    size = sizes(network, strongest(network), asked["size"]) if "size" in asked else None
    entities = service().graph.columns("entities").filter(kind="country")
    names = dict(entities.select("entity", "label").drop_nulls().iter_rows())
    code = asked.get("language", "en")
    known_language(code)
    native = {} if code == "en" else service().labels(code)
    with speaking(code):
        return picture(network, size, colour, {**names, **native}, themed="themed" in asked)


def known_language(code: str) -> None:
    """Refuse a language that the names and words of a network are not told in."""
    if code not in LANGUAGES:
        raise QueryError(
            tell(
                "%(key)s: found %(value)s. Accepted: %(accepted)s.",
                key="language",
                value=repr(code[:40]),
                accepted=", ".join(LANGUAGES),
            )
        )


def sizes(network: Network, part: Network, measure: str) -> NDArray[np.float64]:
    """Return the scores of the nodes of a part of a network, measured in the whole of it.

    Raises
    ------
    QueryError
        It is no measure of nodes, has no value here, or would take too long.
    """
    if measure in MEASURES:
        _refuse_costly(network, [measure], None)
    return scores_of_part(network, part, measure)


@blueprint.get("/network/<projection>/<measure>.<suffix>")
def network_measure(projection: str, measure: str, suffix: str) -> Response:
    """Send measures of a network, its edges, summary, a path or evidence as csv or json."""
    if suffix not in ("csv", "json"):
        raise NotFoundError(
            tell("There is no table as .%(suffix)s. Accepted: .csv, .json.", suffix=suffix)
        )
    tag = _network_tag(projection, measure, suffix)
    if headers.is_known(tag):
        return not_modified(tag)
    table = centrality(projection, measure)
    if suffix == "csv":
        return send_text(table.to_csv(), NETWORK_TYPES["csv"], tag)
    return send_text(table.to_json(), _TABLE_JSON, tag)


def centrality(projection: str, measure: str, given: Given | None = None) -> ResultTable:
    """Return the table of a measure, or one of ``all edges summary path evidence``.

    Parameters are those of the request unless others are given.

    Raises
    ------
    NotFoundError
        There is no such projection or measure.
    QueryError
        A parameter is not accepted, the measure has no value on this network, or it would take
        too long.
    """
    _known(projection, PROJECTIONS)
    _known(measure, (*ALL_MEASURES, ALL, *NODE_TABLES))
    options, asked = network_request(taken=ASKED, given=given)
    weight = options.get("weight")
    # A projection carries its own weights; any network can be read without.
    made = {**options, "weight": None} if weight == "unweighted" else options
    network = service().graph.network(projection, **made)
    if measure in ("path", "evidence"):
        return _between(network, measure, asked, weight)
    network = _heavy(network, asked, weight)
    chosen = _measure_options(asked) | {"weight": weight}
    if measure == "edges":
        return _standing_out(network, asked, weight).edges(weight=weight, top=chosen["top"])
    if measure == "summary":
        costly = [n for n, m in GRAPH_MEASURES.items() if m.all_pairs]
        _refuse_costly(network, costly, chosen["sample"])
        part = _standing_out(network, asked, weight)
        asked_for = {name: chosen[name] for name in ("groups", "sample", "seed")}
        return part.summary(weight=weight, **asked_for)
    names = [n for n, m in MEASURES.items() if m.all_pairs] if measure == ALL else [measure]
    _refuse_costly(network, names, chosen["sample"])
    return network.measure(None if measure == ALL else measure, **chosen)


def _between(
    network: Network, table: str, asked: dict[str, str], weight: str | None
) -> ResultTable:
    missing = [name for name in ("source", "target") if name not in asked]
    if missing:
        raise QueryError(
            tell(
                "%(table)s needs a value for %(missing)s.",
                table=table,
                missing=", ".join(missing),
            )
        )
    target = LEVEL_CLASSES.get(str(network.meta["level"]))
    ends = [service().graph.iri(asked[name], target) for name in ("source", "target")]
    if table == "evidence":
        return network.evidence(*ends)
    thinned = _standing_out(_heavy(network, asked, weight), asked, weight)
    return thinned.path(*ends, weight=weight)


def _heavy(network: Network, asked: Mapping[str, str], weight: str | None) -> Network:
    if "min_weight" not in asked:
        return network
    return network.heavier(number(asked["min_weight"], "min_weight"), weight=weight)


def _standing_out(network: Network, asked: Mapping[str, str], weight: str | None) -> Network:
    if "backbone" not in asked:
        return network
    threshold = number(asked["threshold"], "threshold") if "threshold" in asked else None
    return network.backbone(asked["backbone"], threshold=threshold, weight=weight)


def _measure_options(asked: dict[str, str]) -> dict[str, Any]:
    counts = ("top", "sample", "slices", "step")
    groups = asked.get("groups", "country")
    return {
        **{name: whole(asked[name], name) if name in asked else None for name in counts},
        "seed": whole(asked.get("seed", "1"), "seed"),
        "normalised": truth(asked.get("normalised", "false"), "normalised"),
        "groups": groups if groups in ATTRIBUTES else service().graph.iri(groups, _BLOC),
        "backbone": asked.get("backbone"),
        "threshold": number(asked["threshold"], "threshold") if "threshold" in asked else None,
    }


def _refuse_costly(network: Network, names: Collection[str], sample: int | None) -> None:
    """Refuse what takes longer than a request may; from the command line it runs."""
    costly = costs.all_pairs(names)
    steps = len(network) * network.edges_by_code.height
    if not costly or sample is not None or steps <= _MOST_STEPS:
        return
    able = costs.sampled(costly)
    hint: str = ""
    if able:
        hint = tell(
            "sample=%(sample)s estimates %(measures)s, each score with a bound on its error; ",
            sample=str(costs.SAMPLE),
            measures=", ".join(able),
        )
    raise QueryError(
        tell(
            "%(measures)s looks at all pairs of %(count)s nodes, which takes longer than a "
            "request may: about %(taken)s here. %(hint)snarrow the network by filters, or run kg "
            "network.",
            measures=", ".join(costly),
            count=len(network),
            taken=costs.spoken(network.forecast(costly[0])),
            hint=hint,
        )
    )


_BLOC = LEVEL_CLASSES["bloc"]


def _known(name: str, accepted: Collection[str]) -> str:
    if name not in accepted:
        raise NotFoundError(
            tell(
                "There is no %(name)s. Accepted: %(accepted)s.",
                name=repr(name),
                accepted=", ".join(accepted),
            )
        )
    return name


def _network_tag(*parts: str) -> str:
    given = sorted(f"{k}={v}" for k, v in request.args.items(multi=True))
    return headers.etag(service().release.id, parts, given)
