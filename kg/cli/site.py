"""``kg site``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from kg.cli.options import project_option, settings_from

__all__ = ["forecast", "site"]

_LINE_EACH_S = 30.0  # where no bar can be drawn

Told = Callable[[int, int], None]


@click.command()
@project_option
@click.argument("folder", metavar="OUT", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base-url", metavar="URL",
              help="Where the site will be; needed for sitemap.xml.")  # fmt: skip
@click.option("--languages", "--language", default="en,ar,fr", show_default=True,
              help="Which languages to write, separated by commas.")  # fmt: skip
@click.option("--only", metavar="KINDS", default="",
              help="Kinds of things that alone get pages, such as person,country.")  # fmt: skip
@click.option("--without", metavar="KINDS", default="",
              help="Kinds of things that get no page, such as participation,topic.")  # fmt: skip
@click.option("--processes", type=click.IntRange(1, 64), metavar="N",
              help="How many write at a time.  [default: one a processor]")  # fmt: skip
@click.option("--fresh", is_flag=True,
              help="Begin anew where an export was stopped; otherwise it goes on.")  # fmt: skip
@click.option("--check", is_flag=True, help="Follow every link in the end.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing.")
def site(
    project: Path | None,
    folder: Path,
    base_url: str | None,
    languages: str,
    only: str,
    without: str,
    processes: int | None,
    fresh: bool,
    check: bool,
    quiet: bool,
) -> None:
    """Write the pages of the current release into OUT, as files that any host can serve.

    An earlier export in OUT is replaced when all is written; any other content is refused. An
    export that is stopped goes on from there when the same command is given again.

    \b
    Examples:
      kg site public
      kg site public --base-url https://example.org/rihla --languages en,fr
      kg site public --without participation,partnership
      kg site public --only person,organisation,country --check
    """
    # Flask loads only here: every other command starts faster without it.
    from kg import web
    from kg.web.site import export_site

    began = time.monotonic()
    app = web.create_app(settings_from(project))
    try:
        with _progress(quiet) as progress:
            done = export_site(
                app, folder, base_url, _listed(languages), _listed(without), progress,
                only=_listed(only), processes=processes, fresh=fresh, check=check,
            )  # fmt: skip
    finally:
        web.close_app(app)
    if quiet:
        return
    kept = f" {done.kept} of them were there from an export that was stopped." * bool(done.kept)
    checked = " Every link leads to a file." * check
    click.echo(
        f"{done.pages} pages and {done.files} files of release {done.release} in {folder}, "
        f"{done.bytes / 1e6:.1f} MB, in {_time(time.monotonic() - began)}.{kept}{checked} "
        "What takes a server leads to server.html, which says so."
    )


@contextmanager
def _progress(quiet: bool) -> Iterator[Told]:
    """Yield what tells how far it is: a bar, or a line now and then where none can be drawn."""
    if quiet:
        yield lambda _done, _total: None
        return
    if not sys.stderr.isatty():
        yield forecast(lambda line: click.echo(line, err=True))
        return
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn(), TimeRemainingColumn()]  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("pages and files", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def forecast(
    say: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    each_s: float = _LINE_EACH_S,
) -> Told:
    """Return what says in a line now and then how far it is, and how long it will take.

    Parameters
    ----------
    say:
        Takes the line.
    clock:
        Returns seconds.
    each_s:
        Seconds between two lines.
    """
    first: list[tuple[float, int]] = []
    last = [clock()]

    def told(done: int, total: int) -> None:
        now = clock()
        if not first:
            first.append((now, done))
        if now - last[0] < each_s:
            return
        last[0] = now
        since, at = first[0]
        left = (total - done) * (now - since) / (done - at) if done > at else None
        more = f", about {_time(left)} to go" if left is not None else ""
        say(f"{done:,} of {total:,} pages and files{more}")

    return told


def _time(seconds: float) -> str:
    """Write a time as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
