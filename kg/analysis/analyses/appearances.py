"""The trainings of a thing, one by one."""

from __future__ import annotations

import polars as pl

from kg.analysis.base import Analysis, Answer, Given, World
from kg.analysis.coded import coded
from kg.analysis.guards import unsized
from kg.analysis.subjects import (
    ALSO,
    CAPACITIES,
    OF_TRAININGS,
    SUBJECT,
    Subject,
    headcounts,
    subject_of,
)
from kg.language import tell

__all__ = ["APPEARANCES", "appearances"]

_CELLS = {"learned": "unnamed_learned", "taught": "unnamed_taught"}


def appearances(world: World, given: Given) -> Answer:
    """Return one row a training: when, where, in what capacity, with how many people."""
    world = coded(world)
    subject = subject_of(world, given)
    frame = subject.trainings.select("training", "label", "year", start="since")
    for part in (
        _first_place(world),
        _capacities(subject),
        headcounts(subject.rows, ["training"]),
        _outcomes(world),
    ):
        frame = frame.join(part, on="training", how="left")
    numbers = [*_CELLS, *_CELLS.values(), "outcomes"]
    frame = frame.with_columns(pl.col(numbers).fill_null(0))
    frame = frame.sort(["start", "training"], descending=[True, False], nulls_last=True)
    frame = frame.with_columns(pl.col("training").cast(pl.String))
    frame = world.labelled(frame, "held_in").rename({"label": "training_label"})
    frame = frame.with_columns(pl.coalesce("training_label", "training").alias("training_label"))
    return Answer(
        frame,
        _CELLS,
        coverage={"groups_of_unknown_size": unsized(subject.rows)},
        reason=tell("No training that was selected has to do with it."),
    )


def _first_place(world: World) -> pl.DataFrame:
    places = world.selection.facets.filter(pl.col("facet") == "country")
    return places.group_by("training").agg(held_in=pl.col("value").min())


def _capacities(subject: Subject) -> pl.DataFrame:
    """Return (training, capacity): the subject's own, such as ``learner, host``."""
    if not subject.is_party:
        return subject.trainings.select("training", capacity=pl.lit(None, pl.String)).clear()
    order = {name: place for place, name in enumerate(CAPACITIES)}
    sides = subject.own.select("training", "side").unique().drop_nulls()
    sides = sides.with_columns(place=pl.col("side").replace_strict(order, default=9))
    return (
        sides.sort("training", "place")
        .group_by("training", maintain_order=True)
        .agg(capacity=pl.col("side").str.join(", "))
    )


def _outcomes(world: World) -> pl.DataFrame:
    found = world.table("outcomes").group_by("training")
    return found.agg(outcomes=pl.col("outcome").n_unique().cast(pl.Int64))


APPEARANCES = Analysis(
    appearances,
    title="Trainings of a thing",
    definition=(
        "The trainings that a person, institution, country, bloc, topic, method, programme or "
        "series has to do with, the latest first; with also, those that two things share."
    ),
    formula="one row a training; learned and taught in seats of everybody, as in balance",
    reference="A list; nothing is reckoned but seats and numbers of outcomes.",
    columns={
        "training": "the training",
        "training_label": "its name",
        "year": "year in which it began",
        "start": "its first day, as precisely as published",
        "held_in": "the country it was held in",
        "held_in_label": "its name",
        "capacity": "in what capacity the subject has to do with it",
        "learned": "seats on the learners' side, of all",
        "taught": "seats on the educators' side, of all",
        "outcomes": "outcomes attributed to it",
    },
    parameters={"subject": SUBJECT, "also": ALSO},
    example={"subject": "country:ZA"},
    blank={
        "year": "the training has no date",
        "start": "the training has no date",
        "held_in": "no country is recorded",
        "held_in_label": "no country is recorded",
        "capacity": "the subject takes no part itself, or only is the place",
    },
    level=None,
    filters=OF_TRAININGS,
)
