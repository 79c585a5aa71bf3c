"""Betweenness: how often a node lies on the shortest ways between others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import spsolve_triangular

from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.paths import blocks, distances, exact_lengths, is_uniform

__all__ = ["BETWEENNESS", "betweenness"]

_SOURCES_AT_ONCE = 128  # wider blocks fall out of the processor's cache


def betweenness(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the exact betweenness of each node, as the sum over pairs of other nodes.

    ``B(v) = Σ_{s≠v≠t} σ_st(v)/σ_st``: of the shortest paths from s to t, the share that runs
    through v; each pair counts once in an undirected network and each ordered pair in a directed
    one. Pairs without a path add nothing, so the scores of several components are those of each
    alone. With weights an edge has length 1/weight, kept as whole numbers so that equal paths
    tie (:func:`kg.network.paths.exact_lengths`). Networks with fewer than three nodes have 0.

    Freeman (1977), doi:10.2307/3033543. Algorithm: Brandes (2001),
    doi:10.1080/0022250X.2001.9990249, for a block of sources at a time: level by level where all
    edges weigh the same, else by two triangular systems over the shortest-path graph. Time grows
    with nodes × edges (times the diameter in the first form).

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> betweenness(csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]]))
    array([0., 1., 0.])
    """
    total = _by_steps(adjacency) if is_uniform(adjacency) else _by_lengths(adjacency)
    return total if directed else total / 2


def _by_steps(adjacency: Adjacency) -> Scores:
    nodes = adjacency.shape[0]
    links = csr_array((np.ones(adjacency.nnz), adjacency.indices, adjacency.indptr), (nodes, nodes))
    reverse = csr_array(links.T)
    total = np.zeros(nodes)
    for start in range(0, nodes, _SOURCES_AT_ONCE):
        sources = np.arange(start, min(nodes, start + _SOURCES_AT_ONCE))
        total += _dependency(links, *_count_paths(reverse, sources))
    return total


def _count_paths(reverse: Any, sources: NDArray[np.intp]) -> tuple[Scores, NDArray[np.int32]]:
    """Return shortest paths (count) and steps (−1: none) from the sources; nodes × sources."""
    shape = (reverse.shape[0], len(sources))
    steps = np.full(shape, -1, dtype=np.int32)
    steps[sources, np.arange(len(sources))] = 0
    front = (steps == 0).astype(np.float64)
    paths = front.copy()
    level = 0
    while front.any():
        level += 1
        front = reverse @ front
        front[steps >= 0] = 0.0
        steps[front > 0] = level
        paths += front
    return paths, steps


def _dependency(links: Any, paths: Scores, steps: NDArray[np.int32]) -> Scores:
    """Return for each node the share of the sources' shortest paths that run through it."""
    depending = np.zeros_like(paths)
    for level in range(int(steps.max()), 1, -1):
        there = steps == level
        share = np.zeros_like(paths)
        share[there] = (1.0 + depending[there]) / paths[there]
        passed = links @ share
        before = steps == level - 1
        depending[before] = paths[before] * passed[before]
    return np.asarray(depending.sum(axis=1), dtype=np.float64)


def _by_lengths(adjacency: Adjacency) -> Scores:
    nodes = adjacency.shape[0]
    lengths, tolerance = exact_lengths(adjacency.data, nodes)
    measured = csr_array((lengths, adjacency.indices, adjacency.indptr), (nodes, nodes))
    total = np.zeros(nodes)
    for block in blocks(nodes, max(nodes, adjacency.nnz)):
        away = distances(measured, block)
        total += _dependency_by_lengths(measured, away, block, tolerance)
    return total


def _dependency_by_lengths(
    measured: Any, away: Scores, sources: NDArray[np.intp], tolerance: float
) -> Scores:
    """Return for each node the share of the sources' shortest paths that run through it.

    Along the shortest-path graph P of a source, path counts solve (I − Pᵀ)σ = e_source, and
    y = (1 + δ)/σ of the dependencies δ solves (I − P)y = 1/σ. In order of distance both
    systems are triangular; those of a block of sources are solved as one.
    """
    before, after = _shortest_edges(measured, away, tolerance)
    order = np.argsort(away, axis=None, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    ones = np.ones(len(before) + len(order))
    ones[: len(before)] = -1.0
    rows = np.concatenate([place[after], np.arange(len(order))])
    columns = np.concatenate([place[before], np.arange(len(order))])
    system = csr_array((ones, (rows, columns)), (len(order), len(order)))
    itself = np.arange(len(sources)) * away.shape[1] + sources
    start = np.zeros(len(order))
    start[place[itself]] = 1.0
    paths = spsolve_triangular(system, start, lower=True, unit_diagonal=True)
    reached = paths > 0
    inverse = np.zeros(len(order))
    inverse[reached] = 1.0 / paths[reached]
    shares = spsolve_triangular(csr_array(system.T), inverse, lower=False, unit_diagonal=True)
    depending = paths * (shares - inverse)  # exactly 0 where no path goes on
    depending[place[itself]] = 0.0
    return np.asarray(depending[place].reshape(away.shape).sum(axis=0), dtype=np.float64)


def _shortest_edges(
    measured: Any, away: Scores, tolerance: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the edges on shortest paths as places (source × nodes + node) of their two ends."""
    nodes = away.shape[1]
    tails = np.repeat(np.arange(nodes), np.diff(measured.indptr))
    heads = measured.indices
    begins, ends = away[:, tails], away[:, heads]
    by_edge = begins + measured.data
    with np.errstate(invalid="ignore"):  # inf − inf, for nodes that are not reached
        tight = (begins < ends) & (np.abs(by_edge - ends) <= tolerance * ends)
    row, edge = np.nonzero(tight)
    return row * nodes + tails[edge], row * nodes + heads[edge]


def _norm(nodes: int, directed: bool) -> float:
    pairs = (nodes - 1) * (nodes - 2)
    return float(pairs if directed else pairs / 2)


BETWEENNESS = Measure(
    betweenness,
    definition="shortest paths between other nodes that run through this one "
    "(each pair shares one among its paths)",
    formula="B(v) = Σ_{s≠v≠t} σ_st(v)/σ_st",
    reference="Freeman (1977), Sociometry 40, 35-41, doi:10.2307/3033543; "
    "Brandes (2001), doi:10.1080/0022250X.2001.9990249",
    weights="distance",
    weighted=False,
    disconnected="pairs without a path add nothing; each component scores as if alone",
    norm=_norm,
)
