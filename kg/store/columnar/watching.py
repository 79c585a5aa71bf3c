"""A statement of the database while it runs: stopped when nobody wants its answer any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

import duckdb

from kg.errors import LimitError

__all__ = ["LOOK_SECONDS", "Watch", "hung_up", "stopping"]

LOOK_SECONDS = 0.2
"""How often it is looked whether somebody still waits."""


def hung_up() -> LimitError:
    """Return the error for a client who waits no more."""
    return LimitError("The client hung up; its query was stopped.", status=499)


def stopping() -> LimitError:
    """Return the error for who asks while the tables are closed."""
    return LimitError("The server is stopping.", status=503, retry_after=5)


class Watch:
    """Interrupts what runs on a connection when its time is over, or nobody waits for it.

    As a context it watches; :meth:`check` raises where it has been stopped, and so says why a
    statement was interrupted.

    Parameters
    ----------
    connection:
        What is interrupted; it runs nothing else.
    seconds:
        Of wall time; None for no limit.
    is_gone:
        Whether the client has hung up.
    is_closing:
        Set when the tables are closed.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        seconds: float | None,
        is_gone: Callable[[], bool] | None,
        is_closing: threading.Event,
    ) -> None:
        self._connection = connection
        self._seconds = seconds
        self._ends = None if seconds is None else time.monotonic() + seconds
        self._is_gone = is_gone
        self._is_closing = is_closing
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()  # so that it interrupts nothing that comes after

    def check(self) -> None:
        """Raise where nobody wants the answer any more.

        Raises
        ------
        LimitError
            The time is over (504), the client hung up (499), or the tables were closed (503).
        """
        if self._is_gone is not None and self._is_gone():
            raise hung_up()
        if self._is_closing.is_set():
            raise stopping()
        if self._ends is not None and time.monotonic() >= self._ends:
            raise LimitError(
                f"The query was stopped after {self._seconds:g} seconds. Ask for less: fewer "
                "years, one country, one sector.",
                status=504,
            )

    def _look(self) -> None:
        while not self._done.wait(self._next_look()):
            try:
                self.check()
            except LimitError:
                # Again and again: one that comes between two statements is lost.
                self._connection.interrupt()

    def _next_look(self) -> float:
        left = LOOK_SECONDS if self._ends is None else self._ends - time.monotonic()
        return min(LOOK_SECONDS, max(0.01, left))
