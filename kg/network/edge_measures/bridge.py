"""Bridges: edges that alone hold two parts together."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.edge_measures.base import EdgeMeasure
from kg.network.measures.base import Adjacency, Scores
from kg.network.oriented import pattern
from kg.network.paths import arrays

__all__ = ["BRIDGE", "bridge", "of_entries"]


def bridge(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return 1 for each edge without which the network has a component more, else 0.

    Weights and directions are ignored. Hopcroft and Tarjan (1973), doi:10.1145/362248.362272.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> bridge(csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]]))
    array([1., 1., 1., 1.])
    """
    linked = pattern(adjacency, True) if directed else adjacency
    starts, ends = arrays(linked)
    found = np.zeros(linked.nnz, dtype=bool)
    kernels.structure.cuts(starts, ends, np.zeros(linked.shape[0], np.int64), found)
    for entry in np.flatnonzero(found):  # there are fewer than nodes: look for the way back
        head = ends[entry]
        tail = np.searchsorted(starts, entry, side="right") - 1
        back = np.searchsorted(ends[starts[head] : starts[head + 1]], tail)
        found[starts[head] + back] = True
    scores = found.astype(np.float64)
    return of_entries(adjacency, linked, scores) if directed else scores


def of_entries(adjacency: Adjacency, linked: Any, values: Scores) -> Scores:
    """Return, for the entries of the adjacency, the values of the same ones of its pattern."""
    # From 1, so that no place is an empty entry.
    places = csr_array((np.arange(1, linked.nnz + 1), linked.indices, linked.indptr), linked.shape)
    ones = csr_array(
        (np.ones(adjacency.nnz, np.int64), adjacency.indices, adjacency.indptr), adjacency.shape
    )
    found = csr_array(places.multiply(ones))
    found.sort_indices()
    return np.asarray(values[found.data - 1])


BRIDGE = EdgeMeasure(
    bridge,
    definition="1 where the network falls apart without the edge, else 0",
    formula="b(e) = components(G − e) − components(G)",
    reference="Hopcroft & Tarjan (1973), Comm. ACM 16, 372-378, doi:10.1145/362248.362272",
    weights="ignored",
    weighted=False,
    disconnected="unaffected: each component as if alone",
)
