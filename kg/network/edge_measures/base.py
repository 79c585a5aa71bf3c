"""What a measure of edges is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kg.network.measures.base import Measure

__all__ = ["EdgeMeasure"]


@dataclass(frozen=True)
class EdgeMeasure(Measure):
    """A measure of edges: ``function(adjacency, directed)`` gives one score for each entry.

    Scores stand in the order of ``adjacency.data``; the two entries of an undirected edge have the
    same. They are finite.

    Attributes
    ----------
    ascending:
        The least score is the strongest.
    kept:
        ``(scores, threshold) -> bool``: the edges of the backbone; None where it makes none.
    threshold:
        The usual one.
    """

    ascending: bool = False
    kept: Callable[..., object] | None = field(default=None, repr=False)
    threshold: float | None = None
