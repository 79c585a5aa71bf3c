"""``kg build``, ``check``, ``diff``, ``releases``, ``rollback``, ``sources``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kg.changes import changed_things, diff_summary
from kg.checking.report import report_lines, report_page, report_table, write_refused
from kg.cli.options import (
    format_option,
    offline_option,
    project_option,
    settings_from,
    show,
)
from kg.errors import ReleaseError
from kg.ontology import load_ontology
from kg.pipeline import STEPS, BuildResult, load_sources, verify
from kg.pipeline import build as build_release
from kg.pipeline import rollback as roll_back
from kg.pipeline.load import Loaded, refuse_excess
from kg.pipeline.origins import input_files, loaded_sources
from kg.pipeline.preview import preview
from kg.results import ResultTable
from kg.settings import Settings
from kg.sources import get_ready
from kg.store import current_release, list_releases
from kg.store.release import find_release, pointed_name
from kg.tombstones import read_tombstones

__all__ = ["build", "check", "diff", "releases", "rollback", "sources"]


@click.command()
@project_option
@click.option("--force", is_flag=True, help="Build even where nothing that goes in has changed.")
@click.option("--strict", is_flag=True, help="Stop at any refused or doubtful cell.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, and write nothing.")
@offline_option
@click.option("--quiet", "-q", is_flag=True, help="Print only the release's id.")
def build(
    project: Path | None, force: bool, strict: bool, dry_run: bool, offline: bool, quiet: bool
) -> None:
    """Load, check, infer, and switch to a new release.

    A build that stops changes nothing: the release that is served stays.

    \b
    Examples:
      kg build
      kg build --project data/rihla.toml --force
      kg build --dry-run --strict
      kg build --offline
    """
    settings = settings_from(project, offline)
    if dry_run:
        _try(settings, strict)
        return
    columns = [SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()]
    hidden = quiet or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as bar:
        task = bar.add_task("", total=len(STEPS))

        def progress(name: str) -> None:
            bar.update(task, description=name, advance=int(name in STEPS))

        result = build_release(settings, progress, force, strict)
    if quiet:
        click.echo(result.release.id)
    else:
        _summarise(result)


def _try(settings: Settings, strict: bool) -> None:
    loaded = _loaded(settings)
    show(loaded.counts(), "table")
    _say_withheld(loaded)
    refuse_excess(loaded, strict, settings.load)
    click.echo("A build would accept this. Nothing was written.")


def _say_withheld(loaded: Loaded | None) -> None:
    for (source, table), rows in (loaded.withheld if loaded else {}).items():
        click.echo(
            f"{source}, {table}: {rows} further rows are about people who are not named; they were "
            "left out or counted into groups."
        )


def _loaded(settings: Settings) -> Loaded:
    get_ready()
    return load_sources(settings, load_ontology(settings.ontology).schema)


def _preview(settings: Settings, source: str) -> None:
    schema = load_ontology(settings.ontology).schema
    for title, rows in preview(settings, schema, source):
        click.echo(title)
        show(rows, "table")
        click.echo()


def _summarise(result: BuildResult) -> None:
    release = result.release
    show(result.counts, "table")
    _say_withheld(result.loaded)
    click.echo()
    show(result.classes, "table")
    click.echo()
    if not result.changed:
        click.echo(f"Nothing has changed: release {release.id} is up to date.")
        return
    show(ResultTable(("step", "seconds"), list(result.seconds.items())), "table")
    click.echo()
    matches = release.manifest["matches"]
    problems = release.manifest["problems"]
    click.echo(
        f"{problems['error']} refused and {problems['warning']} doubtful cells "
        f"(report: {release.path / 'report.csv'}); "
        f"{matches['matched']} of {matches['wanted']} organisations without a ROR id matched by "
        f"name; {release.manifest['suppressed_groups']} small groups without their size."
    )
    _say_zones(matches)
    total = sum(result.seconds.values())
    click.echo(f"Release {release.id}: {release.manifest['quads']} quads in {total:.1f} s.")


def _say_zones(matches: Mapping[str, int]) -> None:
    for kind in ("organisations", "people"):
        zones = {z: matches[f"{kind}_{z}"] for z in ("decided", "accept", "review", "reject")}
        if any(zones.values()):
            click.echo(
                f"Other {kind}: {zones['decided']} decided, {zones['accept']} matched by score, "
                f"{zones['review']} to review (kg reconcile), {zones['reject']} left apart."
            )


@click.command()
@project_option
@format_option
@click.option("--release", "release_id", is_flag=False, flag_value="current", metavar="[ID]",
              help="Verify a release's files instead (the current one without ID).")  # fmt: skip
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the report as a page.")  # fmt: skip
@click.option("--refused", type=click.Path(file_okay=False, path_type=Path),
              help="Write the refused rows here, to correct and load again.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with 1 at a doubtful cell too.")
@click.option("--all", "every", is_flag=True, help="Print every problem, not three of a kind.")
@click.option("--preview", "previewed", metavar="SOURCE",
              help="Print the first rows that a source gives, before any check.")  # fmt: skip
@offline_option
def check(
    project: Path | None,
    form: str,
    output: Path | None,
    release_id: str | None,
    html: Path | None,
    refused: Path | None,
    strict: bool,
    every: bool,
    previewed: str | None,
    offline: bool,
) -> None:
    """Check all sources without building: every refused or doubtful cell, with its place.

    Exits with 1 where a row is refused.

    \b
    Examples:
      kg check
      kg check --format csv --output report.csv
      kg check --html report.html --refused refused
      kg check --preview trainings
      kg check --release
    """
    settings = settings_from(project, offline)
    if release_id is not None:
        folder = settings.project.releases
        named = release_id != "current"
        release = find_release(folder, release_id) if named else current_release(folder)
        click.echo(f"Release {release.id}: {verify(release)} quads, every file as it was built.")
        return
    if previewed is not None:
        _preview(settings, previewed)
        return
    loaded = _loaded(settings)
    if html:
        page = report_page(loaded.problems, loaded.counts(), settings.project.title)
        html.write_text(page, encoding="utf-8")
    if refused:
        for path in write_refused(loaded.tables, refused):
            click.echo(f"Refused rows: {path}", err=True)
    report = report_table(loaded.problems)
    if form != "table":
        show(report, form, output)
    else:
        show(loaded.counts(), "table")
        _say_withheld(loaded)
        click.echo()
        for line in report_lines(loaded.problems, every):
            click.echo(line)
        click.echo(f"{len(report)} problems.")
    doubtful = strict and any(p.severity == "warning" for p in loaded.problems)
    if doubtful or any(load.refused for load in loaded.loads):
        sys.exit(1)


@click.command()
@project_option
@format_option
def releases(project: Path | None, form: str, output: Path | None) -> None:
    """List the releases that are kept; the current one is marked.

    \b
    Examples:
      kg releases
      kg releases --format json
    """
    folder = settings_from(project).project.releases
    kept = list_releases(folder)
    current = None
    try:
        current = pointed_name(folder) if kept else None
    except ReleaseError as error:
        click.echo(f"Error: {error}", err=True)
    about = ("built", "quads", "ontology")
    rows = [(r.id, r.path.name == current, *(r.manifest[name] for name in about)) for r in kept]
    show(ResultTable(("release", "current", "built", "quads", "ontology"), rows), form, output)


@click.command()
@project_option
@click.argument("release_id", required=False)
def rollback(project: Path | None, release_id: str | None) -> None:
    """Go back to RELEASE_ID, or to the release built before the current one.

    \b
    Examples:
      kg rollback
      kg rollback 2026-11-20-1f0c9a3b
    """
    release = roll_back(settings_from(project).project.releases, release_id)
    click.echo(f"Release {release.id} of {release.manifest['built']} is current.")


@click.command()
@project_option
@format_option
@click.argument("old")
@click.argument("new", required=False)
@click.option("--things", is_flag=True, help="List what came, went or changed, by name.")
def diff(
    project: Path | None, form: str, output: Path | None, old: str, new: str | None, things: bool
) -> None:
    """Say what changed from release OLD to NEW (the current one without it), by source.

    Counts of what came, went and changed; with --things each of them by name, and of what changed
    each property with its old and new value.

    \b
    Examples:
      kg diff 2026-11-20-1f0c9a3b
      kg diff 2026-11-20-1f0c9a3b 2026-11-24-77e0d1aa --things --format csv
    """
    settings = settings_from(project)
    folder = settings.project.releases
    before = find_release(folder, old)
    after = find_release(folder, new) if new else current_release(folder)
    if things:
        forgotten = read_tombstones(settings.project.forgotten)
        show(changed_things(before, after, forgotten), form, output)
    else:
        show(diff_summary(before, after), form, output)


@click.command()
@project_option
@format_option
@click.option("--files", is_flag=True, help="A row for each input file, with its SHA-256.")
def sources(project: Path | None, form: str, output: Path | None, files: bool) -> None:
    """List what the current release was loaded from: rows, statements, licence, input files.

    \b
    Examples:
      kg sources
      kg sources --files --format csv
    """
    release = current_release(settings_from(project).project.releases)
    listed = input_files if files else loaded_sources
    show(listed(release), form, output)
