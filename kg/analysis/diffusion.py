"""How a method or a topic spreads: first arrivals along paths that respect time.

A node **learned** a thing at the first training about it that taught its people; it **taught** it
first where its people taught before that training was surely over, and nobody knows whence they
had it. The source of an arrival by learning is the node with the most educators there. It had
the thing before: it taught at this training, so it either never was seen to learn it, or was taught
in a training that was surely over before it began to teach. So each step of a path goes forward in
time (Holme & Saramäki 2012, doi:10.1016/j.physrep.2012.03.001), and following sources backward
ends at a node of generation 0.
"""

from __future__ import annotations

import polars as pl

from kg.analysis.base import Given, World
from kg.analysis.seats import seats
from kg.analysis.timeline import latest, surely_before

__all__ = ["arrivals", "presence", "sources_of", "spread_of"]

_KEY = ["value", "node"]


def spread_of(world: World, given: Given) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (presence, arrivals) for the parameters ``level`` and ``of`` of a call."""
    here = presence(world, given["level"], given["of"])
    return here, arrivals(here)


def presence(world: World, level: str, facet: str) -> pl.DataFrame:
    """Return who took part in dated trainings about what.

    One row for each (value, training, node, side): value of the facet, seats, inside, since, until,
    year. With a filter on the same facet, only its values.
    """
    values = world.columns["facets"].filter(pl.col("facet") == facet)
    values = values.select("training", "value").unique()
    if world.chosen(facet):
        values = values.filter(pl.col("value").is_in(world.chosen(facet)))
    dated = seats(world.selection, level).filter(pl.col("since").is_not_null())
    return dated.join(values, on="training").sort("value", "training", "node", "side")


def arrivals(here: pl.DataFrame) -> pl.DataFrame:
    """Return the first arrival of each value at each node.

    Parameters
    ----------
    here:
        value, training, node, side (``learner`` or ``educator``), seats, inside, since, until, year.

    Returns
    -------
    polars.DataFrame
        value, node, kind (``learned`` or ``taught``), training, inside, since, until, year;
        source and source_year (null where unknown or where it taught); generation (0 where it
        taught; else one more than the source's, or 1 where the source is unknown: at least);
        taught_since (when it began to teach, surely after learning, or null).

    Examples
    --------
    >>> def row(training, node, side, day):
    ...     return ("R", training, node, side, 1, True, day, day, int(day[:4]))
    >>> here = pl.DataFrame(
    ...     [row("t1", "a", "educator", "2015-01-10"), row("t1", "b", "learner", "2015-01-10"),
    ...      row("t2", "b", "educator", "2016-01-10"), row("t2", "c", "learner", "2016-01-10")],
    ...     schema=["value", "training", "node", "side", "seats", "inside", "since", "until",
    ...             "year"], orient="row")
    >>> arrivals(here).select("node", "kind", "source", "generation", "taught_since").rows()
    [('a', 'taught', None, 0, '2015-01-10'), ('b', 'learned', 'a', 1, '2016-01-10'), ('c', 'learned', 'b', 2, None)]
    """  # noqa: E501
    first = _first(here)
    found = first.join(_main_source(here, first), on=_KEY, how="left")
    found = found.sort("value", "since", "until", "node")
    return found.with_columns(_generations(found)).select(
        *_KEY, "kind", "training", "inside", "since", "until", "year",
        "source", "source_year", "generation", "taught_since",
    )  # fmt: skip


def _first(here: pl.DataFrame) -> pl.DataFrame:
    """Return where each node first had each value, and since when it teaches it."""
    columns = ["training", "inside", "since", "until", "year"]
    learned = _earliest(here, "learner", [latest("until"), pl.col("since")], columns)
    taught = _earliest(here, "educator", [pl.col("since"), latest("until")], columns)
    both = learned.join(taught, on=_KEY, how="full", suffix="_taught", coalesce=True)
    by_learning = pl.col("since").is_not_null() & (
        pl.col("since_taught").is_null() | surely_before("until", "since_taught")
    )
    both = both.with_columns(
        kind=pl.when(by_learning).then(pl.lit("learned")).otherwise(pl.lit("taught"))
    )
    where = [
        pl.when(pl.col("kind") == "learned").then(c).otherwise(f"{c}_taught").alias(c)
        for c in columns
    ]
    return both.select(*_KEY, "kind", *where, taught_since="since_taught")


def _earliest(
    here: pl.DataFrame, side: str, order: list[pl.Expr], columns: list[str]
) -> pl.DataFrame:
    ranked = here.filter(pl.col("side") == side).sort(*order, "training")
    return ranked.unique(_KEY, keep="first", maintain_order=True).select(*_KEY, *columns)


def sources_of(here: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """Return everyone who taught where a value arrived: value, node, source, seats, share.

    ``share`` is the source's part of the educators there who can be placed; ``source_since`` and
    ``source_year`` are those of its own arrival.
    """
    learned = first.filter(pl.col("kind") == "learned").select(*_KEY, "training", "year")
    teachers = here.filter(pl.col("side") == "educator").select(
        "value", "training", "seats", source="node"
    )
    theirs = first.select("value", source="node", source_since="since", source_year="year")
    met = learned.join(teachers, on=["value", "training"]).join(theirs, on=["value", "source"])
    return met.with_columns(share=pl.col("seats") / pl.col("seats").sum().over(_KEY))


def _main_source(here: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """Return (value, node, source, source_year): most educators, then earliest, then by name."""
    best = sources_of(here, first).sort(
        ["value", "node", "seats", "source_since", "source"],
        descending=[False, False, True, False, False],
    )
    return best.unique(_KEY, keep="first", maintain_order=True).select(
        *_KEY, "source", "source_year"
    )


def _generations(found: pl.DataFrame) -> pl.Series:
    """Return each arrival's generation; sources stand before those they taught."""
    known: dict[tuple[str, str], int] = {}
    for value, node, kind in found.select(*_KEY, "kind").rows():
        if kind == "taught":
            known[value, node] = 0
    learned = found.filter(pl.col("kind") == "learned").sort("value", "since", "until", "node")
    for value, node, source in learned.select(*_KEY, "source").rows():
        known[value, node] = 1 if source is None else known[value, source] + 1
    keys = found.select(*_KEY).rows()
    return pl.Series("generation", [known[key] for key in keys], dtype=pl.Int64)
