"""The index of any store of the engine's, for data that no build has written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyoxigraph as ox

from kg.store.indexed.writing import TripleIndex

__all__ = ["write_index"]

_COLUMNS = ("s", "p", "o")
Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


def write_index(store: ox.Store, graph: Graph, target: Path) -> None:
    """Write the index of the triples of a graph; its folder is made.

    It takes some 600 bytes of memory a triple.

    Parameters
    ----------
    store, graph:
        Where the triples are: each once, as in any graph.
    target:
        The file.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    triples = _triples(store, graph)
    terms = pl.concat([triples[name].unique() for name in _COLUMNS]).unique().sort()
    order = pl.Enum(terms)
    # A term's number is its place among all terms, so that each column has every place.
    places = np.arange(len(terms), dtype=np.uint32)
    numbers = triples.select(pl.col(_COLUMNS).cast(order).to_physical()).sort(_COLUMNS)
    index = TripleIndex(terms, dict.fromkeys(_COLUMNS, places))
    index.add({name: numbers[name].to_numpy() for name in _COLUMNS})
    index.finish(target)


def _triples(store: ox.Store, graph: Graph) -> pl.DataFrame:
    """Return the triples of a graph, each term as N-Triples have it."""
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
    if not text:
        return pl.DataFrame(schema=dict.fromkeys(_COLUMNS, pl.String))
    lines = pl.read_csv(
        text, has_header=False, separator="\x1f", quote_char=None, new_columns=["line"],
        infer_schema=False,
    )  # fmt: skip
    # A subject and a property hold no blank.
    parts = lines.select(pl.col("line").str.strip_suffix(" .").str.splitn(" ", 3)).to_series()
    found = parts.struct.rename_fields(list(_COLUMNS)).struct.unnest()
    assert not found["o"].null_count()  # the engine wrote the lines
    return found
