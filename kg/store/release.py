"""A release: an immutable folder that holds one state of the graph, and the pointer to it.

::

    releases/
        current -> 2026-11-20-1f0c9a3b
        2026-11-20-1f0c9a3b/
            manifest.json   what it holds, from what, with the SHA-256 of every other file
            data.nq.gz      the canonical dump: sorted N-Quads
            store/          RocksDB, opened read-only
            columns/        flat tables for analyses, Parquet
            ontology/       the ontology that it was built with
            report.csv      every refused or doubtful cell of the build
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import NotFoundError, ReleaseError

__all__ = [
    "MANIFEST",
    "POINTER",
    "Release",
    "current_release",
    "find_release",
    "list_releases",
    "open_release",
]

MANIFEST = "manifest.json"
POINTER = "current"
_EXPECTED = {"id", "built", "files", "quads", "triples"}


@dataclass(frozen=True)
class Release:
    """One release on disk; ``manifest`` is its manifest.json."""

    id: str
    path: Path
    manifest: Mapping[str, Any]

    @property
    def store(self) -> Path:
        """The folder of the embedded store."""
        return self.path / "store"

    @property
    def dump(self) -> Path:
        """The canonical dump, gzip-compressed N-Quads."""
        return self.path / "data.nq.gz"

    def columns(self, name: str) -> Path:
        """Return the Parquet file of one flat table."""
        return self.path / "columns" / f"{name}.parquet"


def open_release(path: Path) -> Release:
    """Open the release in a folder.

    Raises
    ------
    ReleaseError
        The folder has no readable manifest, so it is no complete release.
    """
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        if missing := sorted(_EXPECTED - set(manifest)):
            raise ValueError(f"there is no {', '.join(missing)}")
        return Release(str(manifest["id"]), path, manifest)
    except (OSError, ValueError, TypeError) as error:
        raise ReleaseError(
            f"{path} is no complete release: its {MANIFEST} cannot be read ({error}). "
            "Go back with 'kg rollback', or build again with 'kg build'."
        ) from error


def current_release(folder: Path) -> Release:
    """Open the release that the pointer in a release folder names.

    Raises
    ------
    ReleaseError
        Nothing was built yet, or the pointer leads nowhere.
    """
    pointer = folder / POINTER
    if not pointer.exists():
        raise ReleaseError(f"There is no release in {folder}. Build one with 'kg build'.")
    # Resolved once: a later switch does not pull the release away under its reader.
    return open_release(pointer.resolve())


def list_releases(folder: Path) -> list[Release]:
    """Return all releases in a folder that have a readable manifest, the newest build first."""
    if not folder.is_dir():
        return []
    found = []
    for path in folder.iterdir():
        if (path / MANIFEST).is_file() and not path.is_symlink() and not path.name.startswith("."):
            # One that is damaged must not keep people from the others.
            with suppress(ReleaseError):
                found.append(open_release(path))
    return sorted(found, key=lambda r: (str(r.manifest["built"]), r.id), reverse=True)


def find_release(folder: Path, release_id: str) -> Release:
    """Return the release of this id.

    Raises
    ------
    NotFoundError
        There is none; the message lists those that are kept.
    """
    kept = {release.id: release for release in list_releases(folder)}
    if release_id not in kept:
        raise NotFoundError(
            f"There is no release {release_id} in {folder}. Kept: {', '.join(kept) or 'none'}."
        )
    return kept[release_id]
