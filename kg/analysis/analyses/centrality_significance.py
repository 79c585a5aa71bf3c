"""Which nodes are more, or less, central than their activity makes them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.analyses.shared import (
    ALPHA,
    LEAST_TRAININGS,
    MEASURE,
    SEED,
    dealt_to_all,
    drawn_anew,
    level,
    samples,
    seen_from_inside,
)
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.cooccurrence import Bipartite, bipartite_of
from kg.analysis.discoveries import Moments, benjamini_hochberg, moderated, settled
from kg.language import tell
from kg.network.lanes import steps

__all__ = ["CENTRALITY_SIGNIFICANCE", "centrality_significance"]


def centrality_significance(world: World, given: Given) -> Answer:
    """Return each node's centrality against a null model that keeps all degrees."""
    graph = bipartite_of(world, given["level"])
    observed = graph.scores(graph.sets, given["measure"], given["weight"])
    attended = np.bincount(graph.rows, minlength=graph.shape[0])
    often = attended >= given["least_trainings"]

    def draw(draws: int, seed: int) -> Moments:
        return _drawn(graph, observed, given, draws, seed)

    def p_values(null: Moments) -> NDArray[np.float64]:
        return np.asarray(null.two_sided()[(null.deviation > 0) & often])

    asked = given["samples"] if len(observed) else 0
    null, draws = settled(draw, p_values, 2, given["alpha"], asked, given["seed"])
    tested = (null.deviation > 0) & often
    frame = graph.network.nodes.select("node", "label").with_columns(
        trainings=pl.Series(attended, dtype=pl.Int64),
        score=pl.Series(observed, dtype=pl.Float64),
        expected=pl.Series(null.mean, dtype=pl.Float64),
        difference=pl.Series(observed - null.mean, dtype=pl.Float64),
        sd=pl.Series(null.deviation, dtype=pl.Float64),
        **_tests(null, tested),
    )
    rows = frame.with_columns(significant=pl.col("q") <= given["alpha"]).sort(
        ["q", pl.col("effect").abs(), "node"], descending=[False, True, False], nulls_last=True
    )
    few = int(np.sum(attended < given["least_trainings"]))
    return Answer(
        rows,
        coverage={
            "nodes": len(observed),
            "tested": int(tested.sum()),
            "with_few_trainings": few,
            "draws": draws,
        },
        caveats=(
            *seen_from_inside(world),
            *drawn_anew(draws, given["samples"]),
            tell(
                "No p-value can fall below %(floor)s with %(samples)s samples; rows that share a q "
                "stand in the order of the size of their effect.",
                floor=2 / (1 + draws),
                samples=draws,
            ),
            *dealt_to_all(world),
            tell(
                "z is large wherever chance varies little, however small the difference: read "
                "difference and effect."
            ),
        ),
        reason=graph.network.reason,
    )


def _drawn(
    graph: Bipartite, observed: NDArray[np.float64], given: Given, draws: int, seed: int
) -> Moments:
    """Return what the measure is in so many random graphs."""
    null = Moments(observed)
    with steps(draws) as step:
        for drawn in graph.drawn(draws, seed):
            null.add(graph.scores(drawn, given["measure"], given["weight"]))
            step()
    return null


def _tests(null: Moments, tested: NDArray[np.bool_]) -> dict[str, pl.Series]:
    """Return effect, z, p and q of the nodes that are tested; the others have none."""
    p = null.two_sided()[tested]
    difference = (null.observed - null.mean)[tested]
    deviation = null.deviation[tested]
    found = {
        "effect": moderated(difference, deviation),
        "z": difference / deviation,
        "p": p,
        "q": benjamini_hochberg(p),
    }
    series = {}
    for name, values in found.items():
        whole = np.full(len(tested), np.nan)
        whole[tested] = values
        series[name] = pl.Series(whole, dtype=pl.Float64).fill_nan(None)
    return series


_FIXED = (
    "fewer trainings than least_trainings, or the null model leaves no room: all random graphs "
    "agree on this node"
)

CENTRALITY_SIGNIFICANCE = Analysis(
    centrality_significance,
    title="Centrality beyond activity",
    definition=(
        "Centrality in the partnership network against random bipartite graphs in which every node "
        "keeps its number of trainings and every training its size (curveball)."
    ),
    formula=(
        "difference = score − expected; effect = difference/(sd + s₀), s₀ the 90th percentile of "
        "sd; z = difference/sd; p two-sided, at least 2/(1 + samples); q by Benjamini–Hochberg "
        "over the nodes with enough trainings; order: q, then |effect|"
    ),
    reference=(
        "Strona et al. (2014), doi:10.1038/ncomms5114; Benjamini & Hochberg (1995), "
        "doi:10.1111/j.2517-6161.1995.tb02031.x; Tusher, Tibshirani & Chu (2001), "
        "doi:10.1073/pnas.091062498 (effect); Bourgon, Gentleman & Huber (2010), "
        "doi:10.1073/pnas.0914005107 (testing only where there is enough data)"
    ),
    columns={
        "node": "who",
        "label": "its name",
        "trainings": "trainings that it was at",
        "score": "the measure, in its usual form",
        "expected": "mean over the random graphs",
        "difference": "score less expected",
        "sd": "standard deviation over the random graphs",
        "effect": "the difference in deviations that are not let near 0; above 0 is more central",
        "z": "the difference in standard deviations; large wherever sd is small",
        "p": "chance of a score so far from the expected",
        "q": "false discovery rate at which it is significant",
        "significant": "q is at most alpha",
    },
    parameters={
        "measure": MEASURE,
        "level": level("institution", "country"),
        "weight": Parameter(
            "choice",
            "The weight of partnerships.",
            default="count",
            choices=("count", "newman", "size-normalised"),
        ),
        "samples": samples(200),
        "seed": SEED,
        "alpha": ALPHA,
        "least_trainings": LEAST_TRAININGS,
    },
    example={"measure": "betweenness", "level": "country", "bloc": "oic"},
    blank=dict.fromkeys(("effect", "z", "p", "q", "significant"), _FIXED),
    sides=("learner", "educator", "host", "organiser"),
    chart=Chart("bars", x="label", y="effect"),
    heavy=True,
)
