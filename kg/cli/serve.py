"""``kg serve``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import project_option, settings_from
from kg.settings import Settings, load_settings
from kg.store import Release

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["serve"]


@click.command()
@project_option
@click.option(
    "--data",
    type=click.Path(exists=True, path_type=Path),
    help="Serve this RDF file, or the folder of an Oxigraph store, without a project.",
)
@click.option(
    "--store",
    metavar="URL",
    help="Serve what a SPARQL endpoint elsewhere holds; see docs/remote.md.",
)
@click.option("--host", help="Address to listen on; by default the project file's.")
@click.option("--port", type=int, help="Port; by default the project file's. 0 takes a free one.")
def serve(
    project: Path | None, data: Path | None, store: str | None, host: str | None, port: int | None
) -> None:
    """Serve the current release: pages, SPARQL endpoint, named queries, networks.

    \b
    Examples:
      kg serve
      kg serve --port 8080
      kg serve --data measurements.ttl --port 8080
      kg serve --store https://example.org/sparql
    """
    if store is not None:
        if data is not None:
            raise click.UsageError("Give --data or --store, not both.")
        _serve_elsewhere(store, load_settings(project) if project else None, host, port)
        return
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

    _run(web.create_app(settings, release), settings, settings.project.title, host, port)


def _serve_elsewhere(
    url: str, settings: Settings | None, host: str | None, port: int | None
) -> None:
    from kg import web
    from kg.web.elsewhere import Elsewhere, settings_for

    elsewhere = Elsewhere(url, tell=lambda text: click.echo(text, err=True))
    settings = settings_for(elsewhere, settings)
    app = web.create_app(settings, elsewhere=elsewhere)
    _run(app, settings, elsewhere.url, host, port)


def _run(app: Flask, settings: Settings, title: str, host: str | None, port: int | None) -> None:
    from kg import web

    web.serve(
        app,
        host or settings.serve.host,
        settings.serve.port if port is None else port,
        lambda address: click.echo(f"Serving {title} at {address}"),
    )
