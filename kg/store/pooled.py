"""The store of a server: the same interface as the embedded one, asked through workers."""

from __future__ import annotations

from collections.abc import Callable

from kg.results import ResultTable
from kg.store.base import JSON_RESULTS, table_from_json
from kg.store.workers import Answer

__all__ = ["PooledStore"]


class PooledStore:
    """Answers queries over one release in killable processes; see :class:`kg.store.base.Store`.

    Parameters
    ----------
    run:
        :meth:`kg.store.workers.WorkerPool.run`, or a function that calls it with the limits of
        whoever asks: SPARQL text and media type in, an answer out.
    release_id:
        The release's id, which goes into every answer.
    """

    def __init__(self, run: Callable[[str, str], Answer], release_id: str) -> None:
        self._run = run
        self.release_id = release_id

    def serialise(self, sparql: str, media_type: str) -> bytes:
        """Answer a query in a media type."""
        with self._run(sparql, media_type) as answer:
            return answer.read()

    def table(self, sparql: str) -> ResultTable:
        """Answer a SELECT or ASK query as a table."""
        return table_from_json(self.serialise(sparql, JSON_RESULTS), {"release": self.release_id})
