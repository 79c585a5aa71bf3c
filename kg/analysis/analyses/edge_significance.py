"""Which partnerships are more than chance, given how active both are and how large trainings."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from kg.analysis.analyses.shared import (
    ALPHA,
    LEAST_TRAININGS,
    SEED,
    dealt_to_all,
    drawn_anew,
    level,
    samples,
)
from kg.analysis.base import Analysis, Answer, Chart, Edges, Given, World
from kg.analysis.cooccurrence import Bipartite, bipartite_of
from kg.analysis.discoveries import Moments, benjamini_hochberg, moderated, settled
from kg.language import tell

__all__ = ["EDGE_SIGNIFICANCE", "edge_significance"]


def edge_significance(world: World, given: Given) -> Answer:
    """Return each partnership against a null model that keeps all degrees."""
    graph = bipartite_of(world, given["level"])
    first, second, observed = _pairs(graph)
    attended = np.bincount(graph.rows, minlength=graph.shape[0])
    often = np.minimum(attended[first], attended[second]) >= given["least_trainings"]
    few = int(np.sum(~often))
    first, second, observed = first[often], second[often], observed[often]

    def draw(draws: int, seed: int) -> Moments:
        return Moments.of(graph.met_by_chance(first, second, observed, draws, seed))

    asked = given["samples"] if len(observed) else 0
    null, draws = settled(draw, Moments.upper, 1, given["alpha"], asked, given["seed"])
    rows = _tested(graph, (first, second), null).with_columns(
        significant=pl.col("q") <= given["alpha"]
    )
    rows = rows.sort(
        ["q", "effect", "source", "target"], descending=[False, True, False, False]
    )  # fmt: skip
    floor = 1 / (1 + draws)
    return Answer(
        world.labelled(world.labelled(rows, "source"), "target"),
        coverage={
            "nodes": len(graph.network),
            "edges_tested": len(observed),
            "edges_of_few_trainings": few,
            "significant": int(rows["significant"].sum()),
            "draws": draws,
        },
        caveats=(
            *drawn_anew(draws, given["samples"]),
            tell(
                "No p-value can fall below %(floor)s with %(samples)s samples; where q stays above "
                "alpha for want of samples, ask for more. Rows that share a q stand in the order "
                "of the size of their effect.",
                floor=floor,
                samples=draws,
            ),
            *dealt_to_all(world),
            tell(
                "Edges that the record shows are tested, pairs that never met are not; nor are "
                "pairs one of whom was at fewer than %(least)s trainings.",
                least=given["least_trainings"],
            ),
        ),
        reason=_reason(graph, few),
    )


def _pairs(graph: Bipartite) -> tuple[Any, Any, Any]:
    """Return the pairs that met, each once, and how often."""
    met = graph.adjacency(graph.sets, "count").tocoo()
    first, second = (codes.astype(np.int64) for codes in met.coords)
    once = first < second
    return first[once], second[once], met.data[once].astype(np.int64)


def _tested(graph: Bipartite, pair: tuple[Any, Any], null: Moments) -> pl.DataFrame:
    names = graph.network.nodes["node"].to_list()
    p, difference = null.upper(), null.observed - null.mean
    frame = pl.DataFrame(
        {
            "source": [names[i] for i in pair[0]],
            "target": [names[i] for i in pair[1]],
            "shared_trainings": null.observed.astype(np.int64),
            "expected": null.mean,
            "difference": difference,
            "sd": null.deviation,
            "effect": moderated(difference, null.deviation),
        },
        schema_overrides={"source": pl.String, "target": pl.String},
    )
    z = pl.when(pl.col("sd") > 0).then(pl.col("difference") / pl.col("sd"))
    return frame.with_columns(z=z, p=pl.Series(p), q=pl.Series(benjamini_hochberg(p)))


def _reason(graph: Bipartite, few: int) -> str:
    return graph.network.reason or tell(
        "All %(pairs)s pairs that met have one who was at too few trainings to test.", pairs=few
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
        "difference = shared_trainings − expected; effect = difference/(sd + s₀), s₀ the 90th "
        "percentile of sd; z = difference/sd; p = (1 + #{null ≥ observed})/(1 + samples); q by "
        "Benjamini–Hochberg over the pairs with enough trainings; significant if q ≤ alpha; order: "
        "q, then effect"
    ),
    reference=(
        "Strona et al. (2014), doi:10.1038/ncomms5114; Benjamini & Hochberg (1995), "
        "doi:10.1111/j.2517-6161.1995.tb02031.x; Tusher, Tibshirani & Chu (2001), "
        "doi:10.1073/pnas.091062498 (effect); Bourgon, Gentleman & Huber (2010), "
        "doi:10.1073/pnas.0914005107 (testing only where there is enough data)"
    ),
    columns={
        "source": "one partner",
        "source_label": "its name",
        "target": "the other",
        "target_label": "its name",
        "shared_trainings": "trainings that both were at",
        "expected": "mean over the random graphs",
        "difference": "shared trainings less the expected",
        "sd": "standard deviation over the random graphs",
        "effect": "the difference in deviations that are not let near 0",
        "z": "the difference in standard deviations; large wherever sd is small",
        "p": "chance of so many or more",
        "q": "false discovery rate at which it is significant",
        "significant": "q is at most alpha",
    },
    parameters={
        "level": level("institution", "country"),
        "samples": samples(500),
        "seed": SEED,
        "alpha": ALPHA,
        "least_trainings": LEAST_TRAININGS,
    },
    example={"level": "country", "bloc": "oic"},
    blank={"z": "all random graphs agree on this pair"},
    sides=("learner", "educator", "host", "organiser"),
    chart=Chart("bars", x="source_label", y="effect", group="target_label"),
    edges=Edges("source", "target", "shared_trainings", directed=False),
    heavy=True,
)
