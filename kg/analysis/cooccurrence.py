"""Who was at which training as a bipartite graph, and the networks of its random likes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.base import World
from kg.analysis.links import network_of, scores_of
from kg.analysis.nullmodel import chain
from kg.network import Network
from kg.network.lanes import steps
from kg.network.meetings import Meetings, Sets
from kg.network.pairs import Counts, Pairs

__all__ = ["Bipartite", "bipartite_of"]


@dataclass(frozen=True)
class Bipartite:
    """Nodes × trainings, each pair once.

    Attributes
    ----------
    network:
        The partnership network of the selection, with all isolates.
    rows, columns:
        Codes of node and training, one entry an attendance.
    shape:
        Nodes and trainings.
    inside:
        Whether each node is ever inside the filter; an edge needs one end there.
    """

    network: Network
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    shape: tuple[int, int]
    inside: NDArray[np.bool_]
    within: bool

    @cached_property
    def sets(self) -> Sets:
        """The observed graph: the trainings of each node."""
        return Sets.of(self.rows, self.columns, self.shape)

    def drawn(self, samples: int, seed: int) -> Iterator[Sets]:
        """Yield random graphs with the same degrees."""
        return chain(self.rows, self.columns, self.shape, samples, seed)

    def met_by_chance(
        self, first: NDArray[np.int64], second: NDArray[np.int64], observed: NDArray[np.int64],
        samples: int, seed: int,
    ) -> Counts:  # fmt: skip
        """Return how often pairs of nodes (sorted, first < second) meet in random graphs."""
        counts = Counts(Pairs.of(first, second, self.shape[0]), observed)
        with steps(samples) as step:
            for graph in chain(self.rows, self.columns, self.shape, samples, seed):
                counts.add(graph.starts, graph.members, self.shape[1])
                step()
        return counts

    def adjacency(self, graph: Sets, weight: str) -> Any:
        """Return the network of a graph with these degrees, under a weight of partnerships."""
        return self._meetings.adjacency(graph, self._worth[weight])

    def scores(self, graph: Sets, measure: str, weight: str) -> NDArray[np.float64]:
        """Return a measure of the network of a graph with these degrees, in its usual form."""
        if measure == "degree":
            return self._meetings.degrees(graph)  # the network is not needed
        return scores_of(measure, self.adjacency(graph, weight), directed=False)

    @cached_property
    def _meetings(self) -> Meetings:
        sizes = np.bincount(self.columns, minlength=self.shape[1])
        return Meetings(sizes, self.inside, both=self.within)

    @cached_property
    def _worth(self) -> Mapping[str, NDArray[np.float64]]:
        """What a training adds to the weight of each pair that meets in it; 0 where it is alone."""
        sizes = self._meetings.sizes.astype(np.float64)
        others, pairs = np.maximum(sizes - 1, 1), np.maximum(sizes * (sizes - 1), 2)
        together = sizes > 1
        return {
            "count": together.astype(np.float64),
            "newman": together / others,
            "size-normalised": together * 2 / pairs,
        }


def bipartite_of(world: World, level: str) -> Bipartite:
    """Return who was at which training, as the projection ``partnership`` sees it."""
    network = network_of(world, "partnership", level, isolates="all")
    assert network.pairing is not None  # it was made from trainings
    left = network.pairing.left.filter(pl.col("node").is_not_null())
    met = left.select("training", "node").unique().sort("node", "training")
    inside = np.zeros(len(network), dtype=np.bool_)
    inside[left.filter("inside")["node"].unique().to_numpy()] = True
    codes = met["training"].unique().sort()
    columns = np.searchsorted(codes.to_numpy(), met["training"].to_numpy())
    rows = met["node"].to_numpy().astype(np.int64)
    shape = (len(network), len(codes))
    return Bipartite(network, rows, columns.astype(np.int64), shape, inside, world.selection.within)
