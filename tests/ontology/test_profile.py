"""The profile: what inference uses, what only HermiT checks, what nothing handles."""

from __future__ import annotations

import pytest
from rdflib import Graph, URIRef

from kg.ontology import Ontology, compile_axioms
from kg.ontology.profile import CHECKED, INFERRED, UNHANDLED, Construct, profile_violations
from tests.conftest import ROOT

PREFIXES = """
@prefix : <https://e.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
VALUE = "[ a owl:Restriction ; owl:onProperty :p ; owl:hasValue :v ]"
SELF = "[ a owl:Restriction ; owl:onProperty :p ; owl:hasSelf true ]"
SOME = "[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ]"
ONLY = "[ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :B ]"
BOTH = "[ a owl:Class ; owl:intersectionOf ( :A :B ) ]"
EITHER = "[ a owl:Class ; owl:unionOf ( :A :B ) ]"
MOST = "[ a owl:Restriction ; owl:onProperty :p ; owl:maxCardinality 1 ]"


def graph(turtle: str) -> Graph:
    return Graph().parse(data=PREFIXES + turtle, format="turtle")


def found(turtle: str) -> list[Construct]:
    return profile_violations(graph(turtle))


USED = [
    ":A rdfs:subClassOf :B .",
    ":A owl:equivalentClass :B .",
    ":p rdfs:subPropertyOf :q .",
    ":p owl:equivalentProperty :q .",
    ":p owl:inverseOf :q .",
    ":p a owl:SymmetricProperty .",
    ":p a owl:TransitiveProperty .",
    ":p owl:propertyChainAxiom ( :q [ owl:inverseOf :q ] ) .",
    ":p rdfs:domain :A .",
    ":p rdfs:range :A .",
    f":A rdfs:subClassOf {VALUE} .",
    f"{VALUE} rdfs:subClassOf :A .",
    f":A owl:equivalentClass {VALUE} .",
    f":A rdfs:subClassOf {SELF} .",
    f"{SELF} rdfs:subClassOf :A .",
    f"{SOME} rdfs:subClassOf :A .",
    f":A rdfs:subClassOf {ONLY} .",
    f":A rdfs:subClassOf {BOTH} .",
    f"{BOTH} rdfs:subClassOf :A .",
    f"{EITHER} rdfs:subClassOf :A .",
    f":p rdfs:domain {BOTH} .",
]


@pytest.mark.parametrize("turtle", USED)
def test_forms_of_the_profile_are_used(turtle: str) -> None:
    assert found(turtle) == []
    assert compile_axioms(graph(turtle)).rules


@pytest.mark.parametrize(
    ("turtle", "construct"),
    [
        (f":A rdfs:subClassOf {SOME} .", "owl:someValuesFrom as superclass"),
        (f"{ONLY} rdfs:subClassOf :A .", "owl:allValuesFrom as subclass"),
        (f":A rdfs:subClassOf {EITHER} .", "owl:unionOf as superclass"),
        (f":A owl:equivalentClass {SOME} .", "owl:someValuesFrom as superclass"),
        (f":A rdfs:subClassOf {MOST} .", "owl:maxCardinality"),
        (":A rdfs:subClassOf [ a owl:Class ; owl:complementOf :B ] .", "owl:complementOf"),
        (":A owl:disjointWith :B .", "owl:disjointWith"),
        (":A a owl:FunctionalProperty .", "owl:FunctionalProperty"),
        (":A owl:hasKey ( :p ) .", "owl:hasKey"),
        (":A owl:sameAs :B .", "owl:sameAs"),
        (":A a owl:DatatypeProperty ; rdfs:range xsd:string .", "rdfs:range of a value property"),
    ],
)
def test_the_rest_of_owl_is_for_hermit(turtle: str, construct: str) -> None:
    assert found(turtle) == [Construct("https://e.org/A", construct, CHECKED)]


def test_forms_inside_forms_are_looked_at() -> None:
    nested = f":A rdfs:subClassOf [ a owl:Class ; owl:intersectionOf ( :B {SOME} ) ] ."
    assert [c.construct for c in found(nested)] == ["owl:someValuesFrom as superclass"]


def test_a_turned_property_with_a_value_is_not_used_as_superclass() -> None:
    turned = "[ a owl:Restriction ; owl:onProperty [ owl:inverseOf :p ] ; owl:hasValue :v ]"
    assert [c.construct for c in found(f":A rdfs:subClassOf {turned} .")] == [
        "owl:hasValue as superclass"
    ]
    assert found(f"{turned} rdfs:subClassOf :A .") == []


@pytest.mark.parametrize(
    ("turtle", "construct"),
    [
        (":A owl:disjunctWith :B .", "owl:disjunctWith"),
        (":A a owl:Klass .", "owl:Klass"),
        (":A rdfs:subclassOf :B .", "rdfs:subclassOf"),
        (":A owl:onProperties ( :p ) .", "owl:onProperties"),
        (":A a <http://www.w3.org/2003/11/swrl#Imp> .", "swrl:Imp"),
    ],
)
def test_what_nothing_handles_is_named(turtle: str, construct: str) -> None:
    assert found(turtle) == [Construct("https://e.org/A", construct, UNHANDLED)]


def test_the_shipped_vocabulary_keeps_to_the_profile(ontology: Ontology) -> None:
    constructs = profile_violations(ontology.vocabulary)
    assert {c.handling for c in constructs} == {CHECKED}
    assert {c.construct for c in constructs} == {
        "owl:AllDisjointClasses", "rdfs:range of a value property",
    }  # fmt: skip


def test_the_profile_is_documented() -> None:
    text = (ROOT / "docs" / "ontology-quality.md").read_text(encoding="utf-8")
    for word in INFERRED:
        assert f"`{_curie(word)}`" in text, word


def _curie(word: URIRef) -> str:
    base = "rdfs" if "rdf-schema" in word else "owl"
    return f"{base}:{word.rpartition('#')[2]}"
