from __future__ import annotations

import gzip

import polars as pl
import pyoxigraph as ox
import pytest

from kg.columns import COLUMN_QUERIES, pull_columns
from kg.pipeline.columns import COMPUTED, Facts
from kg.quads import QUAD, quads_of_dataset
from kg.store.embedded import EmbeddedStore
from kg.store.release import Release

# What the test world does not have: a second seat, a country beside the organisation's, labels
# in several languages or with odd characters, a role on two sides, a date of the year only.
ODD = r"""
@prefix : <https://example.org/id/> .
@prefix rihla: <https://w3id.org/rihla/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix wgs84: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix grade: <https://w3id.org/rihla/id/grade/> .
@prefix role: <https://w3id.org/rihla/id/role/> .
:both a rihla:Organisation ; rdfs:label "Zwei \"Sitze\"\n"@de, "Two seats"@EN, "A \\ B"@en-GB ;
  rihla:country :AA, :BB .
:none a rihla:Organisation, rihla:Person .
:sector a rihla:Topic, rihla:Sector ; rdfs:label "plain" .
role:learner skos:broader role:learner-side . role:odd skos:broader role:learner, role:organiser .
role:organiser skos:broader role:organiser-side . role:loose a rihla:Role .
:p1 rihla:training :t ; rihla:role role:odd ; rihla:organisation :both ; rihla:agent :someone ;
  rihla:headcount 7 ; rihla:fromCountry :AA, :BB .
:p2 rihla:training :t ; rihla:role role:loose ; rihla:headcount 3, 9 ; rihla:fromCountry :CC .
:p3 rihla:training :t ; rihla:role role:learner ; rihla:organisation :both, :none ;
  rihla:fromCountry :CC, :AA .
:t a rihla:Training, rihla:Workshop ;
  rihla:startDate "2020"^^xsd:gYear ;
  rihla:year 2020 ; rihla:hostedBy :both, :none ; rihla:organisedBy :none ; rihla:heldIn :AA .
rihla:Workshop rdfs:subClassOf rihla:Training . rihla:Small rdfs:subClassOf rihla:Workshop .
:s a rihla:TrainingSeries ; rihla:organisedBy :both .
:m rihla:bloc :b ; rihla:memberCountry :AA ; rihla:startDate "1999-01"^^xsd:gYearMonth .
:a1 rihla:attributedTo :t ; rihla:outcome :o1 ; rihla:evidenceGrade grade:shown .
:a2 rihla:attributedTo :t ; rihla:outcome :o1 ; rihla:evidenceGrade grade:shown, grade:guessed .
:a3 rihla:attributedTo :t, :s ; rihla:outcome :o2 ; rihla:evidenceGrade grade:shown .
:o1 rihla:date "2021"^^xsd:gYear, "2021-05-01"^^xsd:date .
:AA a rihla:Country ; wgs84:lat 10.50, -3 ; wgs84:long "1e1"^^xsd:double .
:BB a rihla:Country ; wgs84:lat 1.0 .
:CC a rihla:Country ; wgs84:lat "north" ; wgs84:long 7 .
:DD wgs84:lat 1 ; wgs84:long 2 .
"""


def odd_store() -> ox.Store:
    store = ox.Store()
    store.bulk_load(ODD.encode(), format=ox.RdfFormat.TURTLE)
    return store


def compare(store: ox.Store, quads: pl.DataFrame, name: str) -> pl.DataFrame:
    asked = pull_columns(EmbeddedStore.over(store, "test"), [name])[name]
    made = COMPUTED[name](Facts(quads))
    assert made.schema == asked.schema
    assert made.equals(asked)
    return made


@pytest.mark.parametrize("name", COMPUTED)
def test_odd_graphs_give_what_the_query_gives(name: str) -> None:
    store = odd_store()
    quads = quads_of_dataset(ox.Dataset(store), "https://example.org/graph/odd")
    assert compare(store, quads, name).height


@pytest.mark.parametrize("name", COMPUTED)
def test_the_world_gives_what_the_query_gives(name: str, world: Release) -> None:
    with gzip.open(world.dump) as stream:
        parsed = [
            (str(q.subject), str(q.predicate), str(q.object), str(q.graph_name))
            for q in ox.parse(stream, format=ox.RdfFormat.N_QUADS)
        ]
    quads = pl.DataFrame(parsed, schema=list(QUAD), orient="row").cast(QUAD)
    store = ox.Store.read_only(str(world.store))
    assert compare(store, quads, name).height


def test_every_table_has_a_function_and_a_query() -> None:
    assert set(COMPUTED) == set(COLUMN_QUERIES)
