"""First arrivals of methods and topics."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import OF, level
from kg.analysis.base import Analysis, Answer, Chart, Edges, Given, World
from kg.analysis.diffusion import spread_of
from kg.language import tell

__all__ = ["ARRIVALS", "first_arrivals"]


def first_arrivals(world: World, given: Given) -> Answer:
    """Return the first arrival of each method or topic at each node, with its source."""
    here, found = spread_of(world, given)
    origin = found.group_by("value").agg(origin=pl.col("year").min())
    passed = found.filter(pl.col("source").is_not_null()).group_by(
        "value", node=pl.col("source")
    ).agg(passed_on=pl.len().cast(pl.Int64))  # fmt: skip
    taught = pl.col("taught_since").str.slice(0, 4).cast(pl.Int64)
    rows = (
        found.join(origin, on="value")
        .join(passed, on=["value", "node"], how="left")
        .with_columns(
            pl.col("passed_on").fill_null(0),
            lag_from_first=pl.col("year") - pl.col("origin"),
            lag_from_source=pl.col("year") - pl.col("source_year"),
            teaches_since=taught,
        )
        .filter(pl.col("inside"))
        .sort("value", "since", "node")
    )
    titles = world.selection.trainings.select("training", training_label="label")
    rows = rows.join(titles, on="training", how="left", maintain_order="left")
    rows = rows.with_columns(pl.coalesce("training_label", "training"))
    for column in ("value", "source"):
        rows = world.labelled(rows, column)
    undated = world.selection.trainings["since"].null_count()
    return Answer(
        world.labelled(rows, "node"),
        coverage={"trainings_without_date": undated, "dated_presences": here.height},
        reason=tell("No dated training in the selection has a value and a node."),
    )


ARRIVALS = Analysis(
    first_arrivals,
    title="First arrivals of methods and topics",
    definition=(
        "When, where and from whom each node first had a method or topic: it learned it at a "
        "training, or taught it before it was surely seen to learn it."
    ),
    formula=(
        "learned if its first training as a learner was over before it first taught; source = node "
        "with most educators there; generation = generation(source) + 1, and 0 where it taught"
    ),
    reference="Holme & Saramäki (2012), Phys. Rep. 519, 97-125, doi:10.1016/j.physrep.2012.03.001",
    columns={
        "value": "the method or topic",
        "value_label": "its name",
        "node": "where it arrived",
        "node_label": "its name",
        "kind": "learned, or taught: had it before anybody saw it learn",
        "year": "year of the arrival",
        "training": "the training where it arrived",
        "training_label": "its name",
        "source": "from whom it was learned",
        "source_label": "its name",
        "generation": "steps from a node that taught it first; at least, where a source is unknown",
        "lag_from_first": "years since its first arrival anywhere in the selection",
        "lag_from_source": "years since it arrived at the source",
        "teaches_since": "year in which the node began to teach it",
        "passed_on": "arrivals elsewhere of which the node is the source",
    },
    parameters={"level": level("country", "institution", "person"), "of": OF},
    example={"level": "country", "of": "method"},
    blank={
        "source": "it taught first, or nobody who taught it there can be placed",
        "source_label": "it taught first, or nobody who taught it there can be placed",
        "lag_from_source": "its source is unknown",
        "teaches_since": "it was never seen to teach it",
    },
    chart=Chart("timeline", x="node_label", y="year", group="value_label", most=40),
    more=(
        Chart("arrivals", x="node_label", y="year", group="value_label"),
        Chart("spread", x="node_label", y="year", group="value_label"),
    ),
    edges=Edges("source", "node", "generation", directed=True),
)
