"""``kg forget``: take a person out of every source, release and cache, for good."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from kg.cli.options import format_option, project_option, settings_from, show
from kg.pipeline.forget import Forgotten, Plan, forget
from kg.pipeline.forget.people import Person
from kg.results import ResultTable, Value

__all__ = ["forget_command"]


@click.command("forget")
@project_option
@format_option
@click.argument("people", metavar="[PERSON]...", nargs=-1)
@click.option("--again", is_flag=True,
              help="All who have a tombstone: after a stopped run or a backup.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before removing.")
@click.option("--edit-sources", is_flag=True,
              help="Take them out of your own CSV, TSV and JSON Lines tables too.")  # fmt: skip
@click.option("--wait", "wait_seconds", type=click.FloatRange(min=0), default=30.0,
              show_default=True, metavar="SECONDS",
              help="How long to wait for servers to leave the old releases.")  # fmt: skip
def forget_command(
    people: tuple[str, ...],
    again: bool,
    project: Path | None,
    form: str,
    output: Path | None,
    dry_run: bool,
    yes: bool,
    edit_sources: bool,
    wait_seconds: float,
) -> None:
    """Take PERSON (IRI, id, ORCID iD or exact name) out of every release, report and cache.

    Tombstones (keyed hashes, no names) keep later loads from bringing them back. Every release is
    written anew without the person and takes the old one's place; a running server moves on by
    itself. What was removed is counted by release, graph and file. Your own tables are left as
    they are, and the rows that name the person are listed, unless --edit-sources.

    \b
    Examples:
      kg forget 0000-0002-1825-0097 --dry-run
      kg forget "Josiah Carberry"
      kg forget own-josiah --yes --edit-sources
      kg forget --again
    """
    if bool(people) == again:
        raise click.UsageError("Name somebody, or give --again and nobody.")

    def agree(plan: Plan) -> bool:
        _show_plan(plan, form, output)
        if dry_run:
            click.echo("Nothing was changed.", err=True)
            return False
        return yes or not plan.people or click.confirm("Remove all of this for good?", err=True)

    done = forget(
        settings_from(project),
        people,
        agree,
        _ask if sys.stdin.isatty() else None,
        lambda step: click.echo(f"… {step}", err=True),
        edit_sources,
        wait_seconds,
    )
    if done is not None:
        _say_done(done)
        if done.failed or done.waiting:
            sys.exit(1)


def _ask(found: Sequence[Person]) -> Sequence[Person]:
    for number, person in enumerate(found, start=1):
        click.echo(f"{number:3}  {person}", err=True)
    numbers = click.prompt("Which (numbers, separated by blanks)", err=True)
    try:
        return [found[int(number) - 1] for number in str(numbers).split() if int(number) > 0]
    except (ValueError, IndexError) as error:
        raise click.UsageError(
            f"Found {numbers!r}. Accepted: numbers 1 to {len(found)}."
        ) from error


def _show_plan(plan: Plan, form: str, output: Path | None) -> None:
    for person in plan.people:
        click.echo(f"To forget: {person}", err=True)
    show(ResultTable(("where", "what", "count"), list(_counts(plan))), form, output)
    for place, reason in plan.unread.items():
        click.echo(f"Warning: {place} could not be looked at: {reason}", err=True)
    if plan.spared:
        click.echo(
            f"{plan.spared} pairs of the name and a training or organisation are left out of the "
            "tombstones: somebody else of the same name goes with it. A row there without id or "
            "ORCID iD counts as theirs.",
            err=True,
        )


def _counts(plan: Plan) -> list[tuple[Value, ...]]:
    rows: list[tuple[Value, ...]] = []
    for release in plan.releases:
        place = f"release {release.release.id}"
        rows += [(place, f"statements of {_tail(g)}", n) for g, n in release.graphs.items()]
        rows += [(place, f"entries of {name}", n) for name, n in release.rows.items()]
    rows += [(path.name, "rows", count) for path, count in plan.files.items()]
    rows += [("downloads", "copies", len(plan.downloads))] if plan.downloads else []
    return rows


def _tail(graph: str) -> str:
    return graph.rpartition("/")[2]


def _say_done(done: Forgotten) -> None:
    click.echo(f"{len(done.plan.people)} forgotten; {done.buried} new hashes in the tombstones.")
    for release in done.releases:
        click.echo(f"Release {release.release.id} is now {release.new_id}.")
        if release.left:
            click.echo(
                f"  {release.left} things of it have the name in their own id; they are about "
                "others, so they were left. Give them other ids in their source."
            )
    _say_rows(done)
    for release_id, reason in done.failed.items():
        click.echo(f"Release {release_id} could not be written anew: {reason}", err=True)
    for name in done.waiting:
        click.echo(
            f"{name} is still read by a process; it is hidden, and the next 'kg forget --again' or "
            "'kg build' removes it. Stop that process, or let it move on.",
            err=True,
        )


def _say_rows(done: Forgotten) -> None:
    if done.rows:
        click.echo("Your sources still name them; loads leave it out. Take it out of the files:")
        columns = ("source", "file", "sheet", "table", "rows")
        rows = [(n.source, n.file, n.sheet, n.table, n.rows) for n in done.rows]
        show(ResultTable(columns, rows), "table")
        if any(naming.editable for naming in done.rows):
            click.echo("CSV, TSV and JSON Lines tables can be changed with --edit-sources.")
    for path in done.plan.further:
        click.echo(f"{path} names them too, and is no file of ours: look at it by hand.")
    if not done.plan.all_files:
        click.echo("The project's folder has too many files to look into all of them.")
