"""Edge betweenness: how often a tie lies on the shortest ways."""

from __future__ import annotations

from kg.network.edge_measures.base import EdgeMeasure
from kg.network.measures.base import Adjacency, Scores
from kg.network.oriented import mates
from kg.network.paths import dependencies, measured

__all__ = ["EDGE_BETWEENNESS", "edge_betweenness"]


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


EDGE_BETWEENNESS = EdgeMeasure(
    edge_betweenness,
    definition="shortest paths between any two nodes that run along the edge",
    formula="B(e) = Σ_{s≠t} σ_st(e)/σ_st",
    reference="Girvan & Newman (2002), PNAS 99, 7821-7826, doi:10.1073/pnas.122653799",
    weights="distance",
    weighted=False,
    disconnected="pairs without a path add nothing; each component scores as if alone",
    all_pairs=True,
)
