"""Harmonic centrality: closeness that needs no connected network."""

from __future__ import annotations

import numpy as np

from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.paths import reach, with_lengths
from kg.network.sampling import bernstein, draw

__all__ = ["HARMONIC", "harmonic", "sampled_harmonic"]


def harmonic(adjacency: Adjacency, directed: bool = False) -> Scores:  # noqa: ARG001
    """Return the sum of the inverse distances from all other nodes.

    ``H(v) = Σ_{u≠v} 1/d(u, v)`` with 1/∞ = 0, so that nodes of every component compare.
    Distances run towards v in a directed network; the length of an edge is 1/weight. An isolate
    has 0. Marchiori and Latora (2000), doi:10.1016/S0378-4371(00)00311-3; Boldi and Vigna
    (2014), doi:10.1080/15427951.2013.865686.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> harmonic(csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]]))
    array([1.5, 2. , 1.5])
    """
    return reach(with_lengths(adjacency)).near


def sampled_harmonic(
    adjacency: Adjacency,
    directed: bool,  # noqa: ARG001
    sources: int,
    seed: int,
) -> tuple[Scores, Scores]:
    """Return estimates from the distances of some sources, and errors.

    Sources are drawn with replacement (Eppstein and Wang 2004, doi:10.7155/jgaa.00081); the
    errors are those of :func:`kg.network.sampling.bernstein`.
    """
    if adjacency.nnz == 0:
        return np.zeros(adjacency.shape[0]), np.zeros(adjacency.shape[0])
    drawn = draw(adjacency.shape[0], sources, seed)
    found = reach(with_lengths(adjacency), sources=drawn)
    nearest = float(adjacency.data.max())
    return bernstein(found.near, found.near_squares, sources, greatest=nearest)


def _norm(nodes: int, directed: bool) -> float:  # noqa: ARG001
    return float(nodes - 1)


HARMONIC = Measure(
    harmonic,
    definition="sum of the inverse distances from all other nodes",
    formula="H(v) = Σ_{u≠v} 1/d(u,v), 1/∞ = 0",
    reference="Marchiori & Latora (2000), Physica A 285, 539-546, "
    "doi:10.1016/S0378-4371(00)00311-3; Boldi & Vigna (2014), doi:10.1080/15427951.2013.865686",
    weights="distance",
    weighted=False,
    disconnected="nodes without a path add nothing, so that all nodes compare",
    norm=_norm,
    all_pairs=True,
    sampled=sampled_harmonic,
)
