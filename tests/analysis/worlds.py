"""The hand-made world of the network tests, and an analysis of it without a store."""

from __future__ import annotations

from typing import Any

import polars as pl

from kg.analysis.analyses import ANALYSES
from kg.analysis.parameters import read_parameters
from kg.analysis.result import Result
from kg.analysis.running import run_analysis
from kg.network import Columns
from kg.settings import AnalyseSettings

__all__ = ["OPEN", "analyse", "frame_of"]

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
    return pl.DataFrame(result.to_records(), infer_schema_length=None).select(columns).rows()
