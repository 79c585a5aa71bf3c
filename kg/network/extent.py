"""Bounds on how far apart nodes can be and how many, from one search instead of all.

Errors of estimates grow with the most that a source can add: a distance, or a share of paths to
every node of a component.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from kg.network import kernels
from kg.network.paths import arrays

__all__ = ["component_sizes", "farthest"]

Floats = NDArray[np.float64]
Parts = NDArray[np.int64]


def component_sizes(adjacency: Any) -> Floats:
    """Return how many nodes the component of each node has; directions are ignored.

    Examples
    --------
    >>> component_sizes(csr_array([[0.0, 1, 0], [1, 0, 0], [0, 0, 0]])).tolist()
    [2.0, 2.0, 1.0]
    """
    _, part = connected_components(adjacency, directed=False)
    return np.asarray(np.bincount(part)[part], dtype=np.float64)


def farthest(lengths: Any, directed: bool) -> Floats:
    """Return for each node a bound on its distance from any node that reaches it.

    No two nodes of a (strong) component are farther apart than there and back by way of one of
    them. Of a directed network these bounds add up along the way from component to component, with
    the lengths of the edges between.

    Parameters
    ----------
    lengths:
        ``scipy.sparse`` matrix of the lengths of edges, n × n.

    Examples
    --------
    >>> path = csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> farthest(path, directed=False).tolist()
    [2.0, 2.0, 2.0]
    """
    nodes = lengths.shape[0]
    if nodes == 0:
        return np.zeros(0)
    kind = "strong" if directed else "weak"
    count, labels = connected_components(lengths, directed=directed, connection=kind)
    part = labels.astype(np.int64)
    inner, across = _split(lengths, part)
    middles = _middles(inner, part)
    wide = _eccentricities(inner, part, middles, count)
    if not directed:
        return np.asarray(2 * wide[part])
    within = wide + _eccentricities(csr_array(inner.T), part, middles, count)
    return np.asarray(_along(across, part, within)[part])


def _split(lengths: Any, part: Parts) -> tuple[Any, Any]:
    """Return the edges inside of components as a matrix, those between as (tail, head, length)."""
    edges = lengths.tocoo()
    tails, heads = edges.coords
    same = part[tails] == part[heads]
    inner = csr_array((edges.data[same], (tails[same], heads[same])), shape=lengths.shape)
    return inner, (tails[~same], heads[~same], edges.data[~same])


def _middles(inner: Any, part: Parts) -> NDArray[np.int64]:
    """Return the node of most edges of each component."""
    degree = np.diff(inner.indptr)
    order = np.lexsort((-degree, part))
    _, first = np.unique(part[order], return_index=True)
    return order[first]


def _eccentricities(inner: Any, part: Parts, middles: NDArray[np.int64], count: int) -> Floats:
    """Return the greatest distance from the middle of each component, by one search of them all."""
    starts, ends = arrays(inner)
    # One more node leads to all middles; its component has no other.
    starts = np.append(starts, starts[-1] + len(middles))
    ends = np.append(ends, middles.astype(np.int32))
    lengths = np.append(inner.data, np.zeros(len(middles)))
    away = kernels.dijkstra.tree(starts, ends, lengths, len(part))[:-1]
    found = np.zeros(count)
    np.maximum.at(found, part, away)
    return found


def _along(across: tuple[Any, Any, Any], part: Parts, within: Floats) -> Floats:
    """Return the longest way into and through each component, as if all were as wide as bounded."""
    tails, heads, lengths = across
    order = np.argsort(part[tails], kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(part[tails], minlength=len(within)))])
    ends = part[heads[order]]
    return np.asarray(
        kernels.acyclic.longest(starts.astype(np.int64), ends, lengths[order], within)
    )
