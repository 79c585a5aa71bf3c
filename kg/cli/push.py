"""``kg push``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import format_option, project_option, settings_from, show
from kg.errors import SettingsError
from kg.results import ResultTable
from kg.settings import Settings
from kg.store import Release, RemoteStore, current_release
from kg.store.release import find_release
from kg.store.remote import RemoteOptions

__all__ = ["push"]

_LOADING_SECONDS = 600.0  # for one request; a server may index while it takes triples in


@click.command()
@project_option
@format_option
@click.argument("url")
@click.option("--release", "release_id", metavar="ID", help="By default the current release.")
@click.option("--graph-store", metavar="URL",
              help="Where graphs are written to; known by itself for Virtuoso.")  # fmt: skip
@click.option("--bulk", type=click.Choice(["virtuoso"]),
              help="Load by the server's own bulk loader, on its own machine.")  # fmt: skip
@click.option("--bulk-folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="A folder that the server reads too (Virtuoso: DirsAllowed).")  # fmt: skip
@click.option("--isql", default="127.0.0.1:1111", show_default=True, metavar="HOST:PORT",
              help="Virtuoso's SQL port, for --bulk.")  # fmt: skip
@click.option("--union/--no-union", default=None,
              help="Whether to write a graph of all triples too.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def push(
    project: Path | None,
    form: str,
    output: Path | None,
    url: str,
    release_id: str | None,
    graph_store: str | None,
    bulk: str | None,
    bulk_folder: Path | None,
    isql: str,
    union: bool | None,
    dry_run: bool,
) -> None:
    """Load a release into the server behind the SPARQL endpoint at URL.

    User and password come from the environment: RIHLA_SPARQL_USER, RIHLA_SPARQL_PASSWORD; see
    docs/remote.md.

    \b
    Examples:
      kg push http://localhost:8890/sparql --dry-run
      kg push http://localhost:8890/sparql
      kg push http://localhost:3030/ds/sparql --graph-store http://localhost:3030/ds/data
      kg push http://localhost:8890/sparql --bulk virtuoso --bulk-folder /srv/load
    """
    from kg.push import GraphStore, Target, VirtuosoLoader
    from kg.push import push as push_release

    store = RemoteStore(url, RemoteOptions.for_address(url, timeout_s=_LOADING_SECONDS))
    options = store.options
    target: Target
    if bulk:
        if bulk_folder is None:
            raise click.UsageError("--bulk needs --bulk-folder, a folder that the server reads.")
        target = VirtuosoLoader(isql, bulk_folder, options)
    else:
        target = GraphStore(graph_store or _graph_store(store), options)
    release = _release(settings_from(project), release_id)
    steps = push_release(
        release, store, target, union=union, dry_run=dry_run, tell=lambda t: click.echo(t, err=True)
    )
    rows = [(step.action, step.graph, step.triples) for step in steps]
    show(ResultTable(("action", "graph", "triples"), rows), form, output)


def _release(settings: Settings, release_id: str | None) -> Release:
    folder = settings.project.releases
    return find_release(folder, release_id) if release_id else current_release(folder)


def _graph_store(store: RemoteStore) -> str:
    path = store.dialect.graph_store
    if path is None:
        raise SettingsError(
            f"{store.url} does not say where its graph store is. Give it with --graph-store, such "
            "as http://localhost:3030/ds/data (Fuseki), http://localhost:7878/store (Oxigraph), "
            "http://localhost:7200/repositories/NAME/rdf-graphs/service (GraphDB)."
        )
    scheme, _, rest = store.url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}{path}"
