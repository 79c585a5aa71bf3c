"""Structural holes: constraint and effective size, after Burt."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.oriented import Oriented, oriented

__all__ = ["CONSTRAINT", "EFFECTIVE_SIZE", "constraint", "effective_size"]


def constraint(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return Burt's constraint: how far a node's ties lead back to the same few others.

    ``c(i) = Σ_j (p_ij + Σ_q p_iq p_qj)²`` over i's partners j, where p_ij is the share of j in
    all of i's ties, ``(a_ij + a_ji)/Σ_k (a_ik + a_ki)``. Few open ties give a low constraint, a
    closed clique a high one (up to 9/8). Two nodes linked only with each other have 1. An isolate
    has no ties to be constrained by and gets 0: leave isolates out when you rank from below.
    Burt (1992), Structural Holes, p. 54; Burt (2004), doi:10.1086/421787.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> constraint(csr_array([[0.0, 1, 1], [1, 0, 0], [1, 0, 0]]))
    array([0.5, 1. , 1. ])
    """
    ties = _ties(adjacency, directed)
    if ties.nnz == 0:
        return np.zeros(ties.shape[0])
    edges = oriented(ties)
    share = _over(ties, ties.sum(axis=1))
    indirect, _ = _by_triangles(ties, edges, share)
    tails = np.concatenate([edges.order[_tails(edges)], edges.order[edges.ends]])
    whole = np.concatenate([share[edges.up] + indirect[:, 0], share[edges.down] + indirect[:, 1]])
    return np.bincount(tails, whole**2, ties.shape[0]).astype(np.float64)


def effective_size(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return Burt's effective size: a node's partners, less those it reaches by others already.

    ``e(i) = Σ_j (1 − Σ_q p_iq m_jq)`` over i's partners j, with p as in :func:`constraint` and
    m_jq the tie of j and q over j's strongest one. Unweighted and undirected this is k − 2t/k: the
    degree less the mean number of links among the partners (Borgatti 1997). An isolate has 0.
    Burt (1992), Structural Holes, p. 52.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> effective_size(csr_array([[0.0, 1, 1], [1, 0, 1], [1, 1, 0]]))
    array([1., 1., 1.])
    """
    ties = _ties(adjacency, directed)
    if ties.nnz == 0:
        return np.zeros(ties.shape[0])
    edges = oriented(ties)
    _, redundant = _by_triangles(ties, edges, _over(ties, ties.sum(axis=1)))
    found: Scores = np.diff(ties.indptr).astype(np.float64)
    found[edges.order] -= redundant
    return found


def _ties(adjacency: Adjacency, directed: bool) -> Any:
    """Return a_ij + a_ji where directed; of an undirected network the two halves are the same."""
    ties = csr_array(adjacency + adjacency.T) if directed else adjacency
    ties.sort_indices()
    return ties


def _over(ties: Any, whole: Scores) -> Scores:
    """Return each entry divided by the value of its row."""
    return np.asarray(ties.data / np.repeat(whole, np.diff(ties.indptr)))


def _tails(edges: Oriented) -> Any:
    return np.repeat(np.arange(len(edges.starts) - 1), np.diff(edges.starts))


def _by_triangles(ties: Any, edges: Oriented, share: Scores) -> tuple[Scores, Scores]:
    most = _over(ties, ties.max(axis=1).toarray())
    indirect = np.zeros((len(edges.ends), 2))
    redundant = np.zeros(ties.shape[0])
    kernels.triangles.redundancy(
        edges.starts,
        edges.ends,
        share[edges.up],
        share[edges.down],
        most[edges.up],
        most[edges.down],
        indirect,
        redundant,
    )
    return indirect, redundant


CONSTRAINT = Measure(
    constraint,
    definition="how far the node's ties lead, directly or by one step, to the same few others",
    formula="c(i) = Σ_j (p_ij + Σ_q p_iq p_qj)², p_ij = (a_ij + a_ji)/Σ_k (a_ik + a_ki)",
    reference="Burt (1992), Structural Holes, Harvard UP; Burt (2004), doi:10.1086/421787",
    weights="strength",
    weighted=True,
    disconnected="unaffected: only partners of partners count; an isolate has 0, for want of ties",
)

EFFECTIVE_SIZE = Measure(
    effective_size,
    definition="number of partners, less what they share with each other",
    formula="e(i) = Σ_j (1 − Σ_q p_iq m_jq), m_jq = (a_jq + a_qj)/max_k (a_jk + a_kj)",
    reference="Burt (1992), Structural Holes, Harvard UP; Borgatti (1997), Connections 20, 35-38; "
    "Burt (2004), doi:10.1086/421787",
    weights="strength",
    weighted=True,
    disconnected="unaffected: only partners of partners count",
)
