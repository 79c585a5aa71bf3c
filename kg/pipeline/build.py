"""Build: one release from one project file, whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kg import __version__
from kg.catalogue import catalogue_quads
from kg.checking.report import report_csv
from kg.errors import ReleaseError
from kg.files import write_atomically
from kg.ontology import Ontology, load_ontology
from kg.pipeline.assemble import Clock, assemble
from kg.pipeline.contents import Contents, conditions_of, contents_of, inputs_of, totals
from kg.pipeline.derive import ontology_quads
from kg.pipeline.load import Loaded, load_sources, refuse_excess
from kg.pipeline.matching import LAST_REVIEW, review_csv
from kg.pipeline.releases import (
    building,
    free_name,
    is_whole,
    prune,
    publish,
    write_manifest,
)
from kg.provenance import GraphNames, describe_loads
from kg.results import ResultTable
from kg.settings import Settings
from kg.sources import get_ready
from kg.store.release import Release, current_release
from kg.tombstones import read_tombstones

__all__ = ["STEPS", "BuildResult", "build", "finish", "result_of"]

STEPS = (
    "ontology",
    "load",
    "map",
    "infer",
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
        get_ready()
        with clock.step("ontology"):
            ontology = load_ontology(settings.ontology)
            schema = ontology.schema
        with clock.step("load"):
            loaded = load_sources(settings, schema, progress)
        write_atomically(folder / "last-build-report.csv", report_csv(loaded.problems))
        write_atomically(folder / LAST_REVIEW, review_csv(loaded.proposals))
        refuse_excess(loaded, strict, settings.load)
        inputs = inputs_of(settings, ontology, loaded.loads, loaded.decided)
        served = _served(folder)
        same = served is not None and served.manifest.get("inputs") == inputs and not force
        # A release that was damaged since is built again.
        if served and same and is_whole(served.path):
            return result_of(served, loaded, clock, changed=False)
        with clock.step("map"):
            contents = contents_of(loaded, GraphNames(settings.project.base))
        release = finish(settings, ontology, contents, workspace, clock, loaded.decided)
    return result_of(release, loaded, clock, changed=True)


def result_of(release: Release, loaded: Loaded, clock: Clock, changed: bool) -> BuildResult:
    """Return what a build did."""
    return BuildResult(release, changed, loaded.counts(), _classes(release), clock.seconds, loaded)


def _classes(release: Release) -> ResultTable:
    rows = [(name, count) for name, count in release.manifest["classes"].items()]
    return ResultTable(("class", "resources"), rows)


def _served(folder: Path) -> Release | None:
    try:
        return current_release(folder)
    except ReleaseError:
        return None


def finish(
    settings: Settings,
    ontology: Ontology,
    contents: Contents,
    workspace: Path,
    clock: Clock,
    decided: str,
) -> Release:
    """Assemble a release from what the sources say, verify it and switch to it.

    ``decided`` is what stewards said of matches.

    Raises
    ------
    ReleaseError
        It cannot be written, or what was written does not read back whole.
    """
    names = GraphNames(settings.project.base)
    provenance = describe_loads(contents.loads, names, ontology.version)
    forgotten = read_tombstones(settings.project.forgotten)
    own = [ontology_quads(ontology, names), catalogue_quads(names, forgotten)]
    asserted = pl.concat([contents.data, provenance, contents.matches, *own])
    base, partnerships = settings.project.base, settings.build.partnerships
    assembly = assemble(asserted, ontology, base, partnerships, workspace, clock)
    write_atomically(workspace / "report.csv", contents.report)
    write_atomically(workspace / "review.csv", contents.review)
    with clock.step("verify and switch"):
        built = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        wanted = f"{built[:10]}-{assembly.digest[:8]}"
        inputs = inputs_of(settings, ontology, contents.loads, decided)
        release_id = free_name(settings.project.releases, wanted, inputs)
        manifest = _manifest(settings, ontology, contents, decided) | assembly.figures
        own_facts = {"id": release_id, "built": built, "inputs": inputs, "seconds": clock.seconds}
        with ThreadPoolExecutor(1) as side:
            verified = side.submit(assembly.verify)
            write_manifest(workspace, manifest | own_facts)
            verified.result()
        release = publish(workspace, release_id, settings.project.releases)
        prune(settings.project.releases, settings.build.keep)
    return release


def _manifest(
    settings: Settings, ontology: Ontology, contents: Contents, decided: str
) -> dict[str, object]:
    about = {
        "title": settings.project.title,
        "base": settings.project.base,
        "default_bloc": settings.project.default_bloc,
        "software": __version__,
        "ontology": ontology.version,
        "suppress_below": settings.build.suppress_below,
        "partnerships": settings.build.partnerships,
        "conditions": conditions_of(settings, ontology, decided),
    }
    return {**about, **totals(contents.entries), "sources": list(contents.entries)}
