"""Who sat where: people by training, side and node, and the flow of knowledge between nodes.

A seat is one person in one training on one side. A named person has one seat however often the
training names them on that side; an unnamed group has as many as its headcount, or one where
nobody wrote the number down (a lower bound).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from kg.network import LEVELS, Selection

__all__ = ["FACET_GROUPS", "GROUPS", "SIDES", "flows", "grouped", "incidences", "seats"]

FACET_GROUPS: tuple[str, ...] = ("sector", "topic", "method", "programme", "format")
GROUPS: tuple[str, ...] = ("total", "year", "period", *FACET_GROUPS)
"""What numbers can be broken down by."""

SIDES = ("learner", "educator")


def seats(selection: Selection, level: str) -> pl.DataFrame:
    """Return seats: one row for each (training, node, side).

    Parameters
    ----------
    selection:
        The trainings and involvements that count.
    level:
        A name of :data:`kg.network.LEVELS`, or ``all``: one node, ``all``.

    Returns
    -------
    polars.DataFrame
        training, node, side (``learner`` or ``educator``); seats (people), unnamed (of these,
        people that the source does not name); inside (bool); since, until, year of the training.
    """
    placed = _placed(selection, level, SIDES)
    named = pl.col("person").drop_nulls().n_unique().cast(pl.Int64)
    group = pl.col("headcount").fill_null(1).clip(1).filter(pl.col("person").is_null())
    counted = placed.group_by("training", "node", "side").agg(
        seats=named + group.sum(), unnamed=group.sum(), inside=pl.col("inside").any()
    )
    dates = selection.trainings.select("training", "since", "until", "year")
    return counted.join(dates, on="training").sort("training", "node", "side")


def incidences(selection: Selection, level: str, sides: Sequence[str] = SIDES) -> pl.DataFrame:
    """Return who was at which training: one row for each (training, node, via).

    Columns: training, node, via (the node itself, or for a bloc the country that was there), inside
    (bool). So the rows of a bloc are those of its countries at the time, added up.
    """
    placed = _placed(selection, level, sides)
    return placed.group_by("training", "node", "via").agg(inside=pl.col("inside").any())


def _placed(selection: Selection, level: str, sides: Sequence[str]) -> pl.DataFrame:
    """Return the involvements on these sides that have a node, with it."""
    rows = selection.involvements.filter(pl.col("side").is_in(sides))
    if level == "all":
        return rows.filter(pl.col("inside")).with_columns(node=pl.lit("all"), via=pl.lit("all"))
    placed = LEVELS[level].place(rows, selection).filter(pl.col("node").is_not_null())
    chosen: Any = selection.filters.get("bloc") if level == "bloc" else None
    if not chosen:
        return placed
    # who is inside is here as a member of the blocs that were asked for
    return placed.filter(~pl.col("inside") | pl.col("node").is_in(chosen))


def flows(
    seated: pl.DataFrame, *, source: pl.Expr | None = None, target: pl.Expr | None = None
) -> pl.DataFrame:
    """Return who taught whom: one row for each (training, source, target).

    The learners of a target are shared among the sources by their number of educators:
    ``learners = l_t(target) · e_t(source) / Σ_x e_t(x)``, so that the flows of a training sum
    to its learners. Sources include the target itself.

    Parameters
    ----------
    seated:
        As :func:`seats` gives it.
    source, target:
        Only flows from, or to, this node: the others are not made.

    Returns
    -------
    polars.DataFrame
        training, source, target; learners (people, may be a fraction), unnamed (of these, not
        named), inside_source, inside_target; since, until, year.
    """
    taught = seated.filter(pl.col("side") == "educator").select(
        "training",
        source="node",
        part=pl.col("seats") / pl.col("seats").sum().over("training"),
        inside_source="inside",
    )
    taught = taught if source is None else taught.filter(pl.col("source") == source)
    learned = seated.filter(pl.col("side") == "learner").select(
        "training",
        "since",
        "until",
        "year",
        target="node",
        seats_="seats",
        unnamed_="unnamed",
        inside_target="inside",
    )
    learned = learned if target is None else learned.filter(pl.col("target") == target)
    return (
        taught.join(learned, on="training")
        .select(
            "training",
            "source",
            "target",
            "inside_source",
            "inside_target",
            "since",
            "until",
            "year",
            learners=pl.col("seats_") * pl.col("part"),
            unnamed=pl.col("unnamed_") * pl.col("part"),
        )
        .sort("training", "source", "target")
    )


def grouped(frame: pl.DataFrame, facets: pl.DataFrame, by: str, period: int = 5) -> pl.DataFrame:
    """Add ``group``: what a row is counted under.

    Parameters
    ----------
    frame:
        With training and year.
    facets:
        The facets of the release: a training with several values counts under each.
    by:
        A name of :data:`GROUPS`. Rows without a year, or without a value, fall out.
    period:
        Years in a period; periods begin at multiples of it.
    """
    if by == "total":
        return frame.with_columns(group=pl.lit("total"))
    if by == "year":
        return frame.filter(pl.col("year").is_not_null()).with_columns(
            group=pl.col("year").cast(pl.String)
        )
    if by == "period":
        first = pl.col("year") - pl.col("year") % period
        text = pl.concat_str(first, pl.lit("-"), first + period - 1)
        return frame.filter(pl.col("year").is_not_null()).with_columns(group=text)
    values = facets.filter(pl.col("facet") == by).select("training", group="value").unique()
    return frame.join(values, on="training", maintain_order="left")
