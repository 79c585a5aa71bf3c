"""A release written anew without some people, in the place of the old one."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kg.errors import ReleaseError
from kg.files import read_csv
from kg.pipeline.assemble import Clock
from kg.pipeline.forget.quads import Without, without_people
from kg.pipeline.forget.records import clean_table, names_someone
from kg.pipeline.releases import exchange, free_name, write_manifest
from kg.pipeline.rework import asserted_quads, own_ontology, reassemble, reworked_manifest
from kg.privacy.traces import Traces
from kg.provenance import GraphNames
from kg.settings import Settings
from kg.store.release import MANIFEST, Release

__all__ = ["Rewritten", "rewrite", "what_would_go"]

_MADE = ("store", "columns", "ontology", "data.nq.gz", MANIFEST)
_REASON = "people forgotten"


@dataclass(frozen=True)
class Rewritten:
    """What was (or would be) removed from a release.

    ``graphs`` counts changed statements by graph, ``rows`` removed rows by file. ``iris`` are
    the things that went; ``left`` things of others whose IRI spells a name.
    """

    release: Release
    graphs: dict[str, int]
    rows: dict[str, int]
    iris: frozenset[str]
    left: int
    new_id: str | None = None

    def __bool__(self) -> bool:
        return bool(self.graphs or any(self.rows.values()))


def what_would_go(
    release: Release, people: Collection[str], traces: Traces, settings: Settings
) -> Rewritten:
    """Look through a release without changing anything."""
    return _rewritten(release, _without(release, people, traces, settings), traces)


def _without(
    release: Release, people: Collection[str], traces: Traces, settings: Settings
) -> Without:
    names = GraphNames(release.manifest["base"])
    schema = own_ontology(release, settings).schema
    return without_people(asserted_quads(release), people, traces, schema, names)


def _rewritten(release: Release, without: Without, traces: Traces) -> Rewritten:
    rows = {p.name: clean_table(p, traces, write=False) for p in _further(release) if _is_csv(p)}
    hidden = _hidden_files(release.manifest, traces)
    rows |= {MANIFEST: hidden} if hidden else {}
    rows |= {p.name: 1 for p in _further(release) if not _is_csv(p) and names_someone(p, traces)}
    named = {name: count for name, count in rows.items() if count}
    return Rewritten(release, without.changed, named, without.gone, without.left)


def rewrite(
    release: Release,
    people: Collection[str],
    traces: Traces,
    settings: Settings,
    workspace: Path,
    clock: Clock,
) -> Rewritten:
    """Write a release without these people, let it take the old one's place, and hide the old.

    Killed at any moment, the folder holds the old release, the new one, or both, each whole.

    Raises
    ------
    ReleaseError
        The release cannot be read or written.
    """
    without = _without(release, people, traces, settings)
    found = _rewritten(release, without, traces)
    workspace.mkdir()
    figures: dict[str, Any] = {}
    if found.graphs:
        ontology = own_ontology(release, settings)
        assembly = reassemble(release, without.quads, ontology, settings, workspace, clock)
        figures = assembly.figures
    else:
        _link(release, workspace)
    for path in _further(release):
        if _is_csv(path):
            shutil.copyfile(path, workspace / path.name)
            clean_table(workspace / path.name, traces)
        elif not names_someone(path, traces):
            shutil.copyfile(path, workspace / path.name)
    _refuse_traces(workspace, people)
    when = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    manifest = reworked_manifest(release, figures, _REASON, when)
    manifest |= {"sources": _clean_sources(manifest["sources"], traces)}
    manifest |= {"problems": _tally(workspace / "report.csv", manifest.get("problems", {}))}
    folder = settings.project.releases
    wanted = f"{manifest['built'][:10]}-{manifest['dump'][:8]}"
    new_id = free_name(folder, wanted, manifest["inputs"])
    write_manifest(workspace, {**manifest, "id": new_id})
    exchange(workspace, new_id, release, folder)
    return Rewritten(release, found.graphs, found.rows, found.iris, found.left, new_id)


def _further(release: Release) -> list[Path]:
    """Return the files of a release that no assembly writes: reports and the like."""
    return sorted(p for p in release.path.iterdir() if p.name not in _MADE and p.is_file())


def _is_csv(path: Path) -> bool:
    return path.suffix == ".csv"


def _link(release: Release, workspace: Path) -> None:
    """Take over what does not change; nobody writes to the files of a release."""
    for name in ("store", "columns", "ontology"):
        if (release.path / name).is_dir():
            shutil.copytree(release.path / name, workspace / name, copy_function=os.link)
    os.link(release.dump, workspace / release.dump.name)


def _hidden_files(manifest: Any, traces: Traces) -> int:
    files = [file["name"] for source in manifest["sources"] for file in source.get("files", ())]
    return int(traces.found(pl.Series(files, dtype=pl.String)).sum())


def _clean_sources(sources: list[dict[str, Any]], traces: Traces) -> list[dict[str, Any]]:
    return [
        {**s, "files": [f for f in s.get("files", ()) if not traces.spans(f["name"])]}
        for s in sources
    ]


def _tally(report: Path, old: dict[str, int]) -> dict[str, int]:
    if not report.is_file():
        return old
    records = read_csv(report)
    place = records.header.index("severity")
    found = [cells[place] for _, cells in records.rows]
    return {severity: found.count(severity) for severity in old}


def _refuse_traces(workspace: Path, people: Collection[str]) -> None:
    """Look into what was written: a graph that infers somebody back must not be published."""
    columns = workspace / "columns" / "names.parquet"
    if columns.is_file():
        back = pl.read_parquet(columns).filter(pl.col("entity").is_in(list(people)))
        if back.height:
            raise ReleaseError(
                "A person who was taken out came back by inference; nothing was published. Please "
                "report this with the ontology."
            )
