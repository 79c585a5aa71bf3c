"""The store of a server: the same interface as the embedded one, asked through workers."""

from __future__ import annotations

from kg.results import ResultTable
from kg.store.base import JSON_RESULTS, table_from_json
from kg.store.workers import WorkerPool

__all__ = ["PooledStore"]


class PooledStore:
    """Answers queries over one release in killable processes; see :class:`kg.store.base.Store`.

    Whoever made the pool closes it.
    """

    def __init__(self, pool: WorkerPool, release_id: str) -> None:
        self.pool = pool
        self.release_id = release_id

    def serialise(self, sparql: str, media_type: str) -> bytes:
        """Answer a query in a media type."""
        with self.pool.run(sparql, media_type) as answer:
            return answer.read()

    def table(self, sparql: str) -> ResultTable:
        """Answer a SELECT or ASK query as a table."""
        return table_from_json(self.serialise(sparql, JSON_RESULTS), {"release": self.release_id})
