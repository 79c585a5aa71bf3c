"""An endpoint elsewhere behind our own server: the same pages, API and endpoint over it.

Its flat tables are read once into a folder for temporary files, so that networks, analyses and
search run here. Where the endpoint names its release, that tells when to read them anew; where it
does not, it is looked at again every ten minutes, and answers are called those of that look.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kg.endpoint import Endpoint, connect, read_record, release_of, state_of
from kg.settings import ProjectSettings, Settings
from kg.store.release import Release
from kg.store.remote import RemoteOptions
from kg.store.remote.access import split_address
from kg.store.remote.pool import RemotePool
from kg.store.workers import PoolLimits
from kg.web.opened import Opened
from kg.web.service import Service

__all__ = ["Elsewhere", "settings_for"]

_LOOK_SECONDS = 600.0
_NOWHERE = Path("/dev/null/releases")
_ATTEMPTS = 2  # for a client who waits; a third would come too late for most


class Elsewhere:
    """A SPARQL endpoint that is served as if it were a release here.

    Parameters
    ----------
    url:
        Its address.
    options:
        How it is asked; None takes them from the environment.
    tell:
        Is told what is being read.
    """

    def __init__(
        self,
        url: str,
        options: RemoteOptions | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.url = split_address(url)
        self._options = options or RemoteOptions.for_address(url)
        self._tell = tell
        self._lock = threading.Lock()
        self.opened_name = ""
        self._endpoint: Endpoint | None = None
        self._looked = 0.0

    def name(self) -> str:
        """Return what tells the state that the endpoint is in now from others.

        Raises
        ------
        KgError
            It does not answer, or holds only a part of a release.
        """
        known = self._endpoint
        if known is None:
            return ""
        if known.state is not None:
            record = read_record(known.store) if known.record else None
            if record is None:
                known.store.look()
            return state_of(known.store, record) or ""
        late = time.monotonic() - self._looked > _LOOK_SECONDS
        return _look() if late else self.opened_name

    def open(self, settings: Settings, limits: PoolLimits) -> Opened:
        """Return what serves the state that the endpoint is in now.

        Raises
        ------
        KgError
            It does not answer, or one of its answers cannot be used.
        """
        endpoint = connect(self.url, self._options)
        self._looked = time.monotonic()
        name = endpoint.state or _look()
        endpoint.store.named = endpoint.state or f"{self.url} as seen {name}"
        folder = Path(tempfile.mkdtemp(prefix="rihla-"))
        try:
            release = _called(release_of(endpoint, folder, self._tell), endpoint, settings)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._endpoint, self.opened_name = endpoint, name
        store = endpoint.store
        store.options = replace(store.options, attempts=_ATTEMPTS)
        pool = RemotePool(store, settings.serve.workers, limits)
        service = Service(_with(settings, release), release, pool)
        return Opened(service, lambda: shutil.rmtree(folder, ignore_errors=True))


def settings_for(elsewhere: Elsewhere, settings: Settings | None = None) -> Settings:
    """Return the settings of a project, or the usual ones, for an endpoint: no releases here."""
    settings = settings or Settings(file=Path(elsewhere.url))
    return replace(settings, project=replace(settings.project, releases=_NOWHERE))


def _called(release: Release, endpoint: Endpoint, settings: Settings) -> Release:
    """Return a release by the title that the project gives it, where its own is not known."""
    title = settings.project.title
    if endpoint.record is not None or title == ProjectSettings.title:
        return release
    return replace(release, manifest={**release.manifest, "title": title})


def _with(settings: Settings, release: Release) -> Settings:
    """Return the settings with the names that the endpoint has for itself and its things."""
    title, base = str(release.manifest["title"]), str(release.manifest["base"])
    project = replace(settings.project, title=title, base=base)
    return replace(settings, project=project)


def _look() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
