"""Closeness: how short the ways are, among the nodes that can be reached."""

from __future__ import annotations

import numpy as np

from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.paths import reach, with_lengths

__all__ = ["CLOSENESS", "closeness"]


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
)
