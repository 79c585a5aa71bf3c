"""Communities by the Leiden algorithm, and the modularity of a partition."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from kg.network import kernels
from kg.network.paths import arrays

__all__ = ["adjusted_rand", "leiden", "modularity", "numbered", "undirected"]

_ROUNDS = 10

Labels = NDArray[np.int64]


def undirected(adjacency: Any, directed: bool) -> Any:
    """Return the symmetric matrix of the weights in either direction, added up."""
    return csr_array(adjacency + adjacency.T) if directed else adjacency


def leiden(adjacency: Any, seed: int) -> Labels:
    """Return the community of each node, numbered by size, of a symmetric matrix of weights.

    Maximises modularity (:func:`modularity`). Communities are connected; isolates are each their
    own. The seed decides in which order nodes are visited, and so which of several good
    partitions is found. Traag, Waltman and van Eck (2019), doi:10.1038/s41598-019-41695-z, with
    nodes joining the best part in the refinement (θ → 0), repeated until nothing moves, ten
    times at most.
    """
    nodes = adjacency.shape[0]
    found = np.arange(nodes)
    if adjacency.nnz == 0:
        return found
    random = np.random.default_rng(seed)
    for _ in range(_ROUNDS):
        before = found
        found = _round(adjacency, found, random)
        if modularity(adjacency, found) <= modularity(adjacency, before) + 1e-12:
            break
    return numbered(found)


def _round(adjacency: Any, start: Labels, random: np.random.Generator) -> Labels:
    """Return a better partition: move, refine, and shrink the parts to nodes, until all is one."""
    total = float(adjacency.sum())
    member = np.arange(adjacency.shape[0])  # the node of the present graph for each first one
    graph, community = adjacency, start.copy()
    while True:
        nodes = graph.shape[0]
        strength = np.asarray(graph.sum(axis=1), dtype=np.float64)
        plain = csr_array(graph - diags_array(graph.diagonal()))
        plain.eliminate_zeros()
        starts, ends = arrays(plain)
        queue = random.permutation(nodes)
        kernels.communities.move(starts, ends, plain.data, strength, total, queue, community)
        community = np.unique(community, return_inverse=True)[1]
        if community.max() + 1 == nodes:
            return np.asarray(community[member])
        part = kernels.communities.refine(
            starts, ends, plain.data, strength, total, random.permutation(nodes), community
        )
        kept, part = np.unique(part, return_inverse=True)
        if len(kept) == nodes:  # no part grew: the communities cannot be shrunk
            return np.asarray(community[member])
        member = part[member]
        chosen = csr_array((np.ones(nodes), (np.arange(nodes), part)), (nodes, len(kept)))
        graph = csr_array(chosen.T @ graph @ chosen)
        below = np.empty(len(kept), dtype=np.int64)
        below[part] = community
        community = below


def modularity(adjacency: Any, community: Labels) -> float:
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


def numbered(labels: Labels) -> Labels:
    """Return the labels as numbers from 0, the largest part first, ties by their first node.

    Examples
    --------
    >>> numbered(np.array([7, 3, 3])).tolist()
    [1, 0, 0]
    """
    _, first, where, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -sizes))
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    return np.asarray(number[where])


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
