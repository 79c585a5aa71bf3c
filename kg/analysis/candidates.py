"""Pairs that could become partners: their scores on what was known up to a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.analysis.base import World
from kg.analysis.linkprediction import SCORES, combined, pair_scores
from kg.analysis.links import network_of
from kg.network import Network
from kg.network.lanes import steps
from kg.network.pairs import Pairs, shared

__all__ = ["COMBINED_OF", "MOST_PAIRS", "SCORE_NAMES", "Knowledge", "common_partners", "knowledge"]

MOST_PAIRS = 2_000_000
"""More pairs are not ranked: so many are drawn for an evaluation."""

COMBINED_OF = ("adamic_adar", "resource_allocation", "preferential_attachment", "complement")
SCORE_NAMES = ("common_neighbours", *COMBINED_OF, "combined")

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
        linked = tails * nodes + self.adjacency.indices  # in order, as are its rows
        keys = first * nodes + second
        places = np.minimum(np.searchsorted(linked, keys), max(len(linked) - 1, 0))
        free = linked[places] != keys if len(linked) else np.ones(len(keys), np.bool_)
        return first[free], second[free]

    def of_pairs(self, first: Codes, second: Codes) -> dict[str, Vector]:
        """Return every score of some pairs, sorted by the first; the combined one over these.

        ``complement`` counts methods and topics that one taught and the other never had to do with.
        """
        pairs = Pairs.of(first, second, len(self.network))
        ones, lanes = np.ones(len(self.values)), len(pairs.lanes())
        with steps(lanes * (len(SCORES) + 2)) as step:
            found = pair_scores(self.adjacency, first, second, step)
            known = shared(self.had, self.taught, ones, pairs, step)
            known += shared(self.taught, self.had, ones, pairs, step)
        # What b taught and a never had to do with is what b taught less what a had of it.
        taught = np.asarray(self.taught.sum(axis=1), dtype=np.float64)
        found["complement"] = taught[first] + taught[second] - known
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
