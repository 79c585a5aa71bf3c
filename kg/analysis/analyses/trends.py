"""Trainings and people by year; where a trend turns is left to the reader's eye."""

from __future__ import annotations

import numpy as np
import polars as pl

from kg.analysis.analyses.shared import named_groups
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.intervals import poisson_interval
from kg.analysis.recorded import undated
from kg.analysis.seats import FACET_GROUPS, grouped, seats
from kg.language import Told, tell

__all__ = ["TRENDS", "trends"]

_BY = ("total", *FACET_GROUPS, "country")


def trends(world: World, given: Given) -> Answer:
    """Return trainings, learners and educators of each year and group, years without any as 0."""
    facets = world.columns["facets"]
    dated = world.selection.trainings.filter(pl.col("year").is_not_null())
    dated = world.touched(dated)
    held = grouped(dated.select("training", "year"), facets, given["by"])
    counted = held.group_by("group", "year").agg(trainings=pl.len().cast(pl.Int64))
    people = grouped(seats(world.selection, "all"), facets, given["by"]).group_by(
        "group", "year"
    ).agg(*(
        pl.col(count).filter(pl.col("side") == side).sum().alias(name)
        for side, count, name in (
            ("learner", "seats", "learners"), ("educator", "seats", "educators"),
            ("learner", "unnamed", "unnamed_learners"),
            ("educator", "unnamed", "unnamed_educators"),
        )
    ))  # fmt: skip
    of_year = dated.group_by("year").agg(of_year=pl.len().cast(pl.Int64))
    counts = [
        "trainings",
        "of_year",
        "learners",
        "educators",
        "unnamed_learners",
        "unnamed_educators",
    ]
    rows = _every_year(counted).join(of_year, on="year", how="left")
    rows = rows.join(people, on=["group", "year"], how="left").with_columns(
        pl.col(counts).fill_null(0)
    )
    share = pl.when(pl.col("of_year") > 0).then(pl.col("trainings") / pl.col("of_year"))
    low, high = poisson_interval(rows["trainings"].to_numpy())
    rows = rows.with_columns(share=share, low=pl.Series(low), high=pl.Series(high))
    return Answer(
        named_groups(world, rows.sort("group", "year")),
        cells={"learners": "unnamed_learners", "educators": "unnamed_educators"},
        coverage={"trainings_without_year": world.selection.trainings["year"].null_count()},
        caveats=(
            *undated(world),
            tell(
                "The last year may not be complete. People are those whom the sources record: a "
                "fall may be one of the record."
            ),
        ),
        reason=tell("No selected training has a year.")
        if dated.is_empty()
        else tell("No selected training with a year has a %(of)s.", of=Told(given["by"])),
    )


def _every_year(counted: pl.DataFrame) -> pl.DataFrame:
    """Return all groups in all years from the first to the last, with 0 where there was none."""
    if counted.is_empty():
        return counted.select("group", "year", "trainings")
    first, last = counted["year"].min(), counted["year"].max()
    assert isinstance(first, int) and isinstance(last, int)
    span = pl.DataFrame({"year": np.arange(first, last + 1)}, schema={"year": pl.Int64})
    grid = counted.select("group").unique().join(span, how="cross")
    return grid.join(counted, on=["group", "year"], how="left").with_columns(
        pl.col("trainings").fill_null(0)
    )


TRENDS = Analysis(
    trends,
    title="Trends by year",
    definition=(
        "Trainings that began in each year, in all or by sector, topic, method, programme, format "
        "or country where held, with the people that the sources record."
    ),
    formula="low, high = ½χ²_{0.025}(2x), ½χ²_{0.975}(2x + 2): what chance alone would let x vary",
    reference="Garwood (1936), Biometrika 28, 437-442, doi:10.1093/biomet/28.3-4.437",
    columns={
        "group": "what the row is counted under",
        "group_label": "its name",
        "year": "the year in which they began",
        "trainings": "trainings",
        "low": "lower end of the exact 95 % interval of a Poisson mean",
        "high": "upper end",
        "of_year": "trainings of the year in all groups",
        "share": "trainings / of_year",
        "learners": "recorded seats of learners",
        "educators": "recorded seats of educators",
    },
    parameters={
        "by": Parameter(
            "choice",
            "Break the numbers down; a training with several topics counts under each.",
            default="total",
            choices=_BY,
        )
    },
    example={"by": "sector"},
    blank={"share": "no training began in this year"},
    level=None,
    chart=Chart("lines", x="year", y="trainings", group="group_label", low="low", high="high"),
)
