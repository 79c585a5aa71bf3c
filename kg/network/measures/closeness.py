"""Closeness: how short the ways are, among the nodes that can be reached."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network.extent import component_sizes, farthest
from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.paths import Reach, reach, with_lengths
from kg.network.sampling import RISK, bernstein, draw

__all__ = ["CLOSENESS", "closeness", "sampled_closeness"]

_Span = tuple[Scores, Scores, Scores]  # least, estimated, greatest


def closeness(adjacency: Adjacency, directed: bool = False) -> Scores:  # noqa: ARG001
    """Return the closeness of each node by the formula of Wasserman and Faust.

    ``C(v) = (r/(n − 1)) · (r / Σ_u d(u, v))`` over the r other nodes u that reach v; n is the
    number of nodes. On a connected network this is Freeman's (n − 1)/Σ d. The factor r/(n − 1)
    makes nodes of small components score low, where plain closeness would put them on top; still,
    scores of different components compare poorly, and harmonic centrality is the better choice
    there. Distances run towards v in a directed network; the length of an edge is 1/weight. A
    node that nobody reaches has 0. Wasserman and Faust (1994), Social Network Analysis, p. 201.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> closeness(csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])).round(4)
    array([0.6667, 1.    , 0.6667])
    """
    nodes = adjacency.shape[0]
    found = reach(with_lengths(adjacency))
    near = found.reached > 0
    scores = np.zeros(nodes)
    scores[near] = found.reached[near].astype(float) ** 2 / (found.far[near] * (nodes - 1))
    return scores


def sampled_closeness(
    adjacency: Adjacency, directed: bool, sources: int, seed: int
) -> tuple[Scores, Scores]:
    """Return estimates from the distances of some sources, and errors.

    Sources are drawn with replacement (Eppstein and Wang 2004, Fast Approximation of Centrality,
    doi:10.7155/jgaa.00081). The sum of the distances to a node lies within the error of
    :func:`kg.network.sampling.bernstein`, where one source adds at most what
    :func:`kg.network.extent.farthest` allows. How many nodes reach it is known in an undirected
    network, and estimated likewise in a directed one. The score is the quotient of the two, and its
    error the greater way to the ends of what both leave open; so no error is larger than what the
    degree of a node leaves possible.
    """
    nodes = adjacency.shape[0]
    if adjacency.nnz == 0:
        return np.zeros(nodes), np.zeros(nodes)
    lengths = with_lengths(adjacency)
    found = reach(lengths, sources=draw(nodes, sources, seed))
    widest = farthest(lengths, directed)
    risk = RISK / 2 if directed else RISK
    far, off = bernstein(
        found.far, found.far_squares, sources, greatest=widest, risk=risk
    )  # fmt: skip
    into = csr_array(lengths.T)
    reached = _reaching(adjacency, into, found, sources) if directed else _others(adjacency)
    return _quotient(into, reached, (far - off, far, far + off), widest)


def _others(adjacency: Adjacency) -> _Span:
    others = component_sizes(adjacency) - 1
    return others, others, others


def _reaching(adjacency: Adjacency, into: Any, found: Reach, sources: int) -> _Span:
    """Return how many nodes reach each node: at least its own in-edges, at most its component."""
    seen = found.reached.astype(np.float64)
    middle, off = bernstein(seen, seen, sources, greatest=1.0, risk=RISK / 2)
    least = np.diff(into.indptr).astype(np.float64)
    most = np.where(least > 0, component_sizes(adjacency) - 1, 0.0)  # nobody without an edge to it
    low, estimate, high = (np.clip(x, least, most) for x in (middle - off, middle, middle + off))
    return low, estimate, high


def _quotient(into: Any, reached: _Span, far: _Span, widest: Scores) -> tuple[Scores, Scores]:
    """Return r²/((n − 1) F) and its error from what is known of r and F.

    It grows with r and falls with F, also where F is as small or as large as r allows: all edges
    into the node have at least the length of the shortest of them, ways of more than one edge
    that of the shortest edge of all besides, and none is longer than ``widest``.
    """
    direct, nearest = _into(into)
    shortest = float(into.data.min())

    def score(r: Scores, sum_of_distances: Scores) -> NDArray[np.float64]:
        least = r * nearest + np.maximum(r - direct, 0.0) * shortest
        distances = np.clip(sum_of_distances, least, np.maximum(r * widest, least))
        whole = np.zeros(len(r))
        np.divide(r**2, distances * (len(r) - 1), out=whole, where=distances > 0)
        return whole

    low, middle, high = score(reached[0], far[2]), score(reached[1], far[1]), score(
        reached[2], far[0]
    )  # fmt: skip
    return middle, np.maximum(high - middle, middle - low)


def _into(into: Any) -> tuple[Scores, Scores]:
    """Return how many edges lead to each node, and the length of the shortest of them."""
    direct = np.diff(into.indptr)
    nearest = np.zeros(len(direct))
    linked = direct > 0
    nearest[linked] = np.minimum.reduceat(into.data, into.indptr[:-1][linked])
    return direct.astype(np.float64), nearest


CLOSENESS = Measure(
    closeness,
    definition="inverse of the mean distance from the nodes that reach this one, "
    "times the share of nodes that do",
    formula="C(v) = (r/(n−1)) · r/Σ_u d(u,v), r = other nodes that reach v",
    reference="Wasserman & Faust (1994), Social Network Analysis, Cambridge UP, p. 201; "
    "Freeman (1978), doi:10.1016/0378-8733(78)90021-7",
    weights="distance",
    weighted=False,
    disconnected="distances count inside the component, scaled by its share of the nodes; "
    "compare nodes of different components by harmonic",
    all_pairs=True,
    sampled=sampled_closeness,
)
