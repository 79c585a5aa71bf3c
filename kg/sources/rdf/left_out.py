"""What an RDF file states and no column takes: counted, with the place where it stands first."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from kg.tables import Problem

__all__ = ["LeftOut"]


@dataclass
class _Group:
    file: str
    line: int
    times: int = 0


@dataclass
class LeftOut:
    """Groups of statements by table, what they name (``class`` or ``property``), and the term."""

    source: str
    groups: dict[tuple[str, str, str], _Group] = field(default_factory=dict)

    def add(self, table: str, named: str, term: str, file: str, line: int) -> None:
        """Count one statement, or for a class one resource."""
        self.groups.setdefault((table, named, term), _Group(file, line)).times += 1

    def problems(self, known: Collection[str]) -> Iterator[Problem]:
        """Yield a warning for each group; ``known`` are the terms that may have been meant."""
        local = {_local(term).lower(): term for term in known}
        for (table, named, term), group in self.groups.items():
            close = difflib.get_close_matches(_local(term).lower(), local, n=1, cutoff=0.8)
            things = "resources" if named == "class" else "statements"
            yield Problem(
                self.source, group.file, table, group.line, f"({named})", term, f"unknown {named}",
                f"a {named} that {table or 'the vocabulary'} has; {group.times} {things} left out",
                "warning", suggestion=local[close[0]] if close else None,
            )  # fmt: skip


def _local(term: str) -> str:
    return term.rstrip("/#").replace("#", "/").rpartition("/")[2]
