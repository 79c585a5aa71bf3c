"""Answers of the column engine with the limits of whoever asks; where it has none, nothing."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from kg.errors import LimitError, ReleaseError
from kg.store.columnar.engine import ColumnEngine
from kg.store.columnar.values import UnsupportedError
from kg.store.explain import too_large
from kg.store.remote.answers import TABLES, as_format

__all__ = ["ColumnAnswers"]

_PLACES = 2  # queries at a time: each works on all processors
_LOG = logging.getLogger(__name__)


class ColumnAnswers:
    """Asks the tables in a file, which are opened when they are first asked.

    A file that cannot be opened is as none: the store answers, slower, and the log says why.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places = threading.BoundedSemaphore(_PLACES)
        self._lock = threading.Lock()
        self._engine: ColumnEngine | None = None
        self._is_closed = False

    @classmethod
    def of(cls, path: Path | None) -> ColumnAnswers | None:
        """Return answers from a file; None where there is none, as in releases of before."""
        return cls(path) if path is not None and path.is_file() else None

    def answer(
        self,
        sparql: str,
        media_type: str,
        *,
        seconds: float | None = None,
        max_rows: int | None = None,
        max_bytes: int | None = None,
    ) -> bytes | None:
        """Return the answer to a SELECT query in a media type of tables.

        Returns
        -------
        bytes or None
            None where the query or the media type is none for this engine.

        Raises
        ------
        LimitError
            The answer met a limit, or too many wait.
        """
        engine = self._opened() if media_type in TABLES else None
        if engine is None:
            return None
        if not self._places.acquire(timeout=seconds):
            raise LimitError(
                f"Others are being answered, and {seconds:g} seconds have passed. Ask again.",
                status=503,
            )
        try:
            document = engine.document(sparql, seconds, max_rows)
        except UnsupportedError as error:
            _LOG.warning("a query that is marked for the tables is none for them: %s", error)
            return None
        finally:
            self._places.release()
        data = as_format(document, media_type)
        if max_bytes is not None and len(data) > max_bytes:
            raise too_large(f"is larger than {max_bytes / 2**20:g} MiB")
        return data

    def _opened(self) -> ColumnEngine | None:
        with self._lock:
            if self._engine is None and not self._is_closed:
                try:
                    self._engine = ColumnEngine(self.path)
                except ReleaseError as error:
                    _LOG.warning("%s", error)
                    self._is_closed = True
            return self._engine

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._is_closed = True
            if self._engine:
                self._engine.close()
                self._engine = None
