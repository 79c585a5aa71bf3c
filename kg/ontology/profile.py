"""The profile: which axioms count for data, and which for the proof of consistency alone.

Supported for inference are the axiom forms of OWL 2 RL that :mod:`kg.ontology.inference`
compiles, and ``owl:hasSelf``. The rest of OWL 2 DL is allowed: HermiT checks it, data are not
inferred from it. A construct that neither knows is a fault. docs/ontology-quality.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

__all__ = ["CHECKED", "INFERRED", "UNHANDLED", "Construct", "profile_violations"]

CHECKED = "checked by HermiT, not used for inference"
UNHANDLED = "handled by nothing"

INFERRED = frozenset({
    RDFS.subClassOf, OWL.equivalentClass, RDFS.subPropertyOf, OWL.equivalentProperty,
    OWL.inverseOf, OWL.SymmetricProperty, OWL.TransitiveProperty, OWL.propertyChainAxiom,
    RDFS.domain, RDFS.range, OWL.onProperty, OWL.hasValue, OWL.hasSelf, OWL.someValuesFrom,
    OWL.allValuesFrom, OWL.intersectionOf, OWL.unionOf,
})  # fmt: skip
"""Terms of the axioms that data are inferred from, where they stand on the supported side."""

_LEFT = frozenset({OWL.hasValue, OWL.hasSelf, OWL.someValuesFrom, OWL.intersectionOf, OWL.unionOf})
_RIGHT = frozenset({OWL.hasValue, OWL.hasSelf, OWL.allValuesFrom, OWL.intersectionOf})
_FORMS = frozenset({
    OWL.hasValue, OWL.hasSelf, OWL.someValuesFrom, OWL.allValuesFrom, OWL.intersectionOf,
    OWL.unionOf,
})  # fmt: skip
_PROVED = frozenset({
    OWL.disjointWith, OWL.AllDisjointClasses, OWL.disjointUnionOf, OWL.complementOf, OWL.oneOf,
    OWL.cardinality, OWL.minCardinality, OWL.maxCardinality, OWL.qualifiedCardinality,
    OWL.minQualifiedCardinality, OWL.maxQualifiedCardinality, OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty, OWL.IrreflexiveProperty, OWL.AsymmetricProperty,
    OWL.ReflexiveProperty, OWL.propertyDisjointWith, OWL.AllDisjointProperties, OWL.hasKey,
    OWL.sameAs, OWL.differentFrom, OWL.AllDifferent, OWL.NegativePropertyAssertion,
    OWL.withRestrictions, OWL.datatypeComplementOf,
})  # fmt: skip
# Parts of the constructs above, and what has no meaning for data.
_SILENT = frozenset({
    OWL.members, OWL.distinctMembers, OWL.onClass, OWL.onDataRange, OWL.onDatatype,
    OWL.sourceIndividual, OWL.assertionProperty, OWL.targetIndividual, OWL.targetValue,
    OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.Restriction,
    OWL.Ontology, OWL.NamedIndividual, OWL.Axiom, OWL.Annotation, OWL.annotatedSource,
    OWL.annotatedProperty, OWL.annotatedTarget, OWL.versionIRI, OWL.versionInfo,
    OWL.priorVersion, OWL.backwardCompatibleWith, OWL.incompatibleWith, OWL.deprecated,
    OWL.imports, OWL.Thing, OWL.Nothing, OWL.real, OWL.rational, OWL.bottomObjectProperty,
    OWL.topObjectProperty, OWL.topDataProperty, OWL.bottomDataProperty,
    RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy, RDFS.Literal, RDFS.Datatype,
    RDFS.Class,
})  # fmt: skip
_SWRL = Namespace("http://www.w3.org/2003/11/swrl#")
_LANGUAGES = (str(OWL), str(RDFS), str(_SWRL))


class Construct(NamedTuple):
    """A construct outside the profile: the term that has it, what it is, who handles it."""

    term: str
    construct: str
    handling: str


def profile_violations(vocabulary: Graph) -> list[Construct]:
    """Return what has meaning for data and is not used for inference, in order.

    Parameters
    ----------
    vocabulary:
        OWL in RDF.
    """
    found = {*_by_words(vocabulary), *_by_sides(vocabulary), *_data_ranges(vocabulary)}
    return sorted(found)


def _by_words(graph: Graph) -> Iterator[Construct]:
    """Yield constructs that no side makes supported."""
    for subject, predicate, value in graph:
        for word in (predicate, value) if predicate == RDF.type else (predicate,):
            if word in _PROVED:
                yield Construct(_owner(graph, subject), _short(word), CHECKED)
            elif str(word).startswith(_LANGUAGES) and word not in INFERRED | _SILENT:
                yield Construct(_owner(graph, subject), _short(word), UNHANDLED)


def _by_sides(graph: Graph) -> Iterator[Construct]:
    """Yield class expressions that stand on the side of an axiom where rules cannot use them."""
    for sub, sup in graph.subject_objects(RDFS.subClassOf):
        term = sup if isinstance(sub, BNode) else sub
        yield from _misplaced(graph, term, sub, _LEFT)
        yield from _misplaced(graph, term, sup, _RIGHT)
    for one, two in graph.subject_objects(OWL.equivalentClass):
        for cls in (one, two):
            yield from _misplaced(graph, one, cls, _LEFT)
            yield from _misplaced(graph, one, cls, _RIGHT)
    for end in (RDFS.domain, RDFS.range):
        for prop, cls in graph.subject_objects(end):
            yield from _misplaced(graph, prop, cls, _RIGHT)


def _misplaced(graph: Graph, term: Node, cls: Node, side: frozenset[URIRef]) -> Iterator[Construct]:
    if not isinstance(cls, BNode):
        return
    where = "subclass" if side is _LEFT else "superclass"
    for form in sorted(_FORMS & set(graph.predicates(cls))):
        if form not in side or _unread(graph, cls, form, side):
            name = f"{_short(form)} as {where}"
            yield Construct(_owner(graph, term), name, CHECKED)
        else:
            for part in _parts(graph, cls, form):
                yield from _misplaced(graph, term, part, side)


def _unread(graph: Graph, cls: Node, form: Node, side: frozenset[URIRef]) -> bool:
    """Return whether the compiler passes a form by although its side is right."""
    if form == OWL.hasSelf:
        value = graph.value(cls, form)
        return not (isinstance(value, Literal) and value.toPython() is True)
    turned = isinstance(graph.value(cls, OWL.onProperty), BNode)
    return form == OWL.hasValue and side is _RIGHT and turned


def _parts(graph: Graph, cls: Node, form: Node) -> Iterator[Node]:
    for value in graph.objects(cls, form):
        if form in (OWL.intersectionOf, OWL.unionOf):
            yield from Collection(graph, value)
        else:
            yield value


def _data_ranges(graph: Graph) -> Iterator[Construct]:
    for prop in graph.subjects(RDF.type, OWL.DatatypeProperty):
        if graph.value(prop, RDFS.range) is not None:
            yield Construct(str(prop), "rdfs:range of a value property", CHECKED)


def _owner(graph: Graph, node: Node) -> str:
    """Return the named term that a blank node belongs to, or the first that it lists."""
    seen: set[Node] = set()
    listed = graph.value(node, OWL.members) if isinstance(node, BNode) else None
    if listed is not None:
        node = next(iter(Collection(graph, listed)), node)
    while isinstance(node, BNode) and node not in seen:
        seen.add(node)
        node = next(graph.subjects(None, node), node)
    return "" if isinstance(node, BNode) else str(node)


def _short(word: Node) -> str:
    base, _, local = str(word).rpartition("#")
    return f"{base.rpartition('/')[2].replace('rdf-schema', 'rdfs')}:{local}"
