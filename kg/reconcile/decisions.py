"""What stewards decided about matches: a plain CSV file beside the project.

One decision a line, the newest last: which row of which source is (``accept``) or is not
(``reject``) which thing, who said so, when and why. Later builds obey it; taking a line out, by
hand or with ``kg reconcile --undo``, takes the decision back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from kg.errors import InputError
from kg.files import read_csv, write_atomically

__all__ = ["DECISIONS", "KINDS", "Decision", "Decisions", "read_decisions", "write_decisions"]

KINDS = ("organisation", "person")
DECISIONS = ("accept", "reject")


@dataclass(frozen=True)
class Decision:
    """One line: ``key`` is the row's id in its source, ``target`` the ROR id or ORCID."""

    kind: str
    source: str
    key: str
    name: str
    target: str
    target_name: str
    decision: str
    who: str
    when: str
    why: str = ""


_COLUMNS = tuple(f.name for f in fields(Decision))
_NEEDED = ("kind", "source", "key", "target", "decision")
_LISTS: Mapping[str, Sequence[str]] = {"kind": KINDS, "decision": DECISIONS}


@dataclass(frozen=True)
class Decisions:
    """All decisions that count: the last one on a row and target wins."""

    accepted: Mapping[tuple[str, str, str], Decision]
    rejected: frozenset[tuple[str, str, str, str]]

    @classmethod
    def of(cls, lines: Iterable[Decision]) -> Decisions:
        """Return what a list of decisions comes to, the newest last."""
        accepted: dict[tuple[str, str, str], Decision] = {}
        rejected: set[tuple[str, str, str, str]] = set()
        for line in lines:
            row, pair = (line.kind, line.source, line.key), (*_row(line), line.target)
            if line.decision == "accept":
                accepted[row] = line
                rejected.discard(pair)
            else:
                rejected.add(pair)
                if row in accepted and accepted[row].target == line.target:
                    del accepted[row]
        return cls(accepted, frozenset(rejected))

    def rejects(self, kind: str, source: str, key: str, target: str) -> bool:
        """Return whether a row was said not to be a thing."""
        return (kind, source, key, target) in self.rejected

    @property
    def content(self) -> str:
        """What decides a build, in one text: without who, when and why."""
        taken = sorted((*row, d.target) for row, d in self.accepted.items())
        return repr((taken, sorted(self.rejected)))


def _row(line: Decision) -> tuple[str, str, str]:
    return line.kind, line.source, line.key


def read_decisions(path: Path) -> list[Decision]:
    """Read the file; where there is none, nothing was decided.

    Raises
    ------
    InputError
        A column is missing or unknown, or a cell is not accepted; the message gives the row.
    """
    if not path.exists():
        return []
    records = read_csv(path)
    missing = [c for c in _NEEDED if c not in records.header]
    unknown = [c for c in records.header if c not in _COLUMNS]
    if missing or unknown:
        raise InputError(
            f"{path}, row 1: found the columns {', '.join(records.header)}. Accepted: "
            f"{', '.join(_COLUMNS)}; {', '.join(_NEEDED)} are needed."
        )
    return [_decision(path, row, dict(zip(records.header, c, strict=False)))
            for row, c in records.rows]  # fmt: skip


def _decision(path: Path, row: int, cells: Mapping[str, str]) -> Decision:
    values = {column: cells.get(column, "").strip() for column in _COLUMNS}
    for column in _NEEDED:
        accepted = _LISTS.get(column)
        if not values[column] or (accepted and values[column] not in accepted):
            wanted = " or ".join(accepted) if accepted else "a value"
            raise InputError(
                f"{path}, row {row}, column {column}: found {values[column]!r}. Accepted: {wanted}."
            )
    return Decision(**values)


def write_decisions(path: Path, decisions: Sequence[Decision]) -> None:
    """Write the file anew, whole or not at all."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(map(astuple, decisions))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, buffer.getvalue())
