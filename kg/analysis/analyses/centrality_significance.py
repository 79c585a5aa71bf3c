"""Which nodes are more, or less, central than their activity makes them."""

from __future__ import annotations

import numpy as np
import polars as pl

from kg.analysis.analyses.shared import ALPHA, MEASURE, SEED, level, samples
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.cooccurrence import bipartite_of
from kg.analysis.discoveries import Moments, benjamini_hochberg
from kg.analysis.links import scores_of
from kg.language import tell

__all__ = ["CENTRALITY_SIGNIFICANCE", "centrality_significance"]


def centrality_significance(world: World, given: Given) -> Answer:
    """Return each node's centrality against a null model that keeps all degrees."""
    graph = bipartite_of(world, given["level"])
    adjacency = graph.projected(graph.matrix, given["weight"])
    observed = scores_of(given["measure"], adjacency, directed=False)
    null = Moments(observed)
    if len(observed):
        for drawn in graph.drawn(given["samples"], given["seed"]):
            null.add(
                scores_of(given["measure"], graph.projected(drawn, given["weight"]), directed=False)
            )
    p = null.two_sided()
    attended = np.bincount(graph.rows, minlength=graph.shape[0])
    frame = graph.network.nodes.select("node", "label").with_columns(
        trainings=pl.Series(attended, dtype=pl.Int64),
        score=pl.Series(observed, dtype=pl.Float64),
        expected=pl.Series(null.mean, dtype=pl.Float64),
        sd=pl.Series(null.deviation, dtype=pl.Float64),
        p_=pl.Series(p, dtype=pl.Float64),
    )
    moves = pl.col("sd") > 0
    frame = frame.with_columns(
        z=pl.when(moves).then((pl.col("score") - pl.col("expected")) / pl.col("sd")),
        p=pl.when(moves).then(pl.col("p_")),
    )
    tested = frame["p"].is_not_null().to_numpy()
    q = np.full(len(p), np.nan)
    q[tested] = benjamini_hochberg(p[tested])
    rows = frame.with_columns(q=pl.Series(q, dtype=pl.Float64).fill_nan(None)).with_columns(
        significant=pl.col("q") <= given["alpha"]
    )
    rows = rows.sort(["q", "z", "node"], descending=[False, True, False], nulls_last=True)
    return Answer(
        rows,
        coverage={"nodes": len(observed), "tested": int(tested.sum())},
        caveats=(
            tell(
                "No p-value can fall below %(floor)s with %(samples)s samples.",
                floor=2 / (1 + given["samples"]),
                samples=given["samples"],
            ),
        ),
        reason=graph.network.reason,
    )


_FIXED = "the null model leaves no room: all random graphs agree on this node"

CENTRALITY_SIGNIFICANCE = Analysis(
    centrality_significance,
    title="Centrality beyond activity",
    definition=(
        "Centrality in the partnership network against random bipartite graphs in which every node "
        "keeps its number of trainings and every training its size (curveball)."
    ),
    formula="z = (score − expected)/sd; p two-sided, at least 2/(1 + samples); q by Benjamini–Hochberg",  # noqa: E501
    reference=(
        "Strona et al. (2014), doi:10.1038/ncomms5114; Benjamini & Hochberg (1995), "
        "doi:10.1111/j.2517-6161.1995.tb02031.x"
    ),
    columns={
        "node": "who",
        "label": "its name",
        "trainings": "trainings that it was at",
        "score": "the measure, in its usual form",
        "expected": "mean over the random graphs",
        "sd": "standard deviation over the random graphs",
        "z": "distance of the two in standard deviations",
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
    },
    example={"measure": "betweenness", "level": "country", "bloc": "oic"},
    blank=dict.fromkeys(("z", "p", "q", "significant"), _FIXED),
    sides=("learner", "educator", "host", "organiser"),
    chart=Chart("bars", x="label", y="z"),
    heavy=True,
)
