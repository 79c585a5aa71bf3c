"""A world whose names try to be markup, close a quote, or turn the reading direction."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl

from kg.pipeline import build
from kg.settings import Settings, load_settings
from kg.store import Release
from tests.conftest import WORLD, write_project

__all__ = ["MARKS", "marked_release"]

MARKS = (
    "<script>window.caught = 1</script>",
    "\"><img src=x onerror='window.caught = 2'>",
    '</textarea></script><b onclick="window.caught = 3">\'`${window.caught = 4}',
    "{{ 7 * 7 }} &lt;i&gt; \u202ethgir",
)
_TABLES = ("organisations", "people", "topics", "trainings", "methods", "outcomes")


def marked_release(folder: Path) -> tuple[Settings, Release]:
    """Build the test world with a mark behind each name of its main tables."""
    tables = folder / "tables"
    shutil.copytree(WORLD, tables)
    for name in _TABLES:
        _mark(tables / f"{name}.csv")
    settings = load_settings(write_project(folder, tables))
    return settings, build(settings).release


def _mark(file: Path) -> None:
    table = pl.read_csv(file, infer_schema=False)
    named = [c for c in table.columns if c.startswith("name")]
    assert named, f"{file.name} has no names to mark: {table.columns}"
    for column in named:
        cells = [
            _marked(cell, MARKS[i % len(MARKS)]) for i, cell in enumerate(table[column].to_list())
        ]
        table = table.with_columns(pl.Series(column, cells, dtype=pl.String))
    table.write_csv(file)


def _marked(cell: str | None, mark: str) -> str | None:
    if not cell:
        return cell
    text, at, code = cell.partition("@")  # a name may end with its language
    return f"{text} {mark}{at}{code}"
