"""A thing in one row of numbers."""

from __future__ import annotations

import polars as pl

from kg.analysis.base import Analysis, Answer, Given, World
from kg.analysis.coded import coded
from kg.analysis.guards import unsized
from kg.analysis.subjects import ALSO, OF_TRAININGS, SUBJECT, Subject, headcounts, subject_of
from kg.language import tell

__all__ = ["PROFILE", "profile"]

_FACETS = {"topics": "topic", "methods": "method"}
_SIDES = {"hosted": "host", "organised": "organiser", "funded": "funder"}


def profile(world: World, given: Given) -> Answer:
    """Return one row: how much a thing learned, taught, hosted, with whom, since when."""
    world = coded(world)
    subject = subject_of(world, given)
    if subject.trainings.is_empty():
        columns = [*PROFILE.columns, "unnamed_learned", "unnamed_taught"]
        empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.Int64))
        return Answer(
            empty, _CELLS, reason=tell("No training that was selected has to do with it.")
        )
    people = headcounts(subject.own.with_columns(one=pl.lit(1)), ["one"]).drop("one")
    if people.is_empty():
        zero = {column: [0] for column in people.columns}
        people = pl.DataFrame(zero, schema=dict.fromkeys(people.columns, pl.Int64))
    row = people.with_columns(
        pl.lit(subject.iri or "all").alias("subject"), *_counts(world, subject)
    )
    unknown = {"groups_of_unknown_size": unsized(subject.own)}
    return Answer(world.labelled(row, "subject"), _CELLS, coverage=unknown)


_CELLS = {"learned": "unnamed_learned", "taught": "unnamed_taught"}


def _counts(world: World, subject: Subject) -> list[pl.Expr]:
    years = subject.trainings["year"].drop_nulls()
    part = subject.rows.filter(pl.col("side") != "funder") if subject.is_party else subject.rows
    outcomes = world.table("outcomes").join(subject.trainings, on="training", how="semi")
    numbers: dict[str, object] = {
        "trainings": subject.trainings.height,
        "first_year": years.min(),
        "last_year": years.max(),
        "people": _distinct(subject.own, "person", subject.iri),
        "partners": _distinct(part, "organisation", subject.iri),
        "countries": _distinct(part, "country", subject.iri),
        **{name: _values(world, subject, facet) for name, facet in _FACETS.items()},
        **{
            name: subject.own.filter(pl.col("side") == side)["training"].n_unique()
            for name, side in _SIDES.items()
        },
        "outcomes": outcomes["outcome"].n_unique(),
    }
    return [pl.lit(value, pl.Int64).alias(name) for name, value in numbers.items()]


def _distinct(rows: pl.DataFrame, column: str, iri: str) -> int:
    return rows[column].drop_nulls().filter(rows[column].drop_nulls() != iri).n_unique()


def _values(world: World, subject: Subject, facet: str) -> int:
    chosen = world.selection.facets.filter(pl.col("facet") == facet, pl.col("value") != subject.iri)
    return chosen.join(subject.trainings, on="training", how="semi")["value"].n_unique()


PROFILE = Analysis(
    profile,
    title="Profile in numbers",
    definition=(
        "What a person, institution, country, bloc, topic, method, programme, series or training "
        "has to do with trainings, in one row."
    ),
    formula=(
        "counts over the trainings that the subject takes part in, hosts, organises, funds, is "
        "the place of, or describes; learned and taught in seats (one person in one training)"
    ),
    reference="Plain counts; seats as in the analysis balance.",
    columns={
        "subject": "whose row it is",
        "subject_label": "its name",
        "trainings": "trainings that it has to do with",
        "first_year": "year of the first of them",
        "last_year": "year of the last of them",
        "learned": "seats of its people on the learners' side",
        "taught": "seats of its people on the educators' side",
        "people": "its people whom a source names, each once",
        "partners": "other institutions in these trainings, without those that only paid",
        "countries": "other countries of people, hosts and organisers",
        "topics": "topics of these trainings, broader ones included",
        "methods": "methods that they teach",
        "hosted": "trainings that it hosts; of a topic, method or series: that have a host",
        "organised": "trainings that it organises; likewise",
        "funded": "trainings that it funds; likewise",
        "outcomes": "outcomes that are attributed to these trainings, each once",
    },
    parameters={"subject": SUBJECT, "also": ALSO},
    example={"subject": "country:ZA"},
    blank={
        "first_year": "none of the trainings has a year",
        "last_year": "none of the trainings has a year",
    },
    level=None,
    filters=OF_TRAININGS,
)
