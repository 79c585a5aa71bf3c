"""Scores of pairs that are not linked yet, and how well they foretold links that came later."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.ranks import mean_ranks
from kg.network.pairs import Pairs, shared

__all__ = ["SCORES", "Quality", "combined", "pair_scores", "quality"]

Vector = NDArray[np.float64]
Codes = NDArray[np.int64]
_Z = 1.959963984540054


def _adamic_adar(degree: Vector) -> Vector:
    # Whoever is a common neighbour has two neighbours at least, so its logarithm is above 0.
    return np.where(degree > 1, 1 / np.log(np.maximum(degree, 2)), 0.0)


def _resource_allocation(degree: Vector) -> Vector:
    return np.divide(1, degree, out=np.zeros_like(degree), where=degree > 0)


SCORES: Mapping[str, Callable[[Vector], Vector]] = {
    "common_neighbours": np.ones_like,
    "adamic_adar": _adamic_adar,
    "resource_allocation": _resource_allocation,
}
"""Scores by neighbours: degrees → what a common neighbour of that degree adds."""


def pair_scores(
    adjacency: Any, first: Codes, second: Codes, tell: Callable[[], None] | None = None
) -> dict[str, Vector]:
    """Return the scores of pairs of nodes.

    With Γ the neighbours and k their number: common neighbours ``|Γ(a) ∩ Γ(b)|``; Adamic–Adar ``Σ_z
    1/ln k_z`` over common z (Adamic & Adar 2003, doi:10.1016/S0378-8733(03)00009-1); resource
    allocation ``Σ_z 1/k_z`` (Zhou, Lü & Zhang 2009, doi:10.1140/epjb/e2009-00335-8); preferential
    attachment ``k_a k_b`` (Barabási et al. 2002, doi:10.1016/S0378-4371(02)00736-7), the baseline
    of popularity alone.

    Parameters
    ----------
    adjacency:
        ``scipy.sparse`` CSR n × n, symmetric, without loops; weights are ignored.
    first, second:
        Codes of the nodes of each pair; ``first`` does not fall. Time grows with the neighbours of
        the second nodes, not with n².
    tell:
        Called :data:`kg.network.lanes.LANES` times at most for each score by neighbours.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.to_scipy_sparse_array(nx.complete_graph(4), format="csr")
    >>> found = pair_scores(graph, np.array([0]), np.array([1]))
    >>> float(found["common_neighbours"][0]), round(float(found["adamic_adar"][0]), 4)
    (2.0, 1.8205)
    """
    degree = np.diff(adjacency.indptr).astype(np.float64)
    pairs = Pairs.of(first, second, len(degree))
    # Sums of floats in another order are the same number, so that they tie.
    found = {
        name: _twelve(shared(adjacency, adjacency, worth(degree), pairs, tell))
        for name, worth in SCORES.items()
    }
    return {**found, "preferential_attachment": degree[first] * degree[second]}


def _twelve(values: Vector) -> Vector:
    """Return numbers with 12 significant digits."""
    return pl.Series(values, dtype=pl.Float64).round_sig_figs(12).to_numpy()


def combined(scores: Mapping[str, Vector]) -> Vector:
    """Return the mean rank of each pair over several scores, from 0 (least) to 1 (greatest).

    Ties share their mean rank. No score needs to be tuned, so none can be overfitted.
    """
    first = next(iter(scores.values()))
    if len(first) < 2:
        return np.ones(len(first))
    ranks = [(mean_ranks(score) - 1) / (len(score) - 1) for score in scores.values()]
    return np.asarray(np.mean(ranks, axis=0))


@dataclass(frozen=True)
class Quality:
    """How well a score ranks the pairs that became links above those that did not.

    ``auc`` with its 95 % interval, average precision, and expected hits among the first k.
    """

    auc: float
    auc_low: float
    auc_high: float
    average_precision: float
    hits: float


def quality(score: Vector, came: NDArray[np.bool_], k: int) -> Quality:
    """Return the quality of a score; tied pairs count as in random order.

    The area under the ROC curve is that of Mann–Whitney, its interval that of Hanley & McNeil
    (1982), doi:10.1148/radiology.143.1.7063747. Both outcomes must occur.

    Examples
    --------
    >>> found = quality(np.array([3.0, 2.0, 1.0, 0.0]), np.array([True, False, True, False]), k=2)
    >>> found.auc, round(found.average_precision, 4), found.hits
    (0.75, 0.8333, 1.0)
    """
    positive, negative = int(came.sum()), int((~came).sum())
    auc = (mean_ranks(score)[came].sum() - positive * (positive + 1) / 2) / (positive * negative)
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (positive - 1) * (q1 - auc**2) + (negative - 1) * (q2 - auc**2)
    half = _Z * math.sqrt(max(spread, 0.0) / (positive * negative))
    sizes, hits = _steps(score, came)
    return Quality(
        float(auc),
        float(max(auc - half, 0.0)),
        float(min(auc + half, 1.0)),
        _average_precision(sizes, hits),
        _hits(sizes, hits, k),
    )


def _steps(score: Vector, came: NDArray[np.bool_]) -> tuple[Vector, Vector]:
    """Return pairs and hits by distinct value of the score, the greatest first."""
    values, place = np.unique(-score, return_inverse=True)
    sizes = np.bincount(place, minlength=len(values)).astype(np.float64)
    hits = np.bincount(place, weights=came.astype(np.float64), minlength=len(values))
    return sizes, hits.astype(np.float64)


def _average_precision(sizes: Vector, hits: Vector) -> float:
    found, seen = np.cumsum(hits), np.cumsum(sizes)
    return float(np.sum(hits / found[-1] * (found / seen)))


def _hits(sizes: Vector, hits: Vector, k: int) -> float:
    """Return the expected hits among the first k, the ties at the end drawn at random."""
    total, left = 0.0, float(k)
    for size, hit in zip(sizes.tolist(), hits.tolist(), strict=True):
        taken = min(size, left)
        total += hit * taken / size
        left -= taken
        if left <= 0:
            break
    return total
