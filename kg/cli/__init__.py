"""The command line: parse, call one function of the package, print what it returns."""

from __future__ import annotations

import sys
from typing import Any

import click

from kg import __version__
from kg.cli.lazy import Commands, LazyGroup
from kg.errors import KgError

__all__ = ["cli", "main"]


COMMANDS = {
    "analyse": (
        "kg.cli.analyse:analyse",
        "Flows, diffusion, significance, diversity, gaps and recommendations, with their method.",
    ),
    "build": ("kg.cli.build:build", "Load, check, infer, and switch to a new release."),
    "check": (
        "kg.cli.build:check",
        "Check all sources without building: every refused or doubtful cell, with its place.",
    ),
    "cite": ("kg.cli.project:cite", "Say how to cite the current release, and whom to attribute."),
    "diff": (
        "kg.cli.build:diff",
        "Say what changed from release OLD to NEW (the current one without it), by source.",
    ),
    "forget": (
        "kg.cli.forget:forget_command",
        "Take PERSON (IRI, id, ORCID iD or exact name) out of every release, report and cache.",
    ),
    "init": (
        "kg.cli.project:init",
        "Start a project in FOLDER: a project file and a table for each kind of thing.",
    ),
    "network": (
        "kg.cli.network:network",
        "Who is linked with whom through trainings, and how central each is.",
    ),
    "ontology": (
        "kg.cli.ontology:ontology",
        "Templates from the ontology, its quality and its documentation.",
    ),
    "push": (
        "kg.cli.push:push",
        "Load a release into the server behind the SPARQL endpoint at URL.",
    ),
    "query": ("kg.cli.ask:query", "Answer the named query QUERY_ID; without one, list all."),
    "reconcile": (
        "kg.cli.reconcile:reconcile",
        "Decide which organisation or person a row without an identifier means.",
    ),
    "releases": (
        "kg.cli.build:releases",
        "List the releases that are kept; the current one is marked.",
    ),
    "rollback": (
        "kg.cli.build:rollback",
        "Go back to RELEASE_ID, or to the release built before the current one.",
    ),
    "search": (
        "kg.cli.ask:search",
        "Find things by name or code, in any script: TEXT is words or their beginnings.",
    ),
    "serve": (
        "kg.cli.serve:serve",
        "Serve the current release: pages, SPARQL endpoint, named queries, networks.",
    ),
    "site": (
        "kg.cli.site:site",
        "Write the pages of the current release into OUT, as files that any host can serve.",
    ),
    "source": (
        "kg.cli.source:source",
        "List the sources, read one anew, or drop one; the others stay as they are.",
    ),
    "sources": (
        "kg.cli.build:sources",
        "List what the current release was loaded from: rows, statements, licence, input files.",
    ),
    "sparql": ("kg.cli.ask:sparql", "Answer the SPARQL query in FILE, or from standard input."),
}
"""Where each command is, and what it does: the first line of its help."""


class _Group(LazyGroup):
    """Prints Rihla's own errors without a traceback and exits with 1; wrong usage exits with 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader has seen enough, as in `kg query … | head`.
            sys.stderr.close()
            sys.exit(0)
        except (KgError, OSError) as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(1)


@click.group(
    cls=_Group,
    commands=Commands(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="kg")
def cli() -> None:
    """Rihla: an open knowledge graph of international research training."""


def main() -> None:
    """Run the command line."""
    cli()
