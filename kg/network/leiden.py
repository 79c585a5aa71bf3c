"""Communities by the Leiden algorithm, and the modularity of a partition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.paths import arrays

__all__ = ["adjusted_rand", "by_size", "leiden", "modularity", "numbered", "undirected"]

_ROUNDS = 10
_ENOUGH = 5e-3  # modularity that another round must add in a large network
_ROUNDING = 1e-12
_LARGE = 20_000  # entries of the matrix, from which a network is large

Labels = NDArray[np.int64]
Parts = NDArray[np.int32]


def undirected(adjacency: Any, directed: bool) -> Any:
    """Return the symmetric matrix of the weights in either direction, added up."""
    return csr_array(adjacency + adjacency.T) if directed else adjacency


def leiden(adjacency: Any, seed: int) -> Labels:
    """Return the community of each node, numbered by size, of a symmetric matrix of weights.

    Maximises modularity (:func:`modularity`). Communities are connected; isolates are each their
    own. The seed decides in which order nodes are visited, and so which of several good
    partitions is found. Traag, Waltman and van Eck (2019), doi:10.1038/s41598-019-41695-z, with
    nodes joining the best part in the refinement (θ → 0), repeated until a round adds less than
    0.005 to the modularity (in networks of up to 10,000 edges: nothing), ten times at most.
    """
    nodes = adjacency.shape[0]
    found = np.arange(nodes, dtype=np.int32)
    if adjacency.nnz == 0:
        return by_size(found.astype(np.int64))
    random = np.random.default_rng(seed)
    whole = _whole(adjacency, nodes)
    enough = _ENOUGH if len(whole.ends) > _LARGE else _ROUNDING
    best, quality = found, -np.inf
    for _ in range(_ROUNDS):
        found, reached = _round(whole, found, random)
        if reached > quality:
            best = found
        if reached - quality < enough:
            break
        quality = reached
    return by_size(best.astype(np.int64))


@dataclass(frozen=True)
class _Graph:
    """Edges between different nodes as CSR, the strength of each node, and the sum of all."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int32]
    weights: NDArray[np.float64]
    strength: NDArray[np.float64]
    total: float

    @property
    def nodes(self) -> int:
        return len(self.strength)

    @property
    def edges(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        return self.starts, self.ends, self.weights

    @property
    def quality(self) -> float:
        """The modularity, where each node is a community."""
        inside = 1 - float(self.weights.sum()) / self.total
        return inside - float(np.sum((self.strength / self.total) ** 2))

    def shrunk(self, part: Parts, count: int) -> _Graph:
        """Return the graph whose nodes are the parts."""
        starts, ends, weights = kernels.communities.contract(*self.edges, part, count)
        strength = np.bincount(part, weights=self.strength, minlength=count).astype(np.float64)
        return _Graph(starts, ends, weights, strength, self.total)


def _whole(adjacency: Any, nodes: int) -> _Graph:
    strength = np.asarray(adjacency.sum(axis=1), dtype=np.float64)
    total = float(strength.sum())
    weights = adjacency.data.astype(np.float64, copy=False)
    starts, ends = arrays(adjacency)
    graph = _Graph(starts, ends, weights, strength, total)
    if not adjacency.diagonal().any():
        return graph
    return graph.shrunk(np.arange(nodes, dtype=np.int32), nodes)  # leaves the diagonal out


def _round(graph: _Graph, start: Parts, random: np.random.Generator) -> tuple[Parts, float]:
    """Return a better partition and its modularity.

    Move, refine, and shrink the parts to nodes, until nothing moves.
    """
    member = np.arange(graph.nodes, dtype=np.int32)  # the present node of each first one
    community = start.copy()
    while True:
        nodes = graph.nodes
        known = *graph.edges, graph.strength, graph.total
        kernels.communities.move(*known, _visits(nodes, random), community)
        communities = kernels.communities.compact(community)
        if communities == nodes:
            return community[member], graph.quality
        part = kernels.communities.refine(*known, _visits(nodes, random), community)
        count = kernels.communities.compact(part)
        if count == nodes:  # no part grew: the communities cannot be shrunk
            return community[member], graph.shrunk(community, communities).quality
        member = part[member]
        graph = graph.shrunk(part, count)
        below = np.empty(count, dtype=np.int32)
        below[part] = community
        community = below


def _visits(nodes: int, random: np.random.Generator) -> Parts:
    return random.permutation(nodes).astype(np.int32)


def modularity(adjacency: Any, community: NDArray[Any]) -> float:
    """Return the modularity of a partition of a symmetric matrix of weights; 0 without edges.

    ``Q = Σ_c (w_c/2m − (s_c/2m)²)``: w_c is twice the weight inside community c, s_c the sum of
    the strengths of its nodes, 2m that of all. Newman (2004), doi:10.1103/PhysRevE.70.056131.

    Examples
    --------
    >>> pairs = csr_array(np.kron(np.eye(2), [[0.0, 1], [1, 0]]))
    >>> modularity(pairs, np.array([0, 0, 1, 1]))
    0.5
    """
    total = float(adjacency.sum())
    if total == 0:
        return 0.0
    count = int(community.max()) + 1
    tails = np.repeat(community, np.diff(adjacency.indptr))
    inside = adjacency.data[tails == community[adjacency.indices]].sum()
    strength = np.asarray(adjacency.sum(axis=1), dtype=np.float64)
    whole = np.bincount(community, weights=strength, minlength=count)
    return float(inside / total - np.sum((whole / total) ** 2))


def numbered(labels: NDArray[Any]) -> Labels:
    """Return the labels as numbers from 0, the largest part first, ties by their first node.

    Examples
    --------
    >>> numbered(np.array([7, 3, 3])).tolist()
    [1, 0, 0]
    """
    _, first, where = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return by_size(place[where])


def by_size(labels: Labels) -> Labels:
    """Return the same for labels that are numbered from 0 in the order of their first nodes.

    Examples
    --------
    >>> by_size(np.array([0, 1, 1])).tolist()
    [1, 0, 0]
    """
    order = np.argsort(-np.bincount(labels), kind="stable")
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    return np.asarray(number[labels])


def adjusted_rand(one: Labels, other: Labels) -> float:
    """Return how far two partitions agree: 1 for the same, 0 for what chance gives.

    Hubert and Arabie (1985), doi:10.1007/BF01908075.

    Examples
    --------
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """

    def pairs(counts: Labels) -> float:
        sizes = counts.astype(np.float64)
        return float(np.sum(sizes * (sizes - 1)) / 2)

    width = int(other.max()) + 1
    both = pairs(np.unique(one * width + other, return_counts=True)[1])
    ours, theirs = pairs(np.bincount(one)), pairs(np.bincount(other))
    every = pairs(np.array([len(one)]))
    expected = ours * theirs / every if every else 0.0
    most = (ours + theirs) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)
