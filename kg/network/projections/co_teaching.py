"""Co-teaching: nodes that taught at the same training.

The educators' side is educators, mentors and helpers. At the level of persons an edge joins
two people who taught together; of institutions, countries and blocs, those that they came
from. Usual level: person.
"""

from __future__ import annotations

import polars as pl

from kg.network.frame import Selection
from kg.network.incidence import incidence
from kg.network.projections.base import PAIR_WEIGHTS, Projection

__all__ = ["CO_TEACHING"]


def _sides(
    rows: pl.DataFrame, selection: Selection, level: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    educators = incidence(rows.filter(pl.col("side") == "educator"), selection, level)
    return educators, educators


CO_TEACHING = Projection(
    definition="Two nodes are linked when both taught at the same training.",
    directed=False,
    symmetric=True,
    levels=("person", "institution", "country", "bloc"),
    roles=("educator", "mentor", "helper"),
    weights=PAIR_WEIGHTS,
    sides=_sides,
)
