"""Releases that are kept beside the current one: opened when an address names them.

A few are open at a time, each with a worker of its own; the one that nobody asked for longest
makes room for the next, and one that nobody asks for at all is closed, so that it can be pruned.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import GoneError, LimitError, NotFoundError, ReleaseError
from kg.language import tell
from kg.store.release import Release, find_release, list_releases
from kg.web.opened import Opened
from kg.web.service import Service

__all__ = ["IDLE_SECONDS", "MOST_OPEN", "Earlier"]

MOST_OPEN = 2
"""Earlier releases that are open at a time."""

IDLE_SECONDS = 600.0
_MOST_WAITING = 8  # requests that wait for a release to be opened; threads are few
_PATIENCE_S = 10.0
_RETRY_S = 5
_NAME = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{6,}(-\d+)?")  # as a build gives it


class Earlier:
    """The releases of a folder, but for the current one.

    Parameters
    ----------
    folder:
        The project's releases.
    opened:
        Opens one, after its checksums were looked at.
    """

    def __init__(self, folder: Path, opened: Callable[[Release], Opened]) -> None:
        self._folder = folder
        self._make = opened
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)
        self._kept: dict[str, Opened] = {}  # the one asked for longest ago first
        self._asked: dict[str, float] = {}

    def enter(self, release_id: str) -> Service:
        """Return what a request uses until it leaves the release again.

        Raises
        ------
        GoneError
            It is no longer kept; the message says what to do.
        NotFoundError
            No release was ever called so.
        LimitError
            Too many are asked for at once.
        ReleaseError
            It is damaged.
        """
        self.close_idle()
        found = self._entered(release_id)
        if found:
            return found
        release = self._found(release_id)
        with self._my_turn():
            return self._entered(release_id) or self._opened(release)

    def close_idle(self, seconds: float = IDLE_SECONDS) -> None:
        """Close those that nobody asked for in the last ``seconds``."""
        before = time.monotonic() - seconds
        with self._lock:
            unused = [i for i, o in self._kept.items() if o.is_idle and self._asked[i] < before]
            closed = [self._kept.pop(release_id) for release_id in unused]
        for opened in closed:
            opened.retire()

    def close(self) -> None:
        """End all of their workers."""
        with self._lock:
            kept, self._kept = self._kept, {}
        for opened in kept.values():
            opened.close()

    def _entered(self, release_id: str) -> Service | None:
        with self._lock:
            opened = self._kept.pop(release_id, None)
            if opened is None:
                return None
            self._kept[release_id] = opened
            self._asked[release_id] = time.monotonic()
            return opened.enter()

    def _found(self, release_id: str) -> Release:
        try:
            return find_release(self._folder, release_id)
        except NotFoundError as error:
            raise self._missing(release_id) from error

    def _missing(self, release_id: str) -> NotFoundError:
        kept = ", ".join(r.id for r in list_releases(self._folder)) or "none"
        if not _NAME.fullmatch(release_id):
            return NotFoundError(
                tell(
                    "There is no release %(release_id)s. Kept here: %(kept)s. Without 'release' "
                    "the current one answers.",
                    release_id=repr(release_id[:80]),
                    kept=kept,
                )
            )
        return GoneError(
            tell(
                "Release %(release_id)s is no longer kept here. Kept: %(kept)s.",
                release_id=release_id,
                kept=kept,
            ),
            hint=tell(
                "Ask again without 'release' for the current state, or with a release that is "
                "kept. For the very numbers of the release that is gone, ask whoever runs this "
                "server for its archived files, or build it again from the same inputs: "
                "'kg serve --data data.nq.gz' serves such a dump."
            ),
        )

    def _opened(self, release: Release) -> Service:
        self._make_room()
        try:
            opened = self._make(release)
        except ReleaseError:
            if release.path.exists():
                raise
            raise self._missing(release.id) from None  # pruned between being found and held
        service = opened.enter()
        assert service is not None  # nobody else knows of it yet
        with self._lock:
            self._kept[release.id] = opened
            self._asked[release.id] = time.monotonic()
        return service

    def _make_room(self) -> None:
        with self._lock:
            if len(self._kept) < MOST_OPEN:
                return
            unused = next((i for i, opened in self._kept.items() if opened.is_idle), None)
            closed = self._kept.pop(unused) if unused else None
        if closed is None:
            raise self._busy()
        closed.retire()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """Open one at a time: reading its checksums takes the disk."""
        if not self._waiting.acquire(blocking=False):
            raise self._busy()
        try:
            if not self._turn.acquire(timeout=_PATIENCE_S):
                raise self._busy()
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._waiting.release()

    def _busy(self) -> LimitError:
        return LimitError(
            tell(
                "Other earlier releases are being read just now; at most %(most_open)s are open "
                "at a time. Try again in a few seconds.",
                most_open=MOST_OPEN,
            ),
            retry_after=_RETRY_S,
        )
