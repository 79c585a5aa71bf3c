"""What the keys of rows mean: found out for a class when the first reference to it is met."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kg.identifiers import SCHEMES
from kg.schema import Schema
from kg.tables import CheckedTable

__all__ = ["Index", "keys_of_texts", "meanings"]

_KEYS = {"key": pl.String, "iri": pl.String}


class Index:
    """The keys and IRIs of tables' rows, and of ``others``.

    ``others`` gives, by table, ``key`` and ``iri`` of things that are known besides; a key that
    the rows have means theirs. A table has to be added when its rows have their IRIs; what is
    added later does not change what was looked up before.
    """

    def __init__(self, others: Mapping[str, pl.DataFrame] | None = None) -> None:
        self._others = others or {}
        self._rows: dict[str, list[tuple[CheckedTable, pl.DataFrame, set[str]]]] = {}
        self._known: dict[tuple[str, int], pl.DataFrame] = {}
        self._keyed: dict[tuple[str, int], pl.DataFrame] = {}

    def add(self, table: CheckedTable, subjects: pl.DataFrame, in_templates: set[str]) -> None:
        """Add a table; ``subjects`` has ``_id`` and ``iri`` of the rows that are kept so far.

        ``in_templates`` names the columns that the IRIs are made of.
        """
        self._rows.setdefault(table.schema.name, []).append((table, subjects, in_templates))

    def known(self, target: str, schema: Schema) -> pl.DataFrame:
        """Return ``key``, ``iri`` and ``n``: how many things of the class a key means."""
        places = self._places(target, schema)
        number = (target, len(places))
        if number not in self._known:
            concepts = [(key, iri) for cls, key, iri in schema.concepts if cls == target]
            parts = [pl.DataFrame(concepts, schema=_KEYS, orient="row")]
            for place in places:
                _, subjects, _ = self._rows[place[0]][place[1]]
                iris = subjects.select(key=pl.col("iri").str.to_lowercase(), iri="iri")
                keyed = self._keys(place).join(subjects, on="_id")
                parts += [iris, keyed.select("key", "iri")]
            names = [table.name for table in schema.tables_for(target)]
            others = [self._others[name] for name in names if name in self._others]
            own = pl.concat(parts)
            if others:
                besides = pl.concat(others).select("key", "iri").join(own, on="key", how="anti")
                own = pl.concat([own, besides])
            self._known[number] = _counted(own)
        return self._known[number]

    def fallen(self, target: str, schema: Schema) -> pl.DataFrame:
        """Return the ``key`` of each refused row that a reference to ``target`` might mean."""
        parts = [pl.DataFrame(schema={"key": pl.String})]
        for place in self._places(target, schema):
            _, subjects, _ = self._rows[place[0]][place[1]]
            parts.append(self._keys(place).join(subjects, on="_id", how="anti").select("key"))
        return pl.concat(parts)

    def _places(self, target: str, schema: Schema) -> list[tuple[str, int]]:
        names = [table.name for table in schema.tables_for(target)]
        return [(name, i) for name in names for i in range(len(self._rows.get(name, ())))]

    def _keys(self, place: tuple[str, int]) -> pl.DataFrame:
        """Return ``_id`` and ``key``: what a row may be called by, in small letters."""
        if place not in self._keyed:
            table, _, in_templates = self._rows[place[0]][place[1]]
            self._keyed[place] = _keys(table, in_templates)
        return self._keyed[place]


def _keys(table: CheckedTable, in_templates: set[str]) -> pl.DataFrame:
    filled = [c for c in table.schema.columns if c.name in table.values]
    by_key = [table.values[c.name].select("_id") for c in filled if c.key_only]
    keys = [pl.DataFrame(schema={"_id": pl.UInt32, "key": pl.String})]
    for column in (c for c in filled if c.lookup):
        cells = table.values[column.name].select("_id", key=pl.col("value").str.to_lowercase())
        if by_key and column.name not in in_templates:
            cells = cells.join(pl.concat(by_key), on="_id", how="anti")
        keys.append(cells)
    return pl.concat(keys)


def _counted(pairs: pl.DataFrame) -> pl.DataFrame:
    if pairs["key"].n_unique() == pairs.height:
        return pairs.with_columns(n=pl.lit(1, pl.UInt32))
    grouped = pairs.unique().group_by("key")
    return grouped.agg(pl.col("iri").first(), n=pl.len().cast(pl.UInt32))


def meanings(values: pl.Series, target: str, schema: Schema, known: pl.DataFrame) -> pl.DataFrame:
    """Return ``iri`` and ``n`` for each text that refers to a ``target``, in their order.

    The text as written comes first, its bare identifier second: the first that is known wins.
    """
    texts = values.alias("value").to_frame()
    best = pl.DataFrame(schema={"iri": pl.String, "n": pl.UInt32})
    for key in _keys_of_text(target, schema):
        found = texts.select(key=key).join(known, on="key", how="left", maintain_order="left")
        more = found.select("iri", "n")
        if best.height:
            more = best.select(pl.coalesce(name, more[name]).alias(name) for name in best.columns)
        best = more
        if not best["n"].null_count():
            break
    return best


def _keys_of_text(target: str, schema: Schema) -> list[pl.Expr]:
    """Return the keys to look under: the folded text, then bare identifiers."""
    schemes = {
        column.scheme
        for table in schema.tables_for(target)
        for column in table.columns
        if column.lookup and column.scheme
    }
    bare = [SCHEMES[name].normalise(pl.col("value")).str.to_lowercase() for name in sorted(schemes)]
    return [pl.col("value").str.to_lowercase(), *bare]


def keys_of_texts(values: pl.Series, target: str, schema: Schema) -> pl.DataFrame:
    """Return ``value`` and each ``key`` that it may be looked up under."""
    texts = values.alias("value").to_frame()
    return pl.concat([texts.with_columns(key=key) for key in _keys_of_text(target, schema)])
