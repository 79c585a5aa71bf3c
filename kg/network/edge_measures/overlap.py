"""Embeddedness: how many partners the two ends of an edge share."""

from __future__ import annotations

import numpy as np

from kg.network import kernels
from kg.network.edge_measures.base import EdgeMeasure
from kg.network.edge_measures.bridge import of_entries
from kg.network.measures.base import Adjacency, Scores
from kg.network.oriented import oriented, pattern

__all__ = ["OVERLAP", "SHARED_PARTNERS", "overlap", "shared_partners"]


def shared_partners(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the number of nodes linked with both ends of each edge.

    Weights and directions are ignored. Granovetter (1973), doi:10.1086/225469.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> shared_partners(csr_array([[0.0, 1, 1], [1, 0, 1], [1, 1, 0]]))
    array([1., 1., 1., 1., 1., 1.])
    """
    linked = pattern(adjacency, directed)
    return of_entries(adjacency, linked, _shared(linked))


def overlap(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return of the partners of either end of each edge the share that both have.

    ``o(u,v) = n_uv/((k_u − 1) + (k_v − 1) − n_uv)`` with n_uv the shared partners; 0 where neither
    end has another partner. Weights and directions are ignored. Onnela et al. (2007),
    doi:10.1073/pnas.0610245104.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> overlap(csr_array([[0.0, 1, 1], [1, 0, 1], [1, 1, 0]]))
    array([1., 1., 1., 1., 1., 1.])
    """
    linked = pattern(adjacency, directed)
    shared = _shared(linked)
    degree = np.diff(linked.indptr)
    others = np.repeat(degree, degree) + degree[linked.indices] - 2 - shared
    found = np.divide(shared, others, out=np.zeros(len(shared)), where=others > 0)
    return of_entries(adjacency, linked, found)


def _shared(linked: Adjacency) -> Scores:
    edges = oriented(linked)
    found = np.zeros(len(edges.ends))
    kernels.triangles.support(edges.starts, edges.ends, found)
    shared = np.zeros(linked.nnz)
    shared[edges.up] = found
    shared[edges.down] = found
    return shared


SHARED_PARTNERS = EdgeMeasure(
    shared_partners,
    definition="number of nodes linked with both ends",
    formula="n(u,v) = |N(u) ∩ N(v)|",
    reference="Granovetter (1973), Am. J. Sociology 78, 1360-1380, doi:10.1086/225469",
    weights="ignored",
    weighted=False,
    disconnected="unaffected: only partners of the ends count",
)

OVERLAP = EdgeMeasure(
    overlap,
    definition="of the partners of either end, the share that both have",
    formula="o(u,v) = n_uv/((k_u−1) + (k_v−1) − n_uv)",
    reference="Onnela et al. (2007), PNAS 104, 7332-7336, doi:10.1073/pnas.0610245104",
    weights="ignored",
    weighted=False,
    disconnected="unaffected: only partners of the ends count",
)
