"""How far the record goes: sources end in different years, and silence after that means nothing."""

from __future__ import annotations

import polars as pl

from kg.analysis.base import World
from kg.analysis.timeline import years
from kg.language import tell

__all__ = ["record_ends", "undated", "untaught"]

_MUCH = 0.1  # share from which it is said


def record_ends(world: World) -> pl.DataFrame:
    """Return (training, ends, end_year): until when the record of each training's programme goes.

    That is the last dated training of any of its programmes among those selected; trainings without
    a programme are together one. ``ends`` is in years, ``end_year`` the whole year. Who was last
    seen in a programme is not observed any longer than this.
    """
    programmes = world.selection.facets.filter(pl.col("facet") == "programme")
    dated = world.selection.trainings.filter(pl.col("since").is_not_null())
    within = dated.select("training", "year", at=years("since")).join(
        programmes.select("training", programme="value"), on="training", how="left"
    )
    over = ["programme"]
    return (
        within.with_columns(
            pl.col("programme").fill_null(""),
        )
        .with_columns(pl.col("at").max().over(over), pl.col("year").max().over(over))
        .group_by("training")
        .agg(ends=pl.col("at").max(), end_year=pl.col("year").max())
        .sort("training")
    )


def undated(world: World) -> tuple[str, ...]:
    """Say how many selected trainings have no date, where they are many."""
    trainings = world.selection.trainings
    without = trainings["year"].null_count()
    if without < _MUCH * max(trainings.height, 1):
        return ()
    return (
        tell(
            "%(undated)s of %(all)s selected trainings have no date and take no part here.",
            undated=without,
            all=trainings.height,
        ),
    )


def untaught(seated: pl.DataFrame) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return how many learners are in no flow, as coverage, and what to say of it.

    ``seated`` are the seats at the level of the flows (:func:`kg.analysis.seats.seats`). A learner
    whose training names nobody who taught, or nobody who can be placed, learned from nobody known.
    """
    learned = seated.filter((pl.col("side") == "learner") & pl.col("inside"))
    taught = seated.filter(pl.col("side") == "educator").select("training").unique()
    every = int(learned["seats"].sum())
    known = int(learned.join(taught, on="training", how="semi")["seats"].sum())
    counts = {"learners_placed": every, "learners_in_no_flow": every - known}
    if every - known < _MUCH * max(every, 1):
        return counts, ()
    return counts, (
        tell(
            "%(unknown)s of %(all)s learners who can be placed are in no flow: their trainings "
            "name nobody who taught there and can be placed. The rows are of the others alone.",
            unknown=every - known,
            all=every,
        ),
    )
