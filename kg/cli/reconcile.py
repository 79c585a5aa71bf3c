"""``kg reconcile``: decide on the matches that a build left to a person."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path

import click

from kg.cli.options import format_option, project_option, settings_from, show
from kg.pipeline.matching import REVIEW_COLUMNS
from kg.pipeline.review import (
    Item,
    Line,
    Review,
    applied_file,
    open_review,
    review_file,
    take_back,
)
from kg.reconcile import Decision
from kg.results import ResultTable

__all__ = ["reconcile"]

_NEXT = "The next 'kg build' obeys it."


@click.command()
@project_option
@format_option
@click.option("--list", "listed", is_flag=True, help="List what waits and ask nothing.")
@click.option("--csv", "written", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write what waits as a CSV to fill in.")  # fmt: skip
@click.option("--apply", "filled", metavar="FILE",
              type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Take in that CSV, with its column decision filled in.")  # fmt: skip
@click.option("--undo", is_flag=True, help="Take the newest decision back.")
@click.option("--all", "every", is_flag=True,
              help="Show matches that were accepted for their score too.")  # fmt: skip
@click.option("--who", help="Who decides; by default the user of this machine.")
def reconcile(
    project: Path | None,
    form: str,
    output: Path | None,
    listed: bool,
    written: Path | None,
    filled: Path | None,
    undo: bool,
    every: bool,
    who: str | None,
) -> None:
    """Decide which organisation or person a row without an identifier means.

    Without an option, each candidate is shown with its score and reasons: a accepts it, r rejects
    it, s leaves the row for another time, u takes the last decision back, q ends. Decisions are
    kept in the project's decisions.csv; the next build obeys them.

    \b
    Examples:
      kg reconcile
      kg reconcile --list --format csv
      kg reconcile --csv review.csv
      kg reconcile --apply review.csv --who "R. Steward"
      kg reconcile --undo
    """
    settings = settings_from(project)
    if undo:
        _say_undone(take_back(settings.project.decisions))
        return
    review = open_review(settings, who or getpass.getuser())
    if filled:
        accepted, rejected = applied_file(review, filled)
        click.echo(f"{accepted} accepted, {rejected} rejected. {_NEXT}")
    elif written:
        count = review_file(review, written, every)
        click.echo(f"{count} rows wait: {written}. Fill in the column decision and --apply it.")
    elif listed:
        rows = [tuple(line[c] for c in REVIEW_COLUMNS[:-2]) for i in review.items(every)
                for line in i.lines]  # fmt: skip
        show(ResultTable(REVIEW_COLUMNS[:-2], rows), form, output)
    else:
        _ask_all(review, every)


def _say_undone(decision: Decision | None) -> None:
    if decision is None:
        click.echo("There is no decision to take back.")
        return
    click.echo(
        f"Taken back: {decision.decision} {decision.target_name or decision.target} for "
        f"{decision.name or decision.key} ({decision.who}, {decision.when})."
    )


def _ask_all(review: Review, every: bool) -> None:
    """Ask for one candidate after the other until none waits or the person ends."""
    skipped: set[tuple[str, str, str]] = set()
    made = 0
    while True:
        items = [item for item in review.items(every) if item.row not in skipped]
        if not items:
            break
        answer = _ask(items[0], len(items))
        line = items[0].lines[0]
        if answer == "q":
            break
        if answer == "s":
            skipped.add(items[0].row)
        elif answer == "u":
            made -= _undone(review, made)
        else:
            review.decide(line, {"a": "accept", "r": "reject"}[answer])
            made += 1
    left = len(review.items(every))
    click.echo(f"{made} decisions; {left} rows wait. {_NEXT if made else ''}".strip())


def _undone(review: Review, made: int) -> int:
    if not made:
        click.echo("Nothing was decided yet in this session; see --undo.")
        return 0
    _say_undone(review.undo())
    return 1


def _ask(item: Item, left: int) -> str:
    kind, source, key = item.row
    place = f" ({item.place})" if item.place else ""
    click.echo()
    click.secho(f"{item.name}{place}", bold=True, nl=False)
    click.echo(f"  {kind} {key} of {source}; {left} to go")
    for text in _lines(item.lines[0], len(item.lines) - 1):
        click.echo(text)
    answer: str = click.prompt(
        "a accept, r reject, s skip, u undo, q quit",
        type=click.Choice(["a", "r", "s", "u", "q"]),
        show_choices=False,
    )
    return answer


def _lines(line: Line, others: int) -> Iterator[str]:
    place = ", ".join(p for p in (line["target_city"], line["target_country"]) if p)
    more = f"; {others} more" if others else ""
    yield f"  → {line['target_name']}{f' ({place})' if place else ''}, {line['target']}"
    yield f"    score {line['score']}{more}: {line['reasons']}"
