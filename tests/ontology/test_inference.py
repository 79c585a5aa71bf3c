"""Each axiom alone against an example worked out by hand, then all together against two oracles."""

from __future__ import annotations

import gzip

import owlrl
import polars as pl
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph

from kg.ontology import Axioms, Ontology, compile_axioms, infer
from kg.ontology.inference import Rule, Step
from kg.store import Release

PREFIXES = """
@prefix : <https://e.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
Triples = set[tuple[str, str, str]]


def graph(turtle: str) -> Graph:
    return Graph().parse(data=PREFIXES + turtle, format="turtle")


def frame(data: Graph) -> pl.DataFrame:
    triples = ox.parse(data.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    rows = [(str(t.subject), str(t.predicate), str(t.object)) for t in triples]
    schema = {"s": pl.String, "p": pl.String, "o": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def follows(axioms: str, data: str) -> set[str]:
    """Return what is new, each triple as ``s p o`` with local names; ``a`` is rdf:type."""
    found = infer(frame(graph(data)), compile_axioms(graph(axioms)))
    assert found.unique().height == found.height
    lines = (" ".join(row) for row in found.iter_rows())
    return {
        line.replace(TYPE, "a").replace("<https://e.org/", "").replace(">", "") for line in lines
    }


# One axiom a line: axioms, data, what follows
AXIOMS = {
    "subclass": (
        ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .",
        ":x a :A .",
        {"x a B", "x a C"},
    ),
    "equivalent class": (":A owl:equivalentClass :B .", ":x a :A . :y a :B .", {"x a B", "y a A"}),
    "subproperty": (":p rdfs:subPropertyOf :q .", ":x :p :y .", {"x q y"}),
    "subproperty with text": (":p rdfs:subPropertyOf :q .", ':x :p "t"@en .', {'x q "t"@en'}),
    "equivalent property": (
        ":p owl:equivalentProperty :q .",
        ":x :p :y . :y :q :x .",
        {"x q y", "y p x"},
    ),
    "inverse": (":p owl:inverseOf :q .", ":x :p :y . :z :q :y .", {"y q x", "y p z"}),
    "inverse of a text": (":p owl:inverseOf :q .", ':x :p "t" .', set()),
    "symmetric": (":p a owl:SymmetricProperty .", ":x :p :y .", {"y p x"}),
    "transitive": (
        ":p a owl:TransitiveProperty .",
        ":x :p :y . :y :p :z . :z :p :w .",
        {"x p z", "x p w", "y p w"},
    ),
    "chain": (
        ":p owl:propertyChainAxiom ( :q :r :s ) .",
        ":x :q :y . :y :r :z . :z :s :w .",
        {"x p w"},
    ),
    "chain with an inverse": (
        ":p owl:propertyChainAxiom ( [ owl:inverseOf :q ] :r ) .",
        ":y :q :x . :y :r :z .",
        {"x p z"},
    ),
    "chain that feeds itself": (
        ":p owl:propertyChainAxiom ( :p :q ) .",
        ":x :p :y . :y :q :z . :z :q :w .",
        {"x p z", "x p w"},
    ),
    "domain": (":p rdfs:domain :A .", ':x :p "t" . :y :p :z .', {"x a A", "y a A"}),
    "domain of several kinds": (
        ":p rdfs:domain [ owl:intersectionOf ( :A :B ) ] .",
        ":x :p :y .",
        {"x a A", "x a B"},
    ),
    "range": (":p rdfs:range :A .", ":x :p :y .", {"y a A"}),
    "range of a class that is not declared": (":p rdfs:range :Z .", ":x :p :y .", {"y a Z"}),
    "range never types a text": (":p rdfs:range :A .", ':x :p "t" .', set()),
    "range of values": (
        ":p a owl:DatatypeProperty ; rdfs:range xsd:date .",
        ':x :p "2019" .',
        set(),
    ),
    "has value, to the left": (
        "[ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :A .",
        ":x :p :v . :y :p :w .",
        {"x a A"},
    ),
    "has value, to the right": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] .",
        ":x a :A .",
        {"x p v"},
    ),
    "has value of a number": (
        ":A owl:equivalentClass [ owl:onProperty :p ; owl:hasValue 5 ] .",
        ":x :p 5 . :y :p 6 .",
        {"x a A"},
    ),
    "some values": (
        "[ owl:onProperty :p ; owl:someValuesFrom :B ] rdfs:subClassOf :A .",
        ":x :p :y . :y a :B . :z :p :w .",
        {"x a A"},
    ),
    "some values of any kind": (
        "[ owl:onProperty :p ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf :A .",
        ":x :p :y .",
        {"x a A"},
    ),
    "some values of an expression": (
        "[ owl:onProperty :p ; owl:someValuesFrom [ owl:unionOf ( :B :C ) ] ] rdfs:subClassOf :A .",
        ":x :p :y . :y a :C .",
        {"x a A"},
    ),
    "all values": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :B ] .",
        ":x a :A ; :p :y . :z :p :w .",
        {"y a B"},
    ),
    "intersection, to the left": (
        "[ owl:intersectionOf ( :A :B ) ] rdfs:subClassOf :C .",
        ":x a :A, :B . :y a :A .",
        {"x a C"},
    ),
    "intersection, to the right": (
        ":C owl:equivalentClass [ owl:intersectionOf ( :A :B ) ] .",
        ":x a :C . :y a :A, :B . :z a :B .",
        {"x a A", "x a B", "y a C"},
    ),
    "union, to the left": (
        "[ owl:unionOf ( :A :B ) ] rdfs:subClassOf :C .",
        ":x a :A . :y a :B .",
        {"x a C", "y a C"},
    ),
    "self, to the right": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasSelf true ] .",
        ":x a :A . :y a :B .",
        {"x p x"},
    ),
    "self, to the left": (
        "[ owl:onProperty :p ; owl:hasSelf true ] rdfs:subClassOf :A .",
        ":x :p :x, :y .",
        {"x a A"},
    ),
    "self that is denied": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasSelf false ] .",
        ":x a :A .",
        set(),
    ),
    "no axiom": (":A a owl:Class .", ":x a :A .", set()),
}


@pytest.mark.parametrize(("axioms", "data", "new"), AXIOMS.values(), ids=AXIOMS)
def test_an_axiom_alone(axioms: str, data: str, new: set[str]) -> None:
    assert follows(axioms, data) == new


@pytest.mark.parametrize("late", ["q", "r", "s"])
def test_a_chain_takes_what_is_found_later_at_any_of_its_steps(late: str) -> None:
    # The relation of one step follows from another; so it is new in the second round only.
    axioms = f":p owl:propertyChainAxiom ( :q :r :s ) . :early rdfs:subPropertyOf :{late} ."
    data = ":x :q :y . :y :r :z . :z :s :w .".replace(f" :{late} ", " :early ")
    assert "x p w" in follows(axioms, data)


ROLES = """
:LearnerSide owl:equivalentClass [ owl:onProperty :role ; owl:hasValue :learner ] ;
    rdfs:subClassOf [ owl:onProperty :selfLearning ; owl:hasSelf true ] .
:hasPart owl:inverseOf :agent .
:attended owl:propertyChainAxiom ( :hasPart :selfLearning :training ) .
"""


def test_a_chain_passes_only_through_members_of_a_class() -> None:
    # Rolification: Krötzsch, Maier, Krisnadhi and Hitzler, "A better uncle for OWL", WWW 2011
    data = """
    :p1 :agent :ada ; :role :learner ; :training :school .
    :p2 :agent :bob ; :role :educator ; :training :school .
    """
    attended = {line for line in follows(ROLES, data) if " attended " in line}
    assert attended == {"ada attended school"}


@pytest.mark.parametrize(
    ("axioms", "data", "count"),
    [
        # n things in a ring reach each other: n × n pairs, of which n are given.
        (":p a owl:TransitiveProperty .", ":a :p :b . :b :p :c . :c :p :d . :d :p :a .", 12),
        (":p a owl:TransitiveProperty, owl:SymmetricProperty .", ":a :p :b . :b :p :c .", 7),
        (":p owl:propertyChainAxiom ( :p :p ) .", ":a :p :a .", 0),
        (":A rdfs:subClassOf :B . :B rdfs:subClassOf :A .", ":x a :A .", 1),
        (":p owl:inverseOf :p . :p rdfs:subPropertyOf :p .", ":a :p :b .", 1),
    ],
)
def test_cycles_come_to_an_end(axioms: str, data: str, count: int) -> None:
    assert len(follows(axioms, data)) == count


def test_a_new_chain_in_turtle_is_all_it_takes() -> None:
    data = ":x :parent :y . :y :brother :z ."
    assert follows("", data) == set()
    assert follows(":uncle owl:propertyChainAxiom ( :parent :brother ) .", data) == {"x uncle z"}


def test_no_data_gives_nothing() -> None:
    axioms = compile_axioms(graph(AXIOMS["subclass"][0]))
    assert infer(frame(Graph()), axioms).shape == (0, 3)


# Oracle one: owlrl's closure, on random worlds


STATED = [
    ":A rdfs:subClassOf :B .",
    ":B owl:equivalentClass :C .",
    ":p rdfs:subPropertyOf :q .",
    ":q owl:inverseOf :r .",
    ":r a owl:TransitiveProperty .",
    ":s a owl:SymmetricProperty .",
    ":s owl:propertyChainAxiom ( :p :r ) .",
    ":p owl:propertyChainAxiom ( :s :s :q ) .",
    ":p rdfs:domain :A .",
    ":s rdfs:range :D .",
    ":C rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:hasValue :x1 ] .",
    "[ a owl:Restriction ; owl:onProperty :q ; owl:someValuesFrom :D ] rdfs:subClassOf :A .",
    ":D rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :r ; owl:allValuesFrom :B ] .",
    ":D owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :A :B ) ] .",
    "[ a owl:Class ; owl:unionOf ( :A :D ) ] rdfs:subClassOf :C .",
]
THINGS = st.sampled_from([f":x{i}" for i in range(5)])
FACTS = st.one_of(
    st.tuples(THINGS, st.sampled_from([":p", ":q", ":r", ":s"]), THINGS),
    st.tuples(THINGS, st.just("a"), st.sampled_from([":A", ":B", ":C", ":D"])),
)
DECLARED = ":A a owl:Class . :B a owl:Class . :C a owl:Class . :D a owl:Class ."


def by_owlrl(axioms: Graph, data: Graph) -> Triples:
    """Return what OWL 2 RL says of the five things in the nine terms."""
    both = Graph()
    for triple in axioms + data:
        both.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(both)
    terms = {f"<https://e.org/{name}>" for name in "pqrsABCD"}
    things = {f"<https://e.org/x{i}>" for i in range(5)}
    closed = set(frame(both).iter_rows()) - set(frame(data).iter_rows())
    return {
        (s, p, o)
        for s, p, o in closed
        if s in things and ((p in terms and o in things) or (p == TYPE and o in terms))
    }


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(STATED), min_size=2), st.sets(FACTS, min_size=3, max_size=8))
def test_owlrl_agrees_on_random_worlds(stated: set[str], facts: set[tuple[str, str, str]]) -> None:
    axioms = graph(DECLARED + "\n".join(sorted(stated)))
    data = graph("\n".join(" ".join(fact) + " ." for fact in sorted(facts)))
    assert set(infer(frame(data), compile_axioms(axioms)).iter_rows()) == by_owlrl(axioms, data)


# Oracle two: the same rules run naively, on sets


def naively(triples: pl.DataFrame, axioms: Axioms) -> Triples:
    """Apply every rule to everything until nothing is new."""
    known: dict[str, set[tuple[str, str]]] = {}
    for s, p, o in triples.iter_rows():
        if p != TYPE:
            known.setdefault(p, set()).add((s, o))
        elif o in axioms.classes:
            known.setdefault(o, set()).add((s, s))
    given_pairs = {name: set(pairs) for name, pairs in known.items()}
    size = -1
    while size != sum(map(len, known.values())):
        size = sum(map(len, known.values()))
        for rule in axioms.rules:
            known.setdefault(rule.head, set()).update(_applied(rule, known))
    return {
        (a, TYPE, name) if name in axioms.classes else (a, name, b)
        for name, pairs in known.items()
        for a, b in pairs - given_pairs.get(name, set())
        if not name.startswith("_:") and not a.startswith('"')
    }


def _applied(rule: Rule, known: dict[str, set[tuple[str, str]]]) -> set[tuple[str, str]]:
    pairs = _stepped(rule.body[0], known)
    for step in rule.body[1:]:
        ends: dict[str, set[str]] = {}
        for a, b in _stepped(step, known):
            ends.setdefault(a, set()).add(b)
        pairs = {(a, c) for a, b in pairs for c in ends.get(b, ())}
    if rule.constant is not None:
        return {(a, rule.constant) for a, _ in pairs}
    if rule.start:
        return {(a, a) for a, _ in pairs}
    return {(b, b) for _, b in pairs} if rule.end else pairs


def _stepped(step: Step, known: dict[str, set[tuple[str, str]]]) -> set[tuple[str, str]]:
    pairs = known.get(step.relation, set())
    if step.inverse:
        pairs = {(b, a) for a, b in pairs}
    if step.loop:
        pairs = {(a, b) for a, b in pairs if a == b}
    return pairs if step.value is None else {(a, a) for a, b in pairs if b == step.value}


@pytest.fixture(scope="module")
def world_triples(world: Release) -> pl.DataFrame:
    """The asserted triples of the test world."""
    left_out = ("/inferred", "/vocabulary", "/derived", "/queries")
    with gzip.open(world.dump) as stream:
        rows = {
            (str(q.subject), str(q.predicate), str(q.object))
            for q in ox.parse(stream, format=ox.RdfFormat.N_QUADS)
            if not str(q.graph_name).rstrip(">").endswith(left_out)
        }
    schema = {"s": pl.String, "p": pl.String, "o": pl.String}
    return pl.DataFrame(sorted(rows), schema=schema, orient="row")


def test_joining_only_what_is_new_finds_all(
    world_triples: pl.DataFrame, ontology: Ontology
) -> None:
    axioms = compile_axioms(ontology.vocabulary)
    found = set(infer(world_triples, axioms).iter_rows())
    assert len(found) > 1000
    assert found == naively(world_triples, axioms)


def test_what_follows_is_closed(world_triples: pl.DataFrame, ontology: Ontology) -> None:
    axioms = compile_axioms(ontology.vocabulary)
    closed = pl.concat([world_triples, infer(world_triples, axioms)])
    assert infer(closed, axioms).is_empty()
