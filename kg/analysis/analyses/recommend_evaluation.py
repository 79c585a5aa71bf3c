"""How well each score would have foretold the partnerships of later years."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.analyses.shared import level
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.candidates import MOST_PAIRS, SCORE_NAMES, Knowledge, knowledge
from kg.analysis.horizon import Horizon, horizon, linking_years
from kg.analysis.linkprediction import quality
from kg.analysis.links import network_of
from kg.language import Told, tell
from kg.network import LEVELS

__all__ = ["RECOMMEND_EVALUATION", "recommend_evaluation", "verdict"]


def recommend_evaluation(world: World, given: Given) -> Answer:
    """Return AUC, average precision and hits of each score on held-out later years."""
    over = horizon(world, given["until"], given["ahead"])
    if over is None:
        return _unanswered(
            {}, "No programme is recorded in two years: there is nothing to foretell."
        )
    known, first, second, came = _pairs(over, given["level"])
    if given["until"] is None and not came.any():  # many trainings, but they link nothing here
        other = horizon(world, None, given["ahead"], given["level"])
        if other is None:
            return _unanswered({}, _in_one_year(world, given["level"]))
        over = other
        known, first, second, came = _pairs(over, given["level"])
    nodes = len(known.network)
    counts = {
        "nodes": nodes,
        "pairs": nodes * (nodes - 1) // 2,
        "pairs_not_linked": len(first),
        "pairs_linked_later": int(came.sum()),
        "trainings_known": over.known_trainings,
        "trainings_held_out": over.later_trainings,
        "trainings_of_other_programmes": over.left_out,
    }
    if not came.any() or came.all():
        return _unanswered(
            counts,
            tell(
                "No pair known by %(year)s was linked later: there is nothing to foretell.",
                year=str(over.until),
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
        meta={"known_until": over.until, "verdict": verdict(rows)},
        caveats=(verdict(rows), *_years(over), *_drawn(counts)),
    )


def _pairs(
    over: Horizon, level: str
) -> tuple[Knowledge, NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return what was known, the pairs that were not linked then, and whether they were later."""
    known = knowledge(over.known, level)
    first, second = known.open_pairs()
    return known, first, second, _came(known, network_of(over.later, "partnership", level),
                                       first, second)  # fmt: skip


def _in_one_year(world: World, level: str) -> str:
    """Say why no year has both known links and later ones."""
    seen, plural = linking_years(world, level), Told(LEVELS[level].plural)
    if seen is None:
        return tell(
            "No training with a year links two %(plural)s: there is nothing to foretell.",
            plural=plural,
        )
    return tell(
        "%(trainings)s trainings with a year link two %(plural)s or more, from %(first)s to "
        "%(last)s, but none of their programmes is recorded in two years: there is nothing to "
        "foretell. Ask for another level.",
        trainings=seen[0],
        plural=plural,
        first=str(seen[1]),
        last=str(seen[2]),
    )


def _unanswered(counts: Mapping[str, int], reason: str) -> Answer:
    empty = pl.DataFrame(schema=dict.fromkeys(RECOMMEND_EVALUATION.columns, pl.Float64))
    return Answer(empty, coverage=counts, reason=reason)


def _years(over: Horizon) -> tuple[str, ...]:
    """Say what was known and what was held out."""
    said = tell(
        "Known: %(known)s trainings up to %(until)s; held out: %(later)s from %(first)s to "
        "%(last)s. Trainings without a year take no part.",
        known=over.known_trainings,
        until=str(over.until),
        later=over.later_trainings,
        first=str(over.until + 1),
        last=str(over.last),
    )
    if not over.left_out:
        return (said,)
    return (
        said,
        tell(
            "%(count)s more trainings of these years are left out: the record of their programme "
            "does not span both sides of the cut, so that nothing of it could be foretold.",
            count=over.left_out,
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
        "nodes that were known by then, in programmes that are recorded on both sides of the year."
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
        "until": Parameter(
            "integer",
            "Last year that counts as known; the one after which most trainings can be foretold.",
        ),
        "ahead": Parameter("integer", "How many years after it are held out.", default=2, least=1),
        "k": Parameter("integer", "How many suggestions are looked at.", default=50, least=1),
    },
    example={"level": "country"},
    blank={"auc_low": "chance has no interval", "auc_high": "chance has no interval"},
    sides=("learner", "educator", "host", "organiser"),
    chart=Chart("bars", x="score", y="average_precision"),
    heavy=True,
)
