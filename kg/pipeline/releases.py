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
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import NotFoundError, ReleaseError
from kg.files import sha256, write_atomically
from kg.store.integrity import check_files
from kg.store.lease import unread
from kg.store.release import (
    MANIFEST,
    POINTER,
    Release,
    find_release,
    list_releases,
    open_release,
    pointed_name,
)

__all__ = [
    "building",
    "exchange",
    "free_name",
    "is_whole",
    "prune",
    "publish",
    "remove_hidden",
    "rollback",
    "verify",
    "write_manifest",
]

_BUILDING = ".building"
_REMOVED = ".removed-"
_LOCK = ".lock"
_HIDDEN = ".replaced"
_HASHING = 2  # files that are read at the same time
_PAUSE = 0.2  # seconds between two looks at whether a release is still read


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
        _sweep(folder)
        try:
            workspace.mkdir()
            yield workspace
        except OSError as error:
            raise ReleaseError(
                f"{folder}: the build could not write ({error}). The served release is unchanged; "
                "make room or mend the permissions, and build again."
            ) from error
        finally:
            shutil.rmtree(workspace, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what a killed build left behind."""
    for pattern in (_BUILDING, f"{_REMOVED}*"):
        for path in folder.glob(pattern):
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)
    remove_hidden(folder)


def write_manifest(workspace: Path, content: Mapping[str, Any]) -> None:
    """Write manifest.json with the SHA-256 of every file, and push all to the disk."""
    files = sorted(p for p in workspace.rglob("*") if p.is_file())
    names = [p.relative_to(workspace).as_posix() for p in files]
    with ThreadPoolExecutor(_HASHING) as hashing:
        sums = dict(zip(names, hashing.map(sha256, files), strict=True))
    document = json.dumps({**content, "files": sums}, ensure_ascii=False, indent=1, default=str)
    for path in [*files, *{p.parent for p in files}]:
        _sync(path)
    write_atomically(workspace / MANIFEST, document + "\n")
    _sync(workspace)


def free_name(folder: Path, wanted: str, inputs: str) -> str:
    """Return the wanted name for a release, numbered where another bears it.

    Another is one that was damaged, or made from other inputs: the same statements under
    another title. A whole one from the same inputs is the same, and :func:`publish` keeps it.
    """
    name, number = wanted, 1
    while (folder / name).exists() and not _is_same(folder / name, inputs):
        number += 1
        name = f"{wanted}-{number}"
    return name


def _is_same(path: Path, inputs: str) -> bool:
    return is_whole(path) and open_release(path).manifest.get("inputs") == inputs


def is_whole(path: Path) -> bool:
    """Return whether the release in a folder verifies."""
    try:
        return verify(open_release(path)) > 0
    except ReleaseError:
        return False


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
    """Remove the oldest releases beyond ``keep``; return their ids.

    The current one stays, and so does one that a process reads: a later build removes it.
    """
    current = pointed_name(folder)
    removed = []
    for release in list_releases(folder)[keep:]:
        if release.path.name == current:
            continue
        with unread(release.path) as free, suppress(OSError):
            if free:
                _remove(folder, release)
                removed.append(release.id)
    return removed


def _remove(folder: Path, release: Release) -> None:
    """Remove a release: out of sight first, so that nobody finds half of it.

    What stays is swept by a later build.
    """
    doomed = folder / f"{_REMOVED}{release.path.name}"
    release.path.replace(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def exchange(workspace: Path, release_id: str, old: Release, folder: Path) -> Release:
    """Give a finished folder its name, and let it take the place of another release.

    Where the pointer led to the old one it leads to the new one. The old one is hidden: nobody
    finds it any more, and :func:`remove_hidden` removes it once nobody reads it.
    """
    target = folder / release_id
    if target.exists():
        shutil.rmtree(workspace)  # an earlier run was stopped after this step
    else:
        workspace.replace(target)
        _sync(folder)
    with suppress(ReleaseError):
        if pointed_name(folder) == old.path.name:
            _point(folder, release_id)
    (old.path / _HIDDEN).touch()
    (old.path / MANIFEST).unlink(missing_ok=True)
    return open_release(target)


def remove_hidden(folder: Path, wait_seconds: float = 0) -> list[str]:
    """Remove the releases that were replaced; return the names of those that are still read.

    ``wait_seconds`` is how long to wait for their readers to move on.
    """
    end = time.monotonic() + wait_seconds
    while True:
        marks = sorted(folder.glob(f"*/{_HIDDEN}"))
        left = [mark.parent.name for mark in marks if not mark.parent.is_symlink()]
        for name in list(left):
            with unread(folder / name) as free:
                if free:
                    # The mark goes last: what a killed run leaves is found again.
                    for path in (folder / name).iterdir():
                        if path.is_dir():
                            shutil.rmtree(path)
                        elif path.name != _HIDDEN:
                            path.unlink()
                    shutil.rmtree(folder / name)
                    left.remove(name)
        if not left or time.monotonic() >= end:
            return left
        time.sleep(_PAUSE)


def rollback(folder: Path, release_id: str | None = None) -> Release:
    """Point to another release: the named one, else the one built before the current.

    Raises
    ------
    NotFoundError
        There is no such release, or no older one.
    ReleaseError
        It does not verify.
    """
    target = _older(folder) if release_id is None else find_release(folder, release_id)
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
    check_files(release)
    try:
        with gzip.open(release.dump, "rb") as stream:
            lines = sum(1 for _ in stream)
        stored = len(ox.Store.read_only(str(release.store)))
    except (OSError, EOFError) as error:
        raise ReleaseError(f"{release.id}: cannot be read: {error}.") from error
    quads, triples = release.manifest["quads"], release.manifest["triples"]
    if lines != quads or stored != quads + triples:
        raise ReleaseError(
            f"{release.id}: the dump has {lines} quads of {quads}, the store {stored} statements "
            f"of {quads + triples}. Build again with 'kg build'."
        )
    return int(quads)


def _older(folder: Path) -> Release:
    """Return the release built before the current one, which may itself be unreadable."""
    current = pointed_name(folder)
    kept = list_releases(folder)
    names = [release.path.name for release in kept]
    older = kept[names.index(current) + 1 :] if current in names else kept
    if not older:
        raise NotFoundError(f"There is no release older than {current} in {folder}.")
    return older[0]


def _point(folder: Path, release_id: str) -> None:
    temporary = folder / f".{POINTER}.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(release_id)
    pointer = folder / POINTER
    if pointer.is_dir() and not pointer.is_symlink():
        # A copy of the folder that followed the link made a folder of it: a second one, in the way.
        pointer.replace(folder / f"{_REMOVED}{POINTER}")
    temporary.replace(pointer)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
