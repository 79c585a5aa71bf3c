"""Networks for drawing: places of the nodes, communities, sizes and edges, column by column."""

from __future__ import annotations

import json
from collections.abc import Mapping
from threading import Lock
from typing import Any

from flask import Response, request

from kg.network import Network
from kg.network.groups import BLOC_JOIN
from kg.network.layout import Layout, layout, strongest
from kg.web import headers
from kg.web.network_api import (
    SHAPE,
    blueprint,
    known_language,
    sizes,
    standing_out,
)
from kg.web.network_request import network_request
from kg.web.sending import not_modified, send_text
from kg.web.service import service

__all__ = ["Placed", "blueprint", "placed_network"]

_PLACING = Lock()
_NOT_PLACES = ("size", "language", "colour")  # do not change where nodes stand

Placed = tuple[Network, Network, Layout]
"""A network, the part of it that is drawn, and the places of that part."""


@blueprint.get("/network/<projection>/layout.json")
def network_layout(projection: str) -> Response:
    """Send a network to draw: at most 5,000 nodes and 30,000 edges, the strongest.

    Besides the filters of networks: ``backbone``, ``threshold``, ``min_weight``, ``size`` (a
    measure of nodes), ``language`` of the names.
    """
    given = sorted(f"{k}={v}" for k, v in request.args.items(multi=True))
    tag = headers.etag(service().release.id, projection, "layout", given)
    if headers.is_known(tag):
        return not_modified(tag)
    options, asked = network_request(taken=(*SHAPE, "size", "language"))
    network, part, places = placed_network(projection, options, asked)
    measure = asked.get("size", "degree")
    document = {
        "release": service().release.id,
        "projection": projection,
        "directed": part.directed,
        "weight": part.weight,
        "size": measure,
        "filters": network.meta["filters"],
        "coverage": network.meta["coverage"],
        "reason": network.meta.get("reason"),
        "left_out": {
            "nodes": len(network) - len(part),
            "edges": network.edges_by_code.height - part.edges_by_code.height,
        },
        **_columns(part, places, asked.get("language", "en")),
    }
    document["nodes"]["size"] = _numbers(sizes(network, part, measure)) if len(part) else []
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str)
    return send_text(text, "application/json", tag)


def placed_network(projection: str, options: dict[str, Any], asked: Mapping[str, str]) -> Placed:
    """Return a network with the places of its strongest part; the last ones are kept.

    Raises
    ------
    KgError
        A name or a value is not known.
    """
    shape = {name: value for name, value in asked.items() if name not in _NOT_PLACES}
    parts = sorted((k, str(v)) for k, v in (*options.items(), *shape.items()))
    key = (projection, tuple(parts))
    return service().layouts.made(key, lambda: _placed(standing_out(projection, options, asked)))


def _placed(network: Network) -> Placed:
    part = strongest(network)
    with _PLACING:  # one at a time: it takes a processor
        return network, part, layout(part)


def _columns(part: Network, places: Layout, language: str) -> dict[str, Any]:
    known_language(language)
    native = {} if language == "en" else service().labels(language)
    nodes, edges = part.nodes, part.weighted(part.weight).sort("source", "target")
    labels = zip(nodes["node"].to_list(), nodes["label"].to_list(), strict=True)
    blocs = nodes["bloc"].to_list() if "bloc" in nodes.columns else [None] * len(part)
    countries = nodes["country"].to_list()
    return {
        "nodes": {
            "id": nodes["node"].to_list(),
            "label": [native.get(node, label) for node, label in labels],
            "country": countries,
            "bloc": blocs,
            "community": places.community.tolist(),
            "x": places.x.tolist(),
            "y": places.y.tolist(),
        },
        "edges": {
            "source": edges["source"].to_list(),
            "target": edges["target"].to_list(),
            "weight": edges["weight"].to_list(),
            "trainings": edges["shared_trainings"].to_list(),
        },
        "names": _names(countries, blocs, native),
    }


def _names(
    countries: list[str | None], blocs: list[str | None], native: Mapping[str, str]
) -> dict[str, str]:
    """Return the names of the countries and blocs that nodes are in."""
    there = {c for c in countries if c} | {
        iri for bloc in blocs if bloc for iri in bloc.split(BLOC_JOIN)
    }
    entities = service().graph.columns("entities").select("entity", "label").drop_nulls()
    known = dict(entities.iter_rows())
    return {iri: native.get(iri, known[iri]) for iri in sorted(there) if iri in known}


def _numbers(scores: Any) -> list[float | None]:
    """Return scores as JSON holds them: 6 digits, None where there is none."""
    return [float(f"{score:.6g}") if score == score else None for score in scores.tolist()]
