"""What a measure is.

A measure is a function from a sparse adjacency matrix to one score for each node. Entry
``[u, v]`` is the weight of the edge u → v and is positive; there are no loops; the matrix of an
undirected network is symmetric. The unweighted form of a measure is the measure of the matrix
with every weight set to 1. So a function needs no parameter for weights, and one measure is the
same function for networks from here and for those of anybody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kg.errors import QueryError

__all__ = [
    "Adjacency",
    "Groups",
    "Measure",
    "MeasureFunction",
    "Sampled",
    "Scores",
    "UndefinedMeasureError",
]

Adjacency = Any
"""A ``scipy.sparse.csr_array`` of float64, n × n (scipy ships no types)."""

Scores = NDArray[np.float64]
"""One finite score for each node, in the order of the rows."""

Groups = NDArray[np.int64]
"""The number of each node's group (its country, say), from 0; −1 where it is not known."""

MeasureFunction = Callable[..., Scores]
"""``(adjacency, directed) -> scores``; of a grouped measure ``(adjacency, directed, groups)``."""

Sampled = Callable[[Adjacency, bool, int, int], tuple[Scores, Scores]]
"""``(adjacency, directed, sources, seed) -> (estimates, errors)``: with a probability of 95 %, all
scores lie within their error of the estimate at once. Of edges: one for each entry."""


class UndefinedMeasureError(QueryError):
    """The measure has no value on this network; the message says why and what to use instead."""


@dataclass(frozen=True)
class Measure:
    """A measure and what a reader must know to trust its scores.

    Attributes
    ----------
    function:
        See :data:`MeasureFunction`. Finite scores only; raises :class:`UndefinedMeasureError`
        where there are none.
    definition, formula, reference:
        In one line each.
    weights:
        What a weight means: nothing ("ignored"), a strength of the tie ("strength"), or a
        nearness, so that the length of an edge is 1/weight ("distance").
    weighted:
        Whether weights count unless the caller says otherwise.
    disconnected:
        What the scores mean on a network of several components.
    directed_only:
        Adds nothing on undirected networks and is left out there.
    norm:
        ``(nodes, directed) -> largest possible score``, for normalised scores; None where
        the measure is not normalised so.
    grouped:
        Looks at groups of nodes, such as their countries, and not only at edges.
    numbers:
        Scores are the numbers of parts that nodes belong to, not amounts: nothing to rank.
    all_pairs:
        Time grows with nodes × edges.
    sampled:
        The estimate from some sources, where there is one; see :data:`Sampled`.
    """

    function: MeasureFunction = field(repr=False)
    definition: str
    formula: str
    reference: str
    weights: Literal["ignored", "strength", "distance"]
    weighted: bool
    disconnected: str
    directed_only: bool = False
    norm: Callable[[int, bool], float] | None = field(default=None, repr=False)
    grouped: bool = False
    numbers: bool = False
    all_pairs: bool = False
    sampled: Sampled | None = field(default=None, repr=False)
