"""VoID, DCAT and the examples, as machines look for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, RDF, VOID, Literal, URIRef

from kg.queries import INTERNAL_GROUPS, catalogue
from kg.store import Release
from tests.web.conftest import served
from tests.web.test_adhoc import QUADS, get

DATASET = URIRef("https://w3id.org/rihla/dataset")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize("address", ["/.well-known/void", "/dataset"])
@pytest.mark.parametrize("form", ["ttl", "nt", "rdf", "jsonld"])
def test_the_description(client: FlaskClient, world: Release, address: str, form: str) -> None:
    response = client.get(address, query_string={"format": form})
    graph = rdflib.Graph().parse(data=response.data, format=response.mimetype)
    assert {VOID.Dataset, DCAT.Dataset} <= set(graph.objects(DATASET, RDF.type))
    assert set(graph.objects(DATASET, VOID.sparqlEndpoint)) == {URIRef("http://localhost/sparql")}
    assert Literal(world.id) in set(graph.objects(DATASET, DCTERMS.hasVersion))
    trainings = graph.subjects(VOID["class"], URIRef("https://w3id.org/rihla/ontology#Training"))
    (training,) = {one for one in trainings if (DATASET, VOID.classPartition, one) in graph}
    (entities,) = graph.objects(training, VOID.entities)
    assert int(entities) == world.manifest["classes"]["Training"]
    assert list(graph.objects(training, VOID.propertyPartition))
    for distribution in graph.objects(DATASET, DCAT.distribution):
        assert (distribution, RDF.type, DCAT.Distribution) in graph
        for download in graph.objects(distribution, DCAT.downloadURL):
            taken = client.get(str(download))
            (size,) = graph.objects(distribution, DCAT.byteSize)
            assert len(taken.data) == int(size)
            taken.close()


def test_a_file_is_described_by_counting(tmp_path: Path) -> None:
    (tmp_path / "data.nq").write_text(QUADS)
    with served(tmp_path / "data.nq") as address:
        text = get(f"{address}.well-known/void", "text/turtle")
    graph = rdflib.Graph().parse(data=text, format="turtle")
    (partition,) = graph.objects(DATASET, VOID.propertyPartition)
    assert int(next(graph.objects(partition, VOID.triples))) == 3
    assert int(next(graph.objects(partition, VOID.distinctObjects))) == 3


EXAMPLES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?example ?comment ?text { ?example a sh:SPARQLExecutable ; rdfs:comment ?comment ;
  sh:select|sh:ask|sh:construct|sh:describe ?text FILTER(LANG(?comment) = "en") }"""
PREFIXES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace { [] sh:namespace ?namespace ; sh:prefix ?prefix }"""
CLASSES = """
PREFIX void: <http://rdfs.org/ns/void#>
SELECT * { ?partition void:class ?class ; void:entities ?entities ; void:propertyPartition ?p .
  ?p void:property ?property ; void:triples ?triples }"""


def rows(client: FlaskClient, query: str) -> list[dict[str, dict[str, str]]]:
    with client.get("/sparql", query_string={"query": query}) as response:
        return list(json.loads(response.data)["results"]["bindings"])


def test_editors_find_examples_and_they_run(client: FlaskClient) -> None:
    found = rows(client, EXAMPLES)
    public = [q for q in catalogue().values() if q.group not in INTERNAL_GROUPS]
    assert len(found) >= len(public)
    assert any("example-trainings" in row["example"]["value"] for row in found)
    for row in found[:5]:
        response = client.get("/sparql.csv", query_string={"query": row["text"]["value"]})
        assert response.status_code == 200
        response.close()


def test_editors_find_prefixes_and_statistics(client: FlaskClient) -> None:
    prefixes = {row["prefix"]["value"] for row in rows(client, PREFIXES)}
    assert {"rihla", "skos", "country"} <= prefixes
    assert len(rows(client, CLASSES)) > 100
