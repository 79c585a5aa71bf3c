"""References to what was replaced lead to what replaces it.

A registry withdraws a record and names the one to use (``rihla:replacedBy``); a reference to the
old one means the new one. The old row itself stays, with what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from kg.reconcile.keys import ResolvedTable
from kg.tables import Problem, problems_at
from kg.terms import RIHLA

__all__ = ["follow_replacements"]

_REPLACED_BY = str(RIHLA.replacedBy)


def follow_replacements(tables: Sequence[ResolvedTable]) -> list[ResolvedTable]:
    """Return the tables with every reference at its end; each change is noted on its row."""
    ends = _ends({old: new for table in tables for old, new in _replacements(table)})
    return [_followed(table, ends) for table in tables] if ends else list(tables)


def _replacements(table: ResolvedTable) -> Iterable[tuple[str, str]]:
    """Yield the IRI of each replaced row and of what replaces it, where that is one thing."""
    for column in table.checked.schema.columns:
        if column.path == _REPLACED_BY and column.name in table.references:
            targets = table.references[column.name].unique("_id", keep="none")
            pairs = targets.join(table.subjects, on="_id", suffix="_old")
            yield from pairs.select("iri_old", "iri").iter_rows()


def _ends(steps: Mapping[str, str]) -> dict[str, str]:
    """Return where each chain of replacements ends; a circle is left as it is."""
    ends = {}
    for start in steps:
        passed, end = {start}, steps[start]
        while end in steps and end not in passed:
            passed.add(end)
            end = steps[end]
        if end not in passed:
            ends[start] = end
    return ends


def _followed(table: ResolvedTable, ends: Mapping[str, str]) -> ResolvedTable:
    references = dict(table.references)
    problems = list(table.problems)
    moves = pl.DataFrame({"iri": list(ends), "end": list(ends.values())})
    for column in table.checked.schema.columns:
        if column.path == _REPLACED_BY or column.name not in references:
            continue
        found = references[column.name].join(moves, on="iri", how="left", maintain_order="left")
        moved = found.drop_nulls("end")
        if moved.height:
            kept = found.select("_id", iri=pl.coalesce("end", "iri"))
            references[column.name] = kept.unique(maintain_order=True)
            problems += _notes(table, column.name, moved)
    problems.sort(key=lambda p: (p.row, p.column, p.rule))
    return replace(table, references=references, problems=tuple(problems))


def _notes(table: ResolvedTable, name: str, moved: pl.DataFrame) -> Iterable[Problem]:
    column = table.checked.schema.by_name[name]
    for end, rows in moved.group_by("end", maintain_order=True):
        accepted = f"which was replaced: read as {end[0]}"
        bad = rows.select("_id", value="iri")
        for problem in problems_at(table.checked, column, "replaced", accepted, bad):
            yield replace(problem, severity="info")
