"""What a measure of a whole network is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kg.network.measures.base import Adjacency, Groups

__all__ = ["GraphMeasure", "Quantities"]

Quantities = Mapping[str, float | None]
"""Quantity → value; None where it has none, such as the correlation of what does not vary."""


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
