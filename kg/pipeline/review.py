"""Reviewing matches: what waits, what a steward says of it, and how that is kept.

The last build's review file says what there is; the file of decisions grows by what is said. The
next build obeys it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.checking.report import harmless
from kg.errors import InputError, SettingsError
from kg.files import CsvRecords, read_csv, write_atomically
from kg.pipeline.matching import LAST_REVIEW, REVIEW_COLUMNS
from kg.reconcile import Decision, Decisions, read_decisions, write_decisions
from kg.reconcile.decisions import DECISIONS, KINDS
from kg.results import ResultTable
from kg.settings import Settings

__all__ = ["Item", "Line", "Review", "applied_file", "open_review", "review_file", "take_back"]

_SHORT = {"a": "accept", "r": "reject"}
_KEYS = ("kind", "source", "key", "target", "decision")


@dataclass(frozen=True)
class Line:
    """One candidate of a row, as the review file has it; all cells are text."""

    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell."""
        return self.cells[column]

    @property
    def row(self) -> tuple[str, str, str]:
        """What names the row that is looked for: kind, source and key."""
        return self["kind"], self["source"], self["key"]


@dataclass(frozen=True)
class Item:
    """A row that waits for a decision, with its candidates, the best first."""

    row: tuple[str, str, str]
    name: str
    place: str
    lines: tuple[Line, ...]


class Review:
    """The matches of the last build and the decisions on them.

    Parameters
    ----------
    decisions:
        The project's file of decisions; it is written at each decision.
    lines:
        The candidates of the last build.
    who:
        Who decides.
    """

    def __init__(self, decisions: Path, lines: Sequence[Line], who: str) -> None:
        self._path = decisions
        self._lines = lines
        self._who = who

    def items(self, every: bool = False) -> list[Item]:
        """Return what waits; with ``every`` also what was accepted for its score."""
        decisions = Decisions.of(read_decisions(self._path))
        groups: dict[tuple[str, str, str], list[Line]] = {}
        for line in self._lines:
            wanted = line["zone"] == "review" or (every and line["zone"] == "accept")
            said = line.row in decisions.accepted or decisions.rejects(*line.row, line["target"])
            if wanted and not said:
                groups.setdefault(line.row, []).append(line)
        return [
            Item(row, found[0]["name"], _place(found[0], ""), tuple(found))
            for row, found in groups.items()
        ]

    def decide(self, line: Line, decision: str, why: str = "") -> None:
        """Keep a decision on a candidate."""
        self.decide_all([(line, decision, why)])

    def decide_all(self, said: Sequence[tuple[Line, str, str]]) -> None:
        """Keep several decisions at once, all or none."""
        when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        new = [
            Decision(
                *line.row, line["name"], line["target"], line["target_name"], decision, self._who,
                when, why,
            )
            for line, decision, why in said
        ]  # fmt: skip
        write_decisions(self._path, [*read_decisions(self._path), *new])

    def undo(self) -> Decision | None:
        """Take the newest decision back and return it; None where there is none."""
        return take_back(self._path)


def _place(line: Line, prefix: str) -> str:
    return ", ".join(p for p in (line[f"{prefix}city"], line[f"{prefix}country"]) if p)


def take_back(path: Path) -> Decision | None:
    """Take the newest decision out of a file of decisions; None where there is none."""
    kept = read_decisions(path)
    if not kept:
        return None
    last = kept.pop()
    write_decisions(path, kept)
    return last


def open_review(settings: Settings, who: str) -> Review:
    """Open what the last build left to a person.

    Raises
    ------
    SettingsError
        Nothing was built yet.
    """
    path = settings.project.releases / LAST_REVIEW
    if not path.exists():
        raise SettingsError(f"{path}: there is no such file yet. 'kg build' writes it.")
    records = read_csv(path)
    lines = [_line(records, cells) for _, cells in records.rows]
    return Review(settings.project.decisions, lines, who)


def _line(records: CsvRecords, cells: Sequence[str]) -> Line:
    # The apostrophe keeps spreadsheet programs from running a cell; it is no part of it.
    bare = [c[1:] if c[:1] == "'" and harmless(c[1:]) == c else c for c in cells]
    return Line({**dict.fromkeys(REVIEW_COLUMNS, ""), **dict(zip(records.header, bare,
                                                                 strict=False))})  # fmt: skip


def review_file(review: Review, path: Path, every: bool = False) -> int:
    """Write what waits as a CSV to fill in; return the number of rows that wait."""
    items = review.items(every)
    rows = [
        tuple(harmless(line[column]) for column in REVIEW_COLUMNS)
        for item in items
        for line in item.lines
    ]
    write_atomically(path, "\ufeff" + ResultTable(REVIEW_COLUMNS, rows).to_csv())
    return len(items)


def applied_file(review: Review, path: Path) -> tuple[int, int]:
    """Take in a CSV in which the column ``decision`` was filled; return accepted and rejected.

    Lines without a decision are left for another time.

    Raises
    ------
    InputError
        A cell is not accepted, or a row has two accepted candidates; nothing is taken in then.
    """
    records = read_csv(path)
    missing = [column for column in _KEYS if column not in records.header]
    if missing:
        raise InputError(
            f"{path}, row 1: lacks the columns {', '.join(missing)}. Accepted: the file that "
            "'kg reconcile --csv' writes, with the column decision filled in."
        )
    said: list[tuple[Line, str, str]] = []
    taken: dict[tuple[str, str, str], int] = {}
    for number, cells in records.rows:
        line = _line(records, cells)
        decision = line["decision"].strip().lower()
        decision = _SHORT.get(decision, decision)
        if not decision:
            continue
        _check(line, decision, f"{path}, row {number}")
        if decision == "accept" and taken.setdefault(line.row, number) != number:
            raise InputError(
                f"{path}, row {number}, column decision: found a second accept for "
                f"{line['key']} of {line['source']}; the first is in row {taken[line.row]}. "
                "Accepted: one for each row."
            )
        said.append((line, decision, line["why"]))
    if said:
        review.decide_all(said)
    accepted = sum(decision == "accept" for _, decision, _ in said)
    return accepted, len(said) - accepted


def _check(line: Line, decision: str, where: str) -> None:
    for column, found, accepted in (
        ("decision", decision, DECISIONS),
        ("kind", line["kind"], KINDS),
    ):
        if found not in accepted:
            raise InputError(
                f"{where}, column {column}: found {found!r}. Accepted: {', '.join(accepted)}"
                f"{', or nothing' if column == 'decision' else ''}."
            )
    for column in ("source", "key", "target"):
        if not line[column]:
            raise InputError(
                f"{where}, column {column}: found an empty cell. Accepted: what the review file "
                "had there."
            )
