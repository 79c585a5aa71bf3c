"""Methods and topics that stopped spreading."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import OF, level
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.diffusion import spread_of
from kg.analysis.recorded import record_ends, undated
from kg.language import tell

__all__ = ["STALLED", "stalled"]


def stalled(world: World, given: Given) -> Answer:
    """Return how far each method or topic came inside the filter, and whether it still spreads."""
    here, found = spread_of(world, given)
    recorded = here.join(record_ends(world), on="training").group_by("value").agg(
        recorded_until=pl.col("end_year").max()
    )  # fmt: skip
    here, found = here.filter("inside"), found.filter("inside")
    learned = pl.col("kind") == "learned"
    trained = here.group_by("value").agg(
        trainings=pl.col("training").n_unique().cast(pl.Int64), last_year=pl.col("year").max()
    )
    rows = found.group_by("value").agg(
        nodes=pl.len().cast(pl.Int64),
        learned=learned.sum().cast(pl.Int64),
        teach_on=(learned & pl.col("taught_since").is_not_null()).sum().cast(pl.Int64),
        greatest_generation=pl.col("generation").max(),
        first_year=pl.col("year").min(),
        last_arrival=pl.col("year").max(),
    )
    rows = rows.join(trained, on="value").join(recorded, on="value")
    last = pl.col("recorded_until")
    rows = rows.with_columns(years_since=last - pl.col("last_arrival"))
    quiet = pl.col("years_since") >= given["after"]
    over = last - pl.col("last_year") >= given["after"]
    state = (
        pl.when(over)
        .then(pl.lit("no training since"))
        .when(quiet)
        .then(pl.lit("stalled"))
        .otherwise(pl.lit("spreading"))
    )
    rows = rows.with_columns(state=state).sort(
        ["years_since", "nodes", "value"], descending=[True, True, False]
    )
    return Answer(
        world.labelled(rows, "value"),
        caveats=undated(world),
        reason=tell("No dated training in the selection has a value and a node."),
    )


STALLED = Analysis(
    stalled,
    title="Methods and topics that stopped spreading",
    definition=(
        "How many nodes a method or topic reached, how many of those who learned it teach it, and "
        "how long no new node has had it; with a bloc or country, of the nodes there."
    ),
    formula=(
        "no training since, if recorded_until − last_year ≥ after; else stalled, if recorded_until "
        "− last_arrival ≥ after"
    ),
    reference="Rogers (2003), Diffusion of Innovations, 5th ed., on discontinuance",
    columns={
        "value": "the method or topic",
        "value_label": "its name",
        "trainings": "dated trainings about it",
        "nodes": "nodes that have it",
        "learned": "of these, nodes that learned it",
        "teach_on": "of those who learned, nodes that taught it later",
        "greatest_generation": "steps of the longest path that is known",
        "first_year": "year of the first arrival",
        "last_arrival": "year of the last arrival at a new node",
        "last_year": "year of the last training about it",
        "recorded_until": "last year of the programmes that train in it: after it nobody looked",
        "years_since": "years from the last arrival to the end of this record",
        "state": "spreading, stalled (trainings but no new node), or no training since",
    },
    parameters={
        "level": level("country", "institution", "person"),
        "of": OF,
        "after": Parameter(
            "integer", "Years without a new node that count as stalled.", default=3, least=1
        ),
    },
    example={"level": "country", "of": "method"},
    chart=Chart("bars", x="value_label", y="years_since"),
)
