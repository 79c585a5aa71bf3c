"""The tables of a selection with their things as numbers: joins on IRIs take most of a profile.

A release is coded once for each selection. The numbers keep the order of the IRIs, so that sorting
gives the same, and polars shows them as the text they stand for.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from kg.analysis.base import World
from kg.latest import Latest

__all__ = ["coded", "only"]

_THINGS = ("training", "organisation", "person", "country", "value", "bloc")
_MOST_SUBJECTS = 16


def coded(world: World) -> World:
    """Return a world whose trainings, people, institutions, countries and values are coded.

    ``entities`` keeps text; what joins with it turns its own column back
    (:meth:`kg.analysis.base.World.labelled` does).
    """
    if "things" in world.columns:
        return world
    return world.keep("coded", lambda: _coded(world))


def only(world: World, iri: str) -> pl.Series:
    """Return one thing of a coded world as its one value.

    To hand the type itself to polars would number all things anew, each time.
    """
    return world.columns["things"].filter(pl.col("thing") == iri)["thing"]


def _coded(world: World) -> World:
    selection = world.selection
    tables = {
        "trainings": selection.trainings,
        "involvements": selection.involvements,
        "facets": selection.facets,
        "bloc_members": selection.bloc_members,
    }
    every = [*tables.values(), world.columns["facets"].select("value")]
    texts = [frame[name] for frame in every for name in _THINGS if name in frame.columns]
    nothing = pl.Series("", [""])  # no subject at all
    known = pl.concat([s.unique().alias("") for s in (*texts, selection.entities["entity"])])
    things = pl.Enum(pl.concat([known, nothing]).drop_nulls().unique().sort())
    numbered = {name: _with_codes(frame, things) for name, frame in tables.items()}
    outcomes = _with_codes(world.table("outcomes").select("training", "outcome"), things)
    every_thing = pl.DataFrame({"thing": things.categories.cast(things)})
    return replace(
        world,
        columns={**world.columns, "outcomes": outcomes, "things": every_thing},
        selection=replace(
            selection,
            trainings=numbered["trainings"],
            involvements=numbered["involvements"],
            facets=numbered["facets"],
            bloc_members=numbered["bloc_members"],
        ),
        kept=Latest(_MOST_SUBJECTS),
    )


def _with_codes(frame: pl.DataFrame, things: pl.Enum) -> pl.DataFrame:
    """Code the things of a table; what is none of the selection (an outcome's) becomes null."""
    names = [name for name in _THINGS if name in frame.columns]
    return frame.with_columns(pl.col(names).cast(things, strict=False))
