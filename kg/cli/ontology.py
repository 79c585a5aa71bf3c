"""``kg ontology template`` and ``check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.options import format_option, show
from kg.files import shipped_folder
from kg.ontology import load_ontology
from kg.ontology.consistency import check_consistency
from kg.ontology.templates import columns_table, write_template

__all__ = ["ontology"]


def _folder_option() -> Path:
    return shipped_folder("ontology")


@click.group()
def ontology() -> None:
    """Templates from the ontology, and its consistency."""


@ontology.command()
@click.argument("table", required=False)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path),
              help="Write CSV files with an example row into this folder.")  # fmt: skip
@click.option("--folder", type=click.Path(exists=True, path_type=Path), default=_folder_option,
              help="The ontology's folder; by default the one that came with Rihla.")  # fmt: skip
@format_option
def template(
    table: str | None, into: Path | None, folder: Path, form: str, output: Path | None
) -> None:
    """Explain the columns of TABLE (of all tables without one), or write templates.

    \b
    Examples:
      kg ontology template trainings
      kg ontology template --into templates
    """
    schema = load_ontology(folder).schema
    if into:
        for path in write_template(schema, into, table):
            click.echo(path)
    else:
        show(columns_table(schema, table), form, output)


@ontology.command()
@click.option("--folder", type=click.Path(exists=True, path_type=Path), default=_folder_option,
              help="The ontology's folder; by default the one that came with Rihla.")  # fmt: skip
@format_option
def check(folder: Path, form: str, output: Path | None) -> None:
    """Prove with HermiT that the ontology is consistent and every class can have members.

    Needs a Java runtime: the system's, or pip install 'rihla-kg[reasoner]'.

    \b
    Examples:
      kg ontology check
    """
    report = check_consistency(load_ontology(folder))
    show(report, form, output)
    if report.rows:
        sys.exit(1)
    click.echo("Consistent; every class can have members.", err=True)
