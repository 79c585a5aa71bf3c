"""The numbers of terms in a release's tables, and literals as the engine keeps them.

Blank nodes, IRIs and literals are numbered in this order, each by its text; an integer literal is
its own number (:data:`kg.store.columnar.values.FIRST_INTEGER`), so that years and counts need no
look-up.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pyoxigraph as ox

from kg.quads import unescaped
from kg.store.columnar.values import FIRST_INTEGER, XSD

__all__ = ["as_kept", "number_terms"]

_LITERAL = 2  # kind; 0 is a blank node, 1 an IRI
_MARKS = '_<"'  # how a term of each kind begins
_FORM = r'(?s)^"(?<text>.*)"(?:@(?<language>[A-Za-z0-9-]+)|\^\^<(?<datatype>[^>]*)>)?$'
_PARTS = ("text", "language", "datatype")
_WHOLE = f"<{XSD}integer>"
# What the engine surely leaves as it is; it is asked about all others.
_KEPT = rf'"$|"@[a-z]{{2,3}}$|^"(?:0|-?[1-9][0-9]{{0,17}})"\^\^{_WHOLE}$'
_ASKED = r"(?s)^<n:([0-9]+)> <n:> (.*) \.$"


def number_terms(terms: pl.Series) -> tuple[np.ndarray, pl.DataFrame]:
    """Return the number of each term, and the dictionary.

    Parameters
    ----------
    terms:
        N-Quads terms, each once, sorted by code point.

    Returns
    -------
    tuple
        The numbers (Int64), and for each that is no integer's a row: ``id``, ``kind`` (0 a blank
        node, 1 an IRI, 2 a literal), ``text``, ``language``, ``datatype``; by ``id``.
    """
    numbers = np.empty(len(terms), dtype=np.int64)
    dictionary, end, first = [], len(terms), 1
    # Sorted by code point literals come first, and blank nodes last.
    for kind, mark in enumerate(_MARKS):
        start = end - int(terms.str.starts_with(mark).sum())
        own = terms.slice(start, end - start)
        numbers[start:end], rows = _numbered(_parts(own, kind), first)
        dictionary.append(rows.select("id", pl.lit(kind, pl.Int8).alias("kind"), *_PARTS))
        end, first = start, first + rows.height
    return numbers, pl.concat(dictionary)


def _parts(terms: pl.Series, kind: int) -> pl.DataFrame:
    """Return text, language and datatype of terms of one kind."""
    if kind == _LITERAL:
        found = as_kept(terms).str.extract_groups(_FORM).struct.unnest()
        return found.select(_unescaped(found["text"]), pl.col(*_PARTS[1:]).fill_null(""))
    text = terms.str.strip_prefix("_:").str.strip_prefix("<").str.strip_suffix(">")
    return pl.select(text=text, language=pl.lit(""), datatype=pl.lit(""))


def _unescaped(texts: pl.Series) -> pl.Series:
    at = texts.str.contains("\\", literal=True).arg_true()
    plain = [unescaped(text) for text in texts.gather(at)]
    return texts.scatter(at, plain)


def as_kept(literals: pl.Series) -> pl.Series:
    """Return literals in the form in which the engine keeps and gives them, as N-Triples."""
    at = (~literals.str.contains(_KEPT)).arg_true()
    asked = literals.gather(at)
    stated = pl.select(pl.format("<n:{}> <n:> {} .", pl.arange(len(at)), asked)).to_series()
    store = ox.Store()
    # What is no RDF is for the load of the release to say.
    store.bulk_load("\n".join(stated).encode(), ox.RdfFormat.N_TRIPLES, lenient=True)
    given = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    lines = given.decode().split("\n")[:-1]
    found = pl.Series(lines, dtype=pl.String).str.extract_groups(_ASKED)
    rows = found.struct.field("1").cast(pl.UInt32)
    return literals.scatter(at.gather(rows), found.struct.field("2"))


def _numbered(parts: pl.DataFrame, first: int) -> tuple[np.ndarray, pl.DataFrame]:
    """Return numbers from ``first`` on, and the rows that they stand for, with ``id``."""
    is_integer = (parts["datatype"] == f"{XSD}integer") & parts["text"].str.contains(
        r"^-?[0-9]{1,18}$"
    )
    numbers = np.empty(parts.height, dtype=np.int64)
    integers = parts.filter(is_integer)["text"].cast(pl.Int64).to_numpy()
    numbers[is_integer.to_numpy()] = FIRST_INTEGER + integers
    # Without the columns that hold one value: sorting by a single one is far faster.
    by = [name for name in _PARTS if name == "text" or parts[name].n_unique() > 1]
    named = parts.with_row_index("row").filter(~is_integer).sort(by)
    # What the engine keeps in one form has one number.
    fresh = named.select(pl.any_horizontal(pl.col(n).ne_missing(pl.col(n).shift()) for n in by))
    named = named.with_columns(id=fresh.to_series().cum_sum().cast(pl.Int64) + (first - 1))
    numbers[named["row"].to_numpy()] = named["id"].to_numpy()
    return numbers, named.filter(fresh.to_series())
