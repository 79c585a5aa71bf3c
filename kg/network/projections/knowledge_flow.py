"""Knowledge flow: from those who taught at a training to those who learned there.

An edge runs from a node of the educators' side (educator, mentor, helper) to a node of the
learners' side. With ``loops=True`` a node's flow to itself (its own people taught its own
people) is kept among the edges; measures never see it.

Headcounts: a named person is one, an unnamed group its headcount, and a group of unknown size
counts as one, so ``headcount`` is a lower bound; the coverage says how many such groups there
are. When several nodes teach, the learners are shared among them by their number of educators,
so that the weights of one training sum to the learners whose node is known (less what flows to
a node itself, unless loops are kept). Between blocs the learners are shared among the educators'
*countries*, and a flow between two countries counts for each bloc of its ends, as in the analysis
``flow-matrix``: an educator of two blocs counts in both and takes nothing from the others, and one
of no bloc still has a share.
"""

from __future__ import annotations

import polars as pl

from kg.network.frame import Selection
from kg.network.incidence import incidence
from kg.network.pairing import Weight
from kg.network.projections.base import Projection

__all__ = ["KNOWLEDGE_FLOW"]


def _sides(
    rows: pl.DataFrame, selection: Selection, level: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    educators = incidence(rows.filter(pl.col("side") == "educator"), selection, level)
    learners = incidence(rows.filter(pl.col("side") == "learner"), selection, level)
    return educators, learners


_WEIGHTS = {
    "count": Weight(
        pl.lit(1),
        definition="number of trainings in which the source taught and the target learned",
        formula="w(a→b) = Σ_t 1",
    ),
    "headcount": Weight(
        pl.col("heads_target") * pl.col("heads") / pl.col("total"),
        definition="learners of the target, shared among the sources by number of educators",
        formula="w(a→b) = Σ_t l_t(b) · e_t(a)/Σ_x e_t(x)",
    ),
    "fractional": Weight(
        1 / (pl.col("size") * pl.col("size_target")),
        definition="shared trainings, each giving a total of one, equally to its pairs",
        formula="w(a→b) = Σ_t 1/(k_t^educators · k_t^learners)",
    ),
}

KNOWLEDGE_FLOW = Projection(
    definition="An edge runs from a node that taught at a training to a node that learned there.",
    directed=True,
    symmetric=False,
    levels=("institution", "person", "country", "bloc"),
    roles=("learner", "educator", "mentor", "helper"),
    weights=_WEIGHTS,
    sides=_sides,
)
