"""Inference over copies of the current release: our rules against reasonable and owlrl.

All engines get the vocabulary without self restrictions, which only ours supports, and the same
triples. Their results are compared on the properties of the vocabulary.
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyoxigraph as ox
from rdflib import OWL, XSD, Graph

from kg.ontology import compile_axioms, infer, load_ontology
from kg.settings import load_settings
from kg.store import current_release
from kg.terms import VOCABULARY_BASE

Triples = set[tuple[str, str, str]]
_COPIED = r"/id/(training|participation|person|organisation|outcome|attribution|affiliation)/"


def asserted(dump: Path, copies: int) -> pl.DataFrame:
    """Return the asserted triples of a release, its things copied under new keys."""
    with gzip.open(dump) as stream:
        quads = list(ox.parse(stream, format=ox.RdfFormat.N_QUADS))
    left_out = ("graph/inferred", "graph/vocabulary", "graph/derived", "graph/provenance")
    rows = [
        (str(q.subject), str(q.predicate), str(q.object))
        for q in quads
        if not str(q.graph_name).rstrip(">").endswith(left_out)
    ]
    frame = pl.DataFrame(rows, schema=["s", "p", "o"], orient="row")
    new = [pl.col("s", "o").str.replace(_COPIED, f"/id/${{1}}/{i}-") for i in range(copies)]
    return pl.concat([frame.with_columns(names) for names in new]).unique()


def without_self(vocabulary: Graph) -> Graph:
    """Return a vocabulary without owl:hasSelf."""
    kept = Graph()
    for triple in vocabulary:
        if triple[1] != OWL.hasSelf:
            kept.add(triple)
    return kept


def by_kg(vocabulary: Graph, data: pl.DataFrame) -> Triples:
    found = infer(data, compile_axioms(vocabulary))
    return set(found.iter_rows())


def by_reasonable(vocabulary: Graph, data: pl.DataFrame) -> Triples:
    import reasonable

    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(_graph(vocabulary, data))
    return {tuple(term.n3() for term in triple) for triple in reasoner.reason()}  # type: ignore[misc]


def by_owlrl(vocabulary: Graph, data: pl.DataFrame) -> Triples:
    import owlrl

    graph = _graph(vocabulary, data)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return {tuple(term.n3() for term in triple) for triple in graph}  # type: ignore[misc]


ENGINES: dict[str, Callable[[Graph, pl.DataFrame], Triples]] = {
    "kg": by_kg,
    "reasonable": by_reasonable,
    "owlrl": by_owlrl,
}


def _graph(vocabulary: Graph, data: pl.DataFrame) -> Graph:
    graph = Graph()
    graph += vocabulary
    lines = data.select(line=pl.format("{} {} {} .", "s", "p", "o"))["line"]
    graph.parse(data="\n".join(lines), format="nt")
    return graph


def relevant(triples: Triples, data: Triples) -> Triples:
    """Return the new triples whose property is the vocabulary's, plain strings without datatype."""
    own = (t for t in triples if t[1].startswith(f"<{VOCABULARY_BASE}"))
    return {(s, p, o.removesuffix(f"^^{XSD.string.n3()}")) for s, p, o in own} - data


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--engines", nargs="+", choices=list(ENGINES), default=["kg", "reasonable"])
    arguments = parser.parse_args()
    settings = load_settings()
    vocabulary = without_self(load_ontology(settings.ontology).vocabulary)
    data = asserted(current_release(settings.project.releases).dump, arguments.copies)
    given = set(data.iter_rows())
    print(f"{data.height} triples of data")
    seconds: dict[str, float] = {}
    results: dict[str, Triples] = {}
    for name in arguments.engines:
        start = time.perf_counter()
        found = ENGINES[name](vocabulary, data)
        seconds[name] = time.perf_counter() - start
        results[name] = relevant(found, given)
    for name, taken in seconds.items():
        ours = results[arguments.engines[0]]
        ratio = taken / seconds[arguments.engines[0]]
        missing, more = len(ours - results[name]), len(results[name] - ours)
        print(
            f"{name:12} {taken:8.2f} s  {ratio:6.1f} ×  {len(results[name])} new, "
            f"{missing} of the first engine's missing, {more} besides"
        )


if __name__ == "__main__":
    main()
