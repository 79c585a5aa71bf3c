"""Whom a thing taught, and from whom it learned."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import level
from kg.analysis.base import Analysis, Answer, Chart, Edges, Given, World
from kg.analysis.coded import coded, only
from kg.analysis.flowing import flows_at
from kg.analysis.guards import unsized
from kg.analysis.seats import flows
from kg.analysis.subjects import ALSO, OF_TRAININGS, SUBJECT, headcounts, placed, subject_of
from kg.language import Told, tell

__all__ = ["EXCHANGE", "exchange"]

_CELLS = {"given": "unnamed_given", "received": "unnamed_received"}


def exchange(world: World, given: Given) -> Answer:
    """Return one row a partner: learners that it got from the subject, and gave to it."""
    world = coded(world)
    subject = subject_of(world, given)
    if not subject.is_party:
        reason = tell("Only people, institutions, countries and blocs teach and learn; name one.")
        return Answer(_nothing(), _CELLS, reason=reason)
    node = pl.lit(subject.iri)
    own = subject.own
    own = own.with_columns(node=only(world, subject.iri).new_from_index(0, own.height))
    others = placed(world, subject.others(), given["level"]).filter(pl.col("node") != node)
    partners = _partners(others, subject.trainings)
    if partners.is_empty():
        reason = tell(
            "Nobody else with a known %(level)s is recorded in these trainings.",
            level=Told(given["level"]),
        )
        return Answer(_nothing(), _CELLS, reason=reason)
    if given["level"] == "bloc":  # learners are shared among countries: see kg.analysis.flowing
        others = placed(world, subject.others(), "country").filter(pl.col("node") != node)
    seated = _seated(pl.concat([own, others.select(own.columns)]), subject.trainings)
    taught = flows_at(world.selection, given["level"], flows(seated, source=node), ("target",))
    learned = flows_at(world.selection, given["level"], flows(seated, target=node), ("source",))
    frame = partners.join(_summed(taught, "target", "given"), on="partner", how="left")
    frame = frame.join(_summed(learned, "source", "received"), on="partner", how="left")
    frame = frame.with_columns(pl.col("given", "received", *_CELLS.values()).fill_null(0.0))
    frame = frame.with_columns(
        subject=pl.lit(subject.iri), net=pl.col("given") - pl.col("received")
    ).sort(
        [(pl.col("given") + pl.col("received")).round_sig_figs(12), "trainings", "partner"],
        descending=[True, True, False],
    )
    labelled = world.labelled(world.labelled(frame, "partner"), "subject")
    unknown = {"groups_of_unknown_size": unsized(subject.rows)}
    return Answer(labelled, _CELLS, derived=("net",), coverage=unknown)


def _partners(others: pl.DataFrame, trainings: pl.DataFrame) -> pl.DataFrame:
    met = others.filter(pl.col("side") != "funder")
    dated = met.select("training", partner="node").unique().join(trainings, on="training")
    return dated.group_by("partner").agg(
        trainings=pl.len().cast(pl.Int64),
        first_year=pl.col("year").min(),
        last_year=pl.col("year").max(),
    )


def _seated(rows: pl.DataFrame, trainings: pl.DataFrame) -> pl.DataFrame:
    """Return seats as :func:`kg.analysis.seats.seats` does, of rows that have their nodes."""
    counted = headcounts(rows, ["training", "node"])
    sides = [
        counted.select(
            "training", "node", side=pl.lit(side), seats=people, unnamed=f"unnamed_{people}"
        ).filter(pl.col("seats") > 0)
        for side, people in (("learner", "learned"), ("educator", "taught"))
    ]
    dates = trainings.select("training", "since", "until", "year")
    seated = pl.concat(sides).with_columns(inside=pl.lit(value=True))
    return seated.join(dates, on="training")


def _summed(exchanged: pl.DataFrame, partner: str, name: str) -> pl.DataFrame:
    return exchanged.group_by(pl.col(partner).alias("partner")).agg(
        pl.col("learners").sum().alias(name), pl.col("unnamed").sum().alias(f"unnamed_{name}")
    )


def _nothing() -> pl.DataFrame:
    columns = [*EXCHANGE.columns, *_CELLS.values()]
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.Int64))


EXCHANGE = Analysis(
    exchange,
    title="Exchange with partners",
    definition=(
        "Learners of each partner that the subject taught, and learners of the subject that each "
        "partner taught, in the trainings that they share."
    ),
    formula=(
        "given(b) = Σ_t l_t(b) · e_t(a) / Σ_x e_t(x), a the subject, e and l the seats on the "
        "educators' and learners' sides; received likewise the other way; net = given − received"
    ),
    reference="Shares of educators as in the analysis flow-matrix.",
    columns={
        "subject": "whose partners they are",
        "subject_label": "its name",
        "partner": "the partner",
        "partner_label": "its name",
        "trainings": "trainings with both, without those where the partner only paid",
        "given": "learners of the partner that the subject taught, by its share of educators",
        "received": "learners of the subject that the partner taught, likewise",
        "net": "given less received",
        "first_year": "year of the first training with both",
        "last_year": "year of the last training with both",
    },
    parameters={
        "subject": SUBJECT,
        "also": ALSO,
        "level": level("institution", "country", "person", "bloc"),
    },
    example={"subject": "country:ZA", "level": "country"},
    blank={
        "first_year": "none of the trainings has a year",
        "last_year": "none of the trainings has a year",
    },
    level=None,
    filters=OF_TRAININGS,
    chart=Chart("bars", x="partner_label", y="net"),
    edges=Edges("subject", "partner", "trainings", directed=False),
)
