"""Which partnerships are more than chance, given how active both are and how large trainings."""

from __future__ import annotations

import numpy as np
import polars as pl

from kg.analysis.analyses.shared import ALPHA, SEED, level, samples
from kg.analysis.base import Analysis, Answer, Chart, Edges, Given, World
from kg.analysis.cooccurrence import bipartite_of
from kg.analysis.discoveries import Moments, benjamini_hochberg
from kg.language import tell

__all__ = ["EDGE_SIGNIFICANCE", "edge_significance"]


def edge_significance(world: World, given: Given) -> Answer:
    """Return each partnership against a null model that keeps all degrees."""
    graph = bipartite_of(world, given["level"])
    met = graph.projected(graph.matrix, "count").tocoo()
    first, second = met.coords
    once = first < second
    first, second, observed = first[once], second[once], met.data[once]
    null = Moments(observed)
    if len(observed):
        for drawn in graph.drawn(given["samples"], given["seed"]):
            together = drawn @ drawn.T
            null.add(np.asarray(together[first, second]).ravel())
    deviation, names = null.deviation, graph.network.nodes["node"].to_list()
    p = null.upper()
    frame = pl.DataFrame(
        {
            "source": [names[i] for i in first],
            "target": [names[i] for i in second],
            "shared_trainings": observed.astype(np.int64),
            "expected": null.mean,
            "sd": deviation,
            "difference": observed - null.mean,
            "p": p,
            "q": benjamini_hochberg(p),
        },
        schema_overrides={"source": pl.String, "target": pl.String},
    )
    z = pl.when(pl.col("sd") > 0).then(pl.col("difference") / pl.col("sd"))
    frame = frame.with_columns(z=z, significant=pl.col("q") <= given["alpha"])
    rows = frame.sort(
        ["q", "z", "source", "target"], descending=[False, True, False, False], nulls_last=True
    )
    found = int(rows["significant"].sum())
    floor = 1 / (1 + given["samples"])
    return Answer(
        world.labelled(world.labelled(rows, "source"), "target"),
        coverage={"nodes": len(names), "edges_tested": len(observed), "significant": found},
        caveats=(
            tell(
                "No p-value can fall below %(floor)s with %(samples)s samples; where q stays above "
                "alpha for want of samples, ask for more.",
                floor=floor,
                samples=given["samples"],
            ),
            tell("Edges that the record shows are tested, pairs that never met are not."),
        ),
        reason=graph.network.reason,
    )


EDGE_SIGNIFICANCE = Analysis(
    edge_significance,
    title="Partnerships that are more than chance",
    definition=(
        "Shared trainings of each pair against random bipartite graphs in which every node keeps "
        "its number of trainings and every training its size (curveball), with control of the "
        "false discovery rate."
    ),
    formula=(
        "z = (shared_trainings − expected)/sd; p = (1 + #{null ≥ observed})/(1 + samples); q by "
        "Benjamini–Hochberg; significant if q ≤ alpha"
    ),
    reference=(
        "Strona et al. (2014), doi:10.1038/ncomms5114; Benjamini & Hochberg (1995), "
        "doi:10.1111/j.2517-6161.1995.tb02031.x"
    ),
    columns={
        "source": "one partner",
        "source_label": "its name",
        "target": "the other",
        "target_label": "its name",
        "shared_trainings": "trainings that both were at",
        "expected": "mean over the random graphs",
        "sd": "standard deviation over the random graphs",
        "z": "distance of the two in standard deviations",
        "p": "chance of so many or more",
        "q": "false discovery rate at which it is significant",
        "significant": "q is at most alpha",
    },
    parameters={
        "level": level("institution", "country"),
        "samples": samples(500),
        "seed": SEED,
        "alpha": ALPHA,
    },
    example={"level": "country", "bloc": "oic"},
    blank={"z": "all random graphs agree on this pair"},
    sides=("learner", "educator", "host", "organiser"),
    chart=Chart("bars", x="source_label", y="z", group="target_label"),
    edges=Edges("source", "target", "shared_trainings", directed=False),
    heavy=True,
)
