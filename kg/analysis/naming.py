"""Names in the language of the reader: what a thing is called there, else as published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from kg.analysis.result import Result

__all__ = ["LABELLED", "names_in", "renamed"]

LABELLED = ("node", "training", "series", "candidate", "bloc")
"""Columns that a column ``label`` names; every other one has a ``<column>_label``."""


def names_in(names: pl.DataFrame, code: str) -> dict[str, str]:
    """Return thing → its label in a language, of those that have one.

    Parameters
    ----------
    names:
        The flat table of names: entity, use, language, text.
    code:
        en, ar or fr.
    """
    chosen = names.filter(pl.col("use") == "label", pl.col("language") == code)
    return dict(chosen.sort("text").select("entity", "text").iter_rows())


def renamed(result: Result, names: Mapping[str, str]) -> Result:
    """Return a result whose things are called as in ``names``; others keep their label."""
    places = {
        result.columns.index(thing): result.columns.index(label)
        for thing, label in _labels(result.columns).items()
    }
    if not names or not places:
        return result
    rows = []
    for row in result.rows:
        cells = list(row)
        for thing, label in places.items():
            cells[label] = names.get(str(row[thing]), row[label])
        rows.append(tuple(cells))
    return replace(result, rows=rows)


def _labels(columns: tuple[str, ...]) -> dict[str, str]:
    """Return column of things → column of their labels."""
    found = {c: f"{c}_label" for c in columns if f"{c}_label" in columns}
    if "label" in columns:
        found |= {c: "label" for c in LABELLED if c in columns and c not in found}
    return found
