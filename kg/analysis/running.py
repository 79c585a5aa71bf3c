"""From the columns of a release to the result of an analysis, guards included."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl

from kg.analysis.base import Analysis, Answer, World
from kg.analysis.guards import coverage_of, refuse_thin, unexplained, withhold_small
from kg.analysis.result import Result
from kg.language import Share, Told, marked, tell, tell_number
from kg.network import Columns, Filters, select
from kg.settings import AnalyseSettings

__all__ = ["run_analysis"]


def run_analysis(
    name: str,
    analysis: Analysis,
    columns: Columns,
    values: Mapping[str, Any],
    filters: Filters,
    policy: AnalyseSettings | None = None,
    meta: Mapping[str, object] | None = None,
    world: World | None = None,
) -> Result:
    """Run an analysis on flat tables.

    Parameters
    ----------
    name, analysis:
        An entry of :data:`kg.analysis.analyses.ANALYSES`.
    columns:
        The tables of :data:`kg.columns.COLUMNS` by name.
    values, filters:
        As :func:`kg.analysis.parameters.read_parameters` gives them.
    policy:
        The project's thresholds; the usual ones where None.
    meta:
        Added to the meta of the result, such as the release.
    world:
        What the filters select, where that was reckoned before.

    Raises
    ------
    RefusedAnalysisError
        The data is below the project's thresholds.
    QueryError
        A value is not in the release.
    """
    if world is None:
        world = World(columns, select(columns, **filters), policy or AnalyseSettings())
    level = values["level"] if analysis.level == "given" else analysis.level
    level = None if level == "all" else level
    coverage = world.keep(
        ("coverage", level, analysis.sides),
        partial(coverage_of, world.selection, level, analysis.sides),
    )
    refuse_thin(world, coverage, level)
    answer = analysis.function(world, values)
    frame, emptied = withhold_small(world, answer)
    frame = _rounded(frame.select(list(analysis.columns)))
    withheld = {*answer.cells, *answer.derived} if emptied else set()
    empty = unexplained(analysis, frame, withheld)
    kept, left_out = _cut(frame, values["top"])
    rows = kept.rows()
    described: dict[str, object] = {
        **_described(name, analysis),
        "parameters": {**values, **world.selection.filters},
        "coverage": {**coverage, **answer.coverage},
        "caveats": _caveats(world, {**coverage, **answer.coverage}, level, answer),
        "empty_cells": empty,
        "withheld_cells": emptied,
        "left_out": left_out,
        **answer.meta,
        **(meta or {}),
    }
    if not rows:
        described["reason"] = answer.reason or tell(
            "Nothing in the selected trainings answers this."
        )
    if any(chart.placed for chart in analysis.charts) and level == "country":
        described["places"] = _places(world)
    return Result(
        tuple(analysis.columns), rows, described, analysis.chart, analysis.more, analysis.edges,
        answer.said,
    )  # fmt: skip


def _places(world: World) -> dict[str, tuple[float, float]]:
    """Return the latitude and longitude of the countries, for maps."""
    known = world.table("coordinates").drop_nulls().unique("country", keep="first").sort("country")
    rows = known.select("country", "latitude", "longitude").iter_rows()
    return {country: (latitude, longitude) for country, latitude, longitude in rows}


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep the 12 significant digits that do not depend on the machine."""
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    return frame.with_columns(pl.col(floats).round_sig_figs(12)) if floats else frame


def _cut(frame: pl.DataFrame, top: int | None) -> tuple[pl.DataFrame, int]:
    kept = frame if top is None else frame.head(top)
    return kept, frame.height - kept.height


def _described(name: str, analysis: Analysis) -> dict[str, object]:
    return {
        "analysis": name,
        "title": analysis.title,
        "definition": analysis.definition,
        "formula": analysis.formula,
        "reference": analysis.reference,
        "columns": dict(analysis.columns),
    }


_PLACED = {
    "bloc": marked(
        "%(placed)s of %(considered)s participations (%(share)s) have a known bloc; the numbers "
        "speak of these only."
    ),
    "country": marked(
        "%(placed)s of %(considered)s participations (%(share)s) have a known country; the numbers "
        "speak of these only."
    ),
    "institution": marked(
        "%(placed)s of %(considered)s participations (%(share)s) have a known institution; the "
        "numbers speak of these only."
    ),
    "person": marked(
        "%(placed)s of %(considered)s participations (%(share)s) have a known person; the numbers "
        "speak of these only."
    ),
}


def _caveats(
    world: World, coverage: Mapping[str, int | float], level: str | None, answer: Answer
) -> tuple[str, ...]:
    """Return the analysis's own caveats, after those that the coverage asks for."""
    found: list[str] = []
    if level is not None and coverage["considered"]:
        share = coverage["placed"] / coverage["considered"]
        if share < world.policy.good_coverage:
            counts = {name: int(coverage[name]) for name in ("placed", "considered")}
            found.append(Told(_PLACED[level], {**counts, "share": Share(share)}))
    if coverage["groups_of_unknown_size"] and level != "person":
        found.append(
            tell_number(
                "%(num)s group of unknown size counts as one person, so that counts of people are "
                "lower bounds.",
                "%(num)s groups of unknown size count as one person each, so that counts of people "
                "are lower bounds.",
                int(coverage["groups_of_unknown_size"]),
            )
        )
    return (*found, *answer.caveats)
