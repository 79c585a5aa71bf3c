"""The one mapping from tables to quads, driven by the schema and run on whole columns.

A quad is a row of four N-Quads terms: ``s``, ``p``, ``o``, ``g``. Literals keep the lexical
form that was checked. A term is written once for each distinct value of a column.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl

from kg.quads import QUAD, TERM, joined, term
from kg.reconcile import ResolvedTable
from kg.schema import Column
from kg.tables.distinct import Distinct

__all__ = ["iri_term", "literal_term", "map_lines", "map_tables"]

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = _XSD + "string"
_LINES = 50_000  # lines that are made at a time
_WRITERS = 2  # threads that make them; each is one part ahead
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


@dataclass(frozen=True)
class _Statements:
    """What one column says: for each row of ``subjects`` at ``at``, a term by its number.

    ``terms`` are texts as N-Quads writes them. Where it is ``inverse``, they are the subjects.
    """

    at: np.ndarray
    predicate: str
    codes: pl.Series
    terms: pl.Series
    inverse: bool = False


def map_tables(tables: Iterable[ResolvedTable], graphs: Mapping[str, str]) -> pl.DataFrame:
    """Return the quads of all tables without repetition, in no order.

    Parameters
    ----------
    tables:
        Resolved tables of any sources.
    graphs:
        The named graph's IRI for each source.
    """
    found: dict[tuple[str, str], list[pl.DataFrame]] = {}
    several: set[tuple[str, str]] = set()
    for table in tables:
        graph = graphs[table.checked.table.source]
        subjects = table.subjects.select(iri_term(pl.col("iri")).cast(TERM)).to_series()
        shared = subjects.n_unique() < len(subjects)
        for part in _statements(table):
            key = (graph, part.predicate)
            if shared or key in found:
                several.add(key)
            found.setdefault(key, []).append(_quads(part, subjects, graph))
    # One column of one table says nothing twice: only what comes together can.
    parts = [pl.concat(p).unique() if key in several else p[0] for key, p in found.items()]
    return pl.concat([pl.DataFrame(schema=QUAD), *parts])


def _quads(part: _Statements, subjects: pl.Series, graph: str) -> pl.DataFrame:
    ends = (subjects.gather(part.at), part.terms.cast(TERM).gather(part.codes))
    own, other = ends[::-1] if part.inverse else ends
    return pl.select(s=own, p=term(f"<{part.predicate}>"), o=other, g=term(f"<{graph}>"))


def map_lines(
    tables: Iterable[ResolvedTable], graphs: Mapping[str, str] | None = None
) -> Iterator[bytes]:
    """Yield the statements as N-Quads, or as N-Triples without ``graphs``, many lines at a time.

    No more than some lines are text at a time, whatever the number of rows. A statement that
    several rows make comes as often.

    Parameters
    ----------
    tables, graphs:
        As for :func:`map_tables`.
    """
    with ThreadPoolExecutor(_WRITERS) as writers:
        waiting: deque[Future[bytes]] = deque()
        for part in _line_parts(tables, graphs or {}):
            waiting.append(writers.submit(part.text))
            if len(waiting) > _WRITERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_Terms = tuple[pl.Series, np.ndarray]
"""Distinct terms, and for each line which of them it has."""


@dataclass(frozen=True)
class _Lines:
    """Some lines: subjects, objects, and what stands between and after them."""

    subjects: _Terms
    middle: str
    objects: _Terms
    end: str

    def text(self) -> bytes:
        """Return the lines."""
        subjects, (objects, codes) = self.subjects[0].gather(self.subjects[1]), self.objects
        if len(objects) > len(codes):
            objects, codes = objects.gather(codes), np.arange(len(codes))
        # What follows a subject is put together once for each distinct object.
        tails = pl.select(pl.concat_str(pl.lit(self.middle), objects, pl.lit(self.end)))
        rows = [subjects.alias("s"), tails.to_series().gather(codes).alias("o")]
        return joined(pl.DataFrame(rows))


def _line_parts(tables: Iterable[ResolvedTable], graphs: Mapping[str, str]) -> Iterator[_Lines]:
    for table in tables:
        graph = graphs.get(table.checked.table.source)
        end = f" <{graph}> ." if graph else " ."
        subjects = table.subjects.select(iri_term(pl.col("iri"))).to_series()
        for part in _statements(table):
            codes = part.codes.to_numpy()
            for start in range(0, len(part.at), _LINES):
                rows = slice(start, start + _LINES)
                ends = (subjects, part.at[rows]), (part.terms, codes[rows])
                own, other = ends[::-1] if part.inverse else ends
                yield _Lines(own, f"<{part.predicate}> ", other, end)


def _statements(table: ResolvedTable) -> Iterator[_Statements]:
    places = _places(table)
    yield from _types(table, places)
    for column in table.checked.schema.columns:
        found = _objects(table, column)
        if found is not None:
            own, terms = found
            at, codes = _at(own, places)
            yield _Statements(at, column.path, codes, terms, column.inverse)


def _places(table: ResolvedTable) -> np.ndarray:
    """Return, for each row's ``_id``, where it stands in ``subjects``; -1 where it does not."""
    ids = table.subjects["_id"].to_numpy()
    highest = table.checked.rows["_id"].max()
    size = max(int(highest) if isinstance(highest, int) else 0, int(ids.max(initial=0))) + 1
    places = np.full(size, -1, dtype=np.int64)
    places[ids] = np.arange(len(ids))
    return places


def _at(own: Distinct, places: np.ndarray) -> tuple[np.ndarray, pl.Series]:
    """Return the subjects of the cells whose rows are kept, and the numbers of what they hold."""
    at = places[own.frame["_id"].to_numpy()]
    kept = at >= 0
    return (at, own.codes) if kept.all() else (at[kept], own.codes.filter(pl.Series(kept)))


def _types(table: ResolvedTable, places: np.ndarray) -> Iterator[_Statements]:
    """Yield the class of each row: the one its cell names, else the table's."""
    rest = np.ones(table.subjects.height, dtype=bool)
    for column in table.checked.schema.columns:
        if column.kind == "class" and column.name in table.checked.values:
            own = table.checked.distinct(column.name)
            at, codes = _at(own, places)
            rest[at] = False
            terms = own.texts.select(iri_term(pl.col("value"))).to_series()
            yield _Statements(at, _RDF_TYPE, codes, terms)
    others = np.flatnonzero(rest)
    codes = pl.zeros(len(others), dtype=pl.UInt32, eager=True)
    target = pl.Series([f"<{table.checked.schema.target}>"])
    yield _Statements(others, _RDF_TYPE, codes, target)


def _objects(table: ResolvedTable, column: Column) -> tuple[Distinct, pl.Series] | None:
    """Return what a column holds by number, and a term for each number; None where it is empty."""
    if column.kind == "class":
        return None
    if column.kind == "reference":
        if column.name not in table.references:
            return None
        own = table.distinct(column.name)
        return own, own.texts.select(iri_term(pl.col("iri"))).to_series()
    if column.name not in table.checked.values:
        return None
    own = table.checked.distinct(column.name)
    return own, own.texts.select(_term(column)).to_series()


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
