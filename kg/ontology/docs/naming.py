"""Names: what each IRI of the ontology is called, and the expressions that are built of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.ontology.docs.model import Expression, Ref
from kg.terms import PREFIXES

__all__ = ["KINDS", "Names", "key_of", "list_of", "texts_of"]

KINDS: Mapping[URIRef, str] = {
    OWL.Class: "class",
    OWL.ObjectProperty: "object-property",
    OWL.DatatypeProperty: "datatype-property",
    OWL.AnnotationProperty: "annotation-property",
}
"""The kinds of terms; of something that is declared as several, the first counts."""

_QUALIFIED = (OWL.qualifiedCardinality, OWL.cardinality)
_LEAST = (OWL.minCardinality, OWL.minQualifiedCardinality)
_MOST = (OWL.maxCardinality, OWL.maxQualifiedCardinality)
_RESTRICTIONS: tuple[tuple[str, tuple[URIRef, ...]], ...] = (
    ("value", (OWL.hasValue,)),
    ("some", (OWL.someValuesFrom,)),
    ("only", (OWL.allValuesFrom,)),
    ("min", _LEAST),
    ("max", _MOST),
    ("exactly", _QUALIFIED),
)
_JOINED = (("and", OWL.intersectionOf), ("or", OWL.unionOf), ("or", OWL.oneOf))
_DEEPEST = 12  # expressions nested deeper are named only


def texts_of(graph: Graph, node: Node, *predicates: URIRef) -> dict[str, str]:
    """Return the texts of the first of several properties that a thing has, by language."""
    for predicate in predicates:
        found = [v for v in graph.objects(node, predicate) if isinstance(v, Literal)]
        if found:
            return {value.language or "": str(value) for value in sorted(found, reverse=True)}
    return {}


def list_of(graph: Graph, head: Node | None) -> list[Node]:
    """Return the members of an RDF list; none for no list."""
    return [] if head is None else list(Collection(graph, head))


class Names:
    """What things are called: made once from vocabulary and schemes.

    ``namespace`` is that of the own terms.
    """

    def __init__(self, vocabulary: Graph, schemes: Graph, namespace: str) -> None:
        self.graph = vocabulary
        self.schemes = schemes
        self.namespace = namespace

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Namespaces by prefix: the package's own, then those that the files declare."""
        declared = {
            prefix: str(namespace)
            for graph in (self.schemes, self.graph)
            for prefix, namespace in graph.namespaces()
            if prefix
        }
        return {**declared, **PREFIXES}

    @cached_property
    def _by_namespace(self) -> list[tuple[str, str]]:
        # The longest namespace first; among equal ones the package's prefix, which came last.
        entries = {namespace: prefix for prefix, namespace in self.prefixes.items()}
        return sorted(entries.items(), key=lambda entry: -len(entry[0]))

    @cached_property
    def refs(self) -> dict[str, Ref]:
        """Every own term, concept and scheme by IRI."""
        found = [self._term(s) for s in set(self.graph.subjects(RDF.type)) if self._is_own(s)]
        concepts = set(self.schemes.subjects(SKOS.inScheme))
        found += [self._concept(c) for c in concepts if isinstance(c, URIRef)]
        schemes = set(self.schemes.subjects(RDF.type, SKOS.ConceptScheme))
        found += [self._scheme(s) for s in schemes if isinstance(s, URIRef)]
        return {ref.iri: ref for ref in sorted(found, key=lambda r: r.iri)}

    def ref(self, node: Node) -> Ref:
        """Return the name of an IRI, an outside one if it is none of ours."""
        return self.refs.get(str(node)) or Ref(str(node), self.curie(str(node)))

    def of(self, nodes: Iterable[Node]) -> tuple[Ref, ...]:
        """Return the names of all IRIs among some nodes, ours first, by short name."""
        found = {self.ref(n) for n in nodes if isinstance(n, URIRef) and n != OWL.Thing}
        return tuple(sorted(found, key=lambda r: (r.kind == "outside", r.curie.lower())))

    def curie(self, iri: str) -> str:
        """Return an IRI with its prefix, or as it is."""
        for namespace, prefix in self._by_namespace:
            if iri.startswith(namespace) and iri != namespace:
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri

    def kind(self, node: Node) -> str:
        """Return the kind of a term; empty for what is neither class nor property."""
        types = set(self.graph.objects(node, RDF.type))
        return next((name for kind, name in KINDS.items() if kind in types), "")

    def said(self, node: Node, depth: int = 0) -> Ref | Expression:
        """Return how a class, named or described, is said."""
        if isinstance(node, URIRef):
            return self.ref(node)
        if isinstance(node, Literal) or depth > _DEEPEST:
            return Expression("complex", ())
        return self._joined(node, depth) or self._restriction(node, depth)

    def chain(self, head: Node) -> Expression:
        """Return a property chain with its members in order."""
        return Expression("chain", tuple(self._step(n) for n in list_of(self.graph, head)))

    def _step(self, node: Node) -> Ref | Expression:
        inverse = self.graph.value(node, OWL.inverseOf) if isinstance(node, BNode) else None
        return self.ref(node) if inverse is None else Expression("inverse-of", (self.ref(inverse),))

    def _joined(self, node: Node, depth: int) -> Expression | None:
        for form, predicate in _JOINED:
            head = self.graph.value(node, predicate)
            if head is not None:
                members = (self.said(m, depth + 1) for m in list_of(self.graph, head))
                return Expression(form, tuple(members))
        negated = self.graph.value(node, OWL.complementOf)
        return None if negated is None else Expression("not", (self.said(negated, depth + 1),))

    def _restriction(self, node: Node, depth: int) -> Expression:
        on = self.graph.value(node, OWL.onProperty)
        if on is None:
            return Expression("complex", ())
        if (node, OWL.hasSelf, None) in self.graph:
            return Expression("self", (self._step(on),))
        for form, predicates in _RESTRICTIONS:
            for predicate in predicates:
                value = self.graph.value(node, predicate)
                if value is not None:
                    return Expression(form, (self._step(on), self._filler(value, depth)))
        return Expression("complex", ())

    def _filler(self, value: Node, depth: int) -> Ref | Expression | str:
        return str(value) if isinstance(value, Literal) else self.said(value, depth + 1)

    def _is_own(self, node: Node) -> bool:
        iri = str(node)
        named = isinstance(node, URIRef) and iri.startswith(self.namespace)
        return named and iri != self.namespace and bool(self.kind(node))

    def _term(self, node: Node) -> Ref:
        iri = str(node)
        labels = texts_of(self.graph, node, RDFS.label, SKOS.prefLabel)
        name = iri.removeprefix(self.namespace)
        return Ref(iri, self.curie(iri), self.kind(node), name, labels)

    def _concept(self, node: URIRef) -> Ref:
        labels = texts_of(self.schemes, node, SKOS.prefLabel, RDFS.label)
        scheme = min(self.schemes.objects(node, SKOS.inScheme), key=str)
        curie = self.curie(str(node))
        anchor = curie.replace(":", "-") if "//" not in curie else key_of(str(node))
        return Ref(str(node), curie, "concept", anchor, labels, key_of(str(scheme)))

    def _scheme(self, node: URIRef) -> Ref:
        labels = texts_of(self.schemes, node, SKOS.prefLabel, RDFS.label)
        key = key_of(str(node))
        return Ref(str(node), self.curie(str(node)), "scheme", key, labels, key)


def key_of(iri: str) -> str:
    """Return the last part of an IRI."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
