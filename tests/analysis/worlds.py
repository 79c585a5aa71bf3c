"""The hand-made world of the network tests, worlds from a few lines, and analyses of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from kg.analysis.analyses import ANALYSES
from kg.analysis.parameters import read_parameters
from kg.analysis.result import Result
from kg.analysis.running import run_analysis
from kg.columns import COLUMNS
from kg.network import Columns
from kg.settings import AnalyseSettings

__all__ = ["OPEN", "analyse", "frame_of", "small"]

OPEN = AnalyseSettings(
    least_trainings=1, least_coverage=0.0, good_coverage=0.0, least_base=1, suppress_below=0
)
"""Thresholds that hold nothing back, so that a small world gives numbers."""


def analyse(columns: Columns, name: str, policy: AnalyseSettings = OPEN, **given: Any) -> Result:
    """Run an analysis on flat tables; things are meant by their names in the tables."""
    analysis = ANALYSES[name]
    values, filters = read_parameters(name, analysis, given, lambda text, _: text, {})
    return run_analysis(name, analysis, columns, values, filters, policy)


def frame_of(result: Result, *columns: str) -> list[tuple[Any, ...]]:
    """Return the rows of some columns."""
    return result.select(columns).rows  # type: ignore[return-value]  # a list of tuples


def small(
    trainings: Sequence[tuple[str, str | None]],
    people: Sequence[tuple[Any, ...]],
    facets: Sequence[tuple[str, str, str]] = (),
    **further: Sequence[tuple[Any, ...]],
) -> dict[str, pl.DataFrame]:
    """Make the flat tables of a small world.

    ``trainings``: (name, day); ``people``: (training, side, person, organisation, country,
    headcount), roles named as sides; ``facets``: (training, facet, value); further tables by name.
    """
    rows: dict[str, Sequence[tuple[Any, ...]]] = {
        "trainings": [(t, t, day, day, int(day[:4]) if day else None) for t, day in trainings],
        "involvements": [(t, s, s, org, who, land, n) for t, s, who, org, land, n in people],
        "facets": facets,
        "entities": [],
        "bloc_members": [],
        **further,
    }
    return {
        name: pl.DataFrame(r, schema=dict(COLUMNS[name]), orient="row") for name, r in rows.items()
    }
