"""``kg serve``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import project_option, settings_from
from kg.settings import Settings, load_settings
from kg.store import Release

__all__ = ["serve"]


@click.command()
@project_option
@click.option(
    "--data",
    type=click.Path(exists=True, path_type=Path),
    help="Serve this RDF file, or the folder of an Oxigraph store, without a project.",
)
@click.option("--host", help="Address to listen on; by default the project file's.")
@click.option("--port", type=int, help="Port; by default the project file's. 0 takes a free one.")
def serve(project: Path | None, data: Path | None, host: str | None, port: int | None) -> None:
    """Serve the current release: pages, SPARQL endpoint, named queries, networks.

    \b
    Examples:
      kg serve
      kg serve --port 8080
      kg serve --data measurements.ttl --port 8080
    """
    if data is None:
        _serve(settings_from(project), None, host, port)
        return
    from kg.web.adhoc import opened_data

    limits = load_settings(project).serve if project else None
    with opened_data(data, limits) as (settings, release):
        _serve(settings, release, host, port)


def _serve(settings: Settings, release: Release | None, host: str | None, port: int | None) -> None:
    # Flask loads only here: every other command starts faster without it.
    from kg import web

    title = settings.project.title
    web.serve(
        web.create_app(settings, release),
        host or settings.serve.host,
        settings.serve.port if port is None else port,
        lambda address: click.echo(f"Serving {title} at {address}"),
    )
