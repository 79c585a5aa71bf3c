"""The concept schemes as trees: a concept has one home and is named wherever else it belongs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import DCTERMS, OWL, RDF, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.ontology.docs.model import Concept, Ref, Scheme, TermMapping
from kg.ontology.docs.naming import Names, key_of, texts_of

__all__ = ["read_schemes"]

_MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")


@dataclass(frozen=True)
class _Order:
    """What the files say by their order: RDF has none, but the first broader concept is home."""

    position: Mapping[str, int]
    home: Mapping[str, str]


def read_schemes(
    graph: Graph,
    names: Names,
    folder: Path,
    mappings: Mapping[str, Sequence[TermMapping]],
) -> tuple[Scheme, ...]:
    """Return every scheme, the smallest first: roles come before two hundred topics."""
    order = _order_of(folder)
    refs = [r for r in names.refs.values() if r.kind == "scheme"]
    found = [_scheme(ref, graph, names, order, mappings) for ref in refs]
    return tuple(sorted(found, key=lambda s: (sum(1 for _ in s.concepts()), s.ref.name)))


def _scheme(
    ref: Ref,
    graph: Graph,
    names: Names,
    order: _Order,
    mappings: Mapping[str, Sequence[TermMapping]],
) -> Scheme:
    members = {
        r.iri: r for r in names.refs.values() if r.kind == "concept" and r.scheme == ref.name
    }
    tree = _Tree(graph, names, order, mappings, members)
    return Scheme(
        ref=ref,
        definitions=texts_of(graph, URIRef(ref.iri), SKOS.definition, DCTERMS.description),
        roots=tree.roots(),
    )


class _Tree:
    """Builds the concepts of one scheme from the roots down."""

    def __init__(
        self,
        graph: Graph,
        names: Names,
        order: _Order,
        mappings: Mapping[str, Sequence[TermMapping]],
        members: Mapping[str, Ref],
    ) -> None:
        self.graph, self.names, self.order = graph, names, order
        self.mappings, self.members = mappings, members
        self.placed: set[str] = set()
        self.below: dict[str, list[str]] = defaultdict(list)
        self.visiting: dict[str, list[str]] = defaultdict(list)
        self._sort_in()

    def roots(self) -> tuple[Concept, ...]:
        """Return the trees; concepts that lead round in a circle follow as roots of their own."""
        tops = self._sorted(iri for iri in self.members if not self._broader(iri))
        found = [self._concept(iri) for iri in tops]
        while lost := self._sorted(set(self.members) - self.placed):
            found.append(self._concept(lost[0]))
        return tuple(found)

    def _sort_in(self) -> None:
        for iri in self.members:
            broader = self._broader(iri)
            home = self.order.home.get(iri)
            home = home if home in broader else next(iter(broader), None)
            for parent in broader:
                (self.below if parent == home else self.visiting)[parent].append(iri)

    def _broader(self, iri: str) -> list[str]:
        above = {str(b) for b in self.graph.objects(URIRef(iri), SKOS.broader)}
        return self._sorted(b for b in above if b in self.members)

    def _sorted(self, iris: object) -> list[str]:
        last = len(self.order.position)
        position = self.order.position
        return sorted(iris, key=lambda i: (position.get(i, last), i))  # type: ignore[call-overload,no-any-return]

    def _concept(self, iri: str) -> Concept:
        self.placed.add(iri)
        below = [c for c in self._sorted(self.below[iri]) if c not in self.placed]
        node, graph, names = URIRef(iri), self.graph, self.names
        return Concept(
            ref=self.members[iri],
            key=str(graph.value(node, SKOS.notation) or key_of(iri)),
            definitions=texts_of(graph, node, SKOS.definition, SKOS.scopeNote),
            alternatives=_alternatives(graph, node),
            notes=tuple(t for t in [texts_of(graph, node, SKOS.note)] if t),
            broader=names.of(graph.objects(node, SKOS.broader)),
            related=tuple(self._related(node)),
            matches=tuple(self._matches(node)),
            mappings=tuple(self.mappings.get(iri, ())),
            deprecated=str(graph.value(node, OWL.deprecated)).lower() in ("true", "1"),
            replaced_by=names.of(graph.objects(node, DCTERMS.isReplacedBy)),
            narrower=tuple(self._concept(c) for c in below if c not in self.placed),
            elsewhere=tuple(self.members[c] for c in self._sorted(self.visiting[iri])),
        )

    def _related(self, node: URIRef) -> list[tuple[Ref, tuple[Ref, ...]]]:
        """Return what else it is linked with, by property: the topics of a method."""
        found: dict[Ref, set[Node]] = defaultdict(set)
        for predicate, value in self.graph.predicate_objects(node):
            own = self.names.refs.get(str(predicate))
            if (own or predicate == SKOS.related) and isinstance(value, URIRef):
                found[self.names.ref(predicate)].add(value)
        return sorted(
            ((p, self.names.of(values)) for p, values in found.items()), key=lambda e: e[0].curie
        )

    def _matches(self, node: URIRef) -> list[tuple[str, Ref]]:
        return [
            (name, ref)
            for name in _MATCHES
            for ref in self.names.of(self.graph.objects(node, SKOS[name]))
        ]


def _alternatives(graph: Graph, node: URIRef) -> tuple[tuple[str, str], ...]:
    found = [v for v in graph.objects(node, SKOS.altLabel) if isinstance(v, Literal)]
    return tuple(sorted((value.language or "", str(value)) for value in found))


def _order_of(folder: Path) -> _Order:
    """Read the scheme files again for the order of their statements."""
    position: dict[str, int] = {}
    home: dict[str, str] = {}
    for path in sorted((folder / "schemes").glob("*.ttl")):
        with path.open("rb") as stream:
            for triple in ox.parse(stream, format=ox.RdfFormat.TURTLE):
                subject, target = triple.subject, triple.object
                if not isinstance(subject, ox.NamedNode) or not isinstance(target, ox.NamedNode):
                    continue
                if triple.predicate.value == str(RDF.type):
                    position.setdefault(subject.value, len(position))
                elif triple.predicate.value == str(SKOS.broader):
                    home.setdefault(subject.value, target.value)
    return _Order(position, home)
