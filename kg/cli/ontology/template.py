"""``kg ontology template``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.ontology.options import folder_option
from kg.cli.options import format_option, show
from kg.ontology import load_ontology
from kg.ontology.templates import columns_table, write_template
from kg.ontology.workbook import write_workbook

__all__ = ["template"]


@click.command()
@click.argument("table", required=False)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path),
              help="Write CSV files with an example row into this folder.")  # fmt: skip
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path),
              help="Write a workbook: a sheet a table, help, drop-downs, examples.")  # fmt: skip
@click.option("--language", type=click.Choice(["en", "ar", "fr"]), default="en",
              show_default=True, help="Of the workbook's help; ar runs right to left.")  # fmt: skip
@folder_option
@format_option
def template(
    table: str | None,
    into: Path | None,
    xlsx: Path | None,
    language: str,
    folder: Path,
    form: str,
    output: Path | None,
) -> None:
    """Explain the columns of TABLE (of all tables without one), or write templates.

    \b
    Examples:
      kg ontology template trainings
      kg ontology template --into templates
      kg ontology template --xlsx rihla.xlsx --language ar
    """
    schema = load_ontology(folder).schema
    if xlsx:
        click.echo(write_workbook(schema, xlsx, table, language))
    elif into:
        for path in write_template(schema, into, table):
            click.echo(path)
    else:
        show(columns_table(schema, table), form, output)
