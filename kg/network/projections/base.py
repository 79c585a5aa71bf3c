"""What a projection is, and the weights that several of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from kg.network.frame import Selection
from kg.network.pairing import Weight

__all__ = ["PAIR_WEIGHTS", "ROLES", "Projection", "Sides"]

Sides = Callable[[pl.DataFrame, Selection, str], tuple[pl.DataFrame, pl.DataFrame]]

ROLES: tuple[str, ...] = (
    "host",
    "organiser",
    "funder",
    "learner",
    "educator",
    "mentor",
    "helper",
    "coordinator",
    "reviewer",
)
"""The roles in a training, as in the column ``role`` of the involvements."""


@dataclass(frozen=True)
class Projection:
    """How trainings become a network.

    Attributes
    ----------
    definition:
        One sentence: what links two nodes.
    directed:
        Edges have a direction.
    symmetric:
        Both sides are the same nodes, and each pair of them is linked once. A projection that is
        neither directed nor symmetric is bipartite.
    levels:
        The levels that mean something here; the first is the usual one.
    roles:
        The roles that count unless the caller names others.
    weights:
        The weights by name; the first is the usual one.
    sides:
        ``(involvements, selection, level) -> (left, right)``, each as
        :func:`kg.network.incidence.incidence` gives it.
    second:
        The level of the second kind of nodes of a bipartite projection.
    """

    definition: str
    directed: bool
    symmetric: bool
    levels: tuple[str, ...]
    roles: tuple[str, ...]
    weights: Mapping[str, Weight]
    sides: Sides = field(repr=False)
    second: str | None = None

    @property
    def bipartite(self) -> bool:
        """Whether edges join nodes of two kinds, without a direction."""
        return not (self.directed or self.symmetric)


PAIR_WEIGHTS: Mapping[str, Weight] = {
    "count": Weight(
        pl.lit(1),
        definition="number of trainings that the two share",
        formula="w(a,b) = Σ_t 1",
    ),
    "newman": Weight(
        1 / (pl.col("size") - 1),
        definition="shared trainings, each divided by the number of others that a node meets there",
        formula="w(a,b) = Σ_t 1/(k_t − 1)",
        reference="Newman (2001), Phys. Rev. E 64, 016132, doi:10.1103/PhysRevE.64.016132",
    ),
    "size-normalised": Weight(
        2 / (pl.col("size") * (pl.col("size") - 1)),
        definition="shared trainings, each giving a total of one, equally to its pairs of nodes",
        formula="w(a,b) = Σ_t 2/(k_t (k_t − 1))",
    ),
}
"""Weights of symmetric projections; k_t is the number of nodes of the training t.

``k_t`` counts every node with one of the roles, whatever bloc or country the edges are limited
to. Under ``newman`` the strength of a node is the number of its trainings that link it to
anyone; under ``size-normalised`` all weights sum to the number of trainings with two nodes.
"""
