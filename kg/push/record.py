"""The record of a push, as RDF in a graph of its own: which release is there, in which graphs.

It is written first, without the time at which all was there, and last with it. In between it says
of each graph which content it holds, so that a push that was broken off goes on where it ended, and
the next one sends only what changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rdflib import DCTERMS, RDF, VOID, XSD, Graph, Literal, URIRef

from kg.description import dataset_iri
from kg.endpoint import RecordedGraph
from kg.store.release import Release
from kg.terms import SD

__all__ = ["Plan", "record_text"]


@dataclass
class Plan:
    """What a push is to do, and how far it is.

    Attributes
    ----------
    release:
        What is pushed.
    wanted:
        Graphs of the release: name → digest and triples.
    union:
        The name of the one of them that is the union of the others; None for none.
    held:
        What the server holds of it already, as the record says: name → digest.
    stale:
        Graphs of an earlier push that the release does not have: name → triples.
    """

    release: Release
    wanted: Mapping[str, RecordedGraph]
    union: str | None = None
    held: dict[str, str] = field(default_factory=dict)
    stale: dict[str, int] = field(default_factory=dict)

    def missing(self) -> list[str]:
        """Return the graphs that are still to be sent."""
        return [name for name, graph in self.wanted.items() if self.held.get(name) != graph.digest]


def record_text(plan: Plan, complete: str | None) -> str:
    """Return the record in N-Triples; ``complete`` is the time at which all was there."""
    graph = Graph()
    manifest = plan.release.manifest
    dataset = URIRef(dataset_iri(manifest["base"]))
    graph.add((dataset, RDF.type, SD.Dataset))
    graph.add((dataset, DCTERMS.hasVersion, Literal(plan.release.id)))
    graph.add((dataset, DCTERMS.title, Literal(manifest.get("title", plan.release.id))))
    graph.add((dataset, VOID.uriSpace, Literal(manifest["base"])))
    graph.add((dataset, DCTERMS.created, Literal(manifest["built"])))
    if complete:
        graph.add((dataset, DCTERMS.available, Literal(complete)))
    _add_graphs(graph, dataset, plan)
    for name, triples in plan.stale.items():
        graph.add((dataset, DCTERMS.replaces, URIRef(name)))
        graph.add((URIRef(name), VOID.triples, _number(triples)))
    return "".join(sorted(_lines(graph)))


def _add_graphs(graph: Graph, dataset: URIRef, plan: Plan) -> None:
    for name, wanted in plan.wanted.items():
        role = SD.defaultGraph if name == plan.union else SD.namedGraph
        graph.add((dataset, role, URIRef(name)))
        graph.add((URIRef(name), VOID.triples, _number(wanted.triples)))
        if name in plan.held:
            graph.add((URIRef(name), DCTERMS.identifier, Literal(plan.held[name])))


def _lines(graph: Graph) -> Iterable[str]:
    return graph.serialize(format="nt").splitlines(keepends=True)


def _number(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)
