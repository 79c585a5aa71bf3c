"""The statistics of a release are those of its statements, counted another way."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict

import polars as pl
import pyoxigraph as ox
import pytest

from kg.description import dataset_iri, description_quads, partition_iri
from kg.provenance import GraphNames
from kg.quads import QUAD
from kg.store import Release

VOID = "http://rdfs.org/ns/void#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DATASET = dataset_iri("https://w3id.org/rihla/id/")
DESCRIPTION = GraphNames("https://w3id.org/rihla/id/").description


@pytest.fixture(scope="module")
def quads(world: Release) -> list[ox.Quad]:
    with gzip.open(world.dump) as stream:
        return list(ox.parse(stream, format=ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def stated(quads: list[ox.Quad]) -> dict[tuple[str, str], list[str]]:
    """What the graph of descriptions states: subject and property → values."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for quad in quads:
        if getattr(quad.graph_name, "value", "") == DESCRIPTION:
            key = (quad.subject.value, quad.predicate.value.removeprefix(VOID))
            found[key].append(quad.object.value)
    return found


@pytest.fixture(scope="module")
def triples(quads: list[ox.Quad]) -> set[ox.Triple]:
    return {q.triple for q in quads if getattr(q.graph_name, "value", "") != DESCRIPTION}


def test_totals(stated: dict[tuple[str, str], list[str]], triples: set[ox.Triple]) -> None:
    assert stated[DATASET, "triples"] == [str(len(triples))]
    assert stated[DATASET, "distinctSubjects"] == [str(len({t.subject for t in triples}))]
    assert stated[DATASET, "distinctObjects"] == [str(len({t.object for t in triples}))]


def test_properties(stated: dict[tuple[str, str], list[str]], triples: set[ox.Triple]) -> None:
    counts = Counter(t.predicate.value for t in triples)
    assert stated[DATASET, "properties"] == [str(len(counts))]
    assert len(stated[DATASET, "propertyPartition"]) == len(counts)
    for prop, count in counts.items():
        partition = partition_iri(DATASET, "property", prop)
        assert stated[partition, "property"] == [prop]
        assert stated[partition, "triples"] == [str(count)]
        subjects = {t.subject for t in triples if t.predicate.value == prop}
        assert stated[partition, "distinctSubjects"] == [str(len(subjects))]


def test_classes_and_their_properties(
    stated: dict[tuple[str, str], list[str]], triples: set[ox.Triple]
) -> None:
    members: dict[str, set[object]] = defaultdict(set)
    for t in triples:
        if t.predicate.value == TYPE and isinstance(t.object, ox.NamedNode):
            members[t.object.value].add(t.subject)
    by_subject: dict[object, Counter[str]] = defaultdict(Counter)
    for t in triples:
        by_subject[t.subject][t.predicate.value] += 1
    assert len(stated[DATASET, "classPartition"]) == len(members)
    for kind, things in members.items():
        partition = partition_iri(DATASET, "class", kind)
        assert stated[partition, "entities"] == [str(len(things))]
        uses: Counter[str] = Counter()
        for thing in things:
            uses.update(by_subject[thing])
        assert len(stated[partition, "propertyPartition"]) == len(uses)
        for prop, count in uses.items():
            inner = partition_iri(DATASET, "class-property", kind, prop)
            assert stated[inner, "triples"] == [str(count)]


COUNTED = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX rihla: <https://w3id.org/rihla/ontology#>
SELECT ?source ?class (COUNT(DISTINCT ?thing) AS ?things)
WHERE {
  ?load rihla:loadedInto ?graph ; rihla:loadedFrom ?source .
  GRAPH ?graph { ?thing a ?asserted_class }
  ?asserted_class rdfs:subClassOf* ?class .
  FILTER(STRSTARTS(STR(?class), STR(rihla:)))
}
GROUP BY ?source ?class"""
SHARED = """
PREFIX rihla: <https://w3id.org/rihla/ontology#>
SELECT ?source (COUNT(DISTINCT ?participation) AS ?all)
       (COUNT(DISTINCT ?affiliated) AS ?with_organisation)
       (COUNT(DISTINCT ?placed) AS ?with_country)
WHERE {
  ?load rihla:loadedInto ?graph ; rihla:loadedFrom ?source .
  GRAPH ?graph { ?participation rihla:training ?training }
  OPTIONAL { ?participation rihla:organisation ?o BIND(?participation AS ?affiliated) }
  OPTIONAL { ?participation rihla:fromCountry ?country BIND(?participation AS ?placed) }
}
GROUP BY ?source"""
TWO_SOURCES = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rihla: <https://w3id.org/rihla/ontology#> .
@prefix : <http://example.org/> .
:provenance {
  :load-a rihla:loadedInto :a ; rihla:loadedFrom :one .
  :load-b rihla:loadedInto :b ; rihla:loadedFrom :two .
  :load-c rihla:loadedInto :c ; rihla:loadedFrom :two . }
:words { rihla:Workshop rdfs:subClassOf rihla:Training . rihla:Training rdfs:subClassOf :Other .
  :Other rdfs:subClassOf rihla:Training , :Other . }
:a { :t1 a rihla:Workshop . :t2 a rihla:Training .
  :p1 a rihla:Participation ; rihla:training :t1 ; rihla:organisation :o1 , :o2 .
  :p2 a rihla:Participation ; rihla:training :t1 . }
:b { :t1 a rihla:Training . :p3 a rihla:Participation ; rihla:training :t1 . }
:c { :t1 a rihla:Workshop . :p3 a rihla:Participation ; rihla:training :t2 .
  :p2 rihla:organisation :o1 ; rihla:fromCountry :x . }
:inferred { :t2 a rihla:InternationalTraining . :t1 a rihla:Training . }
"""


def _answered(store: ox.Store, sparql: str) -> set[tuple[str, ...]]:
    store.clear_graph(ox.DefaultGraph())
    for quad in list(store.quads_for_pattern(None, None, None, None)):
        store.add(ox.Quad(*quad.triple))
    rows = store.query(sparql)
    return {tuple(term.value for term in row) for row in rows}  # type: ignore[union-attr]


def _by_source(description: ox.Store) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """Return what a description says of each source: things by class, and shares."""
    head = f"PREFIX void: <{VOID}> PREFIX rihla: <https://w3id.org/rihla/ontology#>"
    part = "GRAPH ?g { ?d void:subset ?s . ?s <http://purl.org/dc/terms/source> ?source ; "
    part += "void:classPartition ?c . ?c void:class ?class ; void:entities ?n"
    counts = f"{head} SELECT ?source ?class ?n {{ {part} }} }}"
    each = "".join(
        f" . ?c void:propertyPartition ?p{i} . ?p{i} void:property rihla:{name} ;"
        f" void:distinctSubjects ?n{i}"
        for i, name in enumerate(("training", "organisation", "fromCountry"))
    )
    shares = f"{head} SELECT ?source ?n0 ?n1 ?n2 {{ {part}{each} }} }}"
    return _answered(description, counts), _answered(description, shares)


def test_sources_are_counted_as_a_query_counts_them(quads: list[ox.Quad]) -> None:
    store = ox.Store()
    store.extend(quads)
    counts, shares = _by_source(store)
    assert (counts, shares) == (_answered(store, COUNTED), _answered(store, SHARED))
    assert counts
    assert shares


def test_things_of_several_sources_count_in_each() -> None:
    store = ox.Store()
    store.load(TWO_SOURCES.encode(), format=ox.RdfFormat.TRIG)
    rows = [tuple(map(str, [*quad.triple, quad.graph_name])) for quad in store]
    description = ox.Store()
    for s, p, o, g in description_quads(
        pl.DataFrame(rows, schema=QUAD, orient="row"), GraphNames("https://example.org/id/")
    ).iter_rows():
        description.load(f"{s} {p} {o} {g} .".encode(), format=ox.RdfFormat.N_QUADS)
    counts, shares = _by_source(description)
    assert shares == {
        ("http://example.org/one", "2", "2", "1"), ("http://example.org/two", "1", "0", "0")
    }  # fmt: skip
    assert ("http://example.org/two", "https://w3id.org/rihla/ontology#Training", "1") in counts
    assert not any("International" in kind for _, kind, _ in counts)
    assert (counts, shares) == (_answered(store, COUNTED), _answered(store, SHARED))


def test_the_same_statements_give_the_same_description() -> None:
    rows = [(f"<http://a/{i}>", f"<{TYPE}>", "<http://c>", "<http://g>") for i in range(5)]
    frame = pl.DataFrame(rows, schema=QUAD, orient="row")
    names = GraphNames("https://example.org/id/")
    one = description_quads(frame, names)
    assert one.equals(description_quads(frame.reverse(), names))
    assert set(one["g"]) == {f"<{names.description}>"}


def test_a_graph_of_nothing() -> None:
    empty = pl.DataFrame(schema=QUAD)
    found = description_quads(empty, GraphNames("https://example.org/id/"))
    assert found.height > 0
