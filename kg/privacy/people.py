"""Who is who in tables as they were read: rows about people, and the cells that mean them.

This runs before any check or match, so that nothing later sees who must not be named. Rows that
share a key (id, ORCID) are one person, in whatever source they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kg.identifiers import SCHEMES, key_segment
from kg.schema import Column, Schema, TableSchema
from kg.tables import InputTable

__all__ = ["PEOPLE", "People", "evidence_keys", "folded_person", "people_of", "person_columns"]

PEOPLE = "people"
_EVIDENCE = ("training", "organisation")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class People:
    """The people of some tables; ``who`` numbers them.

    ``rows``: ``table`` (position in the list), ``_at`` (row of the table's frame),
    ``source``, ``id``, ``orcid``, ``name``, ``folded``, ``consent``, ``who``: one for each row
    about a person. ``keys``: ``key``, ``who``. ``cells``: ``table``, ``_at``, ``source``,
    ``column``, ``part`` (the text that refers), ``key``, ``who`` (null where nobody has the key).
    ``evidence``: ``who``, ``what``: a training or an organisation that goes with the person.
    """

    rows: pl.DataFrame
    keys: pl.DataFrame
    cells: pl.DataFrame
    evidence: pl.DataFrame

    def named(self) -> pl.DataFrame:
        """Return ``who``, ``key``: each name together with each piece of evidence for it."""
        names = self.rows.filter(pl.col("folded") != "").select("who", "folded").unique()
        pairs = names.join(self.evidence, on="who")
        return pairs.select("who", key=pl.format("name {}\n{}", "folded", "what")).unique()


def person_columns(schema: Schema, table: str) -> list[Column]:
    """Return the columns of a table that refer to people."""
    if table not in schema.tables or PEOPLE not in schema.tables:
        return []
    person = schema.tables[PEOPLE].target
    columns = schema.tables[table].columns
    return [c for c in columns if c.kind == "reference" and c.target == person]


def folded_person(name: str) -> str:
    """Return a person's name without case, accents and punctuation."""
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)
    ).casefold()
    return " ".join(re.findall(r"\w+", bare))


def people_of(tables: Sequence[InputTable], schema: Schema, base: str) -> People:
    """Find the people of some tables, and every cell that refers to one."""
    rows = _rows(tables)
    keys = _row_keys(rows, schema.tables[PEOPLE], base) if PEOPLE in schema.tables else _NO_KEYS
    rows = rows.with_columns(who=_components(rows.height, keys))
    known = keys.join(rows.select("row", "who"), on="row").select("key", "who").unique("key")
    cells = _cells(tables, schema, known)
    return People(rows, known, cells, _evidence(tables, cells))


_NO_KEYS = pl.DataFrame(schema={"row": pl.UInt32, "key": pl.String})
_ROW = {
    "table": pl.Int32,
    "_at": pl.UInt32,
    "source": pl.String,
    "id": pl.String,
    "orcid": pl.String,
    "name": pl.String,
    "folded": pl.String,
    "consent": pl.String,
}
_CELL = {
    "table": pl.Int32,
    "_at": pl.UInt32,
    "source": pl.String,
    "column": pl.String,
    "part": pl.String,
    "key": pl.String,
    "who": pl.Int64,
}


def _column(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return a column as composed, trimmed text, or nulls where the frame has none."""
    if name not in frame.columns:
        return pl.lit(None, pl.String)
    return pl.col(name).str.normalize("NFC").str.strip_chars()


def _rows(tables: Sequence[InputTable]) -> pl.DataFrame:
    parts = [pl.DataFrame(schema=_ROW)]
    for number, table in enumerate(tables):
        if table.name == PEOPLE:
            frame = table.frame.with_row_index("_at")
            name = _column(frame, "name").str.replace(r"@[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*$", "")
            parts.append(
                frame.select(
                    table=pl.lit(number, pl.Int32),
                    _at="_at",
                    source=pl.lit(table.source),
                    id=_column(frame, "id"),
                    orcid=SCHEMES["orcid"].normalise(_column(frame, "orcid")),
                    name=name,
                    folded=name.map_elements(folded_person, pl.String).fill_null(""),
                    consent=_column(frame, "consent").str.to_lowercase(),
                ).select(*_ROW)
            )
    return pl.concat(parts).with_row_index("row")


def _row_keys(rows: pl.DataFrame, table: TableSchema, base: str) -> pl.DataFrame:
    """Return ``row`` and ``key``: ids, identifiers and the IRIs that they give, folded."""
    found = [rows.select("row", key=pl.col(name)) for name in ("id", "orcid")]
    for template in table.key_templates:
        names = _PLACEHOLDER.findall(template)
        if set(names) <= {"id", "orcid"}:
            parts = [key_segment(pl.col(name)) for name in names]
            iri = pl.format(base + _PLACEHOLDER.sub("{}", template), *parts)
            found.append(rows.select("row", key=iri))
    keys = pl.concat([_NO_KEYS, *found]).drop_nulls()
    return keys.with_columns(pl.col("key").str.to_lowercase()).filter(pl.col("key") != "").unique()


def _components(height: int, keys: pl.DataFrame) -> pl.Series:
    """Give each person a number: rows that are linked by keys they share are one."""
    if not height:
        return pl.Series(dtype=pl.Int64)
    codes = keys.select("row", code=pl.col("key").rank("dense") - 1).to_numpy()
    size = height + keys["key"].n_unique()
    ends = (codes[:, 0].astype(np.int64), codes[:, 1].astype(np.int64) + height)
    links = coo_array((np.ones(len(codes), dtype=np.int8), ends), shape=(size, size))
    return pl.Series(connected_components(links, directed=False)[1][:height], dtype=pl.Int64)


def _cells(tables: Sequence[InputTable], schema: Schema, keys: pl.DataFrame) -> pl.DataFrame:
    parts = [pl.DataFrame(schema=_CELL)]
    for number, table in enumerate(tables):
        frame = table.frame.with_row_index("_at")
        for column in person_columns(schema, table.name):
            if column.name in frame.columns:
                cells = frame.select("_at", part=_column(frame, column.name))
                parts.append(_known(_parts(cells, column), keys, number, table.source, column))
    return pl.concat(parts)


def _parts(cells: pl.DataFrame, column: Column) -> pl.DataFrame:
    cells = cells.drop_nulls("part")
    if column.separator is not None:
        cells = cells.with_columns(pl.col("part").str.split(column.separator)).explode("part")
        cells = cells.with_columns(pl.col("part").str.strip_chars())
    return cells.filter(pl.col("part") != "")


def _known(
    cells: pl.DataFrame, keys: pl.DataFrame, number: int, source: str, column: Column
) -> pl.DataFrame:
    """Say whom each cell means: by its text, else by the ORCID in it."""
    plain = pl.col("part").str.to_lowercase()
    orcid = SCHEMES["orcid"].normalise(pl.col("part")).str.to_lowercase()
    joined = (
        cells.with_columns(plain=plain, orcid=orcid)
        .join(keys.rename({"who": "first"}), left_on="plain", right_on="key", how="left")
        .join(keys.rename({"who": "second"}), left_on="orcid", right_on="key", how="left")
    )
    return joined.select(
        table=pl.lit(number, pl.Int32),
        _at="_at",
        source=pl.lit(source),
        column=pl.lit(column.name),
        part="part",
        key="orcid",
        who=pl.coalesce("first", "second"),
    )


def _evidence(tables: Sequence[InputTable], cells: pl.DataFrame) -> pl.DataFrame:
    known = cells.drop_nulls("who")
    parts = [pl.DataFrame(schema={"who": pl.Int64, "what": pl.String})]
    for number in known["table"].unique().sort():
        frame = tables[number].frame.with_row_index("_at")
        own = known.filter(table=number).join(frame, on="_at", suffix="_cell")
        parts += [
            own.select("who", what=evidence_keys(name, pl.col(name))).drop_nulls()
            for name in _EVIDENCE
            if name in frame.columns
        ]
    return pl.concat(parts).unique()


def evidence_keys(kind: str, values: pl.Expr) -> pl.Expr:
    """Return what stands beside a name as evidence: a kind and a key in small letters."""
    return pl.format(f"{kind} {{}}", values.str.strip_chars().str.to_lowercase())
