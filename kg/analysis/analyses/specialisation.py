"""What a country or institution does more of than others."""

from __future__ import annotations

import numpy as np
import polars as pl

from kg.analysis.analyses.shared import level
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.seats import SIDES, incidences
from kg.analysis.shrinkage import shrink
from kg.language import Told, tell

__all__ = ["SPECIALISATION", "specialisation"]


def specialisation(world: World, given: Given) -> Answer:
    """Return location quotients of nodes in topics, methods or sectors, raw and shrunken."""
    sides = SIDES if given["side"] == "both" else (given["side"],)
    facets = world.columns["facets"].filter(pl.col("facet") == given["of"])
    valued = facets.select("training", "value").unique()
    at: str = given["level"]
    there, everybody = (
        incidences(world.selection, of, sides).join(valued, on="training", how="semi")
        for of in (at, _WORLD.get(at, at))
    )
    total = everybody.height
    of_node = there.group_by("node").agg(of_node=pl.len().cast(pl.Int64))
    of_value = everybody.join(valued, on="training").group_by("value").agg(
        of_value=pl.len().cast(pl.Int64)
    )  # fmt: skip
    cells = there.join(valued, on="training").group_by("node", "value").agg(
        trainings=pl.len().cast(pl.Int64)
    )  # fmt: skip
    grid = of_node.join(of_value, how="cross").join(cells, on=["node", "value"], how="left")
    grid = grid.with_columns(
        pl.col("trainings").fill_null(0),
        expected=pl.col("of_node") * pl.col("of_value") / max(total, 1),
    ).sort("node", "value")
    if grid.is_empty():
        return Answer(
            _empty(),
            reason=tell("No selected training has a %(of)s and a node.", of=Told(given["of"])),
        )
    shrunk = shrink(grid["trainings"].to_numpy().astype(np.float64), grid["expected"].to_numpy())
    rows = grid.with_columns(
        quotient=pl.col("trainings") / pl.col("expected"),
        shrunken=pl.Series(shrunk.ratio),
        low=pl.Series(shrunk.low),
        high=pl.Series(shrunk.high),
    ).with_columns(specialised=pl.col("low") > 1)
    inside = there.filter(pl.col("inside")).select("node").unique()
    rows = rows.filter(pl.col("trainings") > 0).join(inside, on="node", how="semi")
    rows = rows.sort(["low", "node", "value"], descending=[True, False, False])
    return Answer(
        world.labelled(world.labelled(rows, "node"), "value"),
        coverage={
            "trainings_compared": everybody["training"].n_unique(),
            "appearances_compared": total,
            "cells_compared": grid.height,
        },
        meta={"prior_mean": shrunk.mean, "prior_weight": shrunk.weight},
    )


_WORLD = {"bloc": "country"}
"""Level → whose appearances are the world's: blocs overlap, and not every country is in one."""


def _empty() -> pl.DataFrame:
    columns = list(SPECIALISATION.columns)
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.Float64)).select(columns)


SPECIALISATION = Analysis(
    specialisation,
    title="Specialisation",
    definition=(
        "Trainings of a node in a topic, method or sector against those expected from its size and "
        "from the share that the topic has of all nodes' trainings; shrunken so that small counts "
        "do not shout. A training counts once for each node at it, and for a bloc once for each "
        "of its countries at it; blocs are compared with all countries."
    ),
    formula=(
        "quotient = (trainings/of_node)/(of_value/N) = trainings/expected, N = Σ of_node over all "
        "nodes; shrunken = (trainings + m·w)/(expected + w) with m, w the mean and weight of the "
        "prior; specialised if low > 1"
    ),
    reference=(
        "Balassa (1965), doi:10.1111/j.1467-9957.1965.tb00050.x (revealed comparative advantage, "
        "the location quotient); Marshall (1991), doi:10.2307/2347593 (shrinkage)"
    ),
    columns={
        "node": "who",
        "node_label": "its name",
        "value": "the topic, method or sector",
        "value_label": "its name",
        "trainings": "trainings of the node in it; of a bloc those of its countries, added up",
        "of_node": "the same in all topics, methods or sectors",
        "of_value": "trainings in it of all nodes, added up; of all countries for a bloc",
        "expected": "trainings if the node were like all others",
        "quotient": "location quotient; 1 is like all others",
        "shrunken": "the same, drawn to the mean as far as the counts are small",
        "low": "lower end of its 95 % interval",
        "high": "upper end of its 95 % interval",
        "specialised": "the whole interval is above 1",
    },
    parameters={
        "level": level("country", "institution", "bloc"),
        "of": Parameter(
            "choice", "In what.", default="topic", choices=("topic", "method", "sector")
        ),
        "side": Parameter("choice", "On which side.", default="both", choices=("both", *SIDES)),
    },
    example={"level": "country", "of": "topic", "bloc": "oic"},
    chart=Chart(
        "dots", x="node_label", y="shrunken", group="value_label", low="low", high="high", most=20
    ),
)
