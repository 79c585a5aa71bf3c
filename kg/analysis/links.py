"""Networks taken apart into what each training adds, so that trainings can be drawn anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from kg.analysis.base import World
from kg.network import MEASURES, PROJECTIONS, Network, project
from kg.network.build import Isolates
from kg.network.pairing import terms_of

__all__ = ["Links", "links_of", "network_of", "scores_of"]

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Links:
    """What each training adds to each edge.

    Attributes
    ----------
    network:
        The network of all of them.
    trainings:
        One row a selected training, in the order of the codes: code, training, label, year.
    training, source, target:
        One entry a link, as codes, in the order of source, target, training.
    weight:
        What it adds to the weight of its edge; more than 0.
    """

    network: Network
    trainings: pl.DataFrame
    training: NDArray[np.int64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: Vector

    @cached_property
    def _edges(self) -> _Edges:
        """The edges, for :meth:`adjacency`: the links stand in their order."""
        changed = (np.diff(self.source, prepend=-1) != 0) | (np.diff(self.target, prepend=-1) != 0)
        starts = np.flatnonzero(changed)
        shape = (len(starts), self.trainings.height)
        parts = csr_array((self.weight, self.training, np.append(starts, len(changed))), shape)
        source, target, edge = self.source[starts], self.target[starts], np.arange(len(starts))
        if not self.network.directed:
            source, target = np.concatenate([source, target]), np.concatenate([target, source])
            edge = np.concatenate([edge, edge])
        order = np.lexsort((target, source))
        ends = np.append(0, np.cumsum(np.bincount(source, minlength=len(self.network))))
        return _Edges(parts, edge[order], target[order], ends)

    def scores(self, measure: str, counts: NDArray[np.int64]) -> tuple[Vector, NDArray[np.bool_]]:
        """Return a measure when each training counts so many times, and who has an edge then.

        Strength is a sum over trainings, so that it needs neither edges nor a matrix of them.
        """
        if measure == "strength":
            strength = np.asarray(self._strengths @ counts.astype(np.float64))
            return strength, strength > 0
        adjacency = self.adjacency(counts)
        there = np.diff(adjacency.indptr) > 0
        there |= np.bincount(adjacency.indices, minlength=len(there)) > 0
        return scores_of(measure, adjacency, self.network.directed), there

    @cached_property
    def _strengths(self) -> Any:
        """What each training adds to the strength of each node, nodes × trainings."""
        nodes = np.concatenate([self.source, self.target])
        trainings = np.concatenate([self.training, self.training])
        weights = np.concatenate([self.weight, self.weight])
        shape = (len(self.network), self.trainings.height)
        return coo_array((weights, (nodes, trainings)), shape=shape).tocsr()

    def adjacency(self, counts: NDArray[np.int64]) -> Any:
        """Return the adjacency matrix when each training counts so many times.

        One product of a sparse matrix with ``counts``: an edge weighs what its trainings add.
        """
        edges = self._edges
        weights = (edges.parts @ counts.astype(np.float64))[edges.edge]
        kept = weights != 0  # an edge without any of its trainings is none
        indptr = np.append(0, np.cumsum(kept))[edges.indptr]
        size = len(self.network)
        return csr_array((weights[kept], edges.indices[kept], indptr), shape=(size, size))


@dataclass(frozen=True)
class _Edges:
    """``parts``: edges × trainings; the others: the entries of the matrix, as in a csr_array."""

    parts: Any
    edge: NDArray[np.int64]
    indices: NDArray[np.int64]
    indptr: NDArray[np.int64]


def network_of(world: World, projection: str, level: str, *, isolates: Isolates = False) -> Network:
    """Return the network of a selection."""
    filters: Any = dict(world.selection.filters)
    return project(world.columns, projection, level=level, isolates=isolates, **filters)


def links_of(world: World, projection: str, level: str, weight: str | None) -> Links:
    """Return the links of a selection; loops are left out, as measures ignore them."""
    network = network_of(world, projection, level)
    chosen = PROJECTIONS[projection].weights[network.weight_name(weight)]
    assert network.pairing is not None  # it was made from trainings
    assert network.trainings is not None
    terms = terms_of({"weight": chosen})
    links = network.pairing.links(terms).filter(pl.col("source") != pl.col("target"))
    links = links.with_columns(weight=chosen.term.cast(pl.Float64))
    links = links.sort("source", "target", "training")
    codes = (links[name].to_numpy().astype(np.int64) for name in ("training", "source", "target"))
    training, source, target = codes
    trainings = network.trainings.sort("code")
    return Links(network, trainings, training, source, target, links["weight"].to_numpy())


def scores_of(measure: str, adjacency: Any, directed: bool) -> Vector:
    """Return a measure of a matrix in its usual form: weighted where it usually is."""
    chosen = MEASURES[measure]
    if not chosen.weighted or chosen.weights == "ignored":
        adjacency = adjacency.copy()
        adjacency.data = np.ones(len(adjacency.data))
    return np.asarray(chosen.function(adjacency, directed), dtype=np.float64)
