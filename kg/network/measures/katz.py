"""Katz centrality: walks of every length that lead to a node, the long ones counting less."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigs

from kg.network.measures.base import Adjacency, Measure, Scores, UndefinedMeasureError

__all__ = ["KATZ", "katz", "spectral_radius"]

DAMPING = 0.85
_DENSE = 300
_TOLERANCE = 1e-14
_STEPS = 2000


def katz(adjacency: Adjacency, directed: bool = False) -> Scores:  # noqa: ARG001
    """Return the number of walks that lead to each node, those of k steps weighted by α^k.

    ``t(v) = Σ_{k≥1} α^k Σ_u (A^k)_uv`` with α = 0.85/λ, λ the spectral radius of A: at λ itself
    the ranking is that of the eigenvector, near 0 that of the strength. A network without cycles
    (directed, λ = 0) has only finitely many walks; there α is 0.85 over the greatest strength
    inwards. Walks follow the edges in a directed network; the weight of a walk is the product
    of the weights of its edges. An isolate has 0 (the walk of no steps is not counted, unlike in
    networkx, whose scores with ``normalized=False`` are greater by 1). All components share one α,
    that of the densest. Katz (1953), doi:10.1007/BF02289026.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> katz(csr_array([[0.0, 1], [1, 0]])).round(4)  # α = 0.85: Σ_{k≥1} 0.85^k
    array([5.6667, 5.6667])
    """
    nodes = adjacency.shape[0]
    if adjacency.nnz == 0:
        return np.zeros(nodes)
    radius = spectral_radius(adjacency) or float(np.max(adjacency.sum(axis=0)))
    step = csr_array(adjacency.T * (DAMPING / radius))
    walks = np.asarray(step.sum(axis=1), dtype=np.float64)
    scores = walks.copy()
    for _ in range(_STEPS):
        walks = step @ walks
        scores += walks
        if walks.max() <= _TOLERANCE * scores.max():
            return scores
    raise UndefinedMeasureError(
        "Katz centrality was not found: the sum over walks does not settle on this network. "
        "Use pagerank or strength."
    )


def spectral_radius(adjacency: Adjacency) -> float:
    """Return the greatest absolute eigenvalue; 0 for a network without cycles.

    It is the greatest of those of the strongly connected components.
    """
    _, component = connected_components(adjacency, directed=True, connection="strong")
    order = np.argsort(component, kind="stable")
    bounds = np.flatnonzero(np.diff(component[order])) + 1
    parts = [members for members in np.split(order, bounds) if len(members) > 1]
    return max((_radius(adjacency[p][:, p]) for p in parts), default=0.0)


def _radius(matrix: Any) -> float:
    if matrix.shape[0] <= _DENSE:
        return float(np.max(np.abs(np.linalg.eigvals(matrix.toarray()))))
    try:
        found = eigs(matrix, k=1, v0=np.ones(matrix.shape[0]), return_eigenvectors=False)
    except ArpackNoConvergence as error:
        raise UndefinedMeasureError(
            "Katz centrality was not found: the greatest eigenvalues of this network lie too "
            "close together. Use pagerank or strength."
        ) from error
    return float(np.max(np.abs(found)))


KATZ = Measure(
    katz,
    definition="walks of every length that lead to the node, each step weighted by α = 0.85/λ_max",
    formula="t(v) = Σ_{k≥1} α^k Σ_u (A^k)_uv, α = 0.85/λ_max",
    reference="Katz (1953), Psychometrika 18, 39-43, doi:10.1007/BF02289026",
    weights="strength",
    weighted=True,
    disconnected="all components share one α, so those less dense than the densest score low",
)
