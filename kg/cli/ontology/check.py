"""``kg ontology check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.ontology.options import folder_option
from kg.cli.options import format_option, show
from kg.ontology import load_ontology
from kg.ontology.consistency import check_consistency

__all__ = ["check"]


@click.command()
@folder_option
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
