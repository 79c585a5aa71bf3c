"""Build: one release from one project file, whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kg import __version__
from kg.catalogue import catalogue_quads
from kg.errors import ReleaseError
from kg.files import write_atomically
from kg.ontology import Ontology, load_ontology
from kg.pipeline.assemble import Clock, assemble
from kg.pipeline.derive import ontology_quads
from kg.pipeline.load import Loaded, load_sources, refuse_excess
from kg.pipeline.matching import LAST_REVIEW, match_quads, review_csv
from kg.pipeline.releases import (
    building,
    free_name,
    is_whole,
    prune,
    publish,
    write_manifest,
)
from kg.pipeline.report import report_csv
from kg.provenance import GraphNames, describe_loads
from kg.queries import catalogue
from kg.reconcile import counts_by_zone
from kg.results import ResultTable
from kg.settings import Settings
from kg.store.release import Release, current_release

__all__ = ["STEPS", "BuildResult", "build"]

STEPS = (
    "ontology",
    "load",
    "map",
    "infer",
    "store",
    "rules",
    "columns and partnerships",
    "write",
    "verify and switch",
)
"""The steps of a build, in order; ``progress`` is called with each, and with details between."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class BuildResult:
    """What a build did. ``changed`` is false where the inputs were those of the served release.

    ``counts`` has rows read, kept, refused, merged by source and table; ``classes`` the asserted
    resources by class; ``seconds`` the time by step.
    """

    release: Release
    changed: bool
    counts: ResultTable
    classes: ResultTable
    seconds: Mapping[str, float]
    loaded: Loaded | None = None


def build(
    settings: Settings,
    progress: Progress = lambda _: None,
    force: bool = False,
    strict: bool = False,
) -> BuildResult:
    """Build a release from a project and switch to it.

    Parameters
    ----------
    settings:
        The project file.
    progress:
        Called with the name of each step when it begins.
    force:
        Build even where nothing that goes in has changed.
    strict:
        Stop at the first refused or doubtful cell.

    Raises
    ------
    InputError
        A file cannot be taken in, or more rows are refused than a source allows. The report
        stands in ``last-build-report.csv`` in the release folder; nothing else has changed.
    ReleaseError
        The release cannot be written, or what was written does not read back whole.
    """
    clock = Clock(progress)
    folder = settings.project.releases
    with building(folder) as workspace:
        with clock.step("ontology"):
            ontology = load_ontology(settings.ontology)
            schema = ontology.schema
        with clock.step("load"):
            loaded = load_sources(settings, schema, progress)
        write_atomically(folder / "last-build-report.csv", report_csv(loaded.problems))
        write_atomically(folder / LAST_REVIEW, review_csv(loaded.proposals))
        refuse_excess(loaded, strict, settings.load)
        inputs = _fingerprint(settings, ontology, loaded)
        served = _served(folder)
        same = served is not None and served.manifest.get("inputs") == inputs and not force
        # A release that was damaged since is built again.
        if served and same and is_whole(served.path):
            return _unchanged(served, loaded, clock)
        release = _write(settings, ontology, loaded, workspace, clock, inputs)
    return BuildResult(
        release,
        True,
        loaded.counts(),
        _classes(release),
        clock.seconds,
        loaded,
    )


def _unchanged(served: Release, loaded: Loaded, clock: Clock) -> BuildResult:
    return BuildResult(served, False, loaded.counts(), _classes(served), clock.seconds, loaded)


def _classes(release: Release) -> ResultTable:
    rows = [(name, count) for name, count in release.manifest["classes"].items()]
    return ResultTable(("class", "resources"), rows)


def _served(folder: Path) -> Release | None:
    try:
        return current_release(folder)
    except ReleaseError:
        return None


def _fingerprint(settings: Settings, ontology: Ontology, loaded: Loaded) -> str:
    """Return a SHA-256 over everything that decides what a release holds."""
    parts = [
        __version__,
        ontology.fingerprint,
        repr((settings.project.title, settings.project.base, settings.project.default_bloc)),
        repr(settings.build),
        *(query.text for query in catalogue().values()),
        *(repr((load.source, load.content)) for load in loaded.loads),
        loaded.decided,
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _write(
    settings: Settings,
    ontology: Ontology,
    loaded: Loaded,
    workspace: Path,
    clock: Clock,
    inputs: str,
) -> Release:
    names = GraphNames(settings.project.base)
    with clock.step("map"):
        data = loaded.quads(names)
        provenance = describe_loads(loaded.loads, names, ontology.version)
        matches = match_quads(loaded.proposals, names)
        own = [ontology_quads(ontology, names), catalogue_quads(names)]
        asserted = pl.concat([data, provenance, matches, *own])
    base, partnerships = settings.project.base, settings.build.partnerships
    assembly = assemble(asserted, ontology, base, partnerships, workspace, clock)
    write_atomically(workspace / "report.csv", report_csv(loaded.problems))
    write_atomically(workspace / "review.csv", review_csv(loaded.proposals))
    with clock.step("verify and switch"):
        built = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        wanted = f"{built[:10]}-{assembly.digest[:8]}"
        release_id = free_name(settings.project.releases, wanted, inputs)
        manifest = _manifest(settings, ontology, loaded) | assembly.figures
        own_facts = {"id": release_id, "built": built, "inputs": inputs, "seconds": clock.seconds}
        write_manifest(workspace, manifest | own_facts)
        assembly.verify()
        release = publish(workspace, release_id, settings.project.releases)
        prune(settings.project.releases, settings.build.keep)
    return release


def _manifest(settings: Settings, ontology: Ontology, loaded: Loaded) -> dict[str, object]:
    return {
        "title": settings.project.title,
        "base": settings.project.base,
        "default_bloc": settings.project.default_bloc,
        "software": __version__,
        "ontology": ontology.version,
        "suppress_below": settings.build.suppress_below,
        "partnerships": settings.build.partnerships,
        "suppressed_groups": loaded.suppressed,
        "matches": vars(loaded.matches) | counts_by_zone(loaded.proposals),
        "sources": [_source_entry(loaded, i) for i in range(len(loaded.loads))],
        "problems": {
            severity: sum(p.severity == severity for p in loaded.problems)
            for severity in ("error", "warning")
        },
    }


def _source_entry(loaded: Loaded, position: int) -> dict[str, object]:
    load = loaded.loads[position]
    return {
        "id": load.source.id,
        "kind": load.source.kind,
        "title": load.source.title,
        "licence": load.source.licence,
        "homepage": load.source.homepage,
        "attribution": load.source.attribution,
        "retrieved": load.source.retrieved.isoformat(),
        "content": load.content,
        "read": load.read,
        "kept": load.kept,
        "refused": load.refused,
        "merged": load.merged,
        "files": [vars(file) for file in load.files],
    }
