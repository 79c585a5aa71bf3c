"""What a text means in a graph: names of things in any script, keys, codes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from kg.analysis.resolving import NameTable, forgiving_resolver, name_resolver
from kg.errors import QueryError
from kg.language import tell
from kg.queries import Resolver, entity_resolver
from kg.results import ResultTable
from kg.search import KINDS, SearchIndex
from kg.store import Store

__all__ = ["Lookup"]


class Lookup:
    """The names of a graph; tables and index are made when they are first asked for, once.

    Parameters
    ----------
    store:
        What answers where no names are kept.
    columns:
        Gives the flat tables, of which ``names``, ``details``, ``involvements`` and ``facets`` are
        read.
    kept:
        Whether the names lie on this disk: pulling all of them from elsewhere takes too long.
    """

    def __init__(
        self, store: Store, columns: Callable[[], Mapping[str, pl.DataFrame]], *, kept: bool
    ) -> None:
        self._store, self._columns, self._kept = store, columns, kept
        self._lock = threading.RLock()
        self._index: SearchIndex | None = None
        self._table: NameTable | None = None

    @property
    def resolve(self) -> Resolver:
        """A function from a key, code or name, and a class IRI, to the IRI of the thing meant."""
        if not self._kept:
            return entity_resolver(self._store)
        return forgiving_resolver(
            name_resolver(self._store, lambda: self._name_table), lambda: self.names
        )

    @property
    def _name_table(self) -> NameTable:
        with self._lock:
            if self._table is None:
                kept = self._columns()
                self._table = NameTable(kept["names"], kept["details"])
            return self._table

    @property
    def names(self) -> SearchIndex:
        """The index of all names."""
        with self._lock:
            if self._index is None:
                self._index = self._indexed()
            return self._index

    def _indexed(self) -> SearchIndex:
        kept = self._columns()
        taken_part = [
            kept["involvements"].select("training", entity=column)
            for column in ("organisation", "person", "country")
        ]
        facets = kept["facets"].select("training", entity="value")
        weights = (
            pl.concat([*taken_part, facets])
            .drop_nulls("entity")
            .group_by("entity")
            .agg(weight=pl.col("training").n_unique())
        )
        return SearchIndex(kept["names"], weights)

    def search(self, text: str, kinds: Sequence[str], language: str, limit: int) -> ResultTable:
        """Find things by their names; see :meth:`kg.analysis.graph.Graph.search`."""
        if unknown := sorted(set(kinds) - set(KINDS)):
            raise QueryError(
                tell(
                    "There is no kind %(unknown)s. Accepted: %(accepted)s.",
                    unknown=repr(unknown[0]),
                    accepted=", ".join(KINDS),
                )
            )
        hits = self.names.find(text, kinds, language, limit)
        rows = [(h.iri, h.kind, h.label, h.matched, h.weight) for h in hits]
        columns = ("entity", "kind", "label", "matched", "trainings")
        return ResultTable(columns, rows, {"release": self._store.release_id, "text": text})
