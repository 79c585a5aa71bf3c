"""A release: an immutable folder that holds one state of the graph, and the pointer to it.

::

    releases/
        current -> 2026-11-20-1f0c9a3b
        2026-11-20-1f0c9a3b/
            manifest.json   what it holds, from what, with the SHA-256 of every other file
            data.nq.gz      the canonical dump: sorted N-Quads
            store/          RocksDB, opened read-only
            columns/        flat tables for analyses, Parquet; all triples, for named queries
                            (DuckDB) and for small ones (kg/store/indexed)
            ontology/       the ontology that it was built with
            report.csv      every refused or doubtful cell of the build
        review.csv      rows without an identifier, and what they may be
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
    "INDEX",
    "MANIFEST",
    "POINTER",
    "Release",
    "current_release",
    "find_release",
    "list_releases",
    "open_release",
    "pointed_name",
]

MANIFEST = "manifest.json"
POINTER = "current"
INDEX = Path("columns", "triples.index")
"""Where the index of small queries stands below a release."""

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
    def content(self) -> str:
        """What tells it from another of its name: the dump's SHA-256, and when it was rewritten."""
        return f"{self.manifest.get('dump', '')} {self.manifest.get('rewritten', '')}"

    @property
    def triples(self) -> Path:
        """All triples as tables of numbers, which named queries are asked of."""
        return self.path / "columns" / "triples.duckdb"

    @property
    def index(self) -> Path:
        """All triples as an index, which small queries are asked of."""
        return self.path / INDEX

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
        if not isinstance(manifest, dict):
            raise ValueError("it is not a JSON object")
        if missing := sorted(_EXPECTED - set(manifest)):
            raise ValueError(f"there is no {', '.join(missing)}")
        if not isinstance(manifest["files"], dict):
            raise ValueError("its files are no JSON object")
        return Release(str(manifest["id"]), path, manifest)
    except (OSError, ValueError, TypeError) as error:
        raise ReleaseError(
            f"{path} is no complete release: its {MANIFEST} is missing, cut off or altered "
            f"({error}). "
            "Go back with 'kg rollback', or build again with 'kg build'."
        ) from error


def current_release(folder: Path) -> Release:
    """Open the release that the pointer in a release folder names.

    Raises
    ------
    ReleaseError
        Nothing was built yet, or the pointer leads nowhere.
    """
    # Read once: a later switch does not pull the release away under its reader.
    return open_release(folder / pointed_name(folder))


def pointed_name(folder: Path) -> str:
    """Return the name of the folder that the pointer of a release folder leads to.

    Raises
    ------
    ReleaseError
        There is no pointer, or it is damaged; the message says what is there and what to do.
    """
    pointer = folder / POINTER
    try:
        target = Path(pointer.readlink())
    except FileNotFoundError:
        raise _without_pointer(folder) from None
    except OSError as error:  # a copy that follows links makes a folder or a file of it
        raise ReleaseError(
            f"{pointer} is no symbolic link to a release, as it should be ({error.strerror}). "
            + _mending(folder)
        ) from error
    if not (folder / target).is_dir():
        raise ReleaseError(
            f"{pointer} leads to {target}, and there is no such release. " + _mending(folder)
        )
    if len(target.parts) != 1 or target.name == POINTER:
        raise ReleaseError(
            f"{pointer} leads to {target}, which is not a release in {folder}. " + _mending(folder)
        )
    return target.name


def _without_pointer(folder: Path) -> ReleaseError:
    if list_releases(folder):
        return ReleaseError(f"{folder / POINTER} is missing. {_mending(folder)}")
    return ReleaseError(f"There is no release in {folder}. Build one with 'kg build'.")


def _mending(folder: Path) -> str:
    """Say how to point to a release again."""
    kept = [release.id for release in list_releases(folder)]
    if not kept:
        return "No whole release is kept: build one with 'kg build'."
    return f"Kept: {', '.join(kept)}. Point to one with 'kg rollback {kept[0]}'."


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
    releases = list_releases(folder)
    kept = {release.id: release for release in releases}
    for release in releases:
        # One that was written anew without somebody still is the one that was cited.
        for old in release.manifest.get("replaces", ()):
            kept.setdefault(str(old), release)
    if release_id not in kept:
        raise NotFoundError(
            f"There is no release {release_id} in {folder}. Kept: "
            f"{', '.join(release.id for release in releases) or 'none'}."
        )
    return kept[release_id]
