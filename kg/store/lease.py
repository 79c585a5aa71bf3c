"""Readers say which release they read, so that pruning leaves it alone.

A reader holds a shared lock (flock) on the release's folder; whoever wants to remove the release
asks for an exclusive one. The kernel lets go of a lock when its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import ReleaseError
from kg.store.release import Release, current_release

__all__ = ["Lease", "hold", "hold_current", "unread"]

_ATTEMPTS = 5  # a release can be removed between being found and being held


class Lease:
    """Keeps a release from being pruned until it is closed, or nobody refers to it any more.

    Raises
    ------
    ReleaseError
        The release is gone.
    """

    def __init__(self, path: Path) -> None:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise ReleaseError(f"{path}: this release was removed ({error.strerror}).") from error
        self.close = weakref.finalize(self, os.close, descriptor)
        _lock(descriptor, fcntl.LOCK_SH)
        if not _is_same(descriptor, path):
            self.close()
            raise ReleaseError(f"{path}: this release was removed.")


def hold(release: Release) -> Lease:
    """Keep a release from being pruned while it is read."""
    return Lease(release.path)


def hold_current(folder: Path) -> tuple[Release, Lease]:
    """Open the current release of a folder and hold it.

    Raises
    ------
    ReleaseError
        There is none, or it cannot be read.
    """
    for _ in range(_ATTEMPTS - 1):
        release = current_release(folder)
        try:
            return release, hold(release)
        except ReleaseError:
            continue
    release = current_release(folder)
    return release, hold(release)


@contextmanager
def unread(path: Path) -> Iterator[bool]:
    """Say whether nobody holds a release; in the block nobody new can."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        yield True  # what is not there is read by nobody
        return
    try:
        yield _lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, kind: int) -> bool:
    """Lock a file; False where another has locked it. A disk without locks counts as unlocked."""
    try:
        fcntl.flock(descriptor, kind)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False
