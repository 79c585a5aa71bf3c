"""A server elsewhere in the place of worker processes, for our own server in front of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence

from kg.errors import LimitError, ReleaseError, SettingsError
from kg.store.guard import QueryShape, inspect_query
from kg.store.lanes import Lanes
from kg.store.remote.dataset import Dataset
from kg.store.remote.store import RemoteStore
from kg.store.workers import Answer, PoolLimits

__all__ = ["RemotePool"]

_PLACES_PER_WORKER = 4  # a query elsewhere takes none of our processors
_RELATIVE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)[^\s<>\"{}|\\^`]*>")
_log = logging.getLogger(__name__)


class RemotePool:
    """Answers queries as :class:`kg.store.workers.WorkerPool` does, by asking an endpoint.

    The guard looks at each text, the limits hold for each answer, and clients wait in the same
    queue. An answer is passed on when it is whole, with the type that the endpoint gave it.

    Parameters
    ----------
    store:
        The endpoint.
    workers:
        A quarter of the queries that are passed on at a time.
    limits:
        What each may use.
    """

    def __init__(
        self, store: RemoteStore, workers: int = 2, limits: PoolLimits | None = None
    ) -> None:
        self.limits = limits or PoolLimits()
        self._store = store
        self._lanes = Lanes(
            workers * _PLACES_PER_WORKER,
            self.limits.max_waiting,
            self.limits.max_per_client,
            self.limits.timeout_s,
        )

    def run(
        self,
        query: str,
        media_type: str = "application/sparql-results+json",
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
        client: str | None = None,
        is_gone: Callable[[], bool] | None = None,
        shape: QueryShape | None = None,
        timeout_s: float | None = None,
        max_bytes: int | None = None,
        max_rows: int | None = None,
    ) -> Answer:
        """Answer one query; see :meth:`kg.store.workers.WorkerPool.run`."""
        _ = shape or inspect_query(query, self.limits.guard)
        if base and _RELATIVE.search(query):
            # On the line of the query's first, so that lines in messages stay right.
            query = f"BASE <{base}> {query}"
        own = Dataset(tuple(default_graphs), tuple(named_graphs))
        job = self._lanes.enter(client)
        try:
            return self._store.fetch(
                query,
                media_type,
                dataset=own if default_graphs or named_graphs else None,
                seconds=self.limits.timeout_s if timeout_s is None else timeout_s,
                max_bytes=self.limits.max_bytes if max_bytes is None else max_bytes,
                max_rows=self.limits.max_rows if max_rows is None else max_rows,
                is_gone=is_gone,
            )
        except SettingsError as error:
            _log.error("%s", error)
            raise LimitError(
                "The endpoint behind this server does not let it in. Whoever runs it finds the "
                "reason in its log.",
                status=502,
            ) from error
        except ReleaseError as error:
            raise LimitError(str(error), status=502) from error
        finally:
            self._lanes.leave(job)

    def close(self) -> None:
        """Refuse whoever waits or comes."""
        self._lanes.close()

    def process_ids(self) -> list[int]:
        """Return none: nothing runs here."""
        return []
