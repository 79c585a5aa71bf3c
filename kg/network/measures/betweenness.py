"""Betweenness: how often a node lies on the shortest ways between others."""

from __future__ import annotations

import numpy as np

from kg.network.extent import component_sizes
from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.paths import dependencies, measured
from kg.network.sampling import bernstein, draw

__all__ = ["BETWEENNESS", "betweenness", "sampled_betweenness"]


def betweenness(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the exact betweenness of each node, as the sum over pairs of other nodes.

    ``B(v) = Σ_{s≠v≠t} σ_st(v)/σ_st``: of the shortest paths from s to t, the share that runs
    through v; each pair counts once in an undirected network and each ordered pair in a directed
    one. Pairs without a path add nothing, so the scores of several components are those of each
    alone. With weights an edge has length 1/weight, kept as whole numbers so that equal paths
    tie (:func:`kg.network.paths.exact_lengths`). Networks with fewer than three nodes have 0.

    Freeman (1977), doi:10.2307/3033543. Algorithm: Brandes (2001),
    doi:10.1080/0022250X.2001.9990249. Time grows with nodes × edges.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> betweenness(csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]]))
    array([0., 1., 0.])
    """
    total = dependencies(*measured(adjacency)).total
    return total if directed else total / 2


def sampled_betweenness(
    adjacency: Adjacency, directed: bool, sources: int, seed: int
) -> tuple[Scores, Scores]:
    """Return estimates of the betweenness from the shortest paths of some sources, and errors.

    Sources are drawn with replacement (Brandes and Pich 2007, doi:10.1142/S0218127407018403), and
    what they leave open is bounded by :func:`kg.network.sampling.bernstein`.
    """
    nodes = adjacency.shape[0]
    if nodes < 3:
        return np.zeros(nodes), np.zeros(nodes)
    found = dependencies(*measured(adjacency), sources=draw(nodes, sources, seed))
    most = np.maximum(component_sizes(adjacency) - 2, 0.0)  # targets of a path through the node
    scores, errors = bernstein(found.total, found.squares, sources, greatest=most)
    return (scores, errors) if directed else (scores / 2, errors / 2)


def _norm(nodes: int, directed: bool) -> float:
    pairs = (nodes - 1) * (nodes - 2)
    return float(pairs if directed else pairs / 2)


BETWEENNESS = Measure(
    betweenness,
    definition="shortest paths between other nodes that run through this one "
    "(each pair shares one among its paths)",
    formula="B(v) = Σ_{s≠v≠t} σ_st(v)/σ_st",
    reference="Freeman (1977), Sociometry 40, 35-41, doi:10.2307/3033543; "
    "Brandes (2001), doi:10.1080/0022250X.2001.9990249",
    weights="distance",
    weighted=False,
    disconnected="pairs without a path add nothing; each component scores as if alone",
    norm=_norm,
    all_pairs=True,
    sampled=sampled_betweenness,
)
