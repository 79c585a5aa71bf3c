"""How often a client may ask for what costs much: so many a minute, one at a time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from threading import BoundedSemaphore, Lock

from kg.errors import LimitError

__all__ = ["Turnstile"]

_MINUTE = 60.0
_CLIENTS = 10_000  # that are remembered; beyond it those who have been quiet are forgotten


class Turnstile:
    """Lets one request through at a time, a few wait, and each client pass so often.

    Parameters
    ----------
    per_minute:
        Of one client; 0 sets no limit.
    waiting:
        Requests that may wait for the one that runs.
    patience:
        Seconds that they wait.
    """

    def __init__(self, per_minute: int, waiting: int = 4, patience: float = 30.0) -> None:
        self.per_minute = per_minute
        self.patience = patience
        self._lock = Lock()
        self._places = BoundedSemaphore(waiting + 1)
        self._running = Lock()
        self._inside: set[str] = set()
        self._times: dict[str, deque[float]] = {}

    @contextmanager
    def passed(self, client: str) -> Iterator[None]:
        """Hold the one place for as long as this lasts.

        Raises
        ------
        LimitError
            429: this client is inside already, or comes too often; 503: too many wait.
        """
        self._admit(client)
        try:
            with self._place():
                yield
        finally:
            with self._lock:
                self._inside.discard(client)

    def _admit(self, client: str) -> None:
        now = time.monotonic()
        with self._lock:
            if client in self._inside:
                raise LimitError("A check of yours is running. Wait for its end.", 429, 5)
            times = self._times.setdefault(client, deque())
            while times and times[0] <= now - _MINUTE:
                times.popleft()
            if self.per_minute and len(times) >= self.per_minute:
                again = ceil(times[0] + _MINUTE - now)
                raise LimitError(
                    f"{self.per_minute} checks a minute are done for a client. Try again in "
                    f"{again} s, or run kg check where the files are.", 429, again,
                )  # fmt: skip
            times.append(now)
            self._inside.add(client)
            if len(self._times) > _CLIENTS:
                self._times = {c: t for c, t in self._times.items() if t and t[-1] > now - _MINUTE}

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise LimitError("Enough checks wait already. Try again soon.", 503, 10)
        try:
            if not self._running.acquire(timeout=self.patience):
                raise LimitError("The checks before this one take long. Try again soon.", 503, 10)
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._places.release()
