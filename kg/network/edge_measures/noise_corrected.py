"""The noise-corrected backbone: ties stronger than the strengths of their ends explain."""

from __future__ import annotations

import numpy as np

from kg.network.edge_measures.base import EdgeMeasure
from kg.network.measures.base import Adjacency, Scores

__all__ = ["NOISE_CORRECTED", "lift_and_deviation", "noise_corrected"]


def noise_corrected(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return by how many standard deviations each edge exceeds what its ends' strengths explain.

    The transformed lift ``L = (κw − 1)/(κw + 1)``, κ = n/(n_i n_j), over its standard deviation
    (:func:`lift_and_deviation`). The backbone keeps scores above δ = 1.64 (one-tailed 5 %). Meant
    for counts: multiplying all weights by a number claims so many more observations and raises
    the scores. 0 where nothing can be expected (all weight leaves one node, or n ≤ 1). Coscia and
    Neffke (2017), doi:10.1109/ICDE.2017.100.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> two = csr_array(np.kron(np.eye(2), [[0.0, 9], [9, 0]]))
    >>> noise_corrected(two).round(2)
    array([11.34, 11.34, 11.34, 11.34])
    """
    lift, deviation = lift_and_deviation(adjacency, directed)
    return np.divide(lift, deviation, out=np.zeros(len(lift)), where=deviation > 0)


def lift_and_deviation(
    adjacency: Adjacency,
    directed: bool = False,  # noqa: ARG001
) -> tuple[Scores, Scores]:
    """Return the transformed lift of each edge, from −1 to 1, and its standard deviation.

    Of n interactions, n_i leave i and n_j reach j (an undirected edge counts in both directions).
    The chance of an interaction has a Beta prior with the mean and variance of the hypergeometric
    distribution; its posterior given w gives the variance of w, and the delta method that of L.
    β of the prior is taken as printed and as in the authors' program, with 1 − μ² where the
    moments give (1 − μ)²; the two differ where one edge holds much of all weight.
    """
    total = float(adjacency.sum())
    sums = np.asarray(adjacency.sum(axis=1)), np.asarray(adjacency.sum(axis=0))
    source = np.repeat(sums[0], np.diff(adjacency.indptr))
    target = sums[1][adjacency.indices]
    known = (source < total) & (target < total) & (total > 1)
    found = np.zeros((2, adjacency.nnz))
    found[:, known] = _posterior(adjacency.data[known], total, source[known], target[known])
    return found[0], found[1]


def _posterior(
    weight: Scores, total: float, source: Scores, target: Scores
) -> tuple[Scores, Scores]:
    mean = source * target / total**2
    variance = source * target * (total - source) * (total - target) / (total**4 * (total - 1))
    alpha = mean**2 / variance * (1 - mean) - mean
    beta = mean / variance * (1 - mean**2) - (1 - mean)
    chance = (alpha + weight) / (alpha + beta + total)
    of_weight = np.clip(chance * (1 - chance) * total, 0.0, None)
    kappa = total / (source * target)
    lift = (kappa * weight - 1) / (kappa * weight + 1)
    slope = 1 / (source * target) - total * (source + target) / (source * target) ** 2
    derived = 2 * (kappa + weight * slope) / (kappa * weight + 1) ** 2
    return lift, np.sqrt(of_weight) * np.abs(derived)


NOISE_CORRECTED = EdgeMeasure(
    noise_corrected,
    definition="standard deviations by which the edge exceeds what the strengths of its ends "
    "explain",
    formula="z(i,j) = L/sd(L), L = (κw − 1)/(κw + 1), κ = n/(n_i n_j)",
    reference="Coscia & Neffke (2017), IEEE ICDE, 425-436, doi:10.1109/ICDE.2017.100",
    weights="strength",
    weighted=True,
    disconnected="strengths of all components count: a tie inside a small one stands out",
    kept=np.greater,
    threshold=1.64,
)
