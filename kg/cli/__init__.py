"""The command line: parse, call one function of the package, print what it returns."""

from __future__ import annotations

import sys
from typing import Any

import click

from kg import __version__
from kg.cli.analyse import analyse
from kg.cli.ask import query, search, sparql
from kg.cli.build import build, check, diff, releases, rollback, sources
from kg.cli.forget import forget_command
from kg.cli.network import network
from kg.cli.ontology import ontology
from kg.cli.project import cite, init
from kg.cli.push import push
from kg.cli.reconcile import reconcile
from kg.cli.serve import serve
from kg.cli.site import site
from kg.cli.source import source
from kg.errors import KgError

__all__ = ["cli", "main"]


class _Group(click.Group):
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


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kg")
def cli() -> None:
    """Rihla: an open knowledge graph of international research training."""


for command in (
    analyse, build, check, cite, diff, forget_command, init, network, ontology, push, query,
    reconcile, releases, rollback, search, serve, site, source, sources, sparql,
):  # fmt: skip
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    cli()
