"""Rows that tell of a person who is not named though they are about another thing.

A badge whose own id is made of the person's key, a thing whose IRI was buried with the person:
such rows go, and what refers to them goes with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kg.identifiers import key_segment
from kg.privacy.people import PEOPLE
from kg.privacy.traces import traces_of
from kg.schema import Column, Schema
from kg.tables import InputTable
from kg.tombstones import Tombstones

__all__ = ["Dependents", "dependents_of"]

_CUT = {"table": pl.Int32, "_at": pl.UInt32, "column": pl.String, "part": pl.String}


@dataclass(frozen=True)
class Dependents:
    """``gone``: ``table``, ``_at`` of rows that go; ``cut``: parts of cells that referred to them.

    ``cut`` has ``table``, ``_at``, ``column``, ``part``.
    """

    gone: pl.DataFrame
    cut: pl.DataFrame


def dependents_of(
    tables: Sequence[InputTable],
    unnamed: pl.DataFrame,
    schema: Schema,
    base: str,
    tombstones: Tombstones,
) -> Dependents:
    """Find the rows that bear a key of somebody who is not named, and what refers to them.

    ``unnamed`` are cells that mean such people, as :class:`kg.privacy.people.People` has them.
    """
    parts = [pl.DataFrame(schema={"table": pl.Int32, "_at": pl.UInt32, "id": pl.String})]
    for number, table in enumerate(tables):
        if table.name == PEOPLE or table.name not in schema.tables or "id" not in table.frame:
            continue
        ids = table.frame.with_row_index("_at").select("_at", "id").drop_nulls("id")
        own = unnamed.filter(table=number)
        bearing = pl.concat([_bearing(ids, own), _buried(ids, table, schema, base, tombstones)])
        parts.append(bearing.unique().select(table=pl.lit(number, pl.Int32), _at="_at", id="id"))
    gone = pl.concat(parts)
    referring = _referring(tables, gone, schema)
    required = referring.filter("required").select("table", "_at")
    return Dependents(
        pl.concat([gone.select("table", "_at"), required]).unique(),
        referring.filter(~pl.col("required")).select(*_CUT),
    )


def _bearing(ids: pl.DataFrame, unnamed: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose id holds the key by which one of their cells means the person."""
    own = ids.join(unnamed.select("_at", "part").unique(), on="_at")
    held = [bool(traces_of([], [part]).spans(key)) for key, part in own.select("id", "part").rows()]
    return own.filter(pl.Series(held, dtype=pl.Boolean)).select("_at", "id")


def _buried(
    ids: pl.DataFrame, table: InputTable, schema: Schema, base: str, tombstones: Tombstones
) -> pl.DataFrame:
    if not tombstones:
        return ids.clear()
    found = [ids.clear()]
    for template in schema.tables[table.name].key_templates:
        if template.count("{") == 1 and "{id}" in template:
            iri = pl.format(base + template.replace("{id}", "{}"), key_segment(pl.col("id")))
            keyed = ids.with_columns(iri=iri.str.to_lowercase())
            gone = tombstones.among(keyed["iri"].unique())
            found.append(keyed.filter(pl.col("iri").is_in(list(gone))).select("_at", "id"))
    return pl.concat(found)


def _referring(tables: Sequence[InputTable], gone: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Return ``required`` and what ``cut`` has of the cells that mean these rows."""
    parts = [pl.DataFrame(schema={"required": pl.Boolean, **_CUT})]
    lost: dict[str, set[str]] = {}
    for number, key in gone.select("table", "id").iter_rows():
        lost.setdefault(tables[number].name, set()).add(key.lower())
    for number, table in enumerate(tables) if lost else ():
        for column in schema.tables[table.name].columns if table.name in schema.tables else ():
            keys = _lost_keys(column, lost, schema)
            if keys and column.name in table.frame.columns:
                cells = _cells(table, column).filter(pl.col("part").str.to_lowercase().is_in(keys))
                parts.append(
                    cells.select(
                        required=pl.lit(column.required),
                        table=pl.lit(number, pl.Int32),
                        _at="_at",
                        column=pl.lit(column.name),
                        part="part",
                    )
                )
    return pl.concat(parts)


def _lost_keys(column: Column, lost: dict[str, set[str]], schema: Schema) -> list[str]:
    if column.kind != "reference" or column.target is None:
        return []
    names = [table.name for table in schema.tables_for(column.target)]
    return sorted({key for name in names for key in lost.get(name, ())})


def _cells(table: InputTable, column: Column) -> pl.DataFrame:
    cells = table.frame.with_row_index("_at").select("_at", part=pl.col(column.name))
    cells = cells.drop_nulls("part").with_columns(pl.col("part").str.normalize("NFC"))
    if column.separator is not None:
        cells = cells.with_columns(pl.col("part").str.split(column.separator)).explode("part")
    return cells.with_columns(pl.col("part").str.strip_chars())
