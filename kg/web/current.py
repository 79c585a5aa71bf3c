"""The release that is served now: follows the pointer, and lets requests finish on their own.

A watcher looks at the pointer of the release folder. When it names another release, that one is
checked against its checksums and opened beside the old one; new requests get it, requests in flight
finish where they began, and with the last of them the old one is closed. A new release that is
damaged is not served: the old one stays, and the log says why. An address that names an earlier
release is answered from that one (kg/web/earlier.py).
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Hashable

from kg.errors import KgError
from kg.settings import Settings
from kg.store.integrity import check_files
from kg.store.lease import hold, hold_current
from kg.store.release import Release, pointed_name
from kg.store.workers import MIB, PoolLimits
from kg.tombstones import Tombstones, read_tombstones
from kg.web.answers import Answers
from kg.web.cache import Cache
from kg.web.earlier import Earlier
from kg.web.elsewhere import Elsewhere
from kg.web.opened import Opened
from kg.web.service import Pool, Service

__all__ = ["Current"]


class Current:
    """What is served: the given release, whichever the project's pointer names, or an endpoint.

    Raises
    ------
    ReleaseError
        There is no release, it is damaged, or its store cannot be opened.
    """

    def __init__(
        self,
        settings: Settings,
        limits: PoolLimits,
        release: Release | None = None,
        log: logging.Logger | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self.settings = settings
        self._forgotten = str(settings.project.forgotten / "tombstones.json")
        self._elsewhere = elsewhere
        self._limits = limits
        self._log = log or logging.getLogger(__name__)
        self._stop = threading.Event()
        self._refused = self._complaint = ""
        self._watcher: threading.Thread | None = None
        self._tombstones: tuple[object, Tombstones] = (None, Tombstones())
        _ = self.tombstones  # a list that cannot be read is an error at once, not at a request
        self.cache = Cache(settings.serve.cache_mib * MIB)
        self._sound: set[str] = set()
        self._opened = self._open(release)
        self._earlier = Earlier(settings.project.releases, self._open_earlier)
        seconds = settings.serve.reload_seconds
        if release is None and seconds:
            self._watcher = threading.Thread(target=self._watch, args=(seconds,), daemon=True)
            self._watcher.start()

    @property
    def release(self) -> Release:
        """The release that the next request gets."""
        return self._opened.service.release

    @property
    def service(self) -> Service:
        """What the next request gets, for whoever is done with it at once and waits for nothing."""
        return self._opened.service

    @property
    def limits(self) -> PoolLimits:
        """What a query may use."""
        return self._limits

    @property
    def pool(self) -> Pool:
        """The workers that the next request gets."""
        return self._opened.service.pool

    @property
    def state(self) -> tuple[Hashable, Hashable]:
        """What answers of this moment depend on: the open release, and who was forgotten."""
        opened = self._opened.serial
        return opened, _state(self._forgotten)

    @property
    def is_ours(self) -> bool:
        """Whether ``kg build`` made the release."""
        return self._opened.service.is_ours

    @property
    def is_closing(self) -> bool:
        """Whether the application ends: what is begun beside the requests ends too."""
        return self._stop.is_set()

    @property
    def tombstones(self) -> Tombstones:
        """The people who were forgotten, as of now."""
        folder = self.settings.project.forgotten
        state = _state(self._forgotten)
        if state != self._tombstones[0]:
            self._tombstones = (state, read_tombstones(folder))
        return self._tombstones[1]

    def enter(self, release_id: str | None = None) -> Service:
        """Return what a request uses to its end; :meth:`leave` has to follow.

        Parameters
        ----------
        release_id:
            None means the current release.

        Raises
        ------
        KgError
            It is another one, and that cannot be had; see :meth:`kg.web.earlier.Earlier.enter`.
        """
        while True:
            opened = self._opened
            if release_id not in (None, opened.service.release.id):
                return self._earlier.enter(str(release_id))
            service = opened.enter()
            if service is not None:  # else it was replaced in this very moment
                return service

    def leave(self, service: Service) -> None:
        """End a request's use; the last one that leaves a release that was replaced closes it."""
        opened = service.opened
        assert isinstance(opened, Opened)
        opened.leave()

    def refresh(self) -> bool:
        """Move to the release that is current; False where nothing was to do, or it failed.

        Only one thread may call this.
        """
        try:
            name, opened_name = self._names()
            if name in (opened_name, self._refused):
                return False
            self._refused = name
            fresh = self._open(None)
        except (KgError, OSError) as error:
            self._complain(str(error))
            return False
        self._refused = self._complaint = ""
        self._replace(fresh)
        self._log.info("Now serving %s.", self.release.id)
        return True

    def _names(self) -> tuple[str, str]:
        """Return what names the release that ought to be served, and the one that is."""
        if self._elsewhere is not None:
            return self._elsewhere.name(), self._elsewhere.opened_name
        return pointed_name(self.settings.project.releases), self.release.path.name

    def _complain(self, error: str) -> None:
        """Write to the log why nothing is switched, once for each reason."""
        if error != self._complaint:
            self._complaint = error
            self._log.error("Still serving release %s: %s", self.release.id, error)

    def close(self) -> None:
        """Stop watching and end the workers."""
        self._stop.set()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join()
        self._earlier.close()
        self._opened.close()

    def _open(self, release: Release | None) -> Opened:
        if self._elsewhere is not None:
            return self._made(self._elsewhere.open(self.settings, self._limits))
        if release is None:
            release, lease = hold_current(self.settings.project.releases)
            check_files(release)
        else:
            lease = hold(release)
        workers = self.settings.serve.workers
        return self._made(Opened.here(self.settings, release, lease, workers, self._limits))

    def _open_earlier(self, release: Release) -> Opened:
        lease = hold(release)
        try:
            if release.id not in self._sound:
                check_files(release)
        except BaseException:
            lease.close()
            raise
        self._sound.add(release.id)
        return self._made(Opened.here(self.settings, release, lease, 1, self._limits))

    def _made(self, opened: Opened) -> Opened:
        opened.service.tombstones = lambda: self.tombstones
        limits = self._limits
        opened.service.answers = Answers(
            self.cache, opened.serial, limits.max_waiting, limits.max_per_client
        )
        return opened

    def _replace(self, fresh: Opened) -> None:
        old, self._opened = self._opened, fresh
        old.retire()

    def _watch(self, seconds: float) -> None:
        while not self._stop.wait(seconds):
            try:
                self._earlier.close_idle()
                self.refresh()
            except Exception:  # noqa: BLE001 - a watcher that died would serve one release for ever
                self._log.exception("Looking for a new release failed.")


def _state(file: str) -> Hashable:
    try:
        found = os.stat(file)  # noqa: PTH116 - each request asks this
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
