from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError, SettingsError
from kg.ontology import Ontology, load_ontology
from kg.ontology.files import ontology_files

FILES = {
    "rihla.ttl": "<urn:o> a <http://www.w3.org/2002/07/owl#Ontology> ; "
    '<http://www.w3.org/2002/07/owl#versionInfo> "1.2.3" .',
    "vocabulary/thing.ttl": "<urn:o#Thing> a <http://www.w3.org/2002/07/owl#Class> .",
    "shapes/thing.ttl": "<urn:o#Shape> a <http://www.w3.org/ns/shacl#NodeShape> .",
    "schemes/kinds.ttl": "<urn:k> <http://www.w3.org/2004/02/skos/core#inScheme> <urn:s> .",
    "rules/year.rq": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "README.md": "How to add a class",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small ontology that a test may edit."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_each_part_is_read_from_its_folder(ontology: Ontology) -> None:
    for graph in (ontology.vocabulary, ontology.shapes, ontology.schemes):
        assert len(graph) > 100
    assert "year.rq" in ontology.rules
    assert "trainings" in ontology.schema.tables


def test_a_small_folder_is_read_whole(folder: Path) -> None:
    read = load_ontology(folder)
    assert (len(read.vocabulary), len(read.shapes), len(read.schemes)) == (3, 1, 1)
    assert read.rules == {"year.rq": FILES["rules/year.rq"]}
    assert read.version == "1.2.3"


def test_an_ontology_without_a_version_says_so(tmp_path: Path) -> None:
    (tmp_path / "rihla.ttl").write_text("")
    assert load_ontology(tmp_path).version == "unversioned"


@pytest.mark.parametrize("name", sorted(set(FILES) - {"README.md"}))
def test_an_edit_of_any_file_changes_the_fingerprint(folder: Path, name: str) -> None:
    before = load_ontology(folder).fingerprint
    with (folder / name).open("a") as stream:
        stream.write("\n# a remark\n")
    assert load_ontology(folder).fingerprint != before


def test_a_file_under_another_name_changes_the_fingerprint(folder: Path) -> None:
    before = load_ontology(folder).fingerprint
    (folder / "shapes" / "thing.ttl").rename(folder / "shapes" / "object.ttl")
    assert load_ontology(folder).fingerprint != before


def test_a_file_that_decides_nothing_leaves_the_fingerprint(folder: Path) -> None:
    before = load_ontology(folder).fingerprint
    (folder / "README.md").write_text("How to add a property")
    assert load_ontology(folder).fingerprint == before
    assert folder / "README.md" not in ontology_files(folder)


def test_a_folder_without_an_ontology_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no ontology"):
        load_ontology(tmp_path)


@pytest.mark.parametrize("part", ["vocabulary", "shapes", "schemes"])
def test_a_file_that_is_no_turtle_is_named_with_its_line(folder: Path, part: str) -> None:
    (folder / part / "wrong.ttl").write_text("@prefix : <urn:x#> .\n:a :b .\n")
    with pytest.raises(InputError, match=r"(?s)wrong\.ttl: is not Turtle.*line 2"):
        load_ontology(folder)


def test_a_file_that_is_not_utf8_is_named_with_its_place(folder: Path) -> None:
    (folder / "schemes" / "wrong.ttl").write_bytes(b"# caf\xe9\n")
    with pytest.raises(InputError, match=r"wrong\.ttl, line 1, byte 6"):
        load_ontology(folder)
