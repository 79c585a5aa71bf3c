"""Pairs that could become partners: their scores on what was known up to a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.base import World
from kg.analysis.linkprediction import combined, pair_scores
from kg.analysis.links import network_of
from kg.errors import QueryError
from kg.network import Network

__all__ = ["COMBINED_OF", "MOST_NODES", "SCORE_NAMES", "Knowledge", "common_partners", "knowledge"]

MOST_NODES = 4000
"""All pairs of more nodes do not fit; a filter narrows them down."""

COMBINED_OF = ("adamic_adar", "resource_allocation", "preferential_attachment", "complement")
SCORE_NAMES = ("common_neighbours", *COMBINED_OF, "combined")

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Knowledge:
    """What is known of nodes and pairs.

    Attributes
    ----------
    network:
        The partnership network.
    linked:
        Nodes × nodes: linked already.
    scores:
        Nodes × nodes by name of the score; ``complement`` counts methods and topics that one taught
        and the other never had to do with.
    had, taught:
        Nodes × values (0/1): had to do with, on any side; on the educators' side.
    values:
        IRIs of the values.
    """

    network: Network
    linked: NDArray[np.bool_]
    scores: dict[str, Matrix]
    had: Matrix
    taught: Matrix
    values: list[str]

    def open_pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the pairs that are not linked, each once."""
        first, second = np.triu_indices(len(self.network), 1)
        free = ~self.linked[first, second]
        return first[free], second[free]

    def of_pairs(
        self, first: NDArray[np.int64], second: NDArray[np.int64]
    ) -> dict[str, NDArray[np.float64]]:
        """Return every score of some pairs, the combined one over these pairs."""
        found = {name: matrix[first, second] for name, matrix in self.scores.items()}
        return {**found, "combined": combined({name: found[name] for name in COMBINED_OF})}


def knowledge(world: World, level: str) -> Knowledge:
    """Return what the selection knows of all pairs.

    Raises
    ------
    QueryError
        There are more than :data:`MOST_NODES` nodes.
    """
    network = network_of(world, "partnership", level)
    if len(network) > MOST_NODES:
        raise QueryError(
            f"{len(network)} nodes make too many pairs; accepted: up to {MOST_NODES}. Narrow down "
            "by sector, topic, country, bloc or years."
        )
    adjacency = network.adjacency("unweighted")
    had, taught, values = _values_of(world, network, level)
    # What b taught and a never had to do with, plus the same the other way round.
    news = (1 - had) @ taught.T
    scores = {**pair_scores(adjacency), "complement": news + news.T}
    return Knowledge(network, adjacency.toarray() > 0, scores, had, taught, values)


def _values_of(world: World, network: Network, level: str) -> tuple[Matrix, Matrix, list[str]]:
    """Return (had, taught, values): 0/1 matrices nodes × methods and topics."""
    column = {"institution": "organisation", "person": "person"}.get(level, "country")
    facets = world.columns["facets"].filter(pl.col("facet").is_in(["method", "topic"]))
    rows = (
        world.selection.involvements.select("training", "side", node=pl.col(column))
        .join(facets.select("training", "value"), on="training")
        .join(network.nodes.select("node").with_row_index("code"), on="node")
    )
    values = rows["value"].unique().sort().to_list()
    place = {value: number for number, value in enumerate(values)}
    had = np.zeros((len(network), len(values)))
    taught = np.zeros((len(network), len(values)))
    for side, code, value in rows.select("side", "code", "value").unique().rows():
        had[code, place[value]] = 1.0
        if side == "educator":
            taught[code, place[value]] = 1.0
    return had, taught, values


def common_partners(network: Network, a: int, b: int) -> list[int]:
    """Return the codes of the nodes that both are linked with, those of few partners first."""
    adjacency: Any = network.adjacency("unweighted")
    degree = np.diff(adjacency.indptr)
    of_a = adjacency.indices[adjacency.indptr[a] : adjacency.indptr[a + 1]]
    of_b = adjacency.indices[adjacency.indptr[b] : adjacency.indptr[b + 1]]
    both = np.intersect1d(of_a, of_b)
    return [int(z) for z in both[np.lexsort((both, degree[both]))]]
