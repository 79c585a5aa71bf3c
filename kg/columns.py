"""The flat tables that analyses read: pulled from a store once, kept with a release as Parquet.

A join over participations takes minutes as SPARQL and a second over columns. The query files
under queries/columns/ define the tables, so that a store elsewhere gives the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from kg.network import COLUMNS as NETWORK_COLUMNS
from kg.queries import bind, get_query
from kg.store.base import Store

__all__ = ["COLUMNS", "COLUMN_QUERIES", "PulledColumns", "pull_columns"]

COLUMNS: Mapping[str, Mapping[str, type[pl.DataType]]] = {
    **NETWORK_COLUMNS,
    "coordinates": {"country": pl.String, "latitude": pl.Float64, "longitude": pl.Float64},
    "details": {"entity": pl.String, "field": pl.String, "value": pl.String},
    "names": {
        "entity": pl.String,
        "kind": pl.String,
        "use": pl.String,
        "text": pl.String,
        "language": pl.String,
    },
    "outcomes": {
        "training": pl.String,
        "outcome": pl.String,
        "grade": pl.String,
        "date": pl.String,
    },
}
"""The flat tables: those that networks are made from, those that only analyses read, names and
what tells their bearers apart."""

COLUMN_QUERIES: dict[str, str] = {
    "bloc_members": "columns/bloc-members",
    "coordinates": "columns/coordinates",
    "details": "columns/details",
    "entities": "columns/entities",
    "facets": "columns/facets",
    "involvements": "columns/involvements",
    "names": "columns/names",
    "outcomes": "columns/outcomes",
    "trainings": "columns/trainings",
}
"""Table → the query that yields it."""


def pull_columns(
    store: Store, names: Iterable[str] = tuple(COLUMN_QUERIES)
) -> dict[str, pl.DataFrame]:
    """Return flat tables of a store, sorted; COLUMNS gives their columns."""
    return {name: _pull(store, name) for name in names}


def _pull(store: Store, name: str) -> pl.DataFrame:
    table = store.table(bind(get_query(COLUMN_QUERIES[name]), {}))
    types = COLUMNS[name]
    columns = {
        column: pl.Series(column, _plain(table.column(column), dtype), dtype=dtype)
        for column, dtype in types.items()
    }
    return pl.DataFrame(columns).sort(list(types))


def _plain(values: Sequence[object], dtype: type[pl.DataType]) -> Sequence[object]:
    """Return dates as the text they were: the tables keep years and months beside full dates."""
    if dtype is not pl.String:
        return values
    return [None if v is None else str(v) for v in values]


class PulledColumns(Mapping[str, pl.DataFrame]):
    """The flat tables of a store elsewhere, each pulled when it is first needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pulled: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in COLUMN_QUERIES:
            raise KeyError(name)
        if name not in self._pulled:
            self._pulled |= pull_columns(self._store, [name])
        return self._pulled[name]

    def __contains__(self, name: object) -> bool:
        return name in COLUMN_QUERIES  # asking whether it is there pulls nothing

    def __iter__(self) -> Iterator[str]:
        return iter(COLUMN_QUERIES)

    def __len__(self) -> int:
        return len(COLUMN_QUERIES)
