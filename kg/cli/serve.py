"""``kg serve``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import project_option, settings_from

__all__ = ["serve"]


@click.command()
@project_option
@click.option("--host", help="Address to listen on; by default the project file's.")
@click.option("--port", type=int, help="Port; by default the project file's. 0 takes a free one.")
def serve(project: Path | None, host: str | None, port: int | None) -> None:
    """Serve the current release: pages, SPARQL endpoint, named queries, networks.

    \b
    Examples:
      kg serve
      kg serve --port 8080
    """
    # Flask loads only here: every other command starts faster without it.
    from kg import web

    settings = settings_from(project)
    web.serve(
        web.create_app(settings),
        host or settings.serve.host,
        settings.serve.port if port is None else port,
        lambda address: click.echo(f"Serving {settings.project.title} at {address}"),
    )
