"""``kg ontology``: one module a command."""

from __future__ import annotations

import click

from kg.cli.ontology.change import diff, release, term
from kg.cli.ontology.check import check
from kg.cli.ontology.docs import docs
from kg.cli.ontology.template import template

__all__ = ["ontology"]


@click.group()
def ontology() -> None:
    """Templates from the ontology, its quality and its documentation."""


for command in (check, diff, docs, release, template, term):
    ontology.add_command(command)
