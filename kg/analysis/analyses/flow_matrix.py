"""Flow matrices: who taught how many learners of whom."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import BY, PERIOD, TOO_FEW, level, named_groups
from kg.analysis.base import Analysis, Answer, Chart, Edges, Given, Parameter, World
from kg.analysis.flowing import flows_at, seated_for
from kg.analysis.guards import ratio
from kg.analysis.recorded import untaught
from kg.analysis.seats import flows, grouped
from kg.language import tell

__all__ = ["FLOW_MATRIX", "flow_matrix"]


def flow_matrix(world: World, given: Given) -> Answer:
    """Return the learners of each target taught by each source, by group."""
    seated = seated_for(world.selection, given["level"])
    coverage, caveats = untaught(seated)
    exchanged = flows(seated)
    by_group = _grouped(world, given, flows_at(world.selection, given["level"], exchanged))
    rows = by_group.group_by("group", "source", "target").agg(
        trainings=pl.col("training").n_unique().cast(pl.Int64),
        learners=pl.col("learners").sum(),
        unnamed=pl.col("unnamed").sum(),
        inside_source=pl.col("inside_source").any(),
        inside_target=pl.col("inside_target").any(),
        first_year=pl.col("year").min(),
        last_year=pl.col("year").max(),
    )
    rows = _shares(world, given, rows, exchanged).filter(_kept(world.selection.within))
    if not given["own"]:
        rows = rows.filter(pl.col("source") != pl.col("target"))
    rows = rows.sort(
        ["group", "learners", "source", "target"], descending=[False, True, False, False]
    )
    named = world.labelled(world.labelled(rows, "source"), "target")
    return Answer(
        named_groups(world, named),
        cells={"learners": "unnamed"},
        derived=("share_of_source", "share_of_target"),
        coverage=coverage,
        caveats=caveats,
        reason=tell("No training has both a learner and an educator who can be placed."),
    )


def _grouped(world: World, given: Given, exchanged: pl.DataFrame) -> pl.DataFrame:
    return grouped(exchanged, world.columns["facets"], given["by"], given["period"])


def _shares(
    world: World, given: Given, rows: pl.DataFrame, exchanged: pl.DataFrame
) -> pl.DataFrame:
    """Add what a flow is of all that the source taught, and of all that the target learned.

    That is all flows at this end, also those whose other end has no node at the level: a country
    that belongs to no bloc.
    """
    least = world.policy.least_base
    for end in ("source", "target"):
        there = _grouped(world, given, flows_at(world.selection, given["level"], exchanged, (end,)))
        whole = there.group_by("group", end).agg(whole=pl.col("learners").sum())
        rows = rows.join(whole, on=["group", end], how="left").with_columns(
            ratio(pl.col("learners"), pl.col("whole"), pl.col("whole"), least).alias(
                f"share_of_{end}"
            )
        ).drop("whole")  # fmt: skip
    return rows


def _kept(within: bool) -> pl.Expr:
    ends = pl.col("inside_source"), pl.col("inside_target")
    return ends[0] & ends[1] if within else ends[0] | ends[1]


FLOW_MATRIX = Analysis(
    flow_matrix,
    title="Flow of knowledge: who taught whom",
    definition=(
        "Learners of the target in trainings where the source taught; the learners of a training "
        "are shared among those who taught by their number of educators. Between blocs it is the "
        "sum over the countries that belonged to them at the time; blocs overlap."
    ),
    formula="learners(a→b) = Σ_t l_t(b) · e_t(a) / Σ_x e_t(x)",
    reference="fractional counting as in Perianes-Rodriguez et al. (2016), doi:10.1016/j.joi.2016.10.006",  # noqa: E501
    columns={
        "source": "who taught",
        "source_label": "its name",
        "target": "who learned",
        "target_label": "its name",
        "group": "what the row is counted under",
        "group_label": "its name",
        "trainings": "trainings behind the flow",
        "learners": "seats of learners, shared among those who taught",
        "share_of_source": "of all that the source taught",
        "share_of_target": "of all that the target learned, as far as its sources are known",
        "first_year": "year of the first training",
        "last_year": "year of the last training",
    },
    parameters={
        "level": level("country", "institution", "person", "bloc"),
        "by": BY,
        "period": PERIOD,
        "own": Parameter("flag", "Keep what a node taught its own people.", default=True),
    },
    example={"level": "country", "bloc": "oic"},
    blank={
        "share_of_source": TOO_FEW,
        "share_of_target": TOO_FEW,
        "first_year": "no training behind the flow has a date",
        "last_year": "no training behind the flow has a date",
    },
    chart=Chart("ribbons", x="source_label", y="target_label", group="learners", most=12),
    more=(
        Chart("flows", x="source_label", y="target_label", group="learners", most=60),
        Chart("heatmap", x="source_label", y="target_label", group="learners", most=14),
    ),
    edges=Edges("source", "target", "learners", directed=True),
)
