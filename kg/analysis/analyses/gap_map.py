"""Which countries had no training in which sector, against what they had in all."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import placed_on_map
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.language import Told, tell
from kg.network import FACETS

__all__ = ["GAP_MAP", "gap_map"]

_EXPECTED = 1.0  # trainings that chance alone would bring


def gap_map(world: World, given: Given) -> Answer:
    """Return each country and sector (or topic, method) with its trainings and denominators."""
    touched = _touched(world)
    facets = world.columns["facets"].filter(pl.col("facet") == given["of"])
    valued = facets.select("training", "value").unique().join(
        world.selection.trainings.select("training"), on="training", how="semi"
    )  # fmt: skip
    every, touched = touched, touched.join(valued, on="training", how="semi")
    chosen = world.chosen(given["of"])
    kept = valued.filter(pl.col("value").is_in(chosen)) if chosen else valued
    total = touched["training"].n_unique()
    of_country = touched.group_by("country").agg(of_country=pl.len().cast(pl.Int64))
    placed = valued.join(touched.select("training").unique(), on="training", how="semi")
    of_value = placed.group_by("value").agg(of_value=pl.len().cast(pl.Int64))
    cells = touched.join(kept, on="training").group_by("country", "value").agg(
        trainings=pl.len().cast(pl.Int64),
        learners=pl.col("learners").sum(),
        unnamed=pl.col("unnamed").sum(),
        last_year=pl.col("year").max(),
    )  # fmt: skip
    grid = _countries(world).join(kept.select("value").unique(), how="cross")
    rows = (
        grid.join(cells, on=["country", "value"], how="left")
        .join(of_country, on="country", how="left")
        .join(of_value, on="value", how="left")
        .with_columns(
            pl.col("trainings", "learners", "unnamed", "of_country", "of_value").fill_null(0)
        )
        .with_columns(expected=pl.col("of_country") * pl.col("of_value") / max(total, 1))
        .with_columns(state=_state())
        .sort(
            pl.col("expected") - pl.col("trainings"),
            "value",
            "country",
            descending=[True, False, False],
        )
    )
    rows = placed_on_map(world, rows, "country")
    named = world.labelled(world.labelled(rows, "country"), "value")
    return Answer(
        named,
        cells={"learners": "unnamed"},
        coverage={"trainings_with_a_country": every["training"].n_unique(), "compared": total},
        caveats=(
            tell(
                "A gap may be one of the record: a country counts where a training was held or a "
                "learner's country is known. Denominators are the trainings that have a %(of)s: "
                "%(compared)s of %(all)s with a country; populations are not in the graph.",
                of=Told(given["of"]),
                compared=total,
                all=every["training"].n_unique(),
            ),
        ),
        reason=tell("No selected training has a %(of)s.", of=Told(given["of"])),
    )


def _touched(world: World) -> pl.DataFrame:
    """Return (training, country, learners, unnamed, year): held there, or learners from there."""
    held = world.columns["facets"].filter(pl.col("facet") == "country")
    here = held.select("training", country="value", learners=pl.lit(0, dtype=pl.Int64),
                       unnamed=pl.lit(0, dtype=pl.Int64))  # fmt: skip
    rows = world.selection.involvements.filter(
        (pl.col("side") == "learner") & pl.col("country").is_not_null()
    )
    named = pl.col("person").drop_nulls().n_unique().cast(pl.Int64)
    group = pl.col("headcount").fill_null(1).clip(1).filter(pl.col("person").is_null()).sum()
    learned = rows.group_by("training", "country").agg(learners=named + group, unnamed=group)
    both = pl.concat([here, learned]).group_by("training", "country").agg(
        pl.col("learners", "unnamed").sum()
    )  # fmt: skip
    return both.join(world.selection.trainings.select("training", "year"), on="training")


def _countries(world: World) -> pl.DataFrame:
    """Return the countries asked for: of the bloc in the period, those named, or all."""
    known = world.selection.entities.filter(pl.col("kind") == "country")
    known = known.select(country="entity")
    if world.chosen("country"):
        known = known.filter(pl.col("country").is_in(world.chosen("country")))
    if world.chosen("bloc"):
        first, last = world.period
        members = world.selection.bloc_members.filter(pl.col("bloc").is_in(world.chosen("bloc")))
        if last is not None:
            began = pl.col("start").is_null() | (pl.col("start") <= f"{last}~")
            members = members.filter(began)
        if first is not None:
            members = members.filter(pl.col("end").is_null() | (pl.col("end") + "~" >= f"{first}"))
        known = known.join(members, on="country", how="semi")
    return known.sort("country")


def _state() -> pl.Expr:
    none = pl.col("trainings") == 0
    return (
        pl.when(pl.col("of_country") == 0)
        .then(pl.lit("nothing at all"))
        .when(none & (pl.col("expected") >= _EXPECTED))
        .then(pl.lit("gap"))
        .when(none)
        .then(pl.lit("none, none expected"))
        .when(pl.col("trainings") < pl.col("expected") / 2)
        .then(pl.lit("thin"))
        .otherwise(pl.lit("covered"))
    )


GAP_MAP = Analysis(
    gap_map,
    title="Gap map: countries and sectors",
    definition=(
        "For each country and sector (topic, method) the trainings held there or attended from "
        "there, against what the country and the sector had in all."
    ),
    formula=(
        "expected = of_country · of_value / trainings with a sector (topic, method); gap: none "
        "though 1 or more expected; thin: fewer than half of the expected"
    ),
    reference="expected counts under independence, as in Pearson (1900), doi:10.1080/14786440009463897",  # noqa: E501
    columns={
        "country": "the country",
        "country_label": "its name",
        "value": "the sector, topic or method",
        "value_label": "its name",
        "trainings": "trainings held there or with a learner from there",
        "learners": "seats of learners from there in these",
        "of_country": "the country's trainings that have a sector (topic, method) at all",
        "of_value": "the sector's trainings in all countries",
        "expected": "trainings if countries and sectors had nothing to do with each other",
        "state": "nothing at all, gap, none (none expected), thin, covered",
        "last_year": "year of the last such training",
        "latitude": "of the country, in degrees",
        "longitude": "of the country, in degrees",
    },
    parameters={
        "of": Parameter(
            "choice", "Gaps in what.", default="sector", choices=("sector", "topic", "method")
        )
    },
    example={"of": "sector", "bloc": "oic"},
    blank={
        "last_year": "no such training with a date",
        "latitude": "the country has no coordinates",
        "longitude": "the country has no coordinates",
    },
    level="country",
    sides=("learner",),
    filters=(*FACETS, "country", "bloc", "years"),
    chart=Chart("map", x="country_label", y="of_country"),
    more=(
        Chart(
            "heatmap", x="country_label", y="value_label", group="trainings", mark="state", most=25
        ),
    ),
)
