"""Code, shapes, schemes, rules and queries name only terms that the vocabulary declares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import RDF, SH, Graph, URIRef

from kg.ontology import Ontology, load_ontology
from kg.terms import PREFIXES, RIHLA, VOCABULARY_BASE, prefixes_for
from tests.conftest import ROOT

ONTOLOGY = load_ontology(ROOT / "ontology")
CODE_TERMS = sorted(RIHLA.__annotations__)
QUERIES = sorted([*(ROOT / "queries").glob("*/*.rq"), *(ROOT / "ontology" / "rules").glob("*.rq")])
TERM = re.compile(r"\brihla:([A-Za-z]\w*)")


def declared() -> set[str]:
    """Return the local names of everything that the vocabulary says is something."""
    return own(ONTOLOGY.vocabulary.subjects(RDF.type))


def own(nodes: object) -> set[str]:
    return {
        str(node).removeprefix(VOCABULARY_BASE)
        for node in nodes  # type: ignore[attr-defined]
        if isinstance(node, URIRef) and node.startswith(VOCABULARY_BASE)
    }


def used(graph: Graph) -> set[str]:
    return own(term for triple in graph for term in triple)


DECLARED = declared()


@pytest.mark.parametrize("name", CODE_TERMS)
def test_a_term_that_code_names_is_declared(name: str) -> None:
    assert name in DECLARED


def test_a_term_that_code_does_not_list_cannot_be_named() -> None:
    with pytest.raises(AttributeError, match="Traning"):
        _ = RIHLA.Traning


def test_shapes_name_declared_terms(ontology: Ontology) -> None:
    shapes = own(ontology.shapes.subjects(RDF.type, SH.NodeShape))
    assert used(ontology.shapes) - shapes - DECLARED == set()


@pytest.mark.parametrize("part", ["vocabulary", "schemes"])
def test_vocabulary_and_schemes_name_declared_terms(ontology: Ontology, part: str) -> None:
    assert used(getattr(ontology, part)) - DECLARED - {""} == set()


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_queries_and_rules_name_declared_terms(path: Path) -> None:
    assert set(TERM.findall(path.read_text(encoding="utf-8"))) - DECLARED == set()


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_prefix_means_the_same_everywhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    stated = re.findall(r"(?m)^PREFIX\s+(\w+):\s*<([^>]*)>", text)
    assert {p: ns for p, ns in stated if PREFIXES.get(p, ns) != ns} == {}


def test_things_have_their_prefixes_under_the_base_and_concepts_their_own() -> None:
    prefixes = prefixes_for("https://example.org/")
    assert prefixes["training"] == "https://example.org/training/"
    assert prefixes["role"] == "https://w3id.org/rihla/id/role/"
    assert prefixes["rihla"] == VOCABULARY_BASE
