"""Each undirected edge once, from its node of fewer edges to the one of more.

So no node keeps many edges, and the triangles of a network with hubs are found quickly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.paths import arrays

__all__ = ["Oriented", "mates", "oriented", "pattern"]


@dataclass(frozen=True)
class Oriented:
    """A symmetric matrix by ranks; rank 0 is the node of the fewest edges.

    Attributes
    ----------
    starts, ends:
        The edges of each rank to greater ranks, in their order.
    order:
        The node of each rank.
    down:
        The entry in the matrix of each edge, from the greater rank to the smaller.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int32]
    order: NDArray[np.intp]
    down: NDArray[np.intp]
    _back: tuple[NDArray[np.int64], NDArray[np.int32]] = field(repr=False)

    @cached_property
    def up(self) -> NDArray[np.intp]:
        """The entry of each edge the other way, from the smaller rank to the greater."""
        found: NDArray[np.intp] = kernels.orientation.mates(*self._back)[self.down]
        return found


def pattern(adjacency: Any, directed: bool) -> Any:
    """Return the symmetric matrix of who is linked, in whichever direction; every entry is 1."""
    linked = csr_array(
        (np.ones(adjacency.nnz), adjacency.indices, adjacency.indptr), adjacency.shape
    )
    if directed:
        linked = csr_array(linked + linked.T)
        linked.data[:] = 1.0
    linked.sort_indices()
    return linked


def mates(symmetric: Any) -> NDArray[np.intp]:
    """Return for each entry [u, v] of a symmetric matrix the place of [v, u]."""
    return np.asarray(kernels.orientation.mates(*arrays(symmetric)), dtype=np.intp)


def oriented(symmetric: Any) -> Oriented:
    """Return the oriented form of a symmetric matrix with sorted indices and no diagonal."""
    nodes, edges = symmetric.shape[0], symmetric.nnz // 2
    starts, ends = arrays(symmetric)
    order = np.argsort(np.diff(starts), kind="stable")
    rank = np.empty(nodes, dtype=np.int64)
    rank[order] = np.arange(nodes)
    into, heads = np.zeros(nodes + 1, np.int64), np.empty(edges, np.int32)
    down = np.empty(edges, np.intp)
    kernels.orientation.orient(starts, ends, order, rank, into, heads, down)
    return Oriented(into, heads, order, down, _back=(starts, ends))
