"""Degree: how many partners."""

from __future__ import annotations

import numpy as np

from kg.network.measures.base import Adjacency, Measure, Scores

__all__ = ["DEGREE", "IN_DEGREE", "OUT_DEGREE", "degree", "in_degree", "out_degree"]


def degree(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the number of edges at each node.

    ``k(v) = Σ_u [a_vu > 0]``; in a directed network the edges in and the edges out are added,
    so that a reciprocal pair counts twice. Weights are ignored. An isolate has 0; a network
    without nodes gives no scores. Freeman (1978), doi:10.1016/0378-8733(78)90021-7.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> degree(csr_array([[0.0, 5, 0], [5, 0, 2], [0, 2, 0]]))
    array([1., 2., 1.])
    """
    out = out_degree(adjacency)
    return out + in_degree(adjacency) if directed else out


def out_degree(adjacency: Adjacency, directed: bool = True) -> Scores:  # noqa: ARG001
    """Return the number of edges that leave each node.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> out_degree(csr_array([[0.0, 5, 1], [0, 0, 2], [0, 0, 0]]))
    array([2., 1., 0.])
    """
    return np.asarray(np.diff(adjacency.indptr), dtype=np.float64)


def in_degree(adjacency: Adjacency, directed: bool = True) -> Scores:  # noqa: ARG001
    """Return the number of edges that reach each node.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> in_degree(csr_array([[0.0, 5, 1], [0, 0, 2], [0, 0, 0]]))
    array([0., 1., 2.])
    """
    return np.bincount(adjacency.indices, minlength=adjacency.shape[0]).astype(np.float64)


def _norm(nodes: int, directed: bool) -> float:
    return float((nodes - 1) * (2 if directed else 1))


def _one_way(nodes: int, directed: bool) -> float:  # noqa: ARG001
    return float(nodes - 1)


_REFERENCE = "Freeman (1978), Social Networks 1, 215-239, doi:10.1016/0378-8733(78)90021-7"
_DISCONNECTED = "unaffected: only direct links count"

DEGREE = Measure(
    degree,
    definition="number of nodes linked with this one (directed: edges in plus edges out)",
    formula="k(v) = Σ_u [a_vu > 0]",
    reference=_REFERENCE,
    weights="ignored",
    weighted=False,
    disconnected=_DISCONNECTED,
    norm=_norm,
)

IN_DEGREE = Measure(
    in_degree,
    definition="number of nodes with an edge to this one",
    formula="k_in(v) = Σ_u [a_uv > 0]",
    reference=_REFERENCE,
    weights="ignored",
    weighted=False,
    disconnected=_DISCONNECTED,
    directed_only=True,
    norm=_one_way,
)

OUT_DEGREE = Measure(
    out_degree,
    definition="number of nodes to which this one has an edge",
    formula="k_out(v) = Σ_u [a_vu > 0]",
    reference=_REFERENCE,
    weights="ignored",
    weighted=False,
    disconnected=_DISCONNECTED,
    directed_only=True,
    norm=_one_way,
)
