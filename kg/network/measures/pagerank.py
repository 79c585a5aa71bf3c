"""PageRank: where a walker along the edges spends the time."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, diags_array

from kg.network import kernels
from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.paths import arrays

__all__ = ["PAGERANK", "pagerank"]

DAMPING = 0.85
_TOLERANCE = 1e-13  # total change of a step; rounding is below it
_STEPS = 1000


def pagerank(adjacency: Adjacency, directed: bool = False) -> Scores:  # noqa: ARG001
    """Return the share of time that a random walker spends at each node; the shares sum to 1.

    ``p(v) = (1 − d)/n + d · (Σ_u p(u)·a_uv/s_out(u) + Σ_{u: s_out(u)=0} p(u)/n)``, d = 0.85: the
    walker follows an edge with a chance in proportion to its weight, and jumps to any node with
    chance 1 − d, or always where no edge leaves. So it is defined on every network; one node
    has 1, and a network without nodes gives no scores. In an undirected network edges lead
    both ways. Brin and Page (1998), doi:10.1016/S0169-7552(98)00110-X.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> pagerank(csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])).round(4)
    array([0.2568, 0.4865, 0.2568])
    """
    nodes = adjacency.shape[0]
    if nodes == 0:
        return np.zeros(0)
    out = np.asarray(adjacency.sum(axis=1), dtype=np.float64)
    dangling = out == 0
    shares = 1.0 / np.where(dangling, 1.0, out)
    walk = csr_array((diags_array(shares) @ adjacency).T)
    scores = np.full(nodes, 1.0 / nodes)
    kernels.powers.walk(*arrays(walk), walk.data, dangling, scores, DAMPING, _TOLERANCE, _STEPS)
    return scores


PAGERANK = Measure(
    pagerank,
    definition="share of time that a random walker with jumps spends at the node (damping 0.85)",
    formula="p(v) = (1−d)/n + d·(Σ_u p(u)·a_uv/s_out(u) + Σ_{u without exit} p(u)/n)",
    reference="Brin & Page (1998), Computer Networks 30, 107-117, "
    "doi:10.1016/S0169-7552(98)00110-X",
    weights="strength",
    weighted=True,
    disconnected="defined: jumps reach every component, each in proportion to its nodes",
)
