"""What a release knows already, as keys that the cells of a reference column may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rdflib import RDFS, SKOS

from kg.schema import Schema, TableSchema
from kg.terms import RIHLA

__all__ = ["Known", "known_things"]

_USES = {
    str(RDFS.label): "label",
    str(SKOS.prefLabel): "label",
    str(SKOS.altLabel): "alias",
    str(RIHLA.acronym): "acronym",
}
_KEYS = {"key": pl.String, "iri": pl.String}


@dataclass(frozen=True)
class Known:
    """The things of a release.

    ``keys`` gives, for each table, ``key`` (in small letters) and ``iri``; ``iris`` all names of
    things of the tables in ``tables``.
    """

    keys: Mapping[str, pl.DataFrame]
    iris: frozenset[str]

    @property
    def tables(self) -> frozenset[str]:
        """The tables whose things the release lists by name."""
        return frozenset(self.keys)


def known_things(names: Path | None, details: Path | None, schema: Schema) -> Known:
    """Read what a release knows from its flat tables ``names`` and ``details``.

    Parameters
    ----------
    names, details:
        Parquet files of the release; without them nothing is known.
    schema:
        Its tables: a thing is found by the columns that they mark as lookups.
    """
    if names is None or details is None:
        return Known({}, frozenset())
    named, detailed = pl.read_parquet(names), pl.read_parquet(details)
    # A sector is a topic that has a kind of its own.
    named = named.with_columns(pl.col("kind").replace("sector", "topic"))
    keys: dict[str, pl.DataFrame] = {}
    for table in schema.tables.values():
        own = named.filter(pl.col("kind") == _kind(table))
        if own.height:
            keys[table.name] = _keys(table, own, detailed)
    iris = pl.concat([pl.Series("iri", [], pl.String), *(k["iri"] for k in keys.values())])
    return Known(keys, frozenset(iris.unique().to_list()))


def _kind(table: TableSchema) -> str:
    """Return the kind of its things, with which their IRIs begin."""
    return table.key_templates[0].split("/")[0]


def _keys(table: TableSchema, names: pl.DataFrame, details: pl.DataFrame) -> pl.DataFrame:
    lookups = [column for column in table.columns if column.lookup]
    uses = {"code", *(_USES[c.path] for c in lookups if c.path in _USES)}
    fields = [column.name for column in lookups]
    entities = names.select("entity").unique()
    found = [
        entities.select(key="entity", iri="entity"),
        names.filter(pl.col("use").is_in(list(uses))).select(key="text", iri="entity"),
        details.filter(pl.col("field").is_in(fields))
        .join(entities, on="entity", how="semi")
        .select(key="value", iri="entity"),
    ]
    return pl.concat(found).select(pl.col("key").str.to_lowercase(), "iri").unique()
