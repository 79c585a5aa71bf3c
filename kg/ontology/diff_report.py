"""A comparison of two states as text, Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict

from kg.ontology.change import Change
from kg.ontology.diff import OntologyDiff
from kg.ontology.impact import IMPACTS
from kg.results import ResultTable

__all__ = ["REPORTS"]

_SHOWN = 6  # values or queries in one line; JSON has them all


def _text(diff: OntologyDiff) -> str:
    lines = [_summary(diff), *diff.notes]
    for impact in IMPACTS:
        found = [c for c in diff.changes if c.impact == impact]
        lines += ["", f"{impact.capitalize()} ({len(found)})"] if found else []
        for change in found:
            lines += _text_lines(change)
    return "\n".join(lines) + "\n"


def _text_lines(change: Change) -> Iterator[str]:
    label = f' "{change.label}"' if change.label else ""
    what = f": {change.what}" if change.what else ""
    yield f"  {change.kind} {change.part} {change.name}{label}{what}"
    if change.kind == "deprecated":
        yield f"      use {_some(change.new)}"
    else:
        yield from (f"      - {value}" for value in _cut(change.old))
        yield from (f"      + {value}" for value in _cut(change.new))
    yield f"      {change.reason}"
    affected = _affected(change)
    if affected:
        yield f"      {affected}"


def _markdown(diff: OntologyDiff) -> str:
    parts = [f"# Changes from {diff.old} to {diff.new}", _summary(diff), *diff.notes]
    for impact in IMPACTS:
        rows = [_markdown_row(c) for c in diff.changes if c.impact == impact]
        if rows:
            head = ("change", "of", "name", "label", "what", "before", "after", "why", "affects")
            parts += [f"## {impact.capitalize()}", ResultTable(head, rows).to_markdown()]
    return "\n\n".join(parts) + "\n"


def _markdown_row(change: Change) -> tuple[str, ...]:
    return (
        change.kind, change.part, f"`{change.name}`", change.label, change.what,
        _some(change.old), _some(change.new), change.reason, _affected(change),
    )  # fmt: skip


def _json(diff: OntologyDiff) -> str:
    document = {
        "old": diff.old,
        "new": diff.new,
        "old_version": diff.old_version,
        "advice": asdict(diff.advice),
        "counts": _counts(diff),
        "notes": list(diff.notes),
        "changes": [asdict(change) for change in diff.changes],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


REPORTS: dict[str, Callable[[OntologyDiff], str]] = {
    "text": _text,
    "markdown": _markdown,
    "json": _json,
}
"""How a comparison can be shown: name → writer."""


def _summary(diff: OntologyDiff) -> str:
    if not diff.changes:
        return f"{diff.old} → {diff.new}: no changes."
    counts = ", ".join(f"{number} {impact}" for impact, number in _counts(diff).items() if number)
    advice = diff.advice
    version = f", at least {advice.version}" if advice.version else ""
    return f"{diff.old} → {diff.new}: {counts}. Version step: {advice.step}{version}."


def _counts(diff: OntologyDiff) -> dict[str, int]:
    return {i: sum(c.impact == i for c in diff.changes) for i in IMPACTS}


def _affected(change: Change) -> str:
    parts = []
    if change.columns:
        parts.append(f"columns: {_some(change.columns)}")
    if change.queries:
        parts.append(f"queries: {_some(change.queries)}")
    if change.uses is not None:
        parts.append(f"{change.uses} statements use it")
    return "; ".join(parts)


def _some(values: tuple[str, ...]) -> str:
    return ", ".join(_cut(values))


def _cut(values: tuple[str, ...]) -> list[str]:
    more = len(values) - _SHOWN
    return [*values[:_SHOWN], *([f"… and {more} more"] if more > 0 else [])]
