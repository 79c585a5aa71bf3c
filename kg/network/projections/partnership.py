"""Partnership: nodes that took part in the same training.

Two institutions are partners when both had a part in one training: as its host, organiser or
coordinator, or as the organisation of somebody who learned, taught, mentored, helped or
reviewed there. Funders are left out unless ``roles`` names them, because paying for a training
is no meeting. At the level of persons this is co-participation; of countries and blocs, the
places that the partners come from. An institution has no link with itself, and a country none
with itself either: partnerships inside a country are seen at the level of institutions.
"""

from __future__ import annotations

import polars as pl

from kg.network.frame import Selection
from kg.network.incidence import incidence
from kg.network.projections.base import PAIR_WEIGHTS, ROLES, Projection

__all__ = ["PARTNERSHIP", "both_the_same"]


def both_the_same(
    rows: pl.DataFrame, selection: Selection, level: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return everybody, twice: whoever was there meets whoever was there."""
    everybody = incidence(rows, selection, level)
    return everybody, everybody


PARTNERSHIP = Projection(
    definition="Two nodes are linked when both took part in the same training.",
    directed=False,
    symmetric=True,
    levels=("institution", "person", "country", "bloc"),
    roles=tuple(role for role in ROLES if role != "funder"),
    weights=PAIR_WEIGHTS,
    sides=both_the_same,
)
