"""What HermiT infers, and the axioms that explain what is wrong. Slow: each run starts Java."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from kg.errors import KgError
from kg.ontology import Ontology
from kg.ontology import consistency as module
from kg.ontology.consistency import classify
from tests.ontology.test_consistency import needs_java, small

pytestmark = [needs_java, pytest.mark.slow]


def test_a_superclass_that_only_follows_is_told() -> None:
    found = classify(
        small("""
        :Seminar rdfs:subClassOf :Course . :Course rdfs:subClassOf :Training .
        :leads a owl:ObjectProperty ; rdfs:domain :Person .
        :Leader a owl:Class ; owl:equivalentClass
            [ a owl:Restriction ; owl:onProperty :leads ; owl:someValuesFrom :Training ] .
        :Seminar a owl:Class . :Course a owl:Class .
        """)
    )
    assert found.inferred == {"https://e.org/Leader": ("https://e.org/Person",)}
    assert not found.contradiction and not found.unsatisfiable


def test_why_a_class_can_have_no_members_is_told() -> None:
    found = classify(small(":Living a owl:Class ; rdfs:subClassOf :Training, :Person ."))
    why = found.unsatisfiable["https://e.org/Living"].splitlines()
    assert sorted(why) == [
        "Living subClassOf Person",
        "Living subClassOf Training",
        "Person disjointWith Training",
    ]


def test_only_the_first_faults_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXPLAINED", 0)
    found = classify(small(":Living a owl:Class ; rdfs:subClassOf :Training, :Person ."))
    assert found.unsatisfiable == {"https://e.org/Living": ""}


def test_why_the_ontology_is_inconsistent_is_told() -> None:
    found = classify(small(":x a owl:NamedIndividual, :Training, :Person ."))
    assert "x type Training" in found.contradiction
    assert "x type Person" in found.contradiction


def test_what_owl_2_dl_forbids_is_refused() -> None:
    ontology = small("""
        :p a owl:ObjectProperty, owl:FunctionalProperty, owl:TransitiveProperty .
        :q a owl:ObjectProperty .
    """)
    with pytest.raises(KgError, match="HermiT refuses"):
        classify(ontology)


def test_nothing_new_follows_in_the_shipped_ontology(ontology: Ontology) -> None:
    vocabulary = Ontology(Path("o"), ontology.vocabulary, Graph(), Graph(), {}, "")
    assert classify(vocabulary).inferred == {}
