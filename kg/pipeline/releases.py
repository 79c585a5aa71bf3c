"""The folder of releases: lock, write beside, verify, switch, prune, roll back.

A build writes into ``.building``; the folder gets its name, and the pointer moves, only when
every file is on disk and has been read back. So a killed build leaves the served release as it
was, and the next build sweeps up.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import NotFoundError, ReleaseError
from kg.files import sha256, write_atomically
from kg.store.release import (
    MANIFEST,
    POINTER,
    Release,
    current_release,
    find_release,
    list_releases,
    open_release,
)

__all__ = ["building", "prune", "publish", "rollback", "verify", "write_manifest"]

_BUILDING = ".building"
_LOCK = ".lock"


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Lock a release folder and yield an empty folder to build in; remove it on failure.

    Raises
    ------
    ReleaseError
        Another build runs, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("w")
    except OSError as error:
        raise ReleaseError(f"{folder}: cannot be written ({error.strerror}).") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ReleaseError(f"{folder}: another build is running. Wait for its end.") from error
        workspace = folder / _BUILDING
        shutil.rmtree(workspace, ignore_errors=True)
        workspace.mkdir()
        try:
            yield workspace
        except OSError as error:
            raise ReleaseError(
                f"{folder}: the build could not write ({error}). The served release is unchanged; "
                "make room or mend the permissions, and build again."
            ) from error
        finally:
            shutil.rmtree(workspace, ignore_errors=True)


def write_manifest(workspace: Path, content: Mapping[str, Any]) -> None:
    """Write manifest.json with the SHA-256 of every file, and push all to the disk."""
    files = sorted(p for p in workspace.rglob("*") if p.is_file())
    sums = {p.relative_to(workspace).as_posix(): sha256(p) for p in files}
    document = json.dumps({**content, "files": sums}, ensure_ascii=False, indent=1, default=str)
    for path in [*files, *{p.parent for p in files}]:
        _sync(path)
    write_atomically(workspace / MANIFEST, document + "\n")
    _sync(workspace)


def publish(workspace: Path, release_id: str, folder: Path) -> Release:
    """Give a finished folder its name and point to it; both steps are atomic."""
    target = folder / release_id
    if target.exists():
        # The same content built again on the same day: the older copy is as good.
        shutil.rmtree(workspace)
    else:
        workspace.replace(target)
    _point(folder, release_id)
    return open_release(target)


def prune(folder: Path, keep: int) -> list[str]:
    """Remove the oldest releases beyond ``keep``, never the one in use; return their ids."""
    current = current_release(folder).id
    surplus = [r for r in list_releases(folder)[keep:] if r.id != current]
    for release in surplus:
        shutil.rmtree(release.path)
    return [release.id for release in surplus]


def rollback(folder: Path, release_id: str | None = None) -> Release:
    """Point to another release: the named one, else the one built before the current.

    Raises
    ------
    NotFoundError
        There is no such release, or no older one.
    ReleaseError
        It does not verify.
    """
    current = current_release(folder)
    if release_id is None:
        built = str(current.manifest["built"])
        older = [r for r in list_releases(folder) if str(r.manifest["built"]) < built]
        if not older:
            raise NotFoundError(f"There is no release older than {current.id} in {folder}.")
        target = older[0]
    else:
        target = find_release(folder, release_id)
    verify(target)
    _point(folder, target.id)
    return target


def verify(release: Release) -> int:
    """Check every file of a release against its checksum, and the store against the dump.

    Returns
    -------
    int
        The number of quads.

    Raises
    ------
    ReleaseError
        A file is missing or altered, or the counts disagree.
    """
    for name, expected in release.manifest["files"].items():
        path = release.path / name
        if not path.is_file():
            raise ReleaseError(f"{release.id}: {name} is missing. Go back with 'kg rollback'.")
        if sha256(path) != expected:
            raise ReleaseError(
                f"{release.id}: {name} is not what was built: its SHA-256 is another. "
                "Go back with 'kg rollback', or build again with 'kg build'."
            )
    with gzip.open(release.dump, "rb") as stream:
        lines = sum(1 for _ in stream)
    stored = len(ox.Store.read_only(str(release.store)))
    if not lines == stored == release.manifest["quads"]:
        raise ReleaseError(
            f"{release.id}: the dump has {lines} quads, the store {stored}, the manifest "
            f"{release.manifest['quads']}. Build again with 'kg build'."
        )
    return stored


def _point(folder: Path, release_id: str) -> None:
    temporary = folder / f".{POINTER}.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(release_id)
    temporary.replace(folder / POINTER)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
