"""Who was at which training as a bipartite graph, and the networks of its random likes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from kg.analysis.base import World
from kg.analysis.links import network_of
from kg.analysis.nullmodel import chain, curveball
from kg.network import Network
from kg.network.lanes import steps
from kg.network.pairs import Counts, Pairs

__all__ = ["Bipartite", "bipartite_of"]


@dataclass(frozen=True)
class Bipartite:
    """Nodes × trainings, each pair once.

    Attributes
    ----------
    network:
        The partnership network of the selection, isolates included.
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

    @property
    def matrix(self) -> Any:
        """The observed graph as a ``csr_array`` of 1.0."""
        return csr_array((np.ones(len(self.rows)), (self.rows, self.columns)), shape=self.shape)

    def drawn(self, samples: int, seed: int) -> Iterator[Any]:
        """Yield random graphs with the same degrees."""
        return curveball(self.rows, self.columns, self.shape, samples, seed)

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

    def projected(self, matrix: Any, weight: str) -> Any:
        """Return the adjacency of a bipartite graph under a weight of partnerships."""
        sizes = np.asarray(matrix.sum(axis=0), dtype=np.float64)
        together = sizes > 1
        parts = {
            "count": together * 1.0,
            "newman": np.divide(1, sizes - 1, out=np.zeros_like(sizes), where=together),
            "size-normalised": np.divide(
                2, sizes * (sizes - 1), out=np.zeros_like(sizes), where=together
            ),
        }
        met = (matrix @ diags_array(parts[weight]) @ matrix.T).tocoo()
        first, second = met.coords
        ours = self.inside[first] & self.inside[second] if self.within else (
            self.inside[first] | self.inside[second]
        )  # fmt: skip
        kept = (first != second) & ours
        edges = csr_array((met.data[kept], (first[kept], second[kept])), shape=met.shape)
        edges.sort_indices()
        return edges


def bipartite_of(world: World, level: str) -> Bipartite:
    """Return who was at which training, as the projection ``partnership`` sees it."""
    network = network_of(world, "partnership", level, isolates=True)
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
