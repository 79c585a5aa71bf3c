"""Shortest paths: lengths of edges, and sums over the paths from all sources or some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.lanes import add_up
from kg.network.lean import lean

__all__ = [
    "Dependencies",
    "Reach",
    "arrays",
    "dependencies",
    "exact_lengths",
    "is_uniform",
    "measured",
    "reach",
    "with_lengths",
]

_INTEGERS = 2**53  # the whole numbers that float64 holds without loss
_DENOMINATOR = 10**6
_AT_ONCE = 256  # sources that one bit-parallel search carries
_WORTH = 256  # searches from which it pays to look for edges that none needs
_MANY = 8  # edges a node from which a search from several sources at once pays

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """Of each node, over the other nodes (or sources) from which a path leads to it.

    Attributes
    ----------
    reached:
        How many there are.
    far, near:
        The sum of their distances, and of the inverse distances.
    far_squares, near_squares:
        The same of the squares, for the variance over sources.
    widest:
        The greatest distance of all.
    """

    reached: NDArray[np.int64]
    far: Floats
    near: Floats
    far_squares: Floats
    near_squares: Floats
    widest: float


@dataclass(frozen=True)
class Dependencies:
    """The share of shortest paths that run through each node, added up over their sources.

    Attributes
    ----------
    total:
        ``Σ_s δ_s(v)`` with ``δ_s(v) = Σ_t σ_st(v)/σ_st``.
    squares:
        ``Σ_s δ_s(v)²``, for the variance over sources.
    by_edge:
        The same as ``total`` for each entry of the matrix, in its order; empty if not asked for.
    edge_squares:
        The same as ``squares`` for each entry.
    """

    total: Floats
    squares: Floats
    by_edge: Floats
    edge_squares: Floats


def is_uniform(adjacency: Any) -> bool:
    """Return whether all edges weigh the same, so that paths need only be counted in steps."""
    return adjacency.nnz == 0 or bool(np.all(adjacency.data == adjacency.data[0]))


def exact_lengths(weights: Floats, nodes: int) -> tuple[Floats, float]:
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


def arrays(matrix: Any) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return where the edges of each node start, and where each of them ends, for the kernels."""
    matrix.sort_indices()
    narrow = matrix.indices.astype(np.int32, copy=False)
    return matrix.indptr.astype(np.int64), narrow


def measured(adjacency: Any) -> tuple[Any, float]:
    """Return the matrix of exact lengths for one of weights, and the tolerance; see above."""
    lengths, tolerance = exact_lengths(adjacency.data, adjacency.shape[0])
    return csr_array((lengths, adjacency.indices, adjacency.indptr), adjacency.shape), tolerance


def with_lengths(adjacency: Any) -> Any:
    """Return the matrix of 1/weight."""
    lengths = (1.0 / adjacency.data, adjacency.indices, adjacency.indptr)
    return csr_array(lengths, adjacency.shape)


def dependencies(
    lengths: Any,
    tolerance: float = 0.0,
    *,
    sources: NDArray[Any] | None = None,
    edges: bool = False,
) -> Dependencies:
    """Return what lies on the shortest paths from the sources, or from all nodes.

    ``lengths`` is the matrix of the lengths of the edges. Where all are the same, steps are
    counted.
    """
    nodes, entries = lengths.shape[0], lengths.nnz if edges else 0
    chosen = np.arange(nodes) if sources is None else sources

    def blank() -> tuple[Floats, ...]:
        return np.zeros(nodes), np.zeros(nodes), np.zeros(entries), np.zeros(entries)

    if nodes == 0:
        return Dependencies(*blank())
    steps = is_uniform(lengths)
    given = lean(lengths, prune=not steps and len(chosen) >= _WORTH)
    kept = len(given.ends) if edges else 0
    into = given.into()

    def work(some: NDArray[Any], *sums: Floats) -> None:
        if not steps:
            kernels.dijkstra.depend(
                given.starts, given.ends, given.lengths, into[0], tolerance, some, *sums
            )
        elif lengths.nnz >= _MANY * nodes:
            kernels.waves.depend(given.starts, given.ends, *into, some, *sums)
        else:
            kernels.steps.depend(given.starts, given.ends, some, *sums)

    def lean_blank() -> tuple[Floats, ...]:
        return np.zeros(nodes), np.zeros(nodes), np.zeros(kept), np.zeros(kept)

    # Sources beside each other have searches that are alike.
    found = add_up(work, np.sort(given.place[chosen]), lean_blank)
    total, squares = (given.of_nodes(values) for values in found[:2])
    return Dependencies(total, squares, *(given.of_entries(v, entries) for v in found[2:]))


def reach(lengths: Any, *, sources: NDArray[Any] | None = None) -> Reach:
    """Return the distances to each node, added up over the sources, or over all nodes."""
    nodes = lengths.shape[0]
    chosen = np.arange(nodes) if sources is None else sources
    if nodes == 0:
        none = np.zeros(0)
        return Reach(np.zeros(0, np.int64), none, none, none, none, 0.0)
    return _by_steps(lengths, chosen) if is_uniform(lengths) else _by_lengths(lengths, chosen)


def _by_steps(lengths: Any, chosen: NDArray[Any]) -> Reach:
    starts, ends = arrays(csr_array(lengths.T))
    step = float(lengths.data[0]) if lengths.nnz else 1.0
    # Few sources at once keep every thread busy, many share more of their way.
    chunk = min(_AT_ONCE, max(64, len(chosen) // 16))
    found = _spread(
        lambda some, into: kernels.steps.spread(starts, ends, some, *into), chosen, len(starts) - 1,
        chunk,
    )  # fmt: skip
    return Reach(
        found.reached, found.far * step, found.near / step,
        found.far_squares * step**2, found.near_squares / step**2, found.widest * step,
    )  # fmt: skip


def _by_lengths(lengths: Any, chosen: NDArray[Any]) -> Reach:
    given = lean(lengths, prune=len(chosen) >= _WORTH)
    found = _spread(
        lambda some, into: kernels.dijkstra.spread(
            given.starts, given.ends, given.lengths, some, *into
        ),
        given.place[chosen], len(given.order), 32,
    )  # fmt: skip
    return Reach(
        given.of_nodes(found.reached), given.of_nodes(found.far), given.of_nodes(found.near),
        given.of_nodes(found.far_squares), given.of_nodes(found.near_squares), found.widest,
    )  # fmt: skip


def _spread(
    search: Callable[[NDArray[Any], tuple[NDArray[Any], ...]], None],
    chosen: NDArray[Any],
    nodes: int,
    chunk: int,
) -> Reach:
    widest = [0.0]

    def work(some: NDArray[Any], *sums: NDArray[Any]) -> None:
        greatest = np.zeros(1)
        search(some, (*sums, greatest))
        widest.append(float(greatest[0]))

    def blank() -> tuple[NDArray[Any], ...]:
        return np.zeros(nodes, np.int64), *(np.zeros(nodes) for _ in range(4))

    reached, far, near, far_squares, near_squares = add_up(work, chosen, blank, chunk=chunk)
    return Reach(reached, far, near, far_squares, near_squares, max(widest))
