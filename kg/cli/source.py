"""``kg source list|drop|replace``: the sources of a release, one at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import click

from kg.cli.options import format_option, offline_option, project_option, settings_from, show
from kg.errors import ReleaseError
from kg.pipeline.origins import listed_sources
from kg.pipeline.replace import Replaced, drop_source, replace_source
from kg.store import current_release

__all__ = ["source"]


@click.group()
def source() -> None:
    """List the sources, read one anew, or drop one; the others stay as they are."""


@source.command("list")
@project_option
@format_option
def list_(project: Path | None, form: str, output: Path | None) -> None:
    """List the sources of the project file and of the current release.

    \b
    Examples:
      kg source list
      kg source list --format csv
    """
    settings = settings_from(project)
    try:
        release = current_release(settings.project.releases)
    except ReleaseError:
        release = None
    show(listed_sources(settings, release), form, output)


@source.command("replace")
@project_option
@click.argument("name")
@click.option("--path", metavar="PATH|URL", help="Read it here, in place of what the project says.")
@click.option("--retrieved", type=click.DateTime(["%Y-%m-%d"]), help="The day of this version.")
@click.option("--strict", is_flag=True, help="Stop at any refused or doubtful cell of it.")
@offline_option
def replace_(
    project: Path | None,
    name: str,
    path: str | None,
    retrieved: dt.datetime | None,
    strict: bool,
    offline: bool,
) -> None:
    """Read the source NAME anew and build a release with it; the others' graphs stay.

    Where the others cannot be kept as they are, since they owe something to the old version or
    come out otherwise beside the new one, all are read, and it is said why.

    \b
    Examples:
      kg source replace own
      kg source replace ror --path ror-v2.1.zip --retrieved 2026-11-20
    """
    settings = settings_from(project, offline)
    if retrieved is not None:
        day = retrieved.date()
        sources = [replace(s, retrieved=day) if s.id == name else s for s in settings.sources]
        settings = replace(settings, sources=tuple(sources))
    done = replace_source(settings, name, path, _say, strict)
    _report(done)
    if path is not None or retrieved is not None:
        click.echo(
            f"Write it into {settings.file} too: the next 'kg build' reads what stands there."
        )


@source.command("drop")
@project_option
@click.argument("name")
def drop(project: Path | None, name: str) -> None:
    """Build a release without the source NAME; the others' graphs stay.

    \b
    Examples:
      kg source drop events
    """
    settings = settings_from(project)
    _report(drop_source(settings, name, _say))
    if name in [s.id for s in settings.sources]:
        click.echo(
            f"{settings.file} still states {name}: take its [[source]] out, or the next 'kg build' "
            "loads it again."
        )


def _say(step: str) -> None:
    click.echo(f"… {step}", err=True)


def _report(done: Replaced) -> None:
    result = done.result
    show(result.counts, "table")
    if done.read_all:
        click.echo(f"All sources were read, since {done.read_all}.")
    if not result.changed:
        click.echo(f"Nothing has changed: release {result.release.id} is up to date.")
        return
    total = sum(result.seconds.values())
    quads = result.release.manifest["quads"]
    click.echo(f"Release {result.release.id}: {quads} quads in {total:.1f} s.")
