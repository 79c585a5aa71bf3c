"""The promise to stewards: one edit under ontology/, and nothing else, gives a new table.

A class with its properties and a shape is added to a copy of the ontology, by the steps of
ontology/README.md. Template, checks, triples, pages, documentation and completion follow.
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
from kg.results import ResultTable
from kg.settings import Settings, load_settings
from kg.web import close_app, create_app
from tests.conftest import WORLD, write_project
from tests.ontology.extended import extended_copy

HEADER = "id,training,body,date,status\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the ontology with the class, properties and shape of its README."""
    return extended_copy(tmp_path_factory.mktemp("extension"))


@pytest.fixture(scope="module")
def extended(folder: Path) -> Ontology:
    return load_ontology(folder)


def project(folder: Path, home: Path, rows: str) -> Settings:
    """Make a project of the test world with the extended ontology and the new table."""
    tables = home / "tables"
    shutil.copytree(WORLD, tables)
    (tables / "accreditations.csv").write_text(HEADER + rows, encoding="utf-8")
    file = write_project(home, tables)
    text = file.read_text(encoding="utf-8")
    named = text.replace("[project]", f'[project]\nontology = "{folder}"')
    file.write_text(named, encoding="utf-8")
    return load_settings(file)


def first(table: str) -> str:
    """Return the id of the first row of a table of the test world."""
    with (WORLD / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return next(csv.DictReader(stream))["id"]


TRAINING, BODY = first("trainings"), first("organisations")


def test_the_template_appears_with_its_columns_and_an_example(
    extended: Ontology, tmp_path: Path
) -> None:
    (path,) = write_template(extended.schema, tmp_path, "accreditations")
    header, example = path.read_text(encoding="utf-8").splitlines()
    assert header + "\n" == HEADER
    assert example == "kaust-2013,2013-03-24-kaust,kaust,2013-02,full"


@pytest.mark.parametrize(
    ("row", "column", "accepted"),
    [
        (f"a1,nowhere,{BODY},2020-05-01,full", "training", "a known Training"),
        (f"a1,{TRAINING},{BODY},2020-13-01,full", "date", "a date that exists"),
        (f"a1,{TRAINING},{BODY},2020-05-01,partial", "status", "one of full, provisional"),
        (f"a1,{TRAINING},,2020-05-01,full", "body", "a filled cell"),
    ],
)
def test_bad_cells_are_refused_with_their_place(
    folder: Path, tmp_path: Path, row: str, column: str, accepted: str
) -> None:
    settings = project(folder, tmp_path, row + "\n")
    with pytest.raises(InputError) as refused:
        build(settings)
    assert f"accreditations.csv, row 2, column {column}:" in str(refused.value)
    assert accepted in str(refused.value)


def test_a_table_loads_and_pages_and_completion_know_it(folder: Path, tmp_path: Path) -> None:
    settings = project(folder, tmp_path, f"a1,{TRAINING},{BODY},2020-05-01,provisional\n")
    release = build(settings).release
    assert release.manifest["classes"]["Accreditation"] == 1
    base = settings.project.base
    stated = Graph.of_release(release).sparql(
        f"SELECT ?p ?o WHERE {{ <{base}accreditation/a1> ?p ?o }}"
    )
    assert isinstance(stated, ResultTable)
    found = {str(p).rpartition("#")[2]: str(o) for p, o in stated.rows}
    assert found["type"] == "https://w3id.org/rihla/ontology#Accreditation"
    assert found["accredits"] == f"{base}training/{TRAINING}"
    assert found["date"] == "2020-05-01"
    assert found["accreditationStatus"] == "provisional"

    app = create_app(settings)
    try:
        client = app.test_client()
        page = client.get("/page/accreditation/a1").text
        term = client.get("/ontology/fr/term/Accreditation").text
        completed = client.get("/api/terms?text=accredit").text
    finally:
        close_app(app)
    assert "provisional" in page
    assert "accreditation status" in page
    assert "Accréditation" in term
    assert "https://w3id.org/rihla/ontology#accreditedBy" in completed
