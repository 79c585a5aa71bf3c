"""What was found for a row without an identifier: candidates, zone, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from kg.reconcile.decisions import Decisions
from kg.reconcile.matcher import Candidate
from kg.tables import CheckedTable

__all__ = ["Proposal", "apply_decisions", "counts_by_zone", "row_keys", "with_identifiers"]

IDENTIFIERS: Mapping[str, tuple[str, str]] = {
    "organisation": ("organisations", "ror"),
    "person": ("people", "orcid"),
}
"""For each kind, its table and the column of the identifier that joins its things."""


@dataclass(frozen=True)
class Proposal:
    """A row and its candidates, the best first.

    ``zone`` is ``accept``, ``review`` or ``reject``, or ``decided`` where a steward has spoken;
    ``target`` is the identifier that the row got, if any.
    """

    kind: str
    source: str
    key: str
    name: str
    country: str | None
    city: str | None
    zone: str
    candidates: tuple[Candidate, ...]
    target: str | None = None


def counts_by_zone(proposals: Iterable[Proposal]) -> dict[str, int]:
    """Return how many rows of each kind are in each zone, as ``organisations_accept`` and so on."""
    found = Counter(f"{IDENTIFIERS[p.kind][0]}_{p.zone}" for p in proposals)
    zones = ("accept", "review", "reject", "decided")
    names = [f"{table}_{zone}" for table, _ in IDENTIFIERS.values() for zone in zones]
    return {name: found[name] for name in names}


def row_keys(table: CheckedTable) -> pl.DataFrame:
    """Return ``_id`` and ``key`` (the cell ``id``) of the rows that stand and have one."""
    if "id" not in table.values:
        return pl.DataFrame(schema={"_id": pl.UInt32, "key": pl.String})
    kept = pl.col("_id").is_in(list(table.refused)).not_()
    return table.values["id"].filter(kept).select("_id", key="value").unique("_id")


def apply_decisions(
    checked: Sequence[CheckedTable], decisions: Decisions
) -> tuple[list[CheckedTable], list[Proposal]]:
    """Give the rows that stewards decided on their identifier, whatever its score would be."""
    if not decisions.accepted:
        return list(checked), []
    proposals: list[Proposal] = []
    return [_decided(table, decisions, proposals) for table in checked], proposals


def _decided(table: CheckedTable, decisions: Decisions, proposals: list[Proposal]) -> CheckedTable:
    for kind, (name, identifier) in IDENTIFIERS.items():
        if table.schema.name != name:
            continue
        open_ = without_identifier(table, identifier)
        found = []
        for row, key in open_.iter_rows():
            line = decisions.accepted.get((kind, table.table.source, key))
            if line is not None:
                found.append((row, line.target))
                why = (line.why,) if line.why else ()
                one = Candidate(line.target, line.target_name, None, None, 1.0, "decided", why)
                proposals.append(
                    Proposal(
                        kind, table.table.source, key, line.name, None, None, "decided", (one,),
                        line.target,
                    )
                )  # fmt: skip
        if found:
            frame = pl.DataFrame(found, schema={"_id": pl.UInt32, "id": pl.String}, orient="row")
            return with_identifiers(table, frame, identifier)
    return table


def without_identifier(table: CheckedTable, identifier: str) -> pl.DataFrame:
    """Return ``_id`` and ``key`` of the rows that have no such identifier."""
    keys = row_keys(table)
    if identifier in table.values:
        keys = keys.join(table.values[identifier], on="_id", how="anti", maintain_order="left")
    return keys.sort("_id")


def with_identifiers(table: CheckedTable, found: pl.DataFrame, identifier: str) -> CheckedTable:
    """Give the rows ``_id`` their identifier ``id``.

    Their name becomes another name of the thing that bears the identifier, where its table has a
    column for those; else that thing's own name stands for it.
    """
    values = dict(table.values)
    added = found.select("_id", value="id")
    values[identifier] = _joined(values.get(identifier), added)
    names = values["name"].join(found, on="_id", how="semi")
    values["name"] = values["name"].join(found, on="_id", how="anti")
    if "alias" in table.schema.by_name:
        values["alias"] = _joined(values.get("alias"), names)
    namesakes = table.namesakes | set(found["_id"].to_list())
    return replace(table, values=values, namesakes=namesakes)


def _joined(old: pl.DataFrame | None, added: pl.DataFrame) -> pl.DataFrame:
    return added if old is None else pl.concat([old, added], how="diagonal")
