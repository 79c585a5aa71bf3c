"""Parameters and steps that several analyses share."""

from __future__ import annotations

import polars as pl

from kg.analysis.base import Parameter, World
from kg.analysis.seats import GROUPS

__all__ = ["BY", "OF", "PERIOD", "TOO_FEW", "level", "named_groups", "placed_on_map"]

BY = Parameter(
    "choice",
    "Break the numbers down; a training with several topics counts under each.",
    default="total",
    choices=GROUPS,
)
PERIOD = Parameter("integer", "Years in a period, with by=period.", default=5, least=1, most=50)
OF = Parameter(
    "choice", "What spreads: methods or topics.", default="method", choices=("method", "topic")
)
TOO_FEW = "rests on fewer than [analyse] least_base"


def level(*choices: str) -> Parameter:
    """Return the parameter that says what a node is; the first choice is the usual one."""
    return Parameter("choice", "What a node is.", default=choices[0], choices=choices)


def named_groups(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``group_label`` behind ``group``: the label of a topic, or the year itself."""
    return world.labelled(frame, "group")


def placed_on_map(world: World, frame: pl.DataFrame, country: str) -> pl.DataFrame:
    """Add latitude and longitude (degrees, null where unknown) of the countries in a column."""
    places = world.table("coordinates").rename({"country": country})
    return frame.join(places, on=country, how="left", maintain_order="left")
