"""Options and output that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from kg.results import ResultTable
from kg.settings import Settings, load_settings
from kg.terms import DEFAULT_BASE

if TYPE_CHECKING:
    from kg.analysis.graph import Graph

__all__ = [
    "FORMATS",
    "format_option",
    "graph_option",
    "offline_option",
    "open_from",
    "project_option",
    "settings_from",
    "show",
]

_UNLIMITED = 10_000  # characters; more than any row needs
_F = TypeVar("_F", bound=Callable[..., Any])


def _print_table(table: ResultTable, output: Path | None) -> None:
    if output is None:
        _render(table, sys.stdout)
        return
    with output.open("w", encoding="utf-8") as stream:
        _render(table, stream)


def _render(table: ResultTable, stream: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # A terminal wraps; a file or a pipe gets every cell whole.
    console = Console(file=stream, width=None if stream.isatty() else _UNLIMITED)
    shown = Table(show_edge=False, header_style="bold")
    for column in table.columns:
        numeric = all(isinstance(v, int | float | None) for v in table.column(column))
        shown.add_column(
            column, justify="right" if numeric and table.rows else "left", overflow="fold"
        )
    for row in table.rows:
        # Text, not markup: a label may hold square brackets.
        shown.add_row(*(Text(_cell(v)) for v in row))
    console.print(shown)
    if not table.rows:
        console.print(Text(f"No rows. {table.meta.get('reason', '')}".strip()))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    # What stands between the base and the key says the same in every row.
    return str(value).removeprefix(DEFAULT_BASE)


def _write_text(text: str, output: Path | None) -> None:
    if output:
        output.write_bytes(text.encode())
    else:
        click.echo(text, nl=False)


def _print_csv(table: ResultTable, output: Path | None) -> None:
    _write_text(table.to_csv(), output)


def _print_json(table: ResultTable, output: Path | None) -> None:
    _write_text(table.to_json(indent=1) + "\n", output)


def _print_parquet(table: ResultTable, output: Path | None) -> None:
    target = output or sys.stdout.buffer
    table.to_polars().write_parquet(target)


FORMATS: dict[str, Callable[[ResultTable, Path | None], None]] = {
    "table": _print_table,
    "csv": _print_csv,
    "json": _print_json,
    "parquet": _print_parquet,
}
"""How rows can be printed."""


def format_option(command: _F) -> _F:
    """Add --format and --output."""
    command = click.option(
        "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file."
    )(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice(list(FORMATS)),
        default="table",
        show_default=True,
        help="How to print rows.",
    )(command)


def project_option(command: _F) -> _F:
    """Add --project."""
    return click.option(
        "--project",
        type=click.Path(exists=True, path_type=Path),
        help="Project file or its folder; by default rihla.toml here or above, or RIHLA_PROJECT.",
    )(command)


def graph_option(command: _F) -> _F:
    """Add --graph."""
    return click.option(
        "--graph",
        "location",
        metavar="PATH|URL",
        help="Project, folder of a release, or SPARQL endpoint; by default this folder's project.",
    )(command)


def offline_option(command: _F) -> _F:
    """Add --offline."""
    return click.option(
        "--offline", is_flag=True, help="Fetch nothing: URLs are read from the downloads folder."
    )(command)


def settings_from(project: Path | None, offline: bool = False) -> Settings:
    """Read the project file that --project names; ``offline`` stands in for its own key."""
    settings = load_settings(project)
    return replace(settings, load=replace(settings.load, offline=True)) if offline else settings


def open_from(location: str | None) -> Graph:
    """Open the graph that --graph names."""
    from kg.analysis.graph import open as open_graph  # every command imports this module

    return open_graph(location)


def show(table: ResultTable, form: str, output: Path | None = None) -> None:
    """Print a table in one of FORMATS."""
    FORMATS[form](table, output)
