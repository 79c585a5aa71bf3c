"""To and from networkx, the interface that analysts know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from kg.errors import InputError
from kg.network.pairing import CODE

if TYPE_CHECKING:
    import networkx as nx

    from kg.network.graph import Network

__all__ = ["from_networkx", "to_networkx"]

_TEXTS = ("label", "country", "kind", "bloc")
_NODES = dict.fromkeys(("node", *_TEXTS), pl.String)
_YEARS = ("shared_trainings", "first_year", "last_year")


def to_networkx(network: Network) -> nx.Graph[Any]:
    """Return the networkx form of a network; see :meth:`Network.to_networkx`."""
    import networkx as nx

    graph: nx.Graph[Any] = nx.DiGraph() if network.directed else nx.Graph()
    graph.graph.update(
        {name: str(network.meta[name]) for name in ("projection", "level") if name in network.meta},
        weight=network.weight,
    )
    graph.add_nodes_from((row.pop("node"), _filled(row)) for row in network.nodes.to_dicts())
    edges = network.edge_frame().drop("source_label", "target_label")
    graph.add_edges_from(
        (row.pop("source"), row.pop("target"), _filled(row)) for row in edges.to_dicts()
    )
    return graph


def from_networkx(graph: nx.Graph[Any], weight: str) -> dict[str, Any]:
    """Return the arguments of the Network that a networkx graph describes.

    Nodes are named by ``str(node)`` and sorted by it. An edge without the attribute ``weight``
    weighs 1; parallel edges of a multigraph are added up; the attributes label, country,
    kind and bloc of nodes, and shared_trainings, first_year and last_year of edges are kept.

    Raises
    ------
    InputError
        Two nodes have the same name, or a weight is not a positive number.
    """
    names = {node: str(node) for node in graph}
    if len(set(names.values())) < len(names):
        raise InputError("Two nodes have the same name as text; rename them (nx.relabel_nodes).")
    ordered = sorted(graph, key=names.__getitem__)
    codes = {node: code for code, node in enumerate(ordered)}
    rows = [{"node": names[n], "label": names[n], **_texts(graph.nodes[n])} for n in ordered]
    edges = _edges(graph, codes, weight)
    return {
        "nodes": pl.DataFrame(rows, schema=_NODES),
        "edges_by_code": edges,
        "weights": (weight,),
        "weight": weight,
        "directed": graph.is_directed(),
        "meta": {"projection": "networkx", "weight": weight},
    }


def _edges(graph: nx.Graph[Any], codes: dict[Any, int], weight: str) -> pl.DataFrame:
    schema = {"source": CODE, "target": CODE, weight: pl.Float64} | dict.fromkeys(_YEARS, pl.Int64)
    rows = []
    for a, b, data in graph.edges(data=True):
        value = data.get(weight, 1)
        if not 0 < value < float("inf"):
            raise InputError(f"The edge {a!r}, {b!r} has {weight}={value!r}; weights are above 0.")
        ends = (codes[a], codes[b]) if graph.is_directed() else sorted((codes[a], codes[b]))
        rows.append((*ends, float(value), *(data.get(name) for name in _YEARS)))
    return (
        pl.DataFrame(rows, schema=schema, orient="row")
        .sort("source", "target", weight)
        .group_by("source", "target", maintain_order=True)
        .agg(
            pl.col("shared_trainings").max(),
            pl.col("first_year").min(),
            pl.col("last_year").max(),
            pl.col(weight).sum(),
        )
    )


def _texts(data: dict[str, Any]) -> dict[str, str]:
    return {name: str(data[name]) for name in _TEXTS if name in data}


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}
