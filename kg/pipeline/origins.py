"""What a release was loaded from, as its manifest says."""

from __future__ import annotations

from kg.provenance import GraphNames
from kg.results import ResultTable
from kg.store.release import Release

__all__ = ["input_files", "loaded_sources"]


def loaded_sources(release: Release) -> ResultTable:
    """Return a row for each source: rows by outcome, statements, date, licence, content hash."""
    names = GraphNames(release.manifest["base"])
    graphs = release.manifest["graphs"]
    columns = ("id", "kind", "read", "kept", "refused", "merged", "retrieved", "licence", "content")
    rows = [
        (
            *(entry[name] for name in columns),
            graphs.get(names.load(entry["id"], entry["content"]), 0),
        )
        for entry in release.manifest["sources"]
    ]
    return ResultTable((*columns, "statements"), rows)


def input_files(release: Release) -> ResultTable:
    """Return a row for each input file: source, name, SHA-256, size in bytes."""
    rows = [
        (entry["id"], file["name"], file["sha256"], file["size"])
        for entry in release.manifest["sources"]
        for file in entry.get("files", [])  # releases of version 0.1.0 may lack it
    ]
    return ResultTable(("source", "file", "sha256", "bytes"), rows)
