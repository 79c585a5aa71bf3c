"""The promise to stewards: one edit under ontology/, and nothing else, gives a new table.

A class with two properties and a shape is added to a copy of the ontology. Template, checks,
triples, pages, documentation and completion follow from it.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from kg.analysis.graph import Graph
from kg.errors import InputError
from kg.ontology import Ontology, load_ontology
from kg.ontology.templates import write_template
from kg.pipeline import build
from kg.settings import Settings, load_settings
from tests.conftest import ROOT, WORLD, write_project

PREFIXES = """
@prefix csvw:  <http://www.w3.org/ns/csvw#> .
@prefix owl:   <http://www.w3.org/2002/07/owl#> .
@prefix rdfs:  <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rihla: <https://w3id.org/rihla/ontology#> .
@prefix sh:    <http://www.w3.org/ns/shacl#> .
@prefix skos:  <http://www.w3.org/2004/02/skos/core#> .
@prefix vs:    <http://www.w3.org/2003/06/sw-vocab-status/ns#> .
@prefix xsd:   <http://www.w3.org/2001/XMLSchema#> .
"""
VOCABULARY = (
    PREFIXES
    + """
rihla:Accreditation a owl:Class ;
    rdfs:label "Accreditation"@en, "اعتماد"@ar, "Accréditation"@fr ;
    skos:definition "The recognition of a training by a body."@en,
        "اعتراف هيئة بدورة تدريبية."@ar, "La reconnaissance d'une formation par un organisme."@fr ;
    skos:example "A school accredited by a society" ;
    rdfs:isDefinedBy <https://w3id.org/rihla/ontology> ; vs:term_status "testing" .

rihla:accredits a owl:ObjectProperty ;
    rdfs:domain rihla:Accreditation ; rdfs:range rihla:Training ;
    rdfs:label "accredits"@en, "يعتمد"@ar, "accrédite"@fr ;
    skos:definition "The training that is recognised."@en,
        "الدورة المعترف بها."@ar, "La formation reconnue."@fr ;
    skos:example "accreditation:a1 rihla:accredits training:t1" ;
    rdfs:isDefinedBy <https://w3id.org/rihla/ontology> ; vs:term_status "testing" .

rihla:accreditationLevel a owl:DatatypeProperty ;
    rdfs:domain rihla:Accreditation ; rdfs:range xsd:string ;
    rdfs:label "accreditation level"@en, "مستوى الاعتماد"@ar, "niveau d'accréditation"@fr ;
    skos:definition "How far the recognition goes."@en,
        "مدى الاعتراف."@ar, "L'étendue de la reconnaissance."@fr ;
    skos:example "full" ;
    rdfs:isDefinedBy <https://w3id.org/rihla/ontology> ; vs:term_status "testing" .
"""
)
SHAPE = (
    PREFIXES
    + """
rihla:AccreditationShape a sh:NodeShape ;
    sh:targetClass rihla:Accreditation ;
    csvw:name "accreditations" ;
    rdfs:label "Accreditations"@en, "الاعتمادات"@ar, "Accréditations"@fr ;
    rihla:keyTemplate ( "accreditation/{training}-{date}" ) ;
    sh:property [
        sh:path rihla:accredits ; csvw:name "training" ; sh:order 1 ;
        sh:name "Training"@en, "الدورة"@ar, "Formation"@fr ;
        sh:description "Key of the training."@en, "مفتاح الدورة."@ar, "Clé de la formation."@fr ;
        sh:class rihla:Training ; sh:minCount 1 ; sh:maxCount 1 ; skos:example "2013-03-24-kaust"
    ] ;
    sh:property [
        sh:path rihla:date ; csvw:name "date" ; sh:order 2 ;
        sh:name "Date"@en, "التاريخ"@ar, "Date"@fr ;
        sh:description "Day of the decision."@en, "يوم القرار."@ar, "Jour de la décision."@fr ;
        sh:datatype xsd:date ; sh:minCount 1 ; sh:maxCount 1 ; skos:example "2020-05-01"
    ] ;
    sh:property [
        sh:path rihla:accreditationLevel ; csvw:name "level" ; sh:order 3 ;
        sh:name "Level"@en, "المستوى"@ar, "Niveau"@fr ;
        sh:description "How far it goes."@en, "مداه."@ar, "Son étendue."@fr ;
        sh:in ( "full" "provisional" ) ; sh:datatype xsd:string ; sh:maxCount 1 ;
        skos:example "full"
    ] .
"""
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the ontology with the new class, its properties and its shape."""
    copied = tmp_path_factory.mktemp("extension") / "ontology"
    shutil.copytree(ROOT / "ontology", copied)
    (copied / "vocabulary" / "accreditation.ttl").write_text(VOCABULARY, encoding="utf-8")
    (copied / "shapes" / "accreditation.ttl").write_text(SHAPE, encoding="utf-8")
    return copied


@pytest.fixture(scope="module")
def extended(folder: Path) -> Ontology:
    return load_ontology(folder)


def project(folder: Path, home: Path, rows: str) -> Settings:
    """Make a project of the test world with the extended ontology and the new table."""
    tables = home / "tables"
    shutil.copytree(WORLD, tables)
    (tables / "accreditations.csv").write_text("training,date,level\n" + rows, encoding="utf-8")
    file = write_project(home, tables)
    text = file.read_text(encoding="utf-8")
    named = text.replace("[project]", f'[project]\nontology = "{folder}"')
    file.write_text(named, encoding="utf-8")
    return load_settings(file)


def first_training() -> str:
    with (WORLD / "trainings.csv").open(encoding="utf-8", newline="") as stream:
        return next(csv.DictReader(stream))["id"]


def test_the_template_appears_with_its_columns_and_an_example(
    extended: Ontology, tmp_path: Path
) -> None:
    (path,) = write_template(extended.schema, tmp_path, "accreditations")
    header, example = path.read_text(encoding="utf-8").splitlines()
    assert header == "training,date,level"
    assert example == "2013-03-24-kaust,2020-05-01,full"


@pytest.mark.parametrize(
    ("row", "column", "accepted"),
    [
        ("nowhere,2020-05-01,full", "training", "a known Training"),
        ("{training},2020-13-01,full", "date", "a date that exists"),
        ("{training},2020-05-01,partial", "level", "one of full, provisional"),
        ("{training},,full", "date", "a filled cell"),
    ],
)
def test_bad_cells_are_refused_with_their_place(
    folder: Path, tmp_path: Path, row: str, column: str, accepted: str
) -> None:
    settings = project(folder, tmp_path, row.format(training=first_training()) + "\n")
    with pytest.raises(InputError) as refused:
        build(settings)
    assert f"accreditations.csv, row 2, column {column}:" in str(refused.value)
    assert accepted in str(refused.value)


def test_a_table_loads_and_its_page_shows_it(folder: Path, tmp_path: Path) -> None:
    training = first_training()
    settings = project(folder, tmp_path, f"{training},2020-05-01,provisional\n")
    release = build(settings).release
    assert release.manifest["classes"]["Accreditation"] == 1
    base = settings.project.base
    stated = Graph.of_release(release).sparql(
        f"SELECT ?p ?o WHERE {{ <{base}accreditation/{training}-2020-05-01> ?p ?o }}"
    )
    found = {str(p).rpartition("#")[2]: str(o) for p, o in stated.rows}
    assert found["type"] == "https://w3id.org/rihla/ontology#Accreditation"
    assert found["accredits"] == f"{base}training/{training}"
    assert found["date"] == "2020-05-01"
    assert found["accreditationLevel"] == "provisional"

    from kg.web import close_app, create_app

    app = create_app(settings)
    try:
        page = app.test_client().get(f"/page/accreditation/{training}-2020-05-01").text
    finally:
        close_app(app)
    assert "provisional" in page
    assert "accreditation level" in page
