"""How much a ranking hangs on single trainings: each left out in turn."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.analyses.shared import MEASURE, PROJECTION, WEIGHT, level, seen_from_inside
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.links import Links, links_of
from kg.analysis.ranks import mean_ranks
from kg.network.lanes import steps
from kg.network.ranking import rank

__all__ = ["ROBUSTNESS", "robustness", "spearman"]

Vector = NDArray[np.float64]


def robustness(world: World, given: Given) -> Answer:
    """Return what the ranking becomes without each training, the most telling first."""
    links = links_of(world, given["projection"], given["level"], given["weight"])
    behind = np.bincount(links.training, minlength=links.trainings.height)
    linking = np.argsort(-behind, kind="stable")[: int(np.sum(behind > 0))]
    chosen = linking[: given["most"]]
    found = _left_out(links, chosen, given) if len(chosen) else []
    frame = pl.DataFrame(found, schema=_SCHEMA, orient="row")
    rows = frame.with_columns(edges=pl.Series(behind[chosen], dtype=pl.Int64)).join(
        links.trainings.with_columns(pl.col("code").cast(pl.Int64)), on="code"
    )
    rows = rows.with_columns(pl.coalesce("label", "training")).sort(
        ["kept_in_top", "agreement", "training"], nulls_last=True
    )
    return Answer(
        world.labelled(rows, "moved", "moved_label"),
        coverage={
            "trainings_that_link": len(linking),
            "trainings_left_out_in_turn": len(chosen),
        },
        caveats=seen_from_inside(world),
        reason=links.network.reason,
    )


_SCHEMA = {
    "code": pl.Int64,
    "agreement": pl.Float64,
    "kept_in_top": pl.Float64,
    "moved": pl.String,
    "rank_with": pl.Int64,
    "rank_without": pl.Int64,
}


def _left_out(links: Links, chosen: NDArray[np.int64], given: Given) -> list[tuple[object, ...]]:
    nodes = links.network.nodes["node"].to_list()
    counts = np.ones(links.trainings.height, dtype=np.int64)
    whole = links.scores(given["measure"], counts)[0]
    ranks = rank(whole)
    top = set(np.flatnonzero(ranks <= given["k"]).tolist())
    found: list[tuple[object, ...]] = []
    with steps(len(chosen)) as step:
        for code in chosen.tolist():
            counts[code] = 0
            without = links.scores(given["measure"], counts)[0]
            counts[code] = 1
            new = rank(without)
            moved = int(np.lexsort((ranks, -np.abs(new - ranks)))[0])
            still_there = bool(np.all(new == ranks))
            still = len(top & set(np.flatnonzero(new <= given["k"]).tolist()))
            found.append(
                (code, spearman(whole, without), still / len(top),
                 *((None, None, None) if still_there
                   else (nodes[moved], int(ranks[moved]), int(new[moved]))))
            )  # fmt: skip
            step()
    return found


def spearman(a: Vector, b: Vector) -> float | None:
    """Return Spearman's rank correlation, ties at their mean rank; None where one has no order.

    Examples
    --------
    >>> spearman(np.array([1.0, 2, 3]), np.array([1.0, 2, 30])), spearman(np.ones(3), np.ones(3))
    (1.0, None)
    """
    first, second = mean_ranks(a) - (len(a) + 1) / 2, mean_ranks(b) - (len(b) + 1) / 2
    length = float(np.sqrt(np.sum(first**2) * np.sum(second**2)))
    return float(np.clip(np.sum(first * second) / length, -1, 1)) if length else None


ROBUSTNESS = Analysis(
    robustness,
    title="Robustness: each training left out in turn",
    definition=(
        "How the ranking by a centrality changes when one training is left out: agreement with the "
        "whole, who stays among the first k, and who moves most."
    ),
    formula="agreement = Spearman's ρ; kept_in_top = |top_k ∩ top_k without it| / |top_k|",
    reference="Efron & Stein (1981), doi:10.1214/aos/1176345462 (the jackknife)",
    columns={
        "training": "the training left out",
        "label": "its name",
        "year": "the year in which it began",
        "edges": "edges that it adds to",
        "agreement": "rank correlation of all scores with and without it",
        "kept_in_top": "share of the first k that stay among them",
        "moved": "the node that moves most",
        "moved_label": "its name",
        "rank_with": "its rank with the training",
        "rank_without": "its rank without it",
    },
    parameters={
        "measure": MEASURE,
        "projection": PROJECTION,
        "level": level("institution", "country"),
        "weight": WEIGHT,
        "k": Parameter("integer", "How many count as the top.", default=10, least=1),
        "most": Parameter(
            "integer",
            "Leave out so many trainings, those behind the most edges first.",
            default=300,
            least=1,
            most=5000,
        ),
    },
    example={"measure": "degree", "level": "country", "bloc": "oic"},
    blank={
        "year": "the training has no date",
        "agreement": "all nodes score alike",
        **dict.fromkeys(("moved", "moved_label", "rank_with", "rank_without"), "nobody moves"),
    },
    sides=("learner", "educator", "host", "organiser"),
    chart=Chart("bars", x="label", y="kept_in_top", most=15),
    heavy=True,
)
