"""The embedded store: a release's RocksDB folder, read only, queried in this process.

A release keeps the union of its named graphs in the default graph, each triple once.

For people's own scripts. A server that strangers ask uses :mod:`kg.store.workers`, since the
engine has neither time nor memory limits of its own.
"""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox

from kg.errors import QueryError, ReleaseError
from kg.results import ResultTable
from kg.store.base import JSON_RESULTS, table_from_json
from kg.store.columnar import ColumnAnswers, is_marked

__all__ = ["EmbeddedStore"]

_POSITION = re.compile(r"at (\d+):(\d+)")


class EmbeddedStore:
    """Answers queries over one release.

    Parameters
    ----------
    path:
        The release's ``store`` folder.
    release_id:
        The release's id, which goes into every answer.
    tables:
        The release's tables, which queries that are marked for them are asked of.

    Raises
    ------
    ReleaseError
        The folder is no store that can be opened.
    """

    def __init__(self, path: Path, release_id: str, tables: Path | None = None) -> None:
        self.release_id = release_id
        self._columns = ColumnAnswers(tables) if tables and tables.is_file() else None
        try:
            self._store = ox.Store.read_only(str(path))
        except OSError as error:
            raise ReleaseError(
                f"{path}: the release's store cannot be opened ({error}). Verify it with "
                "'kg check --release', go back with 'kg rollback', or build again with 'kg build'."
            ) from error

    @classmethod
    def over(cls, store: ox.Store, release_id: str) -> EmbeddedStore:
        """Return a store that asks an engine which is open already."""
        made = cls.__new__(cls)
        made.release_id = release_id
        made._columns = None
        made._store = store
        return made

    def serialise(self, sparql: str, media_type: str) -> bytes:
        """Answer a query in a media type; see :class:`kg.store.base.Store`."""
        if self._columns and is_marked(sparql):
            found = self._columns.answer(sparql, media_type)
            if found is not None:
                return found
        try:
            written = _written(self._store.query(sparql), media_type)
        except SyntaxError as error:
            position = _POSITION.search(str(error))
            line, column = map(int, position.groups()) if position else (None, None)
            raise QueryError(f"The query is not SPARQL 1.1: {error}", line, column) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"The query cannot be answered: {error}") from error
        if written is None:
            raise QueryError(f"This form of query has no answer as {media_type}.")
        return written

    def table(self, sparql: str) -> ResultTable:
        """Answer a SELECT or ASK query as a table."""
        return table_from_json(self.serialise(sparql, JSON_RESULTS), {"release": self.release_id})


def _written(
    answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, media_type: str
) -> bytes | None:
    """Return an answer in a media type, None where its form has none in it."""
    if isinstance(answer, ox.QueryTriples):
        graph_format = ox.RdfFormat.from_media_type(media_type)
        return answer.serialize(format=graph_format) if graph_format else None
    results_format = ox.QueryResultsFormat.from_media_type(media_type)
    return answer.serialize(format=results_format) if results_format else None
