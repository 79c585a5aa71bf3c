"""What changed in the tables, column by column, and in the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace

from kg.ontology.change import Change
from kg.ontology.impact import BREAKING, COMPATIBLE, Verdict, of_column_facet, of_table_facet
from kg.ontology.snapshot import Snapshot
from kg.schema import Column, TableSchema

__all__ = ["rule_changes", "table_changes"]


def table_changes(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    """Yield the changes of tables and columns; none where a state holds no shapes."""
    if not len(old.shapes) or not len(new.shapes):
        return
    before, after = old.schema.tables, new.schema.tables
    for name in sorted(before.keys() | after.keys()):
        table = after.get(name) or before[name]
        blank = Change("changed", "table", name, table.labels.get("en", ""), COMPATIBLE, "",
                       table.target)  # fmt: skip
        if name not in before:
            yield replace(blank, kind="added", reason="new; nothing used it")
        elif name not in after:
            yield replace(blank, kind="removed", impact=BREAKING, reason="files of it are refused")
        else:
            yield from _facet_changes(blank, before[name], after[name])
            yield from _column_changes(before[name], after[name])


def _facet_changes(blank: Change, old: TableSchema, new: TableSchema) -> Iterator[Change]:
    for facet in ("target", "key_templates", "one_of", "labels"):
        before, after = getattr(old, facet), getattr(new, facet)
        if before != after:
            verdict = of_table_facet(facet, old, new)
            yield _facet_change(blank, facet, before, after, verdict)


def _facet_change(
    blank: Change, facet: str, before: object, after: object, verdict: Verdict
) -> Change:
    old, new = _values(before), _values(after)
    return replace(
        blank, what=facet.replace("_", " "), impact=verdict.impact, reason=verdict.reason,
        old=tuple(v for v in old if v not in new), new=tuple(v for v in new if v not in old),
    )  # fmt: skip


def _column_changes(old: TableSchema, new: TableSchema) -> Iterator[Change]:
    for name in dict.fromkeys([*old.by_name, *new.by_name]):
        before, after = old.by_name.get(name), new.by_name.get(name)
        column = after or before
        assert column is not None  # the name came from one of the two
        blank = Change("changed", "column", f"{new.name}.{name}", column.labels.get("en", ""),
                       COMPATIBLE, "", column.path)  # fmt: skip
        if before is None:
            yield _added_column(blank, column)
        elif after is None:
            reason = "tables that have the column are refused, and its statements go"
            yield replace(blank, kind="removed", impact=BREAKING, reason=reason)
        else:
            yield from _changed_column(blank, before, after)


def _added_column(blank: Change, column: Column) -> Change:
    if column.required:
        reason = "tables without the column are refused"
        return replace(blank, kind="added", impact=BREAKING, reason=reason)
    return replace(blank, kind="added", reason="tables without it still load")


def _changed_column(blank: Change, old: Column, new: Column) -> Iterator[Change]:
    for facet in (f.name for f in fields(Column) if f.name != "name"):
        before, after = getattr(old, facet), getattr(new, facet)
        if before != after:
            yield _facet_change(blank, facet, before, after, of_column_facet(facet, old, new))


def _values(value: object) -> tuple[str, ...]:
    if value is None or value == ():
        return ()
    if isinstance(value, Mapping):
        return tuple(f"{k}: {v}" for k, v in sorted(value.items()))
    if isinstance(value, tuple):
        return tuple(" or ".join(v) if isinstance(v, tuple) else str(v) for v in value)
    return (str(value).lower() if isinstance(value, bool) else str(value),)


def rule_changes(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    """Yield the changes of the rules; layout and comments do not count."""
    if not old.rules or not new.rules:
        return
    for name in sorted(old.rules.keys() | new.rules.keys()):
        before, after = old.rules.get(name), new.rules.get(name)
        blank = Change("changed", "rule", name, "", BREAKING, "other facts follow from the data")
        if before is None:
            yield replace(blank, kind="added", impact=COMPATIBLE, reason="more follows")
        elif after is None:
            yield replace(blank, kind="removed", reason="less follows; queries may lose rows")
        elif _without_comments(before) != _without_comments(after):
            yield blank


def _without_comments(query: str) -> list[str]:
    return re.sub(r"(?m)(^|\s)#.*$", " ", query).split()
