"""What a measure of a whole network is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kg.network.measures.base import Adjacency, Groups

__all__ = ["GraphMeasure", "Quantities", "SampledQuantities"]

Quantities = Mapping[str, float | None]
"""Quantity → value; None where it has none, such as the correlation of what does not vary."""

SampledQuantities = Callable[[Adjacency, bool, int, int], tuple[Quantities, Quantities]]
"""``(adjacency, directed, sources, seed) -> (estimates, errors)``: with a probability of 95 %, all
quantities lie within their error of the estimate at once; an error of None: exact, or no value."""


@dataclass(frozen=True)
class GraphMeasure:
    """A measure of a whole network.

    Attributes
    ----------
    function:
        ``(adjacency, directed, groups) -> quantities``; groups are None unless ``grouped``.
    quantities:
        Quantity → what it is, in one line with its formula. A name with ``{}`` stands for one
        of each number in its place.
    reference, weights, weighted, disconnected, directed_only, grouped, all_pairs:
        As of :class:`kg.network.measures.base.Measure`.
    sampled:
        The estimate from some sources, where there is one; see :data:`SampledQuantities`.
    """

    function: Callable[[Adjacency, bool, Groups | None], Quantities] = field(repr=False)
    definition: str
    quantities: Mapping[str, str]
    reference: str
    weights: Literal["ignored", "strength", "distance"]
    weighted: bool
    disconnected: str
    directed_only: bool = False
    grouped: bool = False
    all_pairs: bool = False
    sampled: SampledQuantities | None = field(default=None, repr=False)
