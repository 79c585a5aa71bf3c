"""The flat tables that analyses read: pulled from a store once, kept with a release as Parquet.

A join over participations takes minutes as SPARQL and a second over columns. The query files
under queries/columns/ define the tables, so that a store elsewhere gives the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from kg.network import COLUMNS
from kg.queries import bind, get_query
from kg.store.base import Store

__all__ = ["COLUMN_QUERIES", "pull_columns"]

COLUMN_QUERIES: dict[str, str] = {
    "bloc_members": "columns/bloc-members",
    "entities": "columns/entities",
    "facets": "columns/facets",
    "involvements": "columns/involvements",
    "trainings": "columns/trainings",
}
"""Table → the query that yields it."""


def pull_columns(
    store: Store, names: Iterable[str] = tuple(COLUMN_QUERIES)
) -> dict[str, pl.DataFrame]:
    """Return flat tables of a store, sorted; kg.network.COLUMNS gives their columns."""
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
