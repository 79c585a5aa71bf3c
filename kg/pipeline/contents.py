"""What goes into a release besides what follows from it: statements, reports, facts by source."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from kg import __version__
from kg.checking.report import report_csv
from kg.ontology import Ontology
from kg.pipeline.load import Loaded
from kg.pipeline.matching import match_quads, review_csv
from kg.provenance import GraphNames, LoadRecord, content_hash
from kg.queries import catalogue
from kg.reconcile import counts_by_zone
from kg.settings import Settings, SourceSettings

__all__ = ["Contents", "conditions_of", "contents_of", "inputs_of", "reading_of", "totals"]

_SEVERITIES = ("error", "warning")
_SUMS = ("matches", "problems")


@dataclass(frozen=True)
class Contents:
    """What a build writes: ``data`` of the sources, ``matches``, the texts of report and review.

    ``entries`` are what the manifest says of each source.
    """

    loads: tuple[LoadRecord, ...]
    data: pl.DataFrame
    matches: pl.DataFrame
    report: str
    review: str
    entries: tuple[Mapping[str, Any], ...]


def contents_of(loaded: Loaded, names: GraphNames) -> Contents:
    """Return what a load gives."""
    return Contents(
        loaded.loads,
        loaded.quads(names),
        match_quads(loaded.proposals, names),
        report_csv(loaded.problems),
        review_csv(loaded.proposals),
        tuple(_entry(loaded, load) for load in loaded.loads),
    )


def _entry(loaded: Loaded, load: LoadRecord) -> dict[str, Any]:
    name = load.source.id
    proposals = [p for p in loaded.proposals if p.source == name]
    found = Counter(p.severity for p in loaded.problems if p.source == name)
    exact = loaded.matches.by_source.get(name, (0, 0, 0))
    by_name = dict(zip(("wanted", "matched", "ambiguous"), exact, strict=True))
    # Of a source that something was left out of nobody can say later what that was.
    plain = content_hash(load.source, load.files) == load.content
    return {
        "id": name,
        "kind": load.source.kind,
        "title": load.source.title,
        "licence": load.source.licence,
        "homepage": load.source.homepage,
        "attribution": load.source.attribution,
        "retrieved": load.source.retrieved.isoformat(),
        "content": load.content,
        "reading": reading_of(load.source) if plain else None,
        "read": load.read,
        "kept": load.kept,
        "refused": load.refused,
        "merged": load.merged,
        "matches": by_name | counts_by_zone(proposals),
        "suppressed_groups": loaded.suppressed_by.get(name, 0),
        "problems": {severity: found[severity] for severity in _SEVERITIES},
        "files": [vars(file) for file in load.files],
    }


def reading_of(source: SourceSettings) -> str:
    """Return a SHA-256 over the settings that decide how a source is read, and who is named."""
    parts = (source.kind, sorted(source.options.items()), source.publish)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def totals(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the manifest says of all sources together."""
    sums: dict[str, Counter[str]] = {name: Counter() for name in _SUMS}
    suppressed = 0
    for entry in entries:
        suppressed += entry.get("suppressed_groups", 0)
        for name, counts in sums.items():
            counts.update(entry.get(name, {}))
    return {"suppressed_groups": suppressed} | {name: dict(c) for name, c in sums.items()}


def conditions_of(settings: Settings, ontology: Ontology, decided: str) -> str:
    """Return a SHA-256 over all that decides what a release holds besides its sources."""
    return _digest(_conditions(settings, ontology, decided))


def inputs_of(
    settings: Settings, ontology: Ontology, loads: Iterable[LoadRecord], decided: str
) -> str:
    """Return a SHA-256 over everything that decides what a release holds."""
    # Where a source lies is none of it: a project may move, and the content has its own hash.
    own = [
        (replace(load.source, path=Path(), inputs=(), sha256={}, max_refused=0.0), load.content)
        for load in loads
    ]
    return _digest([*_conditions(settings, ontology, decided), *map(repr, own)])


def _conditions(settings: Settings, ontology: Ontology, decided: str) -> list[str]:
    return [
        __version__,
        ontology.fingerprint,
        repr((settings.project.title, settings.project.base, settings.project.default_bloc)),
        repr(settings.build),
        *(query.text for query in catalogue().values()),
        decided,
    ]


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
