"""A release made from another one: its asserted statements, altered, and all that follows anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from kg.ontology import Ontology, load_ontology
from kg.pipeline.assemble import Assembly, Clock, assemble
from kg.provenance import GraphNames
from kg.quads import read_quads
from kg.settings import Settings
from kg.store.release import Release

_ONTOLOGIES: dict[tuple[tuple[str, str], ...], Ontology] = {}

__all__ = ["asserted_quads", "own_ontology", "reassemble", "reworked_manifest"]


def asserted_quads(release: Release) -> pl.DataFrame:
    """Return what a release was told, without what the build inferred, derived and counted.

    Raises
    ------
    ReleaseError
        Its dump cannot be read.
    """
    names = GraphNames(release.manifest["base"])
    computed = [f"<{g}>" for g in (names.inferred, names.derived, names.description)]
    return read_quads(release.dump).filter(~pl.col("g").is_in(computed))


def own_ontology(release: Release, settings: Settings) -> Ontology:
    """Return the ontology that a release was built with."""
    folder = release.path / "ontology"
    if not folder.is_dir():
        return load_ontology(settings.ontology)
    sums = release.manifest["files"]
    key = tuple(sorted((n, s) for n, s in sums.items() if n.startswith("ontology/")))
    # Most releases have the same one; where the first of them lay does not matter.
    if key not in _ONTOLOGIES:
        _ONTOLOGIES.clear()
        _ONTOLOGIES[key] = load_ontology(folder)
    return _ONTOLOGIES[key]


def reassemble(
    release: Release,
    asserted: pl.DataFrame,
    ontology: Ontology,
    settings: Settings,
    workspace: Path,
    clock: Clock,
) -> Assembly:
    """Write the files of a release anew from asserted quads, and read its store back."""
    manifest = release.manifest
    strongest = int(manifest.get("partnerships", settings.build.partnerships))
    folder = release.path / "ontology"
    ontology = replace(ontology, folder=folder if folder.is_dir() else ontology.folder)
    assembly = assemble(asserted, ontology, manifest["base"], strongest, workspace, clock)
    assembly.verify()
    return assembly


def reworked_manifest(
    release: Release, figures: Mapping[str, object], reason: str, when: str
) -> dict[str, Any]:
    """Return the manifest of a release that was made from another one, but for its id.

    ``built`` stays: it says how old the data are. ``inputs`` is another: a build of what the
    old one was made from is not the same.
    """
    old = release.manifest
    inputs = hashlib.sha256(f"{reason}\0{old.get('inputs', '')}".encode()).hexdigest()
    replaced = [*old.get("replaces", ()), release.id]
    kept = {name: value for name, value in old.items() if name not in ("files", "id")}
    return {**kept, **figures, "inputs": inputs, "rewritten": when, "replaces": replaced}
