"""What was known by a year, and what came after it, as far as the record goes on.

A release joins sources that begin and end in different years. Where a programme's record ends with
the known years, nothing of it can come later, and where it begins after them nobody knew of it: a
forecast judged on such years is judged on which source was loaded. So only the trainings of
programmes that are recorded on both sides count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from kg.analysis.base import World
from kg.network import PROJECTIONS, select

__all__ = ["Horizon", "best_cut", "horizon", "linking_years"]

PARTNERSHIP_ROLES = PROJECTIONS["partnership"].roles
_NONE = ""  # trainings without a programme are together one


@dataclass(frozen=True)
class Horizon:
    """Two worlds, one after the other.

    Attributes
    ----------
    known, later:
        What was known by ``until``, and the years from then to ``last``.
    until, last:
        The last year of either, both included.
    known_trainings, later_trainings, left_out:
        How many there are, and how many trainings of these years are of programmes that are not
        recorded on both sides.
    """

    known: World
    later: World
    until: int
    last: int
    known_trainings: int
    later_trainings: int
    left_out: int


def horizon(
    world: World, until: int | None, ahead: int, linking: str | None = None
) -> Horizon | None:
    """Return what was known by a year and the ``ahead`` years after it; None without dated years.

    Without a year it is the one that :func:`best_cut` finds: among the trainings that link nodes of
    a level, where ``linking`` names one.
    """
    dated = _by_programme(world)
    seen = dated if linking is None else _linking(world, dated, linking)
    cut = best_cut(seen, ahead) if until is None else until
    if cut is None:
        return None
    last = cut + ahead
    near = dated.filter(pl.col("year") <= last)
    kept = _spanning(near, cut)
    before = kept.filter(pl.col("year") <= cut)["training"].n_unique()
    return Horizon(
        known=_of(world, kept, (None, cut)),
        later=_of(world, kept, (cut + 1, last)),
        until=cut,
        last=last,
        known_trainings=before,
        later_trainings=kept["training"].n_unique() - before,
        left_out=near["training"].n_unique() - kept["training"].n_unique(),
    )


def best_cut(dated: pl.DataFrame, ahead: int) -> int | None:
    """Return the year after which ``ahead`` years have the most trainings to be foretold.

    Counted are those of programmes known by then; as many at least must be known. Of several years
    it is the latest; None where there is none.

    Examples
    --------
    >>> years = pl.DataFrame({"training": ["a", "b", "c"], "year": [2010, 2011, 2019],
    ...                       "programme": ["x", "x", "y"]})
    >>> best_cut(years, ahead=2)
    2010
    """
    found: list[tuple[int, int]] = []
    years = dated["year"].drop_nulls()
    for cut in range(int(years.min() or 0), int(years.max() or 0)) if len(years) else ():  # type: ignore[arg-type]  # years are whole
        kept = _spanning(dated.filter(pl.col("year") <= cut + ahead), cut)
        known = kept.filter(pl.col("year") <= cut)["training"].n_unique()
        later = kept["training"].n_unique() - known
        if 0 < later <= known:
            found.append((later, cut))
    return max(found)[1] if found else None


def linking_years(world: World, level: str) -> tuple[int, int, int] | None:
    """Return how many dated trainings link nodes of a level, their first and their last year."""
    seen = _linking(world, _by_programme(world), level).unique("training")
    if seen.is_empty():
        return None
    years = seen["year"].to_list()
    return len(years), min(years), max(years)


def _by_programme(world: World) -> pl.DataFrame:
    """Return (training, year, programme) of the selected trainings with a year."""
    programmes = world.selection.facets.filter(pl.col("facet") == "programme")
    programmes = programmes.select("training", programme="value")
    dated = world.selection.trainings.select("training", "year").drop_nulls("year")
    joined = dated.join(programmes, on="training", how="left")
    return joined.with_columns(pl.col("programme").fill_null(_NONE))


def _linking(world: World, dated: pl.DataFrame, level: str) -> pl.DataFrame:
    """Keep the trainings that two nodes of the level or more were at."""
    column = {"institution": "organisation", "person": "person"}.get(level, "country")
    rows = world.selection.involvements.filter(pl.col("role").is_in(PARTNERSHIP_ROLES))
    rows = rows.select("training", column).drop_nulls().unique()
    several = rows.group_by("training").len().filter(pl.col("len") > 1)
    return dated.join(several, on="training", how="semi")


def _spanning(dated: pl.DataFrame, cut: int) -> pl.DataFrame:
    sides = dated.group_by("programme").agg(
        before=(pl.col("year") <= cut).any(), after=(pl.col("year") > cut).any()
    )
    both = sides.filter("before", "after")
    return dated.join(both, on="programme", how="semi")


def _of(world: World, kept: pl.DataFrame, years: tuple[int | None, int]) -> World:
    """Return the world of some trainings in some years."""
    trainings = world.columns["trainings"].join(kept, on="training", how="semi")
    columns = {**world.columns, "trainings": trainings}
    filters: Any = {**world.selection.filters, "years": years}
    return replace(world, columns=columns, selection=select(columns, **filters))
