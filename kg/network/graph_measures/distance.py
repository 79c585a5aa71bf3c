"""Distances over the whole network."""

from __future__ import annotations

from kg.network.graph_measures.base import GraphMeasure, Quantities
from kg.network.graph_measures.sampled_distance import sampled_distances
from kg.network.measures.base import Adjacency, Groups
from kg.network.paths import reach, with_lengths

__all__ = ["DISTANCE", "distance", "sampled_distance"]


def distance(adjacency: Adjacency, directed: bool, groups: Groups | None = None) -> Quantities:  # noqa: ARG001
    """Return mean and greatest distance, efficiency, and the share of pairs with a path.

    Distances count pairs with a path only, so read them beside ``reachable``; efficiency, the mean
    of 1/d with 1/∞ = 0, counts all pairs. The length of an edge is 1/weight. No value without
    edges. Latora and Marchiori (2001), doi:10.1103/PhysRevLett.87.198701; Wasserman and Faust
    (1994), section 4.3, doi:10.1017/CBO9780511815478.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> distance(csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]]), False)["diameter"]
    2.0
    """
    nodes = adjacency.shape[0]
    if adjacency.nnz == 0:
        return dict.fromkeys(DISTANCE.quantities)
    found = reach(with_lengths(adjacency))
    pairs, reached = nodes * (nodes - 1), int(found.reached.sum())
    return {
        "mean distance": float(found.far.sum()) / reached,
        "diameter": found.widest,
        "efficiency": float(found.near.sum()) / pairs,
        "reachable": reached / pairs,
    }


def sampled_distance(
    adjacency: Adjacency, directed: bool, sources: int, seed: int
) -> tuple[Quantities, Quantities]:
    """Return estimates from the distances of some sources, and errors.

    See :func:`kg.network.graph_measures.sampled_distance.sampled_distances`. The diameter is the
    greatest distance that was seen, and the error how much greater it may be.
    """
    nothing = dict.fromkeys(DISTANCE.quantities)
    if adjacency.nnz == 0:
        return nothing, nothing
    found = sampled_distances(with_lengths(adjacency), directed, sources, seed)
    by_name = {
        "mean distance": found.mean,
        "diameter": found.diameter,
        "efficiency": found.efficiency,
        "reachable": found.reachable,
    }
    return (
        {name: estimate.value for name, estimate in by_name.items()},
        {name: estimate.error for name, estimate in by_name.items()},
    )


DISTANCE = GraphMeasure(
    distance,
    definition="how long the ways through the network are",
    quantities={
        "mean distance": "mean of d(u,v) over the ordered pairs with a path",
        "diameter": "the greatest of these",
        "efficiency": "Σ 1/d(u,v)/(n(n−1)), 1/∞ = 0",
        "reachable": "share of the ordered pairs that have a path",
    },
    reference="Latora & Marchiori (2001), doi:10.1103/PhysRevLett.87.198701; "
    "Wasserman & Faust (1994), Social Network Analysis, doi:10.1017/CBO9780511815478",
    weights="distance",
    weighted=False,
    disconnected="distances over pairs with a path; efficiency over all pairs",
    all_pairs=True,
    sampled=sampled_distance,
)
