"""From involvements to nodes: who stands behind an involvement at a level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from kg.network.blocs import memberships
from kg.network.frame import Selection

__all__ = ["LEVELS", "Level", "incidence"]


@dataclass(frozen=True)
class Level:
    """What the nodes of a network are.

    Attributes
    ----------
    kind:
        The kind of entity, as in the entities of a release.
    plural:
        The word for messages.
    place:
        Adds ``node`` and ``via`` to involvements. Two nodes are linked only by way of two
        different ``via``: the node itself, or for a bloc the country that brings it in, so
        that one country in two blocs does not link the two.
    """

    kind: str
    plural: str
    place: Callable[[pl.DataFrame, Selection], pl.DataFrame]


def _by(column: str) -> Callable[[pl.DataFrame, Selection], pl.DataFrame]:
    def place(rows: pl.DataFrame, _: Selection) -> pl.DataFrame:
        return rows.with_columns(node=pl.col(column), via=pl.col(column))

    return place


def _by_bloc(rows: pl.DataFrame, selection: Selection) -> pl.DataFrame:
    there = memberships(rows, selection.trainings, selection.bloc_members)
    return rows.join(there, on=["training", "country"], how="left").with_columns(
        node=pl.col("bloc"), via=pl.col("country")
    )


def _by_training(rows: pl.DataFrame, _: Selection) -> pl.DataFrame:
    return rows.with_columns(node=pl.col("training"), via=pl.col("training"))


def _by_facet(facet: str) -> Callable[[pl.DataFrame, Selection], pl.DataFrame]:
    """Return what places the involvements of a training at each of its topics, say.

    A training in which nobody is known to take part has its topics all the same.
    """

    def place(rows: pl.DataFrame, selection: Selection) -> pl.DataFrame:
        values = selection.facets.filter(pl.col("facet") == facet).select(
            "training", node="value", via="value"
        )
        narrowed = bool({"bloc", "country"} & set(selection.filters))
        nobody = selection.trainings.select("training").join(rows, on="training", how="anti")
        nobody = nobody.join(values.select("training").unique(), on="training", how="semi")
        known = pl.concat([rows, nobody.with_columns(inside=pl.lit(not narrowed))], how="diagonal")
        return known.join(values, on="training", how="left")

    return place


LEVELS: Mapping[str, Level] = {
    "institution": Level("organisation", "institutions", _by("organisation")),
    "person": Level("person", "named persons", _by("person")),
    "country": Level("country", "countries", _by("country")),
    "bloc": Level("bloc", "blocs", _by_bloc),
    "training": Level("training", "trainings", _by_training),
    "topic": Level("topic", "topics", _by_facet("topic")),
    "method": Level("method", "methods", _by_facet("method")),
    "sector": Level("sector", "sectors", _by_facet("sector")),
}
"""The levels at which a network can be made, by name."""


def incidence(rows: pl.DataFrame, selection: Selection, level: str) -> pl.DataFrame:
    """Return who took part in which training, one row for each (training, node, via).

    Columns: training, node, via (text); inside (bool: any of its involvements is); heads: its
    people in the training, each named person once for each way and each unnamed group with its
    headcount, or as one where the headcount is unknown (so a lower bound); ways: its ways; size:
    distinct nodes of the training; total: the heads of the training; all_ways: its ways.

    The last two count everybody once, also who is of two blocs or of none.
    """
    placed = LEVELS[level].place(rows, selection).filter(pl.col("via").is_not_null())
    there = _heads(placed)
    everybody = (
        there.unique(["training", "via"])
        .group_by("training")
        .agg(total=pl.col("heads").sum(), all_ways=pl.len().cast(pl.Int64))
    )
    there = there.filter(pl.col("node").is_not_null())
    nodes = there.group_by("training", "node").agg(
        heads=pl.col("heads").sum(), inside=pl.col("inside").any(), ways=pl.len().cast(pl.Int64)
    )
    sizes = nodes.group_by("training").agg(size=pl.len().cast(pl.Int64))
    return (
        there.select("training", "node", "via")
        .join(nodes, on=["training", "node"])
        .join(sizes, on="training")
        .join(everybody, on="training")
        .select("training", "node", "via", "inside", "heads", "ways", "size", "total", "all_ways")
        .sort("training", "node", "via")
    )


def _heads(placed: pl.DataFrame) -> pl.DataFrame:
    """Return (training, node, via, heads, inside); the node is null of who is of no bloc."""
    way = ("training", "node", "via")
    unnamed = pl.col("person").is_null()
    groups = pl.when(unnamed).then(pl.col("headcount").fill_null(1).clip(1)).otherwise(0)
    named = placed.filter(~unnamed).select(*way, "person").unique()
    persons = named.group_by(way).agg(persons=pl.len().cast(pl.Int64))
    return (
        placed.with_columns(groups=groups)
        .group_by(way)
        .agg(groups=pl.col("groups").sum(), inside=pl.col("inside").any())
        .join(persons, on=way, how="left", nulls_equal=True)
        .select(*way, "inside", heads=pl.col("groups") + pl.col("persons").fill_null(0))
    )
