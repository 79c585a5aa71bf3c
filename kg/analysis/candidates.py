"""Pairs that could become partners: their scores on what was known up to a year."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.analysis.base import World
from kg.analysis.linkprediction import combined, pair_scores
from kg.analysis.links import network_of
from kg.network import Network

__all__ = ["COMBINED_OF", "MOST_PAIRS", "SCORE_NAMES", "Knowledge", "common_partners", "knowledge"]

MOST_PAIRS = 2_000_000
"""More pairs are not ranked: so many are drawn for an evaluation."""

COMBINED_OF = ("adamic_adar", "resource_allocation", "preferential_attachment", "complement")
SCORE_NAMES = ("common_neighbours", *COMBINED_OF, "combined")

_AT_ONCE = 2_000_000  # cells of a block of rows of one score

Codes = NDArray[np.int64]
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Knowledge:
    """What is known of nodes and pairs.

    Attributes
    ----------
    network:
        The partnership network.
    adjacency:
        Its sparse matrix of 0 and 1.
    had, taught:
        Sparse, nodes × values (0/1): had to do with, on any side; on the educators' side.
    values:
        IRIs of the values.
    """

    network: Network
    adjacency: Any
    had: Any
    taught: Any
    values: list[str]

    @property
    def degree(self) -> Codes:
        """The number of partners of each node."""
        return np.asarray(np.diff(self.adjacency.indptr), dtype=np.int64)

    def linked_with(self, node: int) -> Codes:
        """Return the partners of a node."""
        start, end = self.adjacency.indptr[node : node + 2]
        return np.asarray(self.adjacency.indices[start:end], dtype=np.int64)

    def scores_of(self, rows: Codes) -> dict[str, NDArray[np.float64]]:
        """Return each score of some nodes with all others, as rows × nodes.

        ``complement`` counts methods and topics that one taught and the other never had to do with.
        """
        # What b taught and a never had to do with is what b taught less what a had of it.
        all_taught = np.asarray(self.taught.sum(axis=1), dtype=np.float64)
        brings = all_taught[None, :] - (self.had[rows] @ self.taught.T).toarray()
        wants = all_taught[rows][:, None] - (self.taught[rows] @ self.had.T).toarray()
        return {**pair_scores(self.adjacency, rows), "complement": brings + wants}

    def open_pairs(self, seed: int = 1) -> tuple[Codes, Codes]:
        """Return the pairs that are not linked, each once, in order.

        Where all pairs are more than :data:`MOST_PAIRS`, so many are drawn at random, all alike,
        and those of them that are not linked are returned; the same seed draws the same.
        """
        nodes = len(self.network)
        total = nodes * (nodes - 1) // 2
        if total <= MOST_PAIRS:
            first, second = np.triu_indices(nodes, 1)
            return self._free(first.astype(np.int64), second.astype(np.int64))
        drawn = np.random.default_rng(seed).integers(0, nodes, (2, MOST_PAIRS))
        low, high = drawn.min(axis=0), drawn.max(axis=0)
        keys = np.unique((low * nodes + high)[low != high])
        return self._free(keys // nodes, keys % nodes)

    def _free(self, first: Codes, second: Codes) -> tuple[Codes, Codes]:
        nodes = len(self.network)
        tails = np.repeat(np.arange(nodes), np.diff(self.adjacency.indptr))
        free = ~np.isin(first * nodes + second, tails * nodes + self.adjacency.indices)
        return first[free], second[free]

    def of_pairs(self, first: Codes, second: Codes) -> dict[str, Vector]:
        """Return every score of some pairs, the combined one over these pairs.

        Rows are scored some at a time, so that memory stays bounded whatever the number of nodes.
        """
        found = {name: np.empty(len(first)) for name in SCORE_NAMES if name != "combined"}
        rows, place = np.unique(first, return_inverse=True)
        step = max(1, _AT_ONCE // max(len(self.network), 1))
        order = np.argsort(place, kind="stable")
        bounds = np.searchsorted(place[order], np.arange(0, len(rows) + step, step))
        for number, (begin, end) in enumerate(pairwise(bounds)):
            start, these = number * step, order[begin:end]
            scores = self.scores_of(rows[start : start + step])
            for name, into in found.items():
                into[these] = scores[name][place[these] - start, second[these]]
        return {**found, "combined": combined({name: found[name] for name in COMBINED_OF})}


def knowledge(world: World, level: str) -> Knowledge:
    """Return what the selection knows of nodes and their partners."""
    network = network_of(world, "partnership", level)
    return Knowledge(network, network.adjacency("unweighted"), *_values_of(world, network, level))


def _values_of(world: World, network: Network, level: str) -> tuple[Any, Any, list[str]]:
    """Return (had, taught, values): sparse 0/1 matrices nodes × methods and topics."""
    column = {"institution": "organisation", "person": "person"}.get(level, "country")
    facets = world.columns["facets"].filter(pl.col("facet").is_in(["method", "topic"]))
    rows = (
        world.selection.involvements.select("training", "side", node=pl.col(column))
        .join(network.nodes.select("node").with_row_index("code"), on="node")
        .join(facets.select("training", "value"), on="training")
        .select("side", "code", "value")
        .unique()
    )
    values = rows["value"].unique().sort()
    shape = (len(network), len(values))

    def matrix(some: pl.DataFrame) -> Any:
        pairs = some.select("code", "value").unique()
        ends = pairs["code"].to_numpy().astype(np.int64), values.search_sorted(pairs["value"])
        return csr_array((np.ones(len(pairs)), (ends[0], np.asarray(ends[1]))), shape=shape)

    return matrix(rows), matrix(rows.filter(pl.col("side") == "educator")), values.to_list()


def common_partners(network: Network, a: int, b: int) -> list[int]:
    """Return the codes of the nodes that both are linked with, those of few partners first."""
    adjacency: Any = network.adjacency("unweighted")
    degree = np.diff(adjacency.indptr)
    of_a = adjacency.indices[adjacency.indptr[a] : adjacency.indptr[a + 1]]
    of_b = adjacency.indices[adjacency.indptr[b] : adjacency.indptr[b + 1]]
    both = np.intersect1d(of_a, of_b)
    return [int(z) for z in both[np.lexsort((both, degree[both]))]]
