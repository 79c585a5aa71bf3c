"""The main partners of a bloc or a country: whom it learns from, and whom it teaches."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import TOO_FEW, level
from kg.analysis.base import Analysis, Answer, Chart, Given, World
from kg.analysis.flowing import flows_at, seated_for
from kg.analysis.guards import ratio
from kg.analysis.recorded import untaught
from kg.analysis.seats import flows
from kg.errors import QueryError
from kg.language import tell
from kg.network import FACETS

__all__ = ["PARTNERS", "partners"]


def partners(world: World, given: Given) -> Answer:
    """Return the nodes outside of a bloc or country by what they exchange with it.

    Raises
    ------
    QueryError
        Neither bloc nor country says whose partners are meant.
    """
    if not {"bloc", "country"} & set(world.selection.filters):
        raise QueryError("partners needs bloc or country: whose partners are meant?")
    seated = seated_for(world.selection, given["level"])
    coverage, caveats = untaught(seated)
    exchanged = flows(seated)
    inward = _side(world, given, exchanged, "source", "target", "taught_us")
    outward = _side(world, given, exchanged, "target", "source", "learned_from_us")
    across = exchanged.filter(pl.col("inside_source") != pl.col("inside_target"))
    both = pl.concat([inward, outward], how="diagonal")
    rows = both.group_by("partner").agg(
        trainings=pl.col("training").n_unique().cast(pl.Int64),
        taught_us=pl.col("taught_us").sum(),
        learned_from_us=pl.col("learned_from_us").sum(),
        unnamed_taught=pl.col("unnamed_taught_us").sum(),
        unnamed_learned=pl.col("unnamed_learned_from_us").sum(),
        first_year=pl.col("year").min(),
        last_year=pl.col("year").max(),
    )
    total = pl.col("taught_us") + pl.col("learned_from_us")
    least = world.policy.least_base
    whole = pl.lit(float(across["learners"].sum()))
    rows = rows.with_columns(exchanged=total).with_columns(share=ratio(total, whole, whole, least))
    rows = rows.sort(["exchanged", "partner"], descending=[True, False])
    return Answer(
        world.labelled(rows, "partner"),
        cells={"taught_us": "unnamed_taught", "learned_from_us": "unnamed_learned"},
        derived=("exchanged", "share"),
        coverage=coverage,
        caveats=caveats,
        reason=tell("No training brings learners and educators from inside and outside together."),
    )


def _side(
    world: World, given: Given, exchanged: pl.DataFrame, partner: str, ours: str, count: str
) -> pl.DataFrame:
    """Return the flows between a partner outside at one end and us, as one, at the other."""
    across = exchanged.filter(~pl.col(f"inside_{partner}") & pl.col(f"inside_{ours}"))
    return flows_at(world.selection, given["level"], across, (partner,)).select(
        "training",
        "year",
        pl.col(partner).alias("partner"),
        pl.col("learners").alias(count),
        pl.col("unnamed").alias(f"unnamed_{count}"),
    )


PARTNERS = Analysis(
    partners,
    title="Main partners in learning and teaching",
    definition=(
        "Nodes outside of the bloc or country, by the learners they taught inside and the learners "
        "they sent to educators from inside; members at the time of the training are inside."
    ),
    formula="exchanged = taught_us + learned_from_us; share = exchanged / Σ exchanged",
    reference="fractional counting as in Perianes-Rodriguez et al. (2016), doi:10.1016/j.joi.2016.10.006",  # noqa: E501
    columns={
        "partner": "the node outside",
        "partner_label": "its name",
        "trainings": "trainings behind the exchange",
        "taught_us": "seats of our learners taught by the partner",
        "learned_from_us": "seats of the partner's learners taught by us",
        "exchanged": "both together",
        "share": "of all that we exchange with the outside",
        "first_year": "year of the first training",
        "last_year": "year of the last training",
    },
    parameters={"level": level("country", "institution", "bloc")},
    example={"bloc": "oic"},
    blank={
        "share": TOO_FEW,
        "first_year": "no training behind the exchange has a date",
        "last_year": "no training behind the exchange has a date",
    },
    filters=(*FACETS, "country", "bloc", "years"),
    chart=Chart("bars", x="partner_label", y="exchanged"),
)
