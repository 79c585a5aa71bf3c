"""Bipartite networks: who took part in which training, and who works on which topic or method.

The second kind of nodes has its own level; a filter on nodes (bloc, country) is about the first
kind alone.
"""

from __future__ import annotations

import polars as pl

from kg.network.frame import Selection
from kg.network.incidence import incidence
from kg.network.pairing import Weight
from kg.network.projections.base import ROLES, Projection, Sides

__all__ = ["ATTENDANCE", "METHOD_USE", "TOPIC_USE"]


def _with(other: str) -> Sides:
    def sides(
        rows: pl.DataFrame, selection: Selection, level: str
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        second = incidence(rows, selection, other)
        # Inside or not is said by the first kind; with "within" both ends are asked.
        second = second.with_columns(inside=pl.lit(selection.within))
        return incidence(rows, selection, level), second

    return sides


_HEADCOUNT = Weight(
    pl.col("heads"),
    definition="the node's people in these trainings, groups of unknown size as one",
    formula="w(a,x) = Σ_t n_t(a)",
)


def _use(what: str) -> Projection:
    return Projection(
        definition=f"A node is linked with the {what}s of the trainings in which it took part.",
        directed=False,
        symmetric=False,
        levels=("institution", "person", "country", "bloc"),
        roles=tuple(role for role in ROLES if role != "funder"),
        weights={
            "count": Weight(
                pl.lit(1),
                definition=f"number of the node's trainings with the {what}",
                formula="w(a,x) = Σ_t 1",
            ),
            "fractional": Weight(
                1 / pl.col("size_target"),
                definition=f"the node's trainings, each giving one, equally to its {what}s",
                formula="w(a,x) = Σ_t 1/x_t",
            ),
            "headcount": _HEADCOUNT,
        },
        sides=_with(what),
        second=what,
    )


ATTENDANCE = Projection(
    definition="A node is linked with the trainings in which it took part.",
    directed=False,
    symmetric=False,
    levels=("institution", "person", "country", "bloc"),
    roles=tuple(role for role in ROLES if role != "funder"),
    weights={
        "count": Weight(pl.lit(1), definition="1 where the node took part", formula="w(a,t) = 1"),
        "headcount": _HEADCOUNT,
    },
    sides=_with("training"),
    second="training",
)

TOPIC_USE = _use("topic")
METHOD_USE = _use("method")
