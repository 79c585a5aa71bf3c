"""What the ontology's rule files construct: SPARQL over the statements that they ask for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import polars as pl
import pyoxigraph as ox
from pyparsing import ParseResults
from rdflib import RDF, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, OneOrMore, SequencePath
from rdflib.plugins.sparql.algebra import (
    translatePath,
    translatePName,
    translatePrologue,
    traverse,
)
from rdflib.plugins.sparql.parser import parseQuery

from kg.errors import InputError
from kg.ontology import Ontology
from kg.provenance import GraphNames
from kg.quads import TERM, lines, quads_of_dataset

__all__ = ["apply_rules", "asked_for"]

Pattern = tuple[str, str | None]
"""A property, and for rdf:type the class (both as N-Quads terms; None: whatever it is)."""

_IN_MEMORY = 1_000_000  # quads; a third of a gigabyte


def apply_rules(quads: pl.DataFrame, ontology: Ontology, names: GraphNames) -> pl.DataFrame:
    """Return what the ontology's rule files construct and the quads do not say yet.

    Only the statements that the rules ask for are loaded into an engine.

    Raises
    ------
    InputError
        A rule is no CONSTRUCT query; with its file.
    """
    if not ontology.rules:
        return quads.clear()
    texts = [asked_for(text) for text in ontology.rules.values()]
    wanted = None if None in texts else frozenset().union(*(t for t in texts if t))
    selected = quads if wanted is None else quads.filter(_matches(wanted))
    with tempfile.TemporaryDirectory(prefix="rihla-rules-") as folder:
        store = ox.Store() if selected.height <= _IN_MEMORY else ox.Store(folder)
        _fill(store, selected, Path(folder))
        found = _constructed(store, ontology)
        del store
    return quads_of_dataset(found, names.inferred)


def asked_for(rule: str) -> frozenset[Pattern] | None:
    """Return which triples a CONSTRUCT query can match or make; None where it may be any."""
    try:
        query = _parsed(rule)
    except Exception:  # noqa: BLE001 - rdflib raises many; the engine has the last word on SPARQL
        return None
    found: set[Pattern] = set()
    for _, predicate, value in _triples(query):
        properties = _properties(predicate)
        if properties is None:
            return None
        is_class = predicate == RDF.type and isinstance(value, URIRef)
        found |= {(p, f"<{value}>" if is_class else None) for p in properties}
    return frozenset(found)


def _parsed(rule: str) -> object:
    """Return a query as it was parsed, with prefixes and paths resolved.

    Not as algebra: that loses what stands in an EXISTS inside another.
    """
    prologue, query = parseQuery(rule)
    resolve = partial(translatePName, prologue=translatePrologue(prologue, "", {}))
    return traverse(traverse(query, visitPost=resolve), visitPost=translatePath)


def _triples(part: object) -> Iterator[tuple[object, object, object]]:
    """Yield the triple patterns anywhere in a query: its template, its groups, its filters."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name in ("template", "triples"):
                terms = list(_flat(value))
                yield from zip(terms[::3], terms[1::3], terms[2::3], strict=True)
            else:
                yield from _triples(value)
    elif isinstance(part, list | tuple | ParseResults):
        for inner in part:
            yield from _triples(inner)


def _flat(part: object) -> Iterator[object]:
    if isinstance(part, list | tuple | ParseResults):
        for inner in part:
            yield from _flat(inner)
    else:
        yield part


def _properties(predicate: object) -> set[str] | None:
    """Return the properties on a path; None for a variable, and where no step may be one."""
    if isinstance(predicate, URIRef):
        return {f"<{predicate}>"}
    if isinstance(predicate, InvPath):
        return _properties(predicate.arg)
    if isinstance(predicate, MulPath) and predicate.mod == OneOrMore:
        return _properties(predicate.path)
    if isinstance(predicate, SequencePath | AlternativePath):
        parts = [_properties(part) for part in predicate.args]
        return None if None in parts else set().union(*(p for p in parts if p))
    return None


def _matches(wanted: frozenset[Pattern]) -> pl.Expr:
    plain = pl.Series([p for p, value in wanted if value is None], dtype=pl.String).cast(TERM)
    classes = pl.Series([value for _, value in wanted if value], dtype=pl.String).cast(TERM)
    of_class = (pl.col("p") == f"<{RDF.type}>") & pl.col("o").is_in(classes.implode())
    return pl.col("p").is_in(plain.implode()) | of_class


def _fill(store: ox.Store, quads: pl.DataFrame, folder: Path) -> None:
    """Load quads, and each triple once into the default graph."""
    path = folder / "rules.nq"
    with path.open("wb") as stream:
        stream.writelines(lines(quads))
        stream.writelines(lines(quads.select("s", "p", "o").unique()))
    store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    path.unlink()


def _constructed(store: ox.Store, ontology: Ontology) -> ox.Dataset:
    target = ox.Dataset()
    for name, text in ontology.rules.items():
        place = ontology.folder / "rules" / name
        try:
            answer = store.query(text)
        except SyntaxError as error:
            raise InputError(f"{place}: is not SPARQL: {error}") from error
        if not isinstance(answer, ox.QueryTriples):
            raise InputError(f"{place}: a rule is a CONSTRUCT query.")
        for triple in answer:
            known = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
            if next(known, None) is None:
                target.add(ox.Quad(*triple))
    return target
