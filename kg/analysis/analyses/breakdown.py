"""The trainings and people of a thing, broken down."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.coded import coded
from kg.analysis.guards import unsized
from kg.analysis.seats import FACET_GROUPS
from kg.analysis.subjects import (
    ALSO,
    OF_TRAININGS,
    SUBJECT,
    Subject,
    headcounts,
    placed,
    subject_of,
)
from kg.language import Told, tell

__all__ = ["BREAKDOWN", "breakdown"]

_FACETS = (*FACET_GROUPS, "series")
_NODES = ("country", "institution", "person", "bloc")
_SIDES = {"hosted": "host", "organised": "organiser", "funded": "funder"}
_EMPTY = "its trainings have no value to compare"


def breakdown(world: World, given: Given) -> Answer:
    """Return the trainings and people of a thing under each year, country, topic and so on."""
    world = coded(world)
    subject, by = _inside(world, subject_of(world, given)), given["by"]
    rows = _whose(subject, given["who"])
    if by in _NODES:
        placed_rows = placed(world, rows, by).rename({"node": "group"})
    elif by == "role":
        placed_rows = rows.with_columns(group="role")
    else:
        values = _values(world, by).join(subject.trainings, on="training", how="semi")
        placed_rows = rows.join(values, on="training")
    there = placed_rows.select("training", "group").unique()
    if by not in (*_NODES, "role") and given["who"] != "others":
        there = values.join(subject.trainings, on="training", how="semi")
    if given["who"] == "others" or by in _NODES:
        there = there.filter(pl.col("group") != subject.iri) if given["who"] != "own" else there
    if there.is_empty():
        return Answer(
            _nothing(),
            _CELLS,
            reason=tell("None of its trainings has a known %(by)s.", by=Told(by)),
        )
    frame = _numbers(subject, there, placed_rows)
    frame = _compared(world, subject, frame, by)
    order = ["group"] if by == "year" else ["trainings", "learned", "taught", "group"]
    frame = frame.sort(order, descending=[name != "group" for name in order])
    unknown = {"groups_of_unknown_size": unsized(rows)}
    return Answer(world.labelled(frame, "group"), _CELLS, coverage=unknown)


_CELLS = {"learned": "unnamed_learned", "taught": "unnamed_taught"}


def _inside(world: World, subject: Subject) -> Subject:
    """Keep the people inside a bloc or country, and the trainings where one of them took part."""
    if not {"bloc", "country"} & set(world.selection.filters):
        return subject
    rows = subject.rows.filter("inside")
    return replace(subject, rows=rows, trainings=world.touched(subject.trainings))


def _whose(subject: Subject, who: str) -> pl.DataFrame:
    return {"own": subject.own, "others": subject.others(), "all": subject.rows}[who]


def _values(world: World, by: str) -> pl.DataFrame:
    """Return (training, group): the years or the facets of trainings."""
    if by == "year":
        years = world.selection.trainings.select("training", group=pl.col("year").cast(pl.String))
        return years.drop_nulls()
    facets = world.selection.facets
    wanted = "country" if by == "held_in" else by
    return facets.filter(pl.col("facet") == wanted).select("training", group="value").unique()


def _numbers(subject: Subject, there: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    dated = there.join(subject.trainings.select("training", "year"), on="training")
    frame = dated.group_by("group").agg(
        trainings=pl.len().cast(pl.Int64),
        first_year=pl.col("year").min(),
        last_year=pl.col("year").max(),
    )
    kept = rows.join(there, on=["training", "group"], how="semi")
    sides = kept.group_by("group").agg(
        pl.col("training").filter(pl.col("side") == side).n_unique().cast(pl.Int64).alias(name)
        for name, side in _SIDES.items()
    )
    for part in (headcounts(kept, ["group"]), sides):
        frame = frame.join(part, on="group", how="left")
    return frame.with_columns(pl.exclude("group", "first_year", "last_year").fill_null(0))


def _compared(world: World, subject: Subject, frame: pl.DataFrame, by: str) -> pl.DataFrame:
    """Add share and quotient: how much more often than in all trainings."""
    if by not in FACET_GROUPS:
        no_number = pl.lit(None, pl.Float64)
        whole = max(subject.trainings.height, 1)
        return frame.with_columns(share=pl.col("trainings") / whole, quotient=no_number)
    values = _values(world, by)
    having = values.select("training").unique()
    here = having.join(subject.trainings, on="training", how="semi").height
    everywhere = values.group_by("group").agg(in_all=pl.len())
    share = pl.col("trainings") / max(here, 1)
    quotient = share / (pl.col("in_all") / max(having.height, 1))
    return (
        frame.join(everywhere, on="group", how="left")
        .with_columns(share=share, quotient=quotient)
        .drop("in_all")
    )


def _nothing() -> pl.DataFrame:
    columns = [*BREAKDOWN.columns, "unnamed_learned", "unnamed_taught"]
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.Int64))


BREAKDOWN = Analysis(
    breakdown,
    title="Trainings and people, broken down",
    definition=(
        "The trainings of a thing by year, country, institution, topic and so on, with the seats "
        "of its own people, of everybody else, or of all; with a bloc or country, of people from "
        "there."
    ),
    formula=(
        "share = trainings of the group / trainings of the subject (of those with a value); "
        "quotient = share / the same share among all trainings (location quotient)"
    ),
    reference=(
        "Balassa (1965), doi:10.1111/j.1467-9957.1965.tb00050.x (the location quotient); "
        "seats as in the analysis balance"
    ),
    columns={
        "group": "what the row is counted under",
        "group_label": "its name",
        "trainings": "trainings under it; one with several values counts under each",
        "learned": "seats on the learners' side",
        "taught": "seats on the educators' side",
        "hosted": "trainings hosted",
        "organised": "trainings organised",
        "funded": "trainings funded",
        "first_year": "year of the first training",
        "last_year": "year of the last training",
        "share": "share of the subject's trainings (0 to 1)",
        "quotient": "location quotient; 1 is like all trainings",
    },
    parameters={
        "subject": SUBJECT,
        "also": ALSO,
        "by": Parameter(
            "choice",
            "What to count under.",
            default="year",
            choices=("year", *_NODES, "role", *_FACETS, "held_in"),
        ),
        "who": Parameter(
            "choice",
            "Whose seats: the subject's own, those of everybody else in its trainings, or all.",
            default="own",
            choices=("own", "others", "all"),
        ),
    },
    example={"subject": "country:ZA", "by": "year"},
    blank={
        "first_year": "none of the trainings has a year",
        "last_year": "none of the trainings has a year",
        "quotient": "only sectors, topics, methods, programmes and formats are compared",
    },
    level=None,
    filters=(*OF_TRAININGS, "country", "bloc"),
    chart=Chart("bars", x="group_label", y="trainings"),
)
