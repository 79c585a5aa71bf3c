"""Columns in, selection out: which trainings, and whose part in them counts.

A filter on a training (sector, topic, period …) drops trainings. A filter on nodes (bloc,
country) drops none: it marks the involvements that lie *inside*, and an edge is kept when at
least one of its ends does (``within=True``: both). So the partners of a bloc stay visible, and
the size of a training is always its true size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypedDict, Unpack

import polars as pl

from kg.errors import InputError, QueryError
from kg.network.blocs import memberships

__all__ = ["COLUMNS", "FACETS", "FILTERS", "Columns", "Filters", "Selection", "select"]

Columns = Mapping[str, pl.DataFrame]

COLUMNS: Mapping[str, Mapping[str, type[pl.DataType]]] = {
    "involvements": {
        "training": pl.String,
        "role": pl.String,
        "side": pl.String,
        "organisation": pl.String,
        "person": pl.String,
        "country": pl.String,
        "headcount": pl.Int64,
    },
    "facets": {"training": pl.String, "facet": pl.String, "value": pl.String},
    "trainings": {
        "training": pl.String,
        "label": pl.String,
        "start": pl.String,
        "end": pl.String,
        "year": pl.Int64,
    },
    "entities": {"entity": pl.String, "kind": pl.String, "label": pl.String, "country": pl.String},
    "bloc_members": {
        "bloc": pl.String,
        "country": pl.String,
        "start": pl.String,
        "end": pl.String,
    },
}
"""The columns that a network is made from: table → column → type."""

FACETS: Mapping[str, str] = {
    "sector": "sector",
    "topic": "topic",
    "method": "method",
    "programme": "programme",
    "series": "series",
    "format": "format",
    "held_in": "country",
}
"""Filters on trainings: the filter's name → the facet it reads."""

Values = str | Sequence[str] | None
Years = int | tuple[int | None, int | None] | None


class Filters(TypedDict, total=False):
    """What narrows a network down; every value is an IRI or several, of which any may hold.

    ``sector topic method programme series format held_in`` filter trainings (several names:
    all must hold). ``country`` and ``bloc`` filter nodes. ``years`` is ``(first, last)``, both
    included and either may be None; a training counts in the year in which it began.
    ``min_headcount`` keeps trainings with at least so many known learners.
    """

    sector: Values
    topic: Values
    method: Values
    programme: Values
    series: Values
    format: Values
    held_in: Values
    country: Values
    bloc: Values
    years: Years
    min_headcount: int | None
    within: bool


FILTERS: tuple[str, ...] = (*FACETS, "country", "bloc", "years", "min_headcount", "within")
"""The names that :func:`select` accepts, in the order in which they are documented."""


@dataclass(frozen=True)
class Selection:
    """The part of a release that a network is made from.

    Attributes
    ----------
    trainings:
        One row a selected training: training, label, year, since, until (see
        :func:`kg.network.blocs.dated`).
    involvements:
        The involvements of these trainings with ``inside`` (bool), the country filled from
        the organisation where the involvement has none.
    entities:
        One row an entity: entity, kind, label, country.
    facets:
        Those of the selected trainings: training, facet, value.
    bloc_members:
        As in the release.
    filters:
        The filters in force, for the meta of results.
    within:
        Both ends of an edge must be inside, not one.
    coverage:
        How many trainings there were and how many were left out, by reason.
    """

    trainings: pl.DataFrame
    involvements: pl.DataFrame
    entities: pl.DataFrame
    facets: pl.DataFrame
    bloc_members: pl.DataFrame
    filters: Mapping[str, object] = field(default_factory=dict)
    within: bool = False
    coverage: Mapping[str, int] = field(default_factory=dict)


def select(columns: Columns, **filters: Unpack[Filters]) -> Selection:
    """Return the trainings and involvements that pass the filters.

    Parameters
    ----------
    columns:
        The tables of :data:`COLUMNS` by name.
    filters:
        See :class:`Filters`; a name that is absent or None filters nothing.

    Raises
    ------
    QueryError
        A filter's name or value is unknown; the message names the accepted ones.
    InputError
        A table or one of its columns is missing.
    """
    tables = {name: _conform(columns, name) for name in COLUMNS}
    given = _given(filters)
    entities = (
        tables["entities"]
        .sort("entity", "kind", "label")
        .unique("entity", keep="first", maintain_order=True)
    )
    trainings = tables["trainings"].unique("training", keep="first", maintain_order=True)
    chosen, undated = _in_period(_with_facets(trainings, tables, entities, given), given)
    chosen, small = _of_size(chosen, tables["involvements"], given)
    chosen = chosen.select("training", "label", "year", *_dates())
    involvements = _with_country(tables["involvements"], entities).join(
        chosen.select("training"), on="training", how="semi"
    )
    inside = _inside(involvements, chosen, tables, entities, given)
    coverage = {
        "trainings_in_release": trainings.height,
        "trainings_selected": chosen.height,
        "trainings_left_out_without_year": undated,
        **({"trainings_left_out_small_or_unknown": small} if "min_headcount" in given else {}),
    }
    return Selection(
        trainings=chosen,
        involvements=involvements.with_columns(inside),
        entities=entities,
        facets=tables["facets"]
        .join(chosen.select("training"), on="training", how="semi")
        .unique(maintain_order=True),
        bloc_members=tables["bloc_members"],
        filters={name: given[name] for name in FILTERS if name in given},
        within=bool(given.get("within", False)),
        coverage=coverage,
    )


def _conform(columns: Columns, name: str) -> pl.DataFrame:
    """Return one table with exactly the columns and types of :data:`COLUMNS`."""
    schema = COLUMNS[name]
    if name not in columns:
        raise InputError(f"The columns {name!r} are missing; a network needs {list(COLUMNS)}.")
    missing = [column for column in schema if column not in columns[name].columns]
    if missing:
        raise InputError(f"The table {name!r} lacks {missing}; it needs {list(schema)}.")
    return columns[name].select(pl.col(c).cast(dtype) for c, dtype in schema.items())


def _given(filters: Filters) -> dict[str, object]:
    """Return the filters in force with values as lists and years as a pair."""
    unknown = sorted(set(filters) - set(FILTERS))
    if unknown:
        raise QueryError(f"Unknown filter {unknown}; accepted: {', '.join(FILTERS)}.")
    given: dict[str, object] = {}
    for name, value in filters.items():
        if value is None or (name == "within" and not value):
            continue
        given[name] = _as_given(name, value)
    if given.get("years") == [None, None]:
        del given["years"]
    return given


def _as_given(name: str, value: object) -> object:
    if name == "within":
        return True
    if name == "years":
        return _period(value)
    if name == "min_headcount":
        return _headcount(value)
    values = [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]
    if not values:
        raise QueryError(f"The filter {name!r} is empty; give at least one value or leave it out.")
    return sorted(set(values))


def _period(value: object) -> list[int | None]:
    """Return ``[first, last]`` from a year or a pair of years."""
    pair = [value, value] if isinstance(value, int) else list(value)  # type: ignore[call-overload]
    if len(pair) != 2 or not all(year is None or isinstance(year, int) for year in pair):
        raise QueryError(f"years={value!r} is not understood; give (first, last): (2012, 2020).")
    first, last = pair
    if first is not None and last is not None and first > last:
        raise QueryError(f"years=({first}, {last}) ends before it begins; give (first, last).")
    return pair


def _headcount(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise QueryError(f"min_headcount={value!r} is not accepted; give a whole number from 1.")
    return value


def _of_size(
    trainings: pl.DataFrame, involvements: pl.DataFrame, given: Mapping[str, object]
) -> tuple[pl.DataFrame, int]:
    """Return the trainings with enough known learners, and how many that leaves out.

    A named learner is one, a group its headcount; a group of unknown size adds nothing.
    """
    if "min_headcount" not in given:
        return trainings, 0
    least = _headcount(given["min_headcount"])
    learners = involvements.filter(pl.col("side") == "learner")
    groups = pl.col("headcount").fill_null(0).filter(pl.col("person").is_null()).sum()
    heads = pl.col("person").drop_nulls().n_unique().cast(pl.Int64) + groups
    large = learners.group_by("training").agg(heads=heads).filter(pl.col("heads") >= least)
    kept = trainings.join(large, on="training", how="semi", maintain_order="left")
    return kept, trainings.height - kept.height


def _with_facets(
    trainings: pl.DataFrame, tables: Columns, entities: pl.DataFrame, given: Mapping[str, object]
) -> pl.DataFrame:
    """Keep the trainings that have one of the values given for each facet."""
    for name, facet in FACETS.items():
        if name not in given:
            continue
        values = _known(name, given[name], _accepted(facet, tables["facets"], entities))
        having = tables["facets"].filter(pl.col("facet") == facet, pl.col("value").is_in(values))
        trainings = trainings.join(having, on="training", how="semi", maintain_order="left")
    return trainings


def _accepted(facet: str, facets: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """Return the values of a facet (entity, label): those in use, and those of its kind."""
    used = facets.filter(pl.col("facet") == facet).select(entity="value").unique()
    known = entities.filter(pl.col("kind") == facet).select("entity")
    values = pl.concat([used, known]).unique().sort("entity")
    return values.join(entities.select("entity", "label"), on="entity", how="left")


def _known(name: str, values: object, accepted: pl.DataFrame) -> list[str]:
    """Return the values if all are accepted; else say which are, the closest first."""
    wanted = [str(value) for value in values]  # type: ignore[attr-defined]
    names = accepted["entity"].to_list()
    unknown = [value for value in wanted if value not in set(names)]
    if not unknown:
        return wanted
    close = get_close_matches(unknown[0], names, n=3, cutoff=0.6)
    shown = list(dict.fromkeys([*close, *names]))[:10]
    labels = dict(accepted.rows())
    listed = ", ".join(f"{iri} ({labels[iri]})" if labels[iri] else iri for iri in shown)
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    raise QueryError(f"{name}={unknown[0]!r} is not in this release; accepted: {listed}{more}.")


def _in_period(trainings: pl.DataFrame, given: Mapping[str, object]) -> tuple[pl.DataFrame, int]:
    """Return the trainings that began in the period, and how many have no year."""
    if "years" not in given:
        return trainings, 0
    first, last = _period(given["years"])
    dated = trainings.filter(pl.col("year").is_not_null())
    undated = trainings.height - dated.height
    if first is not None:
        dated = dated.filter(pl.col("year") >= first)
    if last is not None:
        dated = dated.filter(pl.col("year") <= last)
    return dated, undated


def _dates() -> tuple[pl.Expr, pl.Expr]:
    """Return first and last day of a training as published; one stands in for the other."""
    return (
        pl.coalesce("start", "end").alias("since"),
        pl.coalesce("end", "start").alias("until"),
    )


def _with_country(involvements: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """Fill a missing country with that of the organisation."""
    homes = entities.select(organisation="entity", home="country")
    return (
        involvements.join(homes, on="organisation", how="left", maintain_order="left")
        .with_columns(country=pl.coalesce("country", "home"))
        .drop("home")
    )


def _inside(
    involvements: pl.DataFrame,
    trainings: pl.DataFrame,
    tables: Columns,
    entities: pl.DataFrame,
    given: Mapping[str, object],
) -> pl.Series:
    """Return whether each involvement lies in the country and, at the time, in the bloc."""
    inside = pl.Series("inside", [True]).new_from_index(0, involvements.height)
    if "country" in given:
        accepted = _accepted("country", tables["facets"], entities)
        countries = _known("country", given["country"], accepted)
        inside = inside & involvements["country"].is_in(countries).fill_null(value=False)
    if "bloc" in given:
        members = tables["bloc_members"]
        accepted = _accepted("bloc", members.select(facet=pl.lit("bloc"), value="bloc"), entities)
        blocs = _known("bloc", given["bloc"], accepted)
        there = memberships(involvements, trainings, members.filter(pl.col("bloc").is_in(blocs)))
        marked = involvements.join(
            there.select("training", "country", member=pl.lit(value=True)).unique(),
            on=["training", "country"],
            how="left",
            maintain_order="left",
        )
        inside = inside & marked["member"].fill_null(value=False)
    return inside.alias("inside")
