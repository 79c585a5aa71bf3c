"""Hosting and sending: from those who sent learners to those who hosted them.

An edge runs from the node that a learner came from to the host of the training. What a node
sent is its out-strength, what it hosted its in-strength; the balance of the two is no flow of
knowledge (see ``knowledge-flow``) but one of people. With ``loops=True`` a host's own learners stay
among the edges. At the level of countries this is the country of the host, not the place of the
training. At that of blocs learners are shared among the *countries* of the hosts, and a flow
between two countries counts for each bloc of its ends: so a host of two blocs takes nothing from
the others, and one of none still has its share.
"""

from __future__ import annotations

import polars as pl

from kg.network.frame import Selection
from kg.network.incidence import incidence
from kg.network.pairing import Weight
from kg.network.projections.base import Projection

__all__ = ["HOSTING"]


def _sides(
    rows: pl.DataFrame, selection: Selection, level: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    learners = incidence(rows.filter(pl.col("side") == "learner"), selection, level)
    hosts = incidence(rows.filter(pl.col("side") == "host"), selection, level)
    return learners, hosts


_WEIGHTS = {
    "count": Weight(
        pl.lit(1),
        definition="number of trainings that the target hosted and the source sent learners to",
        formula="w(a→b) = Σ_t 1",
    ),
    "headcount": Weight(
        pl.col("heads") * pl.col("ways_target") / pl.col("all_ways_target"),
        definition="learners sent, shared equally among the hosts",
        formula="w(a→b) = Σ_t l_t(a)/k_t^hosts",
    ),
    "fractional": Weight(
        1 / (pl.col("size") * pl.col("size_target")),
        definition="shared trainings, each giving a total of one, equally to its pairs",
        formula="w(a→b) = Σ_t 1/(k_t^learners · k_t^hosts)",
    ),
}

HOSTING = Projection(
    definition="An edge runs from a node that sent learners to one that hosted the training.",
    directed=True,
    symmetric=False,
    levels=("institution", "country", "bloc"),
    roles=("learner", "host"),
    weights=_WEIGHTS,
    sides=_sides,
)
