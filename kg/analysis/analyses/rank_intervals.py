"""How sure the ranks of a centrality are: bootstrap over trainings."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.analyses.shared import (
    MEASURE,
    PROJECTION,
    SEED,
    WEIGHT,
    level,
    samples,
    seen_from_inside,
)
from kg.analysis.base import Analysis, Answer, Chart, Given, World
from kg.analysis.links import Links, links_of
from kg.language import tell
from kg.network.lanes import steps
from kg.network.ranking import rank

__all__ = ["RANK_INTERVALS", "rank_intervals"]

_TOP = 10


def rank_intervals(world: World, given: Given) -> Answer:
    """Return each node's rank with the interval that it has when trainings are drawn anew."""
    links = links_of(world, given["projection"], given["level"], given["weight"])
    nodes = links.network.nodes.select("node", "label")
    if not len(links.network):
        return Answer(_none(nodes), reason=links.network.reason)
    whole, _ = links.scores(given["measure"], _once(links))
    scores, present = _draws(links, given)
    ranks = np.array([rank(drawn) for drawn in scores])
    low, high = np.percentile(ranks, [2.5, 97.5], axis=0, method="closest_observation")
    score_low, score_high = np.percentile(scores, [2.5, 97.5], axis=0)
    rows = nodes.with_columns(
        score=pl.Series(whole),
        score_low=pl.Series(score_low),
        score_high=pl.Series(score_high),
        rank=pl.Series(rank(whole)),
        rank_low=pl.Series(low.astype(np.int64)),
        rank_high=pl.Series(high.astype(np.int64)),
        in_top=pl.Series(np.mean(ranks <= _TOP, axis=0)),
        drawn=pl.Series(np.mean(present, axis=0)),
    ).sort("rank", "node")
    return Answer(
        rows,
        coverage={"nodes": len(nodes), "trainings_drawn": world.selection.trainings.height},
        caveats=(
            *seen_from_inside(world),
            tell(
                "The trainings of the record stand for those that could have been held; what the "
                "record misses, the interval does not know."
            ),
            tell(
                "A draw can lose partners and never gain any, so the range of scores lies below "
                "the score of all trainings; the ranks, which all nodes share in, are what to "
                "quote."
            ),
            *_tied(whole),
        ),
    )


def _tied(scores: NDArray[np.float64]) -> tuple[str, ...]:
    """Say why the range of a rank that many share may not hold it."""
    last = scores == scores.min()
    if last.sum() < 2:
        return ()
    return (
        tell(
            "%(tied)s nodes share the least score and with it the last rank, which is one more "
            "than the nodes above them: in a draw there are fewer of these, so that the range of "
            "ranks of who stands low can lie above the rank.",
            tied=int(last.sum()),
        ),
    )


def _once(links: Links) -> NDArray[np.int64]:
    return np.ones(links.trainings.height, dtype=np.int64)


def _draws(links: Links, given: Given) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return scores and presence, samples × nodes; who is in no drawn training scores 0."""
    random = np.random.default_rng(given["seed"])
    trainings = links.trainings.height
    scores, present = [], []
    with steps(given["samples"]) as step:
        for _ in range(given["samples"]):
            counts = random.multinomial(trainings, np.full(trainings, 1 / trainings))
            drawn, there = links.scores(given["measure"], counts)
            scores.append(np.where(there, drawn, 0.0))
            present.append(there)
            step()
    return np.array(scores), np.array(present)


def _none(nodes: pl.DataFrame) -> pl.DataFrame:
    floats = ("score", "score_low", "score_high", "in_top", "drawn")
    ranks = ("rank", "rank_low", "rank_high")
    return nodes.with_columns(
        *(pl.lit(0.0).alias(name) for name in floats), *(pl.lit(0).alias(name) for name in ranks)
    )


RANK_INTERVALS = Analysis(
    rank_intervals,
    title="Centrality with rank intervals",
    definition=(
        "Centrality in the network, and the 2.5 % to 97.5 % range of score and rank when as many "
        "trainings are drawn with replacement; who is in none of a draw scores 0 there."
    ),
    formula="percentiles of rank(measure(network of T*)), T* drawn from the trainings T",
    reference=(
        "Efron & Tibshirani (1993), An Introduction to the Bootstrap; Goldstein & Spiegelhalter "
        "(1996), doi:10.2307/2983325 (intervals of ranks)"
    ),
    columns={
        "node": "who",
        "label": "its name",
        "score": "the measure, in its usual form",
        "score_low": "lower end of its 95 % range",
        "score_high": "upper end of its 95 % range",
        "rank": "1 is the most central; ties share a rank",
        "rank_low": "best rank of its 95 % range",
        "rank_high": "worst rank of its 95 % range",
        "in_top": "share of draws with a rank up to 10",
        "drawn": "share of draws in which it has a partner",
    },
    parameters={
        "measure": MEASURE,
        "projection": PROJECTION,
        "level": level("institution", "country"),
        "weight": WEIGHT,
        "samples": samples(200),
        "seed": SEED,
    },
    example={"measure": "degree", "level": "country", "bloc": "oic"},
    sides=("learner", "educator", "host", "organiser"),
    chart=Chart("dots", x="label", y="rank", low="rank_low", high="rank_high", most=20),
    heavy=True,
)
