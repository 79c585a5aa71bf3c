"""Quads as rows of text: four N-Quads terms a row."""

from __future__ import annotations

import polars as pl
import pyoxigraph as ox
from rdflib import Graph

__all__ = ["QUAD", "quads_of_dataset", "quads_of_graph"]

QUAD = {"s": pl.String, "p": pl.String, "o": pl.String, "g": pl.String}
"""The columns of a frame of quads."""


def quads_of_graph(graph: Graph, graph_name: str) -> pl.DataFrame:
    """Return a graph's triples as quads, sorted, with canonical blank nodes (RDFC-1.0).

    Canonical labels make the same graph give the same rows, whatever order it was read in.
    """
    # Through N-Triples: rdflib's own n3() writes long strings over several lines.
    triples = ox.parse(graph.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    dataset = ox.Dataset(triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return quads_of_dataset(dataset, graph_name)


def quads_of_dataset(dataset: ox.Dataset, graph_name: str) -> pl.DataFrame:
    """Return a dataset's triples as quads of one graph, sorted."""
    rows = [(str(q.subject), str(q.predicate), str(q.object), f"<{graph_name}>") for q in dataset]
    return pl.DataFrame(rows, schema=QUAD, orient="row").sort("s", "p", "o")
