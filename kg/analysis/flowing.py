"""Flows of knowledge between the nodes of any level; between blocs, sums of those of countries.

Blocs overlap, and some countries belong to none. To share learners among the *blocs* of who taught
would count an educator of two blocs twice and one of no bloc not at all, so learners are shared
among countries, and a flow between countries counts for each bloc that its ends belong to at the
time of the training.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from kg.analysis.seats import flows, seats
from kg.network import Selection
from kg.network.blocs import memberships

__all__ = ["flowing", "flows_at", "in_blocs", "seated_for"]


def seated_for(selection: Selection, level: str) -> pl.DataFrame:
    """Return the seats among which the learners of a level are shared (:func:`seats`)."""
    return seats(selection, "country" if level == "bloc" else level)


def flowing(selection: Selection, level: str) -> pl.DataFrame:
    """Return who taught whom at a level, as :func:`kg.analysis.seats.flows` does.

    Between blocs a training has several rows of the same ends; their sum is the flow.
    """
    return flows_at(selection, level, flows(seated_for(selection, level)))


def flows_at(
    selection: Selection,
    level: str,
    exchanged: pl.DataFrame,
    ends: tuple[str, ...] = ("source", "target"),
) -> pl.DataFrame:
    """Return flows with the blocs of some ends in the place of their countries at level bloc."""
    if level != "bloc":
        return exchanged
    for end in ends:
        exchanged = in_blocs(selection, exchanged, end)
    return exchanged


def in_blocs(selection: Selection, exchanged: pl.DataFrame, end: str) -> pl.DataFrame:
    """Return each flow once for each bloc of its country at one end, as it was at the time.

    Flows of no bloc fall out. Where a filter names blocs, who is inside stands for these alone.
    """
    countries = exchanged.select("training", country=end).unique()
    there = memberships(countries, selection.trainings, selection.bloc_members)
    found = exchanged.join(
        there.rename({"country": end}), on=["training", end], maintain_order="left"
    )
    chosen: Any = selection.filters.get("bloc")
    if chosen:
        found = found.filter(~pl.col(f"inside_{end}") | pl.col("bloc").is_in(chosen))
    return found.drop(end).rename({"bloc": end}).select(exchanged.columns)
