"""One release that is open: its workers, its lock against pruning, and who uses it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from kg.settings import Settings
from kg.store.columnar import ColumnAnswers
from kg.store.indexed import IndexAnswers
from kg.store.lease import Lease
from kg.store.release import Release
from kg.store.workers import PoolLimits, WorkerPool
from kg.terms import prefixes_for
from kg.web.service import Service

__all__ = ["Opened"]

_SERIALS = itertools.count(1)


class Opened:
    """A release with its workers, and how many requests use it.

    Once retired it takes no further request, and the last one that leaves closes it. ``serial``
    tells it from every other one of this process, also of a release that is opened again.

    Parameters
    ----------
    service:
        What requests use.
    let_go:
        Ends what keeps the release, after its workers were ended.
    """

    def __init__(self, service: Service, let_go: Callable[[], object]) -> None:
        self.service = service
        service.opened = self
        self.serial = next(_SERIALS)
        self._let_go = let_go
        self._lock = threading.Lock()
        self._users = 0
        self._retired = False

    @classmethod
    def here(
        cls, settings: Settings, release: Release, lease: Lease, workers: int, limits: PoolLimits
    ) -> Opened:
        """Open a release on this disk.

        Parameters
        ----------
        settings:
            The project's.
        release, lease:
            The release, and what keeps it from being pruned; let go of when no worker can start.
        workers:
            How many quick queries run at a time, and as many long ones.
        limits:
            What a query may use.
        """
        prefixes = prefixes_for(settings.project.base)
        try:
            pool = WorkerPool(release.store, workers, limits, prefixes)
        except BaseException:
            lease.close()
            raise
        # A function that holds the lease itself: its own close() does not, and it would lapse.
        columns = _tables(release, limits)
        index = IndexAnswers.of(
            release.index, limits.guard.max_bytes, limits.max_bytes, limits.max_rows
        )
        service = Service(settings, release, pool, columns=columns, index=index)
        return cls(service, lambda: lease.close())

    @property
    def is_idle(self) -> bool:
        """Whether no request uses it just now."""
        return not self._users

    def enter(self) -> Service | None:
        """Return what a request uses until :meth:`leave`; None where it was retired."""
        with self._lock:
            if self._retired:
                return None
            self._users += 1
            return self.service

    def leave(self) -> None:
        """End a request's use."""
        with self._lock:
            self._users -= 1
            done = self._retired and not self._users
        if done:
            self.close()

    def retire(self) -> None:
        """Take no further request; close at once where none is left."""
        with self._lock:
            self._retired = True
            done = not self._users
        if done:
            self.close()

    def close(self) -> None:
        """End the workers, let go of the release and of what was answered from it."""
        self.service.pool.close()
        if self.service.columns:
            self.service.columns.close()
        self._let_go()
        self.service.answers.cache.drop(self.serial)


def _tables(release: Release, limits: PoolLimits) -> ColumnAnswers | None:
    """Return what answers named queries from a release's tables; older releases have none."""
    if not release.triples.is_file():
        return None
    return ColumnAnswers(
        release.triples,
        limits.max_memory,
        limits.max_waiting,
        limits.max_per_client,
        limits.timeout_s,
    )
