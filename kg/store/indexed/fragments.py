"""Terms as SPARQL's JSON answers have them: each an object, by which an index also knows it.

What needs escapes, and what is rare, is written by the engine itself, so that its answers and
ours are byte for byte the same.
"""

from __future__ import annotations

import polars as pl
import pyoxigraph as ox

__all__ = ["fragments"]

_SUBJECT, _PREDICATE = ox.NamedNode("urn:s"), ox.NamedNode("urn:p")
_LITERAL = r'(?s)^"(?<text>[^"]*)"(?:@(?<lang>[A-Za-z0-9-]+)|\^\^<(?<type>[^>]*)>)?$'
_JSON = ox.QueryResultsFormat.JSON


def fragments(terms: pl.Series) -> pl.Series:
    """Return each of the terms, given as in N-Triples, as JSON.

    Nothing stands for a blank node, nor for a triple, which may hold one.
    """
    text = pl.col("term")
    parts = text.str.extract_groups(_LITERAL)
    value, lang, kind = (parts.struct.field(name) for name in ("text", "lang", "type"))
    is_odd = text.str.contains(r'\\|^<[^>]*"|--[a-z]*$')
    made = (
        pl.when(text.str.contains("^_:|^<<"))
        .then(pl.lit(""))
        .when(is_odd)
        .then(pl.lit(None, pl.String))
        .when(text.str.starts_with("<"))
        .then(_object("uri", text.str.strip_prefix("<").str.strip_suffix(">")))
        .when(lang.is_not_null())
        .then(_object("literal", value, ',"xml:lang":"', lang))
        .when(kind.is_not_null())
        .then(_object("literal", value, ',"datatype":"', kind))
        .when(value.is_not_null())
        .then(_object("literal", value))
    )
    frame = pl.DataFrame({"term": terms}).with_columns(made=made)
    odd = frame.filter(pl.col("made").is_null())["term"].unique()
    if odd.is_empty():
        return frame["made"]
    by_engine = pl.DataFrame({"term": odd, "odd": [_by_engine(term) for term in odd]})
    joined = frame.join(by_engine, on="term", how="left", maintain_order="left")
    return joined.select(pl.coalesce("made", "odd"))["made"]


def _object(kind: str, value: pl.Expr, key: str = "", more: pl.Expr | None = None) -> pl.Expr:
    parts = [pl.lit(f'{{"type":"{kind}","value":"'), value, pl.lit('"')]
    if more is not None:
        parts += [pl.lit(key), more, pl.lit('"')]
    return pl.concat_str([*parts, pl.lit("}")])


def _by_engine(term: str) -> str:
    line = f"<urn:s> <urn:p> {term} ."
    (read,) = ox.parse(line.encode(), format=ox.RdfFormat.N_TRIPLES)
    store = ox.Store()
    store.add(ox.Quad(_SUBJECT, _PREDICATE, read.object))
    found = store.query("SELECT ?o { ?s ?p ?o }")
    assert isinstance(found, ox.QuerySolutions)  # a SELECT gives such
    written = found.serialize(format=_JSON)
    assert written is not None  # no file was given
    begins, ends = b'{"head":{"vars":["o"]},"results":{"bindings":[{"o":', b"}]}}"
    assert written.startswith(begins) and written.endswith(ends)
    return written[len(begins) : -len(ends)].decode()
