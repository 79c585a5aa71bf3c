"""What a release was loaded from, as its manifest says."""

from __future__ import annotations

from kg.provenance import GraphNames
from kg.results import ResultTable, Value
from kg.settings import Settings
from kg.store.release import Release

__all__ = ["input_files", "listed_sources", "loaded_sources"]


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


def listed_sources(settings: Settings, release: Release | None) -> ResultTable:
    """Return a row for each source of the project file or of a release.

    ``state`` is ``loaded``, ``not loaded`` (in the project file alone) or ``not in the project``
    (in the release alone); ``graph`` and counts are those of the release.
    """
    loaded = loaded_sources(release) if release else None
    rows = dict(zip(loaded.column("id"), loaded.rows, strict=True)) if loaded else {}
    names = GraphNames(release.manifest["base"]) if release else None
    stated = {source.id: source for source in settings.sources}
    found: list[tuple[Value, ...]] = []
    counts: tuple[Value, ...]
    for name in dict.fromkeys([*stated, *(str(n) for n in rows)]):
        if name in rows and names is not None:
            _, kind, read, kept, refused, _, retrieved, licence, content, statements = rows[name]
            state = "loaded" if name in stated else "not in the project"
            graph = names.load(name, str(content))
            counts = (graph, read, kept, refused, statements)
        else:
            own = stated[name]
            kind, licence, retrieved = own.kind, own.licence, own.retrieved.isoformat()
            state, counts = "not loaded", (None,) * 5
        found.append((name, kind, state, licence, retrieved, *counts))
    columns = ("source", "kind", "state", "licence", "retrieved", "graph", "read", "kept",
               "refused", "triples")  # fmt: skip
    return ResultTable(columns, found)
