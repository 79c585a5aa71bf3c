"""What changed, what it breaks, and which version it asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from rdflib import RDF, Graph, URIRef

from kg.cli import cli
from kg.errors import NotFoundError
from kg.ontology.canonical import WRITERS, says
from kg.ontology.change import Change
from kg.ontology.diff import OntologyDiff, advise, compare
from kg.ontology.diff_report import REPORTS
from kg.ontology.snapshot import Snapshot, open_snapshot
from kg.ontology.uses import named_in
from kg.store import Release

HEAD = """
@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <urn:x#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rihla: <https://w3id.org/rihla/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix topic: <https://w3id.org/rihla/id/topic/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
VOCABULARY = """
<https://w3id.org/rihla/ontology> a owl:Ontology ; owl:versionInfo "1.2.3" .
ex:note a owl:AnnotationProperty .
rihla:Event a owl:Class ; rdfs:label "Event"@en .
rihla:Training a owl:Class ; rdfs:subClassOf rihla:Event ; rdfs:label "Training"@en .
rihla:Workshop a owl:Class ; rdfs:subClassOf rihla:Training ; rdfs:label "A workshop"@en ;
    rdfs:subClassOf [ a owl:Restriction ; owl:onProperty rihla:held ; owl:hasValue "b" ] ,
                    [ a owl:Restriction ; owl:onProperty rihla:held ; owl:hasValue "a" ] .
rihla:Person a owl:Class ; rdfs:label "Person"@en .
rihla:held a owl:ObjectProperty ; rdfs:label "held"@en ; rdfs:domain rihla:Training ;
    owl:propertyChainAxiom ( rihla:p rihla:q ) .
[] a owl:AllDisjointClasses ; owl:members ( rihla:Training rihla:Person ) .
"""
SHAPES = """
rihla:TrainingShape a sh:NodeShape ; sh:targetClass rihla:Training ; csvw:name "trainings" ;
    rdfs:label "Trainings"@en ; rihla:keyTemplate ( "training/{id}" ) ;
    sh:property [ sh:path dcterms:identifier ; csvw:name "id" ; sh:order 1 ; sh:name "Id"@en ;
        sh:datatype xsd:string ; sh:minCount 1 ; sh:maxCount 1 ] ;
    sh:property [ sh:path rdf:type ; csvw:name "format" ; sh:order 2 ; sh:maxCount 1 ] ;
    sh:property [ sh:path rihla:mode ; csvw:name "mode" ; sh:order 3 ; sh:name "Mode"@en ;
        sh:datatype xsd:string ; sh:in ( "online" "hybrid" ) ; sh:maxCount 1 ] ;
    sh:property [ sh:path rihla:fee ; csvw:name "fee" ; sh:order 4 ; sh:name "Fee"@en ;
        sh:datatype xsd:decimal ; sh:minInclusive 0 ; sh:maxCount 1 ] ;
    sh:property [ sh:path rihla:topic ; csvw:name "topic" ; sh:order 5 ; sh:name "Topic"@en ;
        sh:class rihla:Topic ] .
"""
SCHEMES = """
topic:a a skos:Concept, rihla:Topic ; skos:prefLabel "A"@en ; skos:inScheme ex:s .
topic:b a skos:Concept, rihla:Topic ; skos:prefLabel "B"@en ; skos:altLabel "Bee"@en ;
    skos:broader topic:a ; skos:inScheme ex:s .
topic:c a skos:Concept, rihla:Topic ; skos:prefLabel "C"@en ; skos:broader topic:a ;
    skos:inScheme ex:s .
"""
QUERIES = {"q/held": "PREFIX r: <https://w3id.org/rihla/ontology#>\nASK { ?x r:held ?y }"}


def state(
    edit: Callable[[str], str] = lambda text: text, rules: dict[str, str] | None = None
) -> Snapshot:
    vocabulary, shapes, schemes = (
        Graph().parse(data=HEAD + edit(part)) for part in (VOCABULARY, SHAPES, SCHEMES)
    )
    return Snapshot("state", vocabulary, shapes, schemes, rules or {})


def difference(*replacements: tuple[str, str]) -> OntologyDiff:
    """Compare the little ontology with one where texts were replaced."""

    def edit(text: str) -> str:
        for old, new in replacements:
            text = text.replace(old, new)
        return text

    assert edit(VOCABULARY + SHAPES + SCHEMES) != VOCABULARY + SHAPES + SCHEMES
    return compare(state(), state(edit), QUERIES)


def brief(change: Change) -> tuple[str, str, str, str]:
    return (change.kind, change.name, change.what, change.impact)


NEW_COLUMN = """rihla:x ; csvw:name "x" ; sh:datatype xsd:string ; sh:order 9 ] ;
    sh:property [ sh:path rihla:mode ;"""

CASES = {
    "label": (
        ('"Event"@en', '"Happening"@en'),
        ("changed", "rihla:Event", "rdfs:label", "editorial"),
    ),
    "label that cells hold": (
        ('"A workshop"@en', '"Atelier"@en'),
        ("changed", "rihla:Workshop", "rdfs:label", "breaking"),
    ),
    "term added": (
        ("rihla:Person a owl:Class", "rihla:New a owl:Class . rihla:Person a owl:Class"),
        ("added", "rihla:New", "", "compatible"),
    ),
    "term removed": (
        ('rihla:Event a owl:Class ; rdfs:label "Event"@en .', ""),
        ("removed", "rihla:Event", "", "breaking"),
    ),
    "superclass goes": (
        ("; rdfs:subClassOf rihla:Training ;", ";"),
        ("changed", "rihla:Workshop", "rdfs:subClassOf", "breaking"),
    ),
    "moved aside": (
        ("rdfs:subClassOf rihla:Training", "rdfs:subClassOf rihla:Person"),
        ("moved", "rihla:Workshop", "rdfs:subClassOf", "breaking"),
    ),
    "restriction that infers": (
        ('owl:hasValue "a"', 'owl:hasValue "c"'),
        ("moved", "rihla:Workshop", "rdfs:subClassOf", "breaking"),
    ),
    "domain": (
        ("rdfs:domain rihla:Training", "rdfs:domain rihla:Event"),
        ("changed", "rihla:held", "rdfs:domain", "breaking"),
    ),
    "chain turned round": (
        ("( rihla:p rihla:q )", "( rihla:q rihla:p )"),
        ("changed", "rihla:held", "owl:propertyChainAxiom", "breaking"),
    ),
    "transitive": (
        (
            "rihla:held a owl:ObjectProperty",
            "rihla:held a owl:ObjectProperty, owl:TransitiveProperty",
        ),
        ("changed", "rihla:held", "rdf:type", "compatible"),
    ),
    "functional": (
        (
            "rihla:held a owl:ObjectProperty",
            "rihla:held a owl:ObjectProperty, owl:FunctionalProperty",
        ),
        ("changed", "rihla:held", "rdf:type", "breaking"),
    ),
    "annotation": (
        ('rdfs:label "held"@en', 'rdfs:label "held"@en ; ex:note "x"'),
        ("changed", "rihla:held", "ex:note", "editorial"),
    ),
    "unknown predicate": (
        ('rdfs:label "held"@en', 'rdfs:label "held"@en ; ex:odd "x"'),
        ("changed", "rihla:held", "ex:odd", "breaking"),
    ),
    "deprecated": (
        ('rdfs:label "held"@en', 'rdfs:label "held"@en ; owl:deprecated true'),
        ("deprecated", "rihla:held", "", "compatible"),
    ),
    "excludes more": (
        ("( rihla:Training rihla:Person )", "( rihla:Event rihla:Person rihla:Training )"),
        ("added", "owl:AllDisjointClasses", "pairs", "breaking"),
    ),
    "excludes less": (
        ("( rihla:Training rihla:Person )", "()"),
        ("removed", "owl:AllDisjointClasses", "pairs", "compatible"),
    ),
    "column removed": (('csvw:name "fee" ;', ""), ("removed", "trainings.fee", "", "breaking")),
    "column added": (("rihla:mode ;", NEW_COLUMN), ("added", "trainings.x", "", "compatible")),
    "column required": (
        ("sh:datatype xsd:decimal", "sh:datatype xsd:decimal ; sh:minCount 1"),
        ("changed", "trainings.fee", "required", "breaking"),
    ),
    "datatype": (
        ("sh:datatype xsd:decimal", "sh:datatype xsd:integer"),
        ("changed", "trainings.fee", "datatypes", "breaking"),
    ),
    "limit rises": (
        ("sh:minInclusive 0", "sh:minInclusive 1"),
        ("changed", "trainings.fee", "limits", "breaking"),
    ),
    "limit falls": (
        ("sh:minInclusive 0", "sh:minInclusive -1"),
        ("changed", "trainings.fee", "limits", "compatible"),
    ),
    "values narrowed": (
        ('( "online" "hybrid" )', '( "online" )'),
        ("changed", "trainings.mode", "values", "breaking"),
    ),
    "values widened": (
        ('( "online" "hybrid" )', '( "online" "hybrid" "on site" )'),
        ("changed", "trainings.mode", "values", "compatible"),
    ),
    "column's path": (
        ("sh:path rihla:fee", "sh:path rihla:price"),
        ("changed", "trainings.fee", "path", "breaking"),
    ),
    "key": (('"training/{id}"', '"t/{id}"'), ("changed", "trainings", "key templates", "breaking")),
    "concept moved between": (
        ('"Bee"@en ;\n    skos:broader topic:a', '"Bee"@en ;\n    skos:broader topic:c'),
        ("moved", "topic:b", "skos:broader", "compatible"),
    ),
    "concept moved aside": (
        ('"C"@en ; skos:broader topic:a', '"C"@en ; skos:broader ex:z'),
        ("moved", "topic:c", "skos:broader", "breaking"),
    ),
    "concept renamed": (
        ('skos:prefLabel "C"@en', 'skos:prefLabel "Sea"@en'),
        ("changed", "topic:c", "skos:prefLabel", "breaking"),
    ),
    "concept renamed, old name kept": (
        ('skos:prefLabel "C"@en', 'skos:prefLabel "Sea"@en ; skos:altLabel "C"@en'),
        ("changed", "topic:c", "skos:prefLabel", "compatible"),
    ),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES)
def test_each_change_has_its_impact(
    edit: tuple[str, str], expected: tuple[str, str, str, str]
) -> None:
    assert expected in map(brief, difference(edit).changes)


def test_order_and_names_of_blank_nodes_do_not_count() -> None:
    def turned(text: str) -> str:
        return text.replace('"b"', '"?"').replace(
            '"a"', '"b"').replace('"?"', '"a"')  # fmt: skip

    assert turned(VOCABULARY) != VOCABULARY
    assert compare(state(), state(turned)).changes == ()
    assert compare(state(), state()).advice.step == "none"


def test_a_new_class_in_the_list_of_disjoint_ones_breaks_nothing() -> None:
    diff = difference(
        ("rihla:Person a owl:Class", "rihla:New a owl:Class . rihla:Person a owl:Class"),
        ("( rihla:Training rihla:Person )", "( rihla:New rihla:Training rihla:Person )"),
    )
    assert {c.impact for c in diff.changes} == {"compatible"}
    assert diff.advice.version == "1.3.0"


def test_moving_below_a_new_class_in_between_is_compatible() -> None:
    between = "rihla:Mid a owl:Class ; rdfs:subClassOf rihla:Training ."
    diff = difference(
        ("rihla:Workshop a owl:Class ; rdfs:subClassOf rihla:Training",
         f"{between} rihla:Workshop a owl:Class ; rdfs:subClassOf rihla:Mid"),
    )  # fmt: skip
    moved = next(c for c in diff.changes if c.kind == "moved")
    assert (moved.old, moved.new, moved.impact) == (
        ("rihla:Training",), ("rihla:Mid",), "compatible",
    )  # fmt: skip


def test_warnings_keep_rows_so_they_break_nothing() -> None:
    def warn(text: str) -> str:
        return text.replace("sh:minInclusive 0", "sh:minInclusive 0 ; sh:severity sh:Warning")

    diff = compare(
        state(warn), state(lambda t: warn(t).replace("sh:minInclusive 0", "sh:minInclusive 5"))
    )
    assert [brief(c) for c in diff.changes] == [
        ("changed", "trainings.fee", "limits", "compatible")
    ]


def test_what_a_change_affects_is_named() -> None:
    diff = difference(("rdfs:domain rihla:Training", "rdfs:domain rihla:Event"))
    (change,) = diff.changes
    assert change.queries == ("q/held",)
    counted = diff.with_uses({str(change.iri): 12})
    assert "queries: q/held; 12 statements use it" in REPORTS["text"](counted)
    removed = difference(('skos:prefLabel "C"@en', 'skos:prefLabel "Sea"@en')).changes[0]
    assert removed.columns == ("trainings.topic",)


def test_rules_are_compared_without_layout() -> None:
    old, same = {"year.rq": "# a\nASK {}"}, {"year.rq": "ASK  {} # b"}
    assert compare(state(rules=old), state(rules=same)).changes == ()
    changed = compare(state(rules=old), state(rules={"year.rq": "ASK { ?s ?p ?o }"}))
    assert [brief(c) for c in changed.changes] == [("changed", "year.rq", "", "breaking")]


def test_states_without_shapes_are_compared_as_far_as_they_go() -> None:
    bare = Snapshot("bare", state().vocabulary, Graph(), Graph())
    diff = compare(state(), bare)
    assert diff.changes == ()
    assert any("holds no shapes" in note for note in diff.notes)


@pytest.mark.parametrize(
    ("version", "impact", "step", "expected"),
    [
        ("1.2.3", "breaking", "major", "2.0.0"),
        ("1.2.3", "editorial", "patch", "1.2.4"),
        ("0.2.3", "breaking", "major", "0.3.0"),
        ("0.2.3", "compatible", "minor", "0.2.4"),
        ("next", "breaking", "major", None),
    ],
)
def test_advice(version: str, impact: str, step: str, expected: str | None) -> None:
    advice = advise(version, [impact])
    assert (advice.step, advice.version) == (step, expected)


def test_reports_say_the_same() -> None:
    diff = difference(("sh:path rihla:fee", "sh:path rihla:price"), ('"Event"@en', '"Show"@en'))
    document = json.loads(REPORTS["json"](diff))
    assert document["advice"] == {"step": "major", "version": "2.0.0"}
    assert document["counts"] == {"breaking": 1, "compatible": 0, "editorial": 1}
    for form in ("text", "markdown"):
        text = REPORTS[form](diff)
        for expected in ("trainings.fee", "rihla:Event", "at least 2.0.0", "Show"):
            assert expected in text


def test_names_in_queries() -> None:
    text = (
        '#+ class: rihla:Method\nPREFIX a: <urn:a#>\nASK { ?x a:b/a:c "a:d" FILTER(?x < 3) } # a:e'
    )
    found = named_in(text, {"rihla": "urn:r#"})
    assert {"urn:a#b", "urn:a#c", "urn:r#Method"} <= found
    assert not {"urn:a#d", "urn:a#e"} & found


@pytest.mark.parametrize("suffix", WRITERS)
def test_writers_lose_nothing_and_repeat_themselves(suffix: str) -> None:
    one, other = (Graph().parse(data=HEAD + VOCABULARY + SHAPES) for _ in range(2))
    prefixes = state().prefixes
    text = WRITERS[suffix](one, prefixes)
    assert WRITERS[suffix](other, prefixes) == text
    assert says(text, suffix, one)
    one.add((URIRef("urn:x#more"), RDF.type, URIRef("urn:x#Thing")))
    assert not says(text, suffix, one)


def test_command_line_counts_uses(tmp_path: Path, world: Release) -> None:
    old, new = tmp_path / "old.ttl", tmp_path / "new.ttl"
    old.write_text(HEAD + "rihla:Workshop a owl:Class .", encoding="utf-8")
    new.write_text(HEAD + "rihla:Other a owl:Class .", encoding="utf-8")
    run = CliRunner().invoke
    done = run(
        cli,
        ["ontology", "diff", str(old), str(new), "--graph", str(world.path), "--format", "json"],
    )
    assert done.exit_code == 0, done.output
    changes = {c["name"]: c for c in json.loads(done.stdout)["changes"]}
    assert changes["rihla:Workshop"]["uses"] == 5  # the workshops of the test world
    assert changes["rihla:Other"]["uses"] == 0


def test_unknown_version_lists_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "releases" / "0.1.0").mkdir(parents=True)
    with pytest.raises(NotFoundError, match=r"\(0\.1\.0\)"):
        open_snapshot("0.9.0", tmp_path)
