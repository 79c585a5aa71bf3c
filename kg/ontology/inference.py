"""What follows from the axioms: OWL 2 RL's data rules, and self restrictions, on columns.

The axioms are compiled into rules of one form, ``head ⊇ body₁ ∘ body₂ ∘ …``, over relations.
A property is a relation of (subject, object) pairs; a class is the identity relation of its
members, so that a class inside a chain filters it, an intersection is a composition, and
``owl:hasSelf`` needs no case of its own. The rules run semi-naively to the fixpoint.

Supported: subClassOf, equivalentClass, subPropertyOf, equivalentProperty, inverseOf,
SymmetricProperty, TransitiveProperty, propertyChainAxiom, domain, range; hasValue, hasSelf,
someValuesFrom, allValuesFrom (to the right), intersectionOf, unionOf in class expressions.
Sources: OWL 2 Profiles (W3C 2012), tables 4-9; rolification after Krisnadhi, Maier and
Hitzler, "OWL and Rules", Reasoning Web 2011.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl
from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.quads import TERM, term

__all__ = ["Axioms", "Rule", "Step", "compile_axioms", "infer"]

Pairs = pl.DataFrame
_PAIRS = {"a": TERM, "b": TERM}
_TRIPLE = {"s": TERM, "p": TERM, "o": TERM}
_RDF_TYPE = f"<{RDF.type}>"


@dataclass(frozen=True)
class Step:
    """One relation of a rule's body.

    ``relation`` is the N-Quads term of a property or of a class. ``inverse`` turns its pairs
    around; ``value`` keeps those that end in this term and makes them the identity on their
    start; ``loop`` keeps those that end where they start.
    """

    relation: str
    inverse: bool = False
    value: str | None = None
    loop: bool = False


@dataclass(frozen=True)
class Rule:
    """``head ⊇ body``.

    ``start`` projects the result onto the identity of its starts (for class heads), ``end``
    onto that of its ends. ``constant`` makes pairs from every start to this term.
    """

    head: str
    body: tuple[Step, ...]
    start: bool = False
    end: bool = False
    constant: str | None = None


@dataclass(frozen=True)
class Axioms:
    """Compiled rules; ``classes`` are the terms that are classes rather than properties."""

    rules: tuple[Rule, ...]
    classes: frozenset[str]


def compile_axioms(vocabulary: Graph) -> Axioms:
    """Turn a vocabulary's axioms into rules.

    Parameters
    ----------
    vocabulary:
        OWL in RDF. Class expressions get the name of their blank node.
    """
    compiler = _Compiler(vocabulary)
    rules = [*compiler.property_rules(), *compiler.class_rules()]
    return Axioms(tuple(dict.fromkeys(rules)), frozenset(compiler.classes()))


def infer(triples: pl.DataFrame, axioms: Axioms) -> pl.DataFrame:
    """Return the triples that follow from the given ones and are not among them.

    Parameters
    ----------
    triples:
        Columns ``s``, ``p``, ``o``: N-Quads terms, as :data:`kg.quads.TERM` or as text.
    axioms:
        Rules made by :func:`compile_axioms`.

    Returns
    -------
    polars.DataFrame
        Columns ``s``, ``p``, ``o`` of the given types, unordered. Memberships in unnamed classes
        are left out.
    """
    given = triples.schema
    triples = triples.select(pl.col("s", "p", "o").cast(TERM))
    known = _relations(triples, axioms.classes)
    asserted = dict(known)
    _saturate(known, axioms.rules)
    parts = [
        _triples(name, _without(pairs, asserted.get(name)), name in axioms.classes)
        for name, pairs in known.items()
        if not name.startswith("_:")
    ]
    found = pl.concat([pl.DataFrame(schema=_TRIPLE), *parts])
    return found.select(pl.col(name).cast(given[name]) for name in _TRIPLE)


def _saturate(known: dict[str, Pairs], rules: Iterable[Rule]) -> None:
    """Apply the rules until nothing is new, joining only with what the last round added."""
    rules = list(rules)
    fresh: dict[str, Pairs] = dict(known)
    # At first everything is new: joining it from one end finds all that the other ends would.
    reach: int | None = 1
    while fresh:
        found: dict[str, list[Pairs]] = {}
        for rule in rules:
            for position, step in enumerate(rule.body[:reach]):
                if step.relation in fresh:
                    pairs = _apply(rule, position, fresh[step.relation], known)
                    if pairs.height:
                        found.setdefault(rule.head, []).append(pairs)
        fresh, reach = {}, None
        for name, parts in found.items():
            new = _without(pl.concat(parts).unique(), known.get(name))
            if new.height:
                fresh[name] = new
                known[name] = pl.concat([known[name], new]) if name in known else new


def _apply(rule: Rule, position: int, delta: Pairs, known: Mapping[str, Pairs]) -> Pairs:
    """Compose a rule's body outwards from the step that has new pairs."""
    pairs = _step(delta, rule.body[position])
    for step in reversed(rule.body[:position]):
        pairs = _compose(_step(known.get(step.relation), step), pairs)
    for step in rule.body[position + 1 :]:
        pairs = _compose(pairs, _step(known.get(step.relation), step))
    if rule.constant is not None:
        return pairs.select("a", b=term(rule.constant)).unique()
    if rule.start:
        return pairs.select("a", b="a").unique()
    if rule.end:
        return pairs.select(a="b", b="b").unique()
    return pairs


def _step(pairs: Pairs | None, step: Step) -> Pairs:
    if pairs is None:
        return pl.DataFrame(schema=_PAIRS)
    if step.inverse:
        pairs = pairs.select(a="b", b="a")
    if step.loop:
        pairs = pairs.filter(pl.col("a") == pl.col("b"))
    if step.value is not None:
        pairs = pairs.filter(pl.col("b") == term(step.value))
        return pairs.select("a", b="a").unique()
    return pairs


def _compose(left: Pairs, right: Pairs) -> Pairs:
    if not left.height or not right.height:
        return pl.DataFrame(schema=_PAIRS)
    joined = left.join(right, left_on="b", right_on="a", suffix="_right")
    return joined.select("a", b="b_right").unique()


def _without(pairs: Pairs, known: Pairs | None) -> Pairs:
    return pairs if known is None else pairs.join(known, on=["a", "b"], how="anti")


def _relations(triples: pl.DataFrame, classes: Iterable[str]) -> dict[str, Pairs]:
    """Return the pairs of each property, and the members of each class."""
    coded = triples.select("p", a="s", b="o")
    relations = {
        str(name): pairs.select("a", "b").unique()
        for (name,), pairs in coded.filter(pl.col("p") != _RDF_TYPE).group_by("p")
    }
    types = coded.filter(pl.col("p") == _RDF_TYPE)
    for (name,), pairs in types.group_by("b"):
        if name in classes:
            relations[str(name)] = pairs.select("a", b="a").unique()
    return relations


def _triples(name: str, pairs: Pairs, is_class: bool) -> pl.DataFrame:
    """Return the triples of a relation's pairs, but none of which the subject is a literal."""
    named = pairs.filter(~pl.col("a").cat.starts_with('"'))
    if is_class:
        return named.select(s="a", p=term(_RDF_TYPE), o=term(name))
    return named.select(s="a", p=term(name), o="b")


class _Compiler:
    """Reads axioms off a graph and yields rules."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def classes(self) -> set[str]:
        """Return the terms of all classes, named or not."""
        graph = self._graph
        found = {s for kind in (OWL.Class, RDFS.Class) for s in graph.subjects(RDF.type, kind)}
        found |= set(graph.subjects(RDF.type, OWL.Restriction))
        for predicate in (RDFS.subClassOf, OWL.equivalentClass):
            found |= set(graph.subjects(predicate)) | set(graph.objects(None, predicate))
        for predicate in (RDFS.domain, RDFS.range, OWL.someValuesFrom, OWL.allValuesFrom):
            found |= set(graph.objects(None, predicate))
        for predicate in (OWL.intersectionOf, OWL.unionOf):
            found |= {
                c for parts in graph.objects(None, predicate) for c in Collection(graph, parts)
            }
        return {_term(c) for c in found}

    def property_rules(self) -> Iterator[Rule]:
        """Yield the rules of property axioms."""
        yield from self._between_properties()
        yield from self._ends_of_properties()

    def _between_properties(self) -> Iterator[Rule]:
        graph = self._graph
        for sub, sup in graph.subject_objects(RDFS.subPropertyOf):
            yield Rule(_term(sup), (self._property(sub),))
        for one, two in graph.subject_objects(OWL.equivalentProperty):
            yield Rule(_term(two), (self._property(one),))
            yield Rule(_term(one), (self._property(two),))
        for one, two in graph.subject_objects(OWL.inverseOf):
            if not isinstance(one, BNode):
                yield Rule(_term(two), (Step(_term(one), inverse=True),))
                yield Rule(_term(one), (Step(_term(two), inverse=True),))
        for prop in graph.subjects(RDF.type, OWL.SymmetricProperty):
            yield Rule(_term(prop), (Step(_term(prop), inverse=True),))
        for prop in graph.subjects(RDF.type, OWL.TransitiveProperty):
            yield Rule(_term(prop), (Step(_term(prop)), Step(_term(prop))))
        for prop, chain in graph.subject_objects(OWL.propertyChainAxiom):
            yield Rule(_term(prop), tuple(self._property(p) for p in Collection(graph, chain)))

    def _ends_of_properties(self) -> Iterator[Rule]:
        graph = self._graph
        for prop, cls in graph.subject_objects(RDFS.domain):
            yield Rule(_term(cls), (Step(_term(prop)),), start=True)
            yield from self._consequence(cls)
        for prop, cls in graph.subject_objects(RDFS.range):
            if (prop, RDF.type, OWL.DatatypeProperty) not in graph:
                yield Rule(_term(cls), (Step(_term(prop)),), end=True)
                yield from self._consequence(cls)

    def class_rules(self) -> Iterator[Rule]:
        """Yield the rules of class axioms and of the expressions in them."""
        graph = self._graph
        for sub, sup in graph.subject_objects(RDFS.subClassOf):
            yield from self._subclass(sub, sup)
        for one, two in graph.subject_objects(OWL.equivalentClass):
            yield from self._subclass(one, two)
            yield from self._subclass(two, one)

    def _subclass(self, sub: Node, sup: Node) -> Iterator[Rule]:
        yield Rule(_term(sup), (Step(_term(sub)),))
        yield from self._membership(sub)
        yield from self._consequence(sup)

    def _membership(self, cls: Node) -> Iterator[Rule]:
        """Yield what makes something a member of an unnamed class."""
        graph = self._graph
        if not isinstance(cls, BNode):
            return
        prop = graph.value(cls, OWL.onProperty)
        value = graph.value(cls, OWL.hasValue)
        filler = graph.value(cls, OWL.someValuesFrom)
        if prop is not None and value is not None:
            step = replace(self._property(prop), value=_term(value))
            yield Rule(_term(cls), (step,))
        if prop is not None and _is_true(graph.value(cls, OWL.hasSelf)):
            yield Rule(_term(cls), (replace(self._property(prop), loop=True),))
        if prop is not None and filler is not None:
            tail = () if filler == OWL.Thing else (Step(_term(filler)),)
            yield Rule(_term(cls), (self._property(prop), *tail), start=True)
            yield from self._membership(filler)
        for parts in graph.objects(cls, OWL.intersectionOf):
            members = list(Collection(graph, parts))
            yield Rule(_term(cls), tuple(Step(_term(m)) for m in members))
            for member in members:
                yield from self._membership(member)
        for parts in graph.objects(cls, OWL.unionOf):
            for member in Collection(graph, parts):
                yield Rule(_term(cls), (Step(_term(member)),))
                yield from self._membership(member)

    def _consequence(self, cls: Node) -> Iterator[Rule]:
        """Yield what membership in an unnamed class means."""
        graph = self._graph
        if not isinstance(cls, BNode):
            return
        prop = graph.value(cls, OWL.onProperty)
        value = graph.value(cls, OWL.hasValue)
        only = graph.value(cls, OWL.allValuesFrom)
        if prop is not None and value is not None:
            yield Rule(_term(prop), (Step(_term(cls)),), constant=_term(value))
        if prop is not None and _is_true(graph.value(cls, OWL.hasSelf)):
            yield Rule(_term(prop), (Step(_term(cls)),))
        if prop is not None and only is not None:
            yield Rule(_term(only), (Step(_term(cls)), self._property(prop)), end=True)
            yield from self._consequence(only)
        for parts in graph.objects(cls, OWL.intersectionOf):
            for member in Collection(graph, parts):
                yield Rule(_term(member), (Step(_term(cls)),))
                yield from self._consequence(member)

    def _property(self, prop: Node) -> Step:
        """Return the step for a property, or for the inverse of one."""
        inverse = self._graph.value(prop, OWL.inverseOf) if isinstance(prop, BNode) else None
        return Step(_term(inverse), inverse=True) if inverse is not None else Step(_term(prop))


def _is_true(value: Node | None) -> bool:
    return isinstance(value, Literal) and value.toPython() is True


def _term(node: Node) -> str:
    if isinstance(node, URIRef):
        return f"<{node}>"
    return node.n3() if isinstance(node, Literal) else f"_:{node}"
