"""One thing in the middle: the trainings that it has to do with, and its own part in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kg.analysis.base import Given, Parameter, World
from kg.analysis.coded import coded, only
from kg.errors import QueryError
from kg.language import tell
from kg.network import FILTERS, LEVELS
from kg.network.blocs import memberships

__all__ = [
    "ALSO",
    "CAPACITIES",
    "OF_TRAININGS",
    "SUBJECT",
    "Subject",
    "headcounts",
    "placed",
    "subject_of",
]

SUBJECT = Parameter(
    "thing",
    "Whose: an institution, person, country, bloc, topic, method, sector, programme, series or "
    "training; nothing means all trainings.",
)
ALSO = Parameter("thing", "Only trainings that have to do with this one too.")

OF_TRAININGS = tuple(name for name in FILTERS if name not in ("country", "bloc", "within"))
"""Filters that mean something where a thing stands in the middle: it says itself whose people."""

CAPACITIES = ("learner", "educator", "organiser", "host", "funder")
"""In what capacity a thing has to do with a training, in the order in which they are told."""

_PARTS = ("organisation", "person", "country")


@dataclass(frozen=True)
class Subject:
    """A thing and what surrounds it.

    Attributes
    ----------
    iri, kind:
        Its IRI and its kind (of the entities, ``training`` or ``value``); empty where all
        trainings are meant.
    trainings:
        One row a training that it has to do with: training, label, year, since, until.
    rows:
        The involvements of these trainings, with ``own`` (bool): those of the thing. What is no
        party (a topic, a method, a series, a training) owns all of them.
    is_party:
        Whether it takes part itself.
    """

    iri: str
    kind: str
    trainings: pl.DataFrame
    rows: pl.DataFrame
    is_party: bool

    @property
    def own(self) -> pl.DataFrame:
        """The involvements of the thing itself."""
        return self.rows.filter("own")

    def others(self) -> pl.DataFrame:
        """Return the involvements of everybody else."""
        return self.rows.filter(~pl.col("own"))


def subject_of(world: World, given: Given) -> Subject:
    """Return what surrounds the thing that the parameters ``subject`` and ``also`` name.

    Its things are coded (:func:`kg.analysis.coded.coded`); it is kept for the other panels.

    Raises
    ------
    QueryError
        One of the two is nothing that the flat tables of the release know.
    """
    key = (given.get("subject"), given.get("also"))
    there = coded(world)
    return there.keep(("subject", *key), lambda: _subject_of(there, given))


def _subject_of(world: World, given: Given) -> Subject:
    rows, trainings = world.selection.involvements, world.selection.trainings
    own = pl.Series("own", [True]).new_from_index(0, rows.height)
    kind, is_party = "", False
    if given.get("subject"):
        kind = _kind(world, "subject", given["subject"])
        found, own, is_party = _around(world, given["subject"], kind)
        trainings = _among(trainings, found)
    if given.get("also"):
        there, _, _ = _around(world, given["also"], _kind(world, "also", given["also"]))
        trainings = _among(trainings, there)
    return Subject(
        str(given.get("subject") or ""),
        kind,
        trainings.sort("training"),
        _among(rows.with_columns(own), trainings["training"]),
        is_party,
    )


def _among(frame: pl.DataFrame, trainings: pl.Series) -> pl.DataFrame:
    wanted = trainings.unique().to_frame("training")
    return frame.join(wanted, on="training", how="semi", maintain_order="left")


def _kind(world: World, name: str, iri: str) -> str:
    entities = world.selection.entities.filter(pl.col("entity") == iri)
    if entities.height:
        return str(entities["kind"][0])
    if (world.selection.trainings["training"].cast(pl.String) == iri).any():
        return "training"
    if (world.columns["facets"]["value"] == iri).any():
        return "value"
    raise QueryError(
        tell(
            "%(name)s=%(iri)s has to do with no training that was selected. Accepted: the key, "
            "code, name or IRI of a person, institution, country, bloc, topic, method, sector, "
            "programme, series or training.",
            name=name,
            iri=repr(iri),
        )
    )


def _around(world: World, iri: str, kind: str) -> tuple[pl.Series, pl.Series, bool]:
    """Return the trainings of a thing, which involvements are its own, and if it is a party."""
    rows = world.selection.involvements
    facets = world.selection.facets.filter(pl.col("value") == iri)["training"]
    everything = pl.Series("own", [True]).new_from_index(0, rows.height)
    if kind == "training":
        return only(world, iri).alias("training"), everything, False
    if kind == "bloc":
        members = world.selection.bloc_members.filter(pl.col("bloc") == iri)
        there = memberships(rows, world.selection.trainings, members)
        there = there.select("training", "country", own=pl.lit(value=True)).unique()
        marked = rows.join(there, on=["training", "country"], how="left", maintain_order="left")
        own = marked["own"].fill_null(value=False)
    elif kind in _PARTS:
        own = (rows[kind] == iri).fill_null(value=False).alias("own")
    else:
        return facets.unique(), everything, False
    taking_part = rows.filter(own)["training"]
    return pl.concat([taking_part, facets]).unique(), own, True


def headcounts(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Return people by side under some keys, in seats: one a person and training.

    Parameters
    ----------
    rows:
        Involvements with the columns ``keys``.

    Returns
    -------
    polars.DataFrame
        The keys; learned, taught (seats on the learners' and the educators' side);
        unnamed_learned, unnamed_taught (of these, people that no source names).
    """
    keys = list(keys)
    seated = rows.filter(pl.col("side").is_in(["learner", "educator"]))
    each = list(dict.fromkeys([*keys, "training", "side", "person"]))
    named = seated.select(each).drop_nulls("person").unique()  # one seat a person and training
    groups = seated.filter(pl.col("person").is_null()).select(
        *keys, "side", seats=pl.col("headcount").fill_null(1).clip(1)
    )
    counted = [
        named.select(*keys, "side", seats=pl.lit(1, pl.Int64), unnamed=pl.lit(0, pl.Int64)),
        groups.with_columns(unnamed="seats"),
    ]
    return (
        pl.concat(counted)
        .group_by(keys)
        .agg(
            _sum("seats", "learner").alias("learned"),
            _sum("seats", "educator").alias("taught"),
            _sum("unnamed", "learner").alias("unnamed_learned"),
            _sum("unnamed", "educator").alias("unnamed_taught"),
        )
    )


def _sum(column: str, side: str) -> pl.Expr:
    return pl.col(column).filter(pl.col("side") == side).sum()


def placed(world: World, rows: pl.DataFrame, level: str) -> pl.DataFrame:
    """Return involvements with ``node`` at a level; those of unknown nodes fall out."""
    return LEVELS[level].place(rows, world.selection).filter(pl.col("node").is_not_null())
