"""How well each score would have foretold the partnerships of later years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.analyses.shared import level
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.candidates import MOST_PAIRS, SCORE_NAMES, Knowledge, knowledge
from kg.analysis.linkprediction import quality
from kg.analysis.links import network_of
from kg.language import tell
from kg.network import select

__all__ = ["RECOMMEND_EVALUATION", "recommend_evaluation", "verdict"]

_HELD_OUT = 2  # years, unless asked otherwise


def recommend_evaluation(world: World, given: Given) -> Answer:
    """Return AUC, average precision and hits of each score on held-out later years."""
    last = world.last_year
    until = given["until"] or (last - _HELD_OUT if last else 0)
    known = knowledge(_narrowed(world, (None, until)), given["level"])
    first, second = known.open_pairs()
    later = network_of(_narrowed(world, (until + 1, None)), "partnership", given["level"])
    came = _came(known, later, first, second)
    nodes = len(known.network)
    counts = {
        "nodes": nodes,
        "pairs": nodes * (nodes - 1) // 2,
        "pairs_not_linked": len(first),
        "pairs_linked_later": int(came.sum()),
    }
    if not came.any() or came.all():
        return Answer(
            pl.DataFrame(schema=dict.fromkeys(RECOMMEND_EVALUATION.columns, pl.Float64)),
            coverage=counts,
            reason=tell(
                "No pair known by %(year)s was linked later: there is nothing to foretell.",
                year=str(until),
            ),
        )
    scores = known.of_pairs(first, second)
    k = min(given["k"], len(first))
    found = [(name, *_row(scores[name], came, k)) for name in SCORE_NAMES]
    share = float(came.mean())
    found.append(("chance", 0.5, None, None, share, k * share, share))
    rows = pl.DataFrame(found, schema=_SCHEMA, orient="row").with_columns(
        lift=pl.col("average_precision") / share
    )
    rows = rows.sort(["average_precision", "score"], descending=[True, False])
    return Answer(
        rows,
        coverage=counts,
        meta={"known_until": until, "verdict": verdict(rows)},
        caveats=(
            verdict(rows),
            tell(
                "Known: up to %(until)s; held out: %(first)s to %(last)s.",
                until=str(until),
                first=str(until + 1),
                last=str(last),
            ),
            *_drawn(counts),
        ),
    )


def _drawn(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Say that not all pairs were looked at, where it is so."""
    if counts["pairs"] <= MOST_PAIRS:
        return ()
    return (
        tell(
            "%(pairs)s pairs are too many to rank: scores are those of %(drawn)s drawn at random "
            "(seed 1), and hits are among these.",
            pairs=counts["pairs"],
            drawn=counts["pairs_not_linked"],
        ),
    )


_SCHEMA = {
    "score": pl.String,
    "auc": pl.Float64,
    "auc_low": pl.Float64,
    "auc_high": pl.Float64,
    "average_precision": pl.Float64,
    "hits": pl.Float64,
    "precision": pl.Float64,
}


def _row(score: NDArray[np.float64], came: NDArray[np.bool_], k: int) -> tuple[float, ...]:
    found = quality(score, came, k)
    return (
        found.auc, found.auc_low, found.auc_high, found.average_precision, found.hits,
        found.hits / k,
    )  # fmt: skip


def _narrowed(world: World, years: tuple[int | None, int | None]) -> World:
    """Return the world of some years, as far as the period asked for allows."""
    filters: Any = dict(world.selection.filters)
    low, high = world.period
    bounds = (
        max((y for y in (low, years[0]) if y is not None), default=None),
        min((y for y in (high, years[1]) if y is not None), default=None),
    )
    filters["years"] = bounds
    empty = None not in bounds and bounds[0] > bounds[1]  # type: ignore[operator]  # neither is None
    if empty:
        filters["years"] = (bounds[0], bounds[0])
    return replace(world, selection=select(world.columns, **filters))


def _came(
    known: Knowledge, later: Any, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return whether each pair was linked later."""
    nodes = known.network.nodes.select("node").with_row_index("here")
    codes = later.nodes.select("node").with_row_index("code").join(nodes, on="node")
    codes = codes.select(pl.col("code").cast(later.edges_by_code["source"].dtype), "here")
    ends = later.edges_by_code.select("source", "target")
    ends = ends.join(codes, left_on="source", right_on="code")
    ends = ends.join(codes, left_on="target", right_on="code", suffix="_target")
    one, other = (ends[name].to_numpy().astype(np.int64) for name in ("here", "here_target"))
    keys = np.minimum(one, other) * len(known.network) + np.maximum(one, other)
    return np.asarray(np.isin(first * len(known.network) + second, keys), dtype=np.bool_)


def verdict(rows: pl.DataFrame) -> str:
    """Say whether the combined score beats the best simple one, by average precision."""
    simple = rows.filter(~pl.col("score").is_in(["combined", "chance"]))
    best = simple.sort(["average_precision", "score"], descending=[True, False]).row(0, named=True)
    ours = rows.filter(pl.col("score") == "combined").row(0, named=True)
    figures = {
        "ours": float(ours["average_precision"]),
        "ours_auc": float(ours["auc"]),
        "other": str(best["score"]),
        "best": float(best["average_precision"]),
        "best_auc": float(best["auc"]),
    }
    if ours["average_precision"] > best["average_precision"]:
        return tell(
            "On later years the combined score beats every simple one: combined (average precision "
            "%(ours)s, AUC %(ours_auc)s) and %(other)s (%(best)s, %(best_auc)s).",
            **figures,
        )
    return tell(
        "On later years the combined score does NOT beat the best simple one: combined (average "
        "precision %(ours)s, AUC %(ours_auc)s) and %(other)s (%(best)s, %(best_auc)s).",
        **figures,
    )


RECOMMEND_EVALUATION = Analysis(
    recommend_evaluation,
    title="How well scores foretell partnerships",
    definition=(
        "Scores of pairs not linked up to a year, against the links of the years after it among "
        "nodes that were known by then."
    ),
    formula=(
        "auc = chance that a pair linked later scores above one that was not; average_precision = "
        "Σ (R_n − R_{n−1}) P_n over distinct scores; hits = expected links among the first k"
    ),
    reference=(
        "Liben-Nowell & Kleinberg (2007), doi:10.1002/asi.20591; Hanley & McNeil (1982), "
        "doi:10.1148/radiology.143.1.7063747 (interval of the AUC)"
    ),
    columns={
        "score": "the score, or chance",
        "auc": "area under the ROC curve; 0.5 is chance",
        "auc_low": "lower end of its 95 % interval",
        "auc_high": "upper end of its 95 % interval",
        "average_precision": "mean precision over the links found",
        "lift": "average precision over that of chance",
        "hits": "links among the first k pairs, ties drawn at random",
        "precision": "hits / k",
    },
    parameters={
        "level": level("institution", "country", "person"),
        "until": Parameter("integer", "Last year that counts as known; two before the last."),
        "k": Parameter("integer", "How many suggestions are looked at.", default=50, least=1),
    },
    example={"level": "country"},
    blank={"auc_low": "chance has no interval", "auc_high": "chance has no interval"},
    sides=("learner", "educator", "host", "organiser"),
    chart=Chart("bars", x="score", y="average_precision"),
    heavy=True,
)
