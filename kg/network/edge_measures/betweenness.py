"""Edge betweenness: how often a tie lies on the shortest ways."""

from __future__ import annotations

import numpy as np

from kg.network.edge_measures.base import EdgeMeasure
from kg.network.extent import component_sizes
from kg.network.measures.base import Adjacency, Scores
from kg.network.oriented import mates
from kg.network.paths import dependencies, measured
from kg.network.sampling import bernstein, draw

__all__ = ["EDGE_BETWEENNESS", "edge_betweenness", "sampled_edge_betweenness"]


def edge_betweenness(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the exact betweenness of each edge, its ends counted among the pairs.

    ``B(e) = Σ_{s≠t} σ_st(e)/σ_st``; each pair counts once in an undirected network. Distances,
    ties and components as in :func:`kg.network.measures.betweenness.betweenness`. Girvan and Newman
    (2002), doi:10.1073/pnas.122653799.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> edge_betweenness(csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]]))
    array([2., 2., 2., 2.])
    """
    found = dependencies(*measured(adjacency), edges=True).by_edge
    return found if directed else (found + found[mates(adjacency)]) / 2


def sampled_edge_betweenness(
    adjacency: Adjacency, directed: bool, sources: int, seed: int
) -> tuple[Scores, Scores]:
    """Return estimates from the shortest paths of some sources, and errors, for each entry.

    Sources are drawn with replacement (Brandes and Pich 2007, doi:10.1142/S0218127407018403), and
    what they leave open is bounded by :func:`kg.network.sampling.bernstein` for all edges at once.
    One source adds at most the other nodes of its component to an edge.
    """
    if adjacency.nnz == 0:
        return np.zeros(0), np.zeros(0)
    nodes = adjacency.shape[0]
    drawn = draw(nodes, sources, seed)
    found = dependencies(*measured(adjacency), sources=drawn, edges=True)
    sums, squares = found.by_edge, found.edge_squares
    if not directed:  # the paths of one source run along an edge one way only
        back = mates(adjacency)
        sums, squares = sums + sums[back], squares + squares[back]
    most = (component_sizes(adjacency) - 1)[adjacency.indices]
    scores, errors = bernstein(sums, squares, sources, greatest=most, population=nodes)
    return (scores, errors) if directed else (scores / 2, errors / 2)


EDGE_BETWEENNESS = EdgeMeasure(
    edge_betweenness,
    definition="shortest paths between any two nodes that run along the edge",
    formula="B(e) = Σ_{s≠t} σ_st(e)/σ_st",
    reference="Girvan & Newman (2002), PNAS 99, 7821-7826, doi:10.1073/pnas.122653799",
    weights="distance",
    weighted=False,
    disconnected="pairs without a path add nothing; each component scores as if alone",
    all_pairs=True,
    sampled=sampled_edge_betweenness,
)
