"""The one mapping from tables to quads, driven by the schema and run on whole columns.

A quad is a row of four N-Quads terms: ``s``, ``p``, ``o``, ``g``. Literals keep the lexical
form that was checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from kg.quads import QUAD, TERM, term
from kg.reconcile import ResolvedTable
from kg.schema import Column

__all__ = ["iri_term", "literal_term", "map_tables"]

_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = _XSD + "string"
# How canonical N-Quads writes the characters that do not stand in a literal as they are.
_ESCAPES = {chr(code): f"\\u{code:04X}" for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)} | {
    "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\",
}  # fmt: skip


def iri_term(values: pl.Expr) -> pl.Expr:
    """Return IRIs as N-Quads terms."""
    return pl.format("<{}>", values)


def literal_term(
    values: pl.Expr, datatype: str | None = None, language: pl.Expr | None = None
) -> pl.Expr:
    """Return text as N-Quads literals, escaped as RDF's canonical N-Quads asks.

    ``datatype`` is an IRI; a null in ``language`` means a plain string.
    """
    quoted = pl.format('"{}"', values.str.replace_many(_ESCAPES))
    if language is not None:
        return (
            pl.when(language.is_null()).then(quoted).otherwise(pl.format("{}@{}", quoted, language))
        )
    if datatype is None or datatype == _STRING:
        return quoted
    return pl.format("{}" + f"^^<{datatype}>", quoted)


def map_tables(tables: Iterable[ResolvedTable], graphs: dict[str, str]) -> pl.DataFrame:
    """Return the quads of all tables without repetition, in no order.

    Parameters
    ----------
    tables:
        Resolved tables of any sources.
    graphs:
        The named graph's IRI for each source.
    """
    parts = [
        triples.select("s", "p", "o", g=term(f"<{graphs[table.checked.table.source]}>"))
        for table in tables
        for triples in _table_triples(table)
    ]
    return pl.concat([pl.DataFrame(schema=QUAD), *parts]).unique()


def _table_triples(table: ResolvedTable) -> Iterator[pl.DataFrame]:
    schema = table.checked.schema
    subjects = table.subjects.select("_id", s=iri_term(pl.col("iri")).cast(TERM))
    yield _types(table, subjects)
    for column in schema.columns:
        if column.kind == "class":
            continue
        values = _objects(table, column)
        if values is not None:
            pairs = values.join(subjects, on="_id")
            predicate = term(f"<{column.path}>")
            ends = ("o", "s") if column.inverse else ("s", "o")
            yield pairs.select(s=pl.col(ends[0]), p=predicate, o=pl.col(ends[1]))


def _types(table: ResolvedTable, subjects: pl.DataFrame) -> pl.DataFrame:
    """Return the class of each row: the one its cell names, else the table's."""
    chosen = [
        table.checked.values[c.name].select("_id", cls="value")
        for c in table.checked.schema.columns
        if c.kind == "class" and c.name in table.checked.values
    ]
    named = subjects.with_columns(cls=pl.lit(None, dtype=pl.String))
    if chosen:
        named = subjects.join(pl.concat(chosen), on="_id", how="left")
    cls = pl.col("cls").fill_null(table.checked.schema.target)
    return named.select("s", p=term(_RDF_TYPE), o=iri_term(cls).cast(TERM))


def _objects(table: ResolvedTable, column: Column) -> pl.DataFrame | None:
    """Return ``_id`` and the term ``o`` for each value of a column, or None where it is empty."""
    if column.kind == "reference":
        targets = table.references.get(column.name)
        return (
            None if targets is None else targets.select("_id", o=iri_term(pl.col("iri")).cast(TERM))
        )
    values = table.checked.values.get(column.name)
    return None if values is None else values.select("_id", o=_term(column).cast(TERM))


def _term(column: Column) -> pl.Expr:
    value = pl.col("value")
    if column.kind == "iri":
        return iri_term(value)
    if column.kind == "text":
        return literal_term(value, language=pl.col("language"))
    if column.language is not None:
        return literal_term(value, language=pl.lit(column.language))
    if column.partial_date:
        length = value.str.len_chars()
        return (
            pl.when(length == 4)
            .then(literal_term(value, _XSD + "gYear"))
            .when(length == 7)
            .then(literal_term(value, _XSD + "gYearMonth"))
            .otherwise(literal_term(value, _XSD + "date"))
        )
    return literal_term(value, column.datatypes[0])
