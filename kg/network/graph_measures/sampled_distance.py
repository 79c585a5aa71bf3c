"""Distances over the whole network, estimated from some sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.network.extent import component_sizes, farthest
from kg.network.sampling import RISK, bernstein, draw
from kg.network.tallies import tally

__all__ = ["Estimate", "Sampled", "quotient", "sampled_distances"]


@dataclass(frozen=True)
class Estimate:
    """A number, and how far off it may be."""

    value: float
    error: float


@dataclass(frozen=True)
class Sampled:
    """Estimates of what :func:`kg.network.graph_measures.distance.distance` tells exactly.

    Attributes
    ----------
    mean, efficiency, reachable:
        Of all ordered pairs.
    diameter:
        The greatest distance that was seen, and how much greater it may be.
    """

    mean: Estimate
    efficiency: Estimate
    reachable: Estimate
    diameter: Estimate


def sampled_distances(
    lengths: Any, directed: bool, sources: int, seed: int, *, risk: float = RISK
) -> Sampled:
    """Return estimates from the distances of some sources, and errors that hold all at once.

    Sources are drawn with replacement. What a source adds to the sums is bounded by
    :func:`kg.network.extent.farthest`, and what the sample leaves open by
    :func:`kg.network.sampling.bernstein`. How many pairs have a path is known in an undirected
    network. ``lengths`` has edges.
    """
    nodes = lengths.shape[0]
    found = tally(lengths, draw(nodes, sources, seed))
    sizes, widest = component_sizes(lengths), farthest(lengths, directed)
    others = sizes - 1
    shortest = float(lengths.data.min())
    parts = 3 if directed else 2

    def whole(values: NDArray[np.float64], most: float) -> Estimate:
        sums, squares = np.array([values.sum()]), np.array([(values**2).sum()])
        total, error = bernstein(
            sums, squares, sources, greatest=most, population=nodes, risk=risk / parts
        )
        return Estimate(float(total[0]), float(error[0]))

    # Above the shortest edge to each: a smaller range, and so a smaller error.
    above = whole(found.far - found.reached * shortest, _most(others, widest - shortest, directed))
    near = whole(found.near, float(others.max()) / shortest)
    reached = Estimate(float(others.sum()), 0.0)
    if directed:
        reached = whole(found.reached, float(others.max()))
    pairs = nodes * (nodes - 1)
    mean = quotient(above, reached, lengths.nnz)  # an edge is a path
    diameter = max(float(widest.max()) - found.widest, 0.0)
    return Sampled(
        Estimate(shortest + mean.value, mean.error),
        Estimate(near.value / pairs, near.error / pairs),
        Estimate(reached.value / pairs, reached.error / pairs),
        Estimate(found.widest, diameter),
    )


def _most(others: NDArray[np.float64], widest: NDArray[np.float64], directed: bool) -> float:
    """Return the most that one source can add: in a directed network its targets may be any."""
    if directed:
        return float(others.max() * widest.max())
    return float((others * widest).max())


def quotient(above: Estimate, below: Estimate, floor: float) -> Estimate:
    """Return the quotient of two estimates, where the lower is known to be at least ``floor``.

    Examples
    --------
    >>> quotient(Estimate(6.0, 1.0), Estimate(2.0, 1.5), 1.0)
    Estimate(value=3.0, error=4.0)
    """
    middle = max(below.value, floor)
    value = above.value / middle
    high = (above.value + above.error) / max(below.value - below.error, floor)
    low = max(above.value - above.error, 0.0) / max(below.value + below.error, floor)
    return Estimate(value, max(high - value, value - low))
