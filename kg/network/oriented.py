"""Each undirected edge once, from its node of fewer edges to the one of more.

So no node keeps many edges, and the triangles of a network with hubs are found quickly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

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
    up, down:
        For each edge, its two entries in the matrix: from the smaller rank to the greater, and
        back.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int32]
    order: NDArray[np.intp]
    up: NDArray[np.intp]
    down: NDArray[np.intp]


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
    places = csr_array(
        (np.arange(symmetric.nnz), symmetric.indices, symmetric.indptr), symmetric.shape
    )
    turned = csr_array(places.T)
    turned.sort_indices()
    return np.asarray(turned.data, dtype=np.intp)


def oriented(symmetric: Any) -> Oriented:
    """Return the oriented form of a symmetric matrix with sorted indices and no diagonal."""
    nodes = symmetric.shape[0]
    degree = np.diff(symmetric.indptr)
    order = np.argsort(degree, kind="stable")
    rank = np.empty(nodes, dtype=np.int64)
    rank[order] = np.arange(nodes)
    tails = np.repeat(rank, degree)
    heads = rank[symmetric.indices]
    entries = np.flatnonzero(tails < heads)
    entries = entries[np.argsort(tails[entries] * nodes + heads[entries], kind="stable")]
    starts = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(tails[entries], minlength=nodes), out=starts[1:])
    return Oriented(
        starts=starts,
        ends=heads[entries].astype(np.int32),
        order=order,
        up=entries,
        down=mates(symmetric)[entries],
    )
