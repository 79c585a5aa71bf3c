"""Lengths of edges and shortest distances, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

__all__ = ["blocks", "distances", "exact_lengths", "incoming_distances", "is_uniform"]

BLOCK_CELLS = 4_000_000
"""Cells (sources × nodes or edges) that one block may hold: 32 MB a float array."""

_INTEGERS = 2**53  # the whole numbers that float64 holds without loss
_DENOMINATOR = 10**6


def is_uniform(adjacency: Any) -> bool:
    """Return whether all edges weigh the same, so that paths need only be counted in steps."""
    return adjacency.nnz == 0 or bool(np.all(adjacency.data == adjacency.data[0]))


def blocks(nodes: int, width: int) -> Iterator[NDArray[np.intp]]:
    """Yield the codes of all nodes as blocks of sources, ``width`` cells to a source."""
    size = max(1, BLOCK_CELLS // max(1, width))
    for start in range(0, nodes, size):
        yield np.arange(start, min(nodes, start + size))


def exact_lengths(weights: NDArray[np.float64], nodes: int) -> tuple[NDArray[np.float64], float]:
    """Return lengths proportional to 1/weight, and the relative tolerance for calling two equal.

    Paths of equal length must tie, and sums of floats such as 1/3 + 1/6 and 1/2 need not. So
    weights are read as fractions and the lengths multiplied by the least common multiple of the
    numerators: whole numbers, tolerance 0. Where these outgrow float64 on a path of ``nodes``
    steps, or a weight is no fraction with a denominator up to 10⁶, the lengths are 1/weight and
    the tolerance is 10⁻¹¹.

    Examples
    --------
    >>> exact_lengths(np.array([1.0, 2.0, 1.5]), nodes=4)
    (array([6., 3., 4.]), 0.0)
    """
    values, where = np.unique(weights, return_inverse=True)
    scale = 1
    inverses = []
    for value in values:
        fraction = Fraction(float(value)).limit_denominator(_DENOMINATOR)
        if fraction <= 0 or abs(float(fraction) - value) > 1e-14 * value:
            return 1.0 / weights, 1e-11
        inverses.append(1 / fraction)
        scale = lcm(scale, fraction.numerator)
        if scale * max(inverses) * nodes >= _INTEGERS:
            return 1.0 / weights, 1e-11
    lengths = np.array([float(inverse * scale) for inverse in inverses])
    return lengths[where], 0.0


def distances(
    lengths: Any, sources: NDArray[np.intp], *, steps: bool = False
) -> NDArray[np.float64]:
    """Return the shortest distances from each source to each node; inf where there is no path.

    ``steps=True`` counts edges instead of adding their lengths.
    """
    found = dijkstra(lengths, directed=True, indices=sources, unweighted=steps)
    return np.asarray(found, dtype=np.float64)


def incoming_distances(adjacency: Any) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Yield blocks of nodes with the distances to them from every node.

    The length of an edge is 1/weight. Row i of a block holds the distances to its node i.
    """
    reverse = csr_array(adjacency.T)
    steps = is_uniform(adjacency)
    scale = 1.0 / adjacency.data[0] if steps and adjacency.nnz else 1.0
    if not steps:
        reverse = csr_array((1.0 / reverse.data, reverse.indices, reverse.indptr), reverse.shape)
    for block in blocks(adjacency.shape[0], adjacency.shape[0]):
        yield block, distances(reverse, block, steps=steps) * scale
