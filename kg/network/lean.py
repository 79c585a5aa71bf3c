"""The same shortest paths on a matrix that is read faster.

Nodes of many edges come first, so that what most edges lead to lies close together; and edges that
no shortest path takes are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network import kernels

__all__ = ["Lean", "lean"]

_SURELY = 1e-9  # relative; rounding is far below


@dataclass(frozen=True)
class Lean:
    """A matrix of lengths with other numbers for its nodes, and without some of its edges.

    Attributes
    ----------
    starts, ends, lengths:
        Its CSR arrays, as kernels take them.
    order:
        The node that each of its nodes was.
    place:
        Where each node stands in it.
    entries:
        The entry of the given matrix that each of its entries was.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int32]
    lengths: NDArray[np.float64]
    order: NDArray[np.intp]
    place: NDArray[np.intp]
    entries: NDArray[np.int64]

    def into(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the CSR arrays of the edges into each node."""
        size = len(self.order)
        turned = csr_array((self.lengths, self.ends, self.starts), (size, size)).T.tocsr()
        return turned.indptr.astype(np.int64), turned.indices.astype(np.int32)

    def of_nodes(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of its nodes in the order of the given matrix."""
        return np.asarray(values[self.place])

    def of_entries(self, values: NDArray[Any], entries: int) -> NDArray[Any]:
        """Return values of its entries as of all those given: 0 for what was left out."""
        if not len(values):
            return values
        whole = np.zeros(entries, values.dtype)
        whole[self.entries] = values
        return whole


def lean(lengths: Any, *, prune: bool) -> Lean:
    """Return a matrix of lengths for quicker searches.

    With ``prune`` an edge is left out where two others lead to its end on a shorter way: it is
    on no shortest path, so distances and paths stay what they are.
    """
    numbers = np.arange(1, lengths.nnz + 1)  # a 0 would be no entry
    entries = csr_array((numbers, lengths.indices, lengths.indptr), lengths.shape)
    linked = np.diff(lengths.indptr) + np.bincount(lengths.indices, minlength=lengths.shape[0])
    order = np.argsort(-linked, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    entries = csr_array(entries[order][:, order])
    entries.sort_indices()
    found = entries.data - 1
    starts, ends = entries.indptr.astype(np.int64), entries.indices.astype(np.int32)
    values = lengths.data[found].astype(np.float64)
    if prune:
        kept = ~kernels.dijkstra.detoured(starts, ends, values, _SURELY)
        starts = np.concatenate([[0], np.cumsum(kept)])[starts]
        ends, values, found = ends[kept], values[kept], found[kept]
    return Lean(starts, ends, values, order, place, found)
