"""Clustering of the whole network, and whether it is a small world."""

from __future__ import annotations

import numpy as np

from kg.network.graph_measures.base import GraphMeasure, Quantities
from kg.network.graph_measures.sampled_distance import Estimate, quotient, sampled_distances
from kg.network.measures.base import Adjacency, Groups
from kg.network.measures.clustering import clustering, triangles
from kg.network.oriented import pattern
from kg.network.paths import reach
from kg.network.rewired import rewired
from kg.network.sampling import RISK

__all__ = [
    "REFERENCES",
    "SMALL_WORLD",
    "TRANSITIVITY",
    "sampled_small_world",
    "small_world",
    "transitivity",
]

REFERENCES = 5
"""Random networks to compare with, seeds 1 to 5."""


def transitivity(adjacency: Adjacency, directed: bool, groups: Groups | None = None) -> Quantities:  # noqa: ARG001
    """Return the share of two-paths that are closed, and the mean local clustering.

    ``T = 3 · triangles/two-paths`` (Newman et al. 2001, doi:10.1103/PhysRevE.64.026118) and the
    mean of ``c(v)`` over all nodes, 0 for those with fewer than two partners (Watts and Strogatz
    1998, doi:10.1038/30918). Weights and directions are ignored. A training of k participants
    brings k(k−1)(k−2)/6 triangles, so a projection has much of both without any tendency to
    introduce partners to each other: compare with a null model that keeps the trainings.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> transitivity(csr_array(np.ones((3, 3)) - np.eye(3)), False)["transitivity"]
    1.0
    """
    linked = pattern(adjacency, directed)
    degree = np.diff(linked.indptr).astype(np.float64)
    pairs = float(np.sum(degree * (degree - 1)))
    return {
        "transitivity": 2 * float(triangles(linked).sum()) / pairs if pairs else None,
        "mean clustering": float(clustering(linked).mean()) if len(degree) else None,
    }


def small_world(adjacency: Adjacency, directed: bool, groups: Groups | None = None) -> Quantities:  # noqa: ARG001
    """Return clustering and mean distance beside those of random networks, and their quotient.

    ``σ = (C/C_random)/(L/L_random)`` with C the transitivity, L the mean distance over pairs with a
    path, and the means of five random networks with the same degrees (seeds 1 to 5) instead of
    Erdős–Rényi ones: above 1 the network is more clustered than its degrees explain, with ways
    about as short. σ grows with the number of nodes, so compare only networks of one size; and
    projections are clustered by making. Weights and directions are ignored. Humphries and Gurney
    (2008), doi:10.1371/journal.pone.0002051.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> small_world(csr_array(np.ones((4, 4)) - np.eye(4)), False)["sigma"]
    1.0
    """
    linked = pattern(adjacency, directed)
    if linked.nnz == 0:
        return dict.fromkeys(SMALL_WORLD.quantities)
    ours = _figures(linked)
    random = np.array([_figures(rewired(linked, seed)) for seed in range(1, REFERENCES + 1)])
    closed, far = random.mean(axis=0)
    sigma = float((ours[0] / closed) / (ours[1] / far)) if closed > 0 else None
    return {
        "transitivity": ours[0],
        "random transitivity": float(closed),
        "mean distance": ours[1],
        "random mean distance": float(far),
        "sigma": sigma,
    }


def _figures(linked: Adjacency) -> tuple[float, float]:
    found = reach(linked)
    return _closed(linked), float(found.far.sum()) / int(found.reached.sum())


def _closed(linked: Adjacency) -> float:
    return transitivity(linked, directed=False)["transitivity"] or 0.0


def sampled_small_world(
    adjacency: Adjacency, directed: bool, sources: int, seed: int
) -> tuple[Quantities, Quantities]:
    """Return the same with mean distances from some sources of each network, and errors.

    See :func:`kg.network.graph_measures.sampled_distance.sampled_distances`; the clustering is
    exact, and so are the random networks those of the exact form. The errors of all six networks
    hold at once.
    """
    linked = pattern(adjacency, directed)
    nothing = dict.fromkeys(SMALL_WORLD.quantities)
    if linked.nnz == 0:
        return nothing, nothing
    risk = RISK / (REFERENCES + 1)

    def mean(network: Adjacency, number: int) -> Estimate:
        return sampled_distances(network, False, sources, seed + number, risk=risk).mean

    ours, far = _closed(linked), mean(linked, 0)
    others = [rewired(linked, number) for number in range(1, REFERENCES + 1)]
    closed = float(np.mean([_closed(other) for other in others]))
    means = [mean(other, number) for number, other in enumerate(others, start=1)]
    usual = Estimate(
        float(np.mean([one.value for one in means])), float(np.mean([one.error for one in means]))
    )
    values = {
        "transitivity": ours,
        "random transitivity": closed,
        "mean distance": far.value,
        "random mean distance": usual.value,
        "sigma": None,
    }
    errors = nothing | {"mean distance": far.error, "random mean distance": usual.error}
    if closed > 0:
        sigma, more = quotient(usual, far, 1.0), ours / closed  # (C/C_random)/(L/L_random)
        values["sigma"], errors["sigma"] = more * sigma.value, more * sigma.error
    return values, errors


TRANSITIVITY = GraphMeasure(
    transitivity,
    definition="how far partners of a node are partners of each other",
    quantities={
        "transitivity": "T = 3 · triangles/two-paths",
        "mean clustering": "Σ_v c(v)/n, c(v) = 0 below two partners",
    },
    reference="Watts & Strogatz (1998), doi:10.1038/30918; Newman, Strogatz & Watts (2001), "
    "doi:10.1103/PhysRevE.64.026118",
    weights="ignored",
    weighted=False,
    disconnected="unaffected: only partners of partners count",
)

SMALL_WORLD = GraphMeasure(
    small_world,
    definition="whether the network is clustered and its ways are short, beside random networks "
    "of the same degrees",
    quantities={
        "transitivity": "C = 3 · triangles/two-paths",
        "random transitivity": "mean of five random networks of the same degrees",
        "mean distance": "L, over pairs with a path",
        "random mean distance": "mean of the same random networks",
        "sigma": "σ = (C/C_random)/(L/L_random)",
    },
    reference="Humphries & Gurney (2008), PLoS ONE 3, e0002051, doi:10.1371/journal.pone.0002051",
    weights="ignored",
    weighted=False,
    disconnected="distances over pairs with a path, in the random networks too",
    all_pairs=True,
    sampled=sampled_small_world,
)
