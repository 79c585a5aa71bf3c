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
