"""The rich club: whether those with many partners are partners of each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kg.network.graph_measures.base import GraphMeasure, Quantities
from kg.network.lanes import in_threads, steps
from kg.network.measures.base import Adjacency, Groups
from kg.network.oriented import pattern
from kg.network.rewired import rewired

__all__ = ["REFERENCES", "RICH_CLUB", "levels", "rich_club"]

REFERENCES = 10
"""Random networks to compare with, seeds 1 to 10."""

_SHARES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
_FEWEST = 5  # nodes of a club


def levels(degree: NDArray[np.int64]) -> list[int]:
    """Return the degrees k whose clubs (degree > k) are looked at.

    Those above which about 50, 20, 10, 5, 2 and 1 % of the nodes lie, as far as these are five.

    Examples
    --------
    >>> levels(np.arange(100))
    [49, 79, 89, 94]
    """
    found = (
        {int(np.quantile(degree, 1 - s, method="lower")) for s in _SHARES} if len(degree) else set()
    )
    return sorted(k for k in found if np.sum(degree > k) >= _FEWEST)


def density_above(linked: Adjacency, k: int) -> float:
    """Return the density among the nodes of a degree above k: φ(k) = 2E/(N(N − 1))."""
    rich = np.diff(linked.indptr) > k
    inside = np.repeat(rich, np.diff(linked.indptr)) & rich[linked.indices]
    size = int(rich.sum())
    return float(inside.sum()) / (size * (size - 1))


def rich_club(adjacency: Adjacency, directed: bool, groups: Groups | None = None) -> Quantities:  # noqa: ARG001
    """Return the density among nodes of a degree above k, and its ratio to random networks.

    ``φ(k) = 2E_{>k}/(N_{>k}(N_{>k} − 1))`` grows with k in any network, so the ratio
    ``ρ(k) = φ(k)/φ_random(k)`` to the mean of ten random networks with the same degrees tells:
    above 1 the rich link with each other more than their degrees explain. Weights and directions
    are ignored. Levels: :func:`levels`. A large training makes all its participants both rich and
    linked, which raises ρ. Colizza et al. (2006), doi:10.1038/nphys209.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> rich_club(csr_array(np.ones((3, 3)) - np.eye(3)), False)  # a club of three is none
    {}
    """
    linked = pattern(adjacency, directed)
    chosen = levels(np.diff(linked.indptr))
    random = _densities(linked, chosen)
    found: dict[str, float | None] = {}
    for k in chosen:
        density = density_above(linked, k)
        expected = float(np.mean([densities[k] for densities in random]))
        found[f"nodes above {k}"] = int(np.sum(np.diff(linked.indptr) > k))
        found[f"density above {k}"] = density
        found[f"ratio above {k}"] = density / expected if expected else None
    return found


def _densities(linked: Adjacency, chosen: list[int]) -> list[dict[int, float]]:
    """Return the density above each degree of each random network; whoever watches sees them."""
    with steps(REFERENCES) as step:

        def one(seed: int) -> dict[int, float]:
            other = rewired(linked, seed)
            step()
            return {k: density_above(other, k) for k in chosen}

        return in_threads(one, range(1, REFERENCES + 1)) if chosen else []


RICH_CLUB = GraphMeasure(
    rich_club,
    definition="whether nodes of high degree link with each other more than degrees explain",
    quantities={
        "nodes above {}": "N_{>k}: nodes of a degree above k",
        "density above {}": "φ(k) = 2E_{>k}/(N_{>k}(N_{>k}−1))",
        "ratio above {}": "ρ(k) = φ(k)/φ_random(k), the mean of ten random networks of the same "
        "degrees",
    },
    reference="Colizza, Flammini, Serrano & Vespignani (2006), doi:10.1038/nphys209",
    weights="ignored",
    weighted=False,
    disconnected="unaffected: only edges count",
)
