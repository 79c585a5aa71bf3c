"""Answers of the column engine with the limits of whoever asks; where it has none, nothing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from kg.errors import ReleaseError
from kg.store.columnar.engine import ColumnEngine
from kg.store.columnar.values import UnsupportedError
from kg.store.columnar.watching import LOOK_SECONDS, hung_up
from kg.store.lanes import Lanes
from kg.store.remote.answers import TABLES

__all__ = ["ColumnAnswers"]

_PLACES = 2  # queries at a time: each works on all processors
_MIB = 2**20
_LOG = logging.getLogger(__name__)


class ColumnAnswers:
    """Asks the tables in a file, which are opened when they are first asked.

    A file that cannot be opened is as none: the store answers, slower, and the log says why.

    Parameters
    ----------
    path:
        The file.
    memory:
        Bytes that all queries together may take.
    max_waiting, max_per_client, patience_s:
        How many queries may wait for a place, how many one client may have here, and how long
        one waits, as :class:`kg.store.lanes.Lanes` has them.
    """

    def __init__(
        self,
        path: Path,
        memory: int = 2048 * _MIB,
        max_waiting: int = 1000,
        max_per_client: int = 0,
        patience_s: float = 600.0,
    ) -> None:
        self.path = path
        self._memory = memory
        self._lanes = Lanes(_PLACES, max_waiting, max_per_client, patience_s)
        self._lock = threading.Lock()
        self._engine: ColumnEngine | None = None
        self._is_closed = False

    def answer(
        self,
        sparql: str,
        media_type: str,
        *,
        seconds: float | None = None,
        max_rows: int | None = None,
        max_bytes: int | None = None,
        client: str | None = None,
        is_gone: Callable[[], bool] | None = None,
    ) -> bytes | None:
        """Return the answer to a SELECT query in a media type of tables.

        Parameters
        ----------
        sparql, media_type:
            The query, and as what its answer is wanted.
        seconds, max_rows, max_bytes:
            Limits: ``seconds`` of work, the wait for a place not counted.
        client:
            Who asks.
        is_gone:
            Whether nobody waits for the answer any more; then the query is stopped.

        Returns
        -------
        bytes or None
            None where the query or the media type is none for this engine.

        Raises
        ------
        LimitError
            The answer met a limit of time (504), memory, rows or bytes (413); too many wait
            (503) or are this client's (429); the client hung up (499).
        """
        engine = self._opened() if media_type in TABLES else None
        if engine is None:
            return None

        def look() -> None:
            if is_gone is not None and is_gone():
                raise hung_up()

        job = self._lanes.apply(client)
        try:
            self._lanes.await_place(job, look=look, every_s=LOOK_SECONDS)
            return engine.answer(
                sparql,
                media_type,
                seconds=seconds,
                max_rows=max_rows,
                max_bytes=max_bytes,
                is_gone=is_gone,
            )
        except UnsupportedError as error:
            _LOG.warning("a query that is marked for the tables is none for them: %s", error)
            return None
        finally:
            self._lanes.leave(job)

    def _opened(self) -> ColumnEngine | None:
        with self._lock:
            if self._engine is None and not self._is_closed:
                try:
                    self._engine = ColumnEngine(self.path, self._memory)
                except ReleaseError as error:
                    _LOG.warning("%s", error)
                    self._is_closed = True
            return self._engine

    def close(self) -> None:
        """Stop what runs, and let go of the file."""
        self._lanes.close()
        with self._lock:
            self._is_closed = True
            if self._engine:
                self._engine.close()
                self._engine = None
