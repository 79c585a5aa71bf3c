"""``kg site``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kg.cli.options import project_option, settings_from

__all__ = ["site"]


@click.command()
@project_option
@click.argument("folder", metavar="OUT", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base-url", metavar="URL",
              help="Where the site will be; needed for sitemap.xml.")  # fmt: skip
@click.option("--languages", default="en,ar,fr", show_default=True,
              help="Which languages to write, separated by commas.")  # fmt: skip
@click.option("--without", metavar="KINDS", default="",
              help="Kinds of things that get no page, such as participation,topic.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Print nothing.")
def site(
    project: Path | None,
    folder: Path,
    base_url: str | None,
    languages: str,
    without: str,
    quiet: bool,
) -> None:
    """Write the pages of the current release into OUT, as files that any host can serve.

    An earlier export in OUT is replaced when all is written; any other content is refused.

    \b
    Examples:
      kg site public
      kg site public --base-url https://example.org/rihla --languages en,fr
      kg site public --without participation
    """
    # Flask loads only here: every other command starts faster without it.
    from kg import web
    from kg.web.site import export_site

    app = web.create_app(settings_from(project))
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn()]  # fmt: skip
    hidden = quiet or not sys.stderr.isatty()
    try:
        with Progress(
            *columns, console=Console(stderr=True), transient=True, disable=hidden
        ) as bar:
            task = bar.add_task("pages and files", total=None)

            def progress(done: int, left: int) -> None:
                bar.update(task, completed=done, total=done + left)

            done = export_site(
                app, folder, base_url, _listed(languages), _listed(without), progress
            )
    finally:
        web.close_app(app)
    if not quiet:
        click.echo(
            f"{done.pages} pages and {done.files} files of release {done.release} in {folder}, "
            f"{done.bytes / 1e6:.1f} MB. {len(done.asking)} links take a server: they lead to "
            "server.html, which says so."
        )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
