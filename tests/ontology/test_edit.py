"""Terms are added and deprecated in place, and nothing else in the file moves."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from rdflib import Graph
from rdflib.compare import isomorphic

from kg.cli import cli
from kg.errors import InputError, KgError, NotFoundError
from kg.ontology import edit as edit_module
from kg.ontology.edit import NewTerm, add_term, deprecate_term, versioned_header
from kg.ontology.turtle import read_statements
from tests.conftest import ROOT
from tests.ontology.editable import copied_ontology

TURTLE = sorted((ROOT / "ontology").glob("*/*.ttl"))
CLINIC = NewTerm(
    "Clinic",
    "class",
    {"en": 'A "clinic"', "ar": "عيادة", "fr": "Clinique"},
    {"en": "One.\nTwo.", "ar": "تعريف", "fr": "Définition d'une clinique."},
    "A statistics clinic",
    parents=("Workshop",),
)
# Everything that may mislead a tokenizer, with Windows line ends and a byte order mark.
TRICKY = """\ufeff# A comment with rihla:Odd a owl:Class .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
PREFIX rihla: <https://w3id.org/rihla/ontology#>

rihla:Odd a owl:Class ; # ends. here.
\trdfs:comment "a . b ; [ # no", '''three
rihla:Odd ''quotes'' . ''', \"\"\"and "" more \\\"\"\"\" ;
\trdfs:seeAlso <http://example.org/a.b;c#d.> , rihla:a.b ;
\trdfs:subClassOf [ a owl:Restriction ; owl:onProperty rihla:p ; owl:hasValue "x." ] ,
\t\t[ owl:unionOf ( rihla:A [ owl:complementOf rihla:B ] ) ; a owl:Class ] ; # last
\t.
rihla:Old a owl:Class . rihla:New a owl:Class.
# the end, without a line end""".replace("\n", "\r\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied_ontology(tmp_path)


@pytest.fixture
def tricky(folder: Path) -> Path:
    path = folder / "vocabulary" / "tricky.ttl"
    path.write_bytes(TRICKY.encode())
    return path


def removed_and_added(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = list(difflib.ndiff(before.splitlines(True), after.splitlines(True)))
    return ([x[2:] for x in lines if x[0] == "-"], [x[2:] for x in lines if x[0] == "+"])


@pytest.mark.parametrize("path", TURTLE, ids=lambda p: p.stem)
def test_statements_are_those_of_the_parser(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = {s.subject for s in read_statements(text) if s.subject}
    named = {str(s) for s in Graph().parse(path).subjects() if s.n3().startswith("<")}
    assert found == named


def test_tokenizer_is_not_misled() -> None:
    statements = read_statements(TRICKY)
    name = "https://w3id.org/rihla/ontology#"
    assert [s.subject for s in statements] == [None] * 3 + [name + n for n in ("Odd", "Old", "New")]
    odd = statements[3]
    assert len(odd.pairs()) == 4
    assert TRICKY[odd.start : odd.end].endswith("# last\r\n\t.")


@pytest.mark.parametrize("text", ['<urn:a> <urn:b> "c"', "<urn:a> <urn:b> [ <urn:c> 1 .", '<a> "'])
def test_tokenizer_says_where_a_file_is_broken(text: str) -> None:
    with pytest.raises(InputError, match=r"x\.ttl, line 2"):
        read_statements("# one\n" + text, "x.ttl")


def test_adding_inserts_one_block(folder: Path) -> None:
    path = folder / "vocabulary/training.ttl"
    before = path.read_text(encoding="utf-8")
    add_term(folder, "vocabulary/training.ttl", CLINIC)
    after = path.read_text(encoding="utf-8")
    removed, added = removed_and_added(before, after)
    assert not removed
    assert "".join(added).strip() == (
        "rihla:Clinic a owl:Class ;\n"
        "    rdfs:subClassOf rihla:Workshop ;\n"
        '    rdfs:label "A \\"clinic\\""@en, "عيادة"@ar, "Clinique"@fr ;\n'
        "    skos:definition\n"
        '        "One.\\nTwo."@en,\n'
        '        "تعريف"@ar,\n'
        '        "Définition d\'une clinique."@fr ;\n'
        '    skos:example "A statistics clinic" ;\n'
        "    rdfs:isDefinedBy <https://w3id.org/rihla/ontology> ;\n"
        '    vs:term_status "testing" .'
    )
    assert after.index("rihla:Clinic") < after.index("a owl:ObjectProperty")


def test_adding_creates_a_file_with_the_prefixes_it_needs(folder: Path) -> None:
    new = replace(CLINIC, name="fee", kind="datatype-property", parents=(), domain="Training",
                  range="xsd:decimal")  # fmt: skip
    edit = add_term(folder, "vocabulary/fees.ttl", new)
    text = edit.path.read_text(encoding="utf-8")
    assert text.startswith("# Fees.\n\n@prefix owl:   <http://www.w3.org/2002/07/owl#> .\n")
    assert "    rdfs:domain rihla:Training ;\n    rdfs:range xsd:decimal ;\n" in text
    assert len(Graph().parse(data=text)) == len(edit.added)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "clinic"}, "does not follow the convention.*ExchangeVisit"),
        ({"name": "Statistics clinic"}, "does not follow the convention"),
        ({"name": "Seminar"}, r"rihla:Seminar exists already \(Seminar\)"),
        ({"name": "Fee", "kind": "object-property"}, "heldIn, without a capital"),
        ({"labels": {"en": "x"}}, "missing: label in ar, label in fr"),
        ({"definitions": {"en": "x", "ar": " ", "fr": "x"}}, "missing: definition in ar"),
        ({"example": ""}, "missing: example"),
        ({"example": "a\x07"}, "control character"),
        ({"parents": ("Trainning",)}, "is not in the vocabulary.*rihla:Training"),
        ({"parents": ("heldIn",)}, "is of another kind"),
        ({"parents": ("odd:Thing",)}, "the prefix odd is unknown"),
        ({"domain": "Training"}, "a class has no domain"),
        ({"name": "f", "kind": "datatype-property", "parents": (), "range": "xsd:date"},
         "range 'xsd:date' is not accepted.*xsd:decimal"),
        ({"kind": "individual"}, "Accepted: class, object-property"),
    ],
)  # fmt: skip
def test_bad_terms_are_refused(folder: Path, change: dict[str, object], message: str) -> None:
    path = folder / "vocabulary/training.ttl"
    before = path.read_bytes()
    with pytest.raises(InputError, match=message):
        add_term(folder, "vocabulary/training.ttl", replace(CLINIC, **change))  # type: ignore[arg-type]
    assert path.read_bytes() == before


@pytest.mark.parametrize("file", ["shapes/training.ttl", "../x.ttl", "vocabulary/X.ttl", "a.ttl"])
def test_terms_go_into_the_vocabulary_only(folder: Path, file: str) -> None:
    with pytest.raises(InputError, match="Accepted: vocabulary/<subject>"):
        add_term(folder, file, CLINIC)


def test_deprecating_adds_two_lines(folder: Path) -> None:
    path = folder / "vocabulary/training.ttl"
    before = path.read_text(encoding="utf-8")
    deprecate_term(folder, "Seminar", "rihla:Symposium")
    removed, added = removed_and_added(before, path.read_text(encoding="utf-8"))
    assert removed == ['    vs:term_status "stable" .\n']
    assert [line for line in added if "@prefix" not in line] == [
        '    vs:term_status "stable" ;\n',
        "    owl:deprecated true ;\n",
        "    dcterms:isReplacedBy rihla:Symposium .\n",
    ]
    with pytest.raises(InputError, match="deprecated already"):
        deprecate_term(folder, "Seminar", "Workshop")
    with pytest.raises(InputError, match="such as rihla:Symposium, which replaces it"):
        add_term(folder, "vocabulary/training.ttl", replace(CLINIC, parents=("Seminar",)))


def test_deprecating_a_concept(folder: Path) -> None:
    edit = deprecate_term(folder, "topic:genomics", "topic:genetics")
    assert edit.path.name == "topics.ttl"
    assert "topic:genomics dcterms:isReplacedBy topic:genetics" in edit.added


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("Nothing", "Seminar", NotFoundError, "rihla:Nothing is not in the ontology"),
        ("Seminar", "Nothing", NotFoundError, "rihla:Nothing is not in the ontology"),
        ("Seminar", "Seminar", InputError, "cannot replace it"),
        ("Seminar", "heldIn", InputError, "owl:ObjectProperty, not owl:Class"),
        ("prov:Person", "Person", InputError, "belongs to another vocabulary"),
        ("topic:genomics", "method:python-programming", InputError, "another kind"),
    ],
)
def test_bad_deprecations_are_refused(
    folder: Path, old: str, new: str, error: type[KgError], message: str
) -> None:
    with pytest.raises(error, match=message):
        deprecate_term(folder, old, new)


def test_tricky_file_keeps_every_other_byte(folder: Path, tricky: Path) -> None:
    deprecate_term(folder, "Odd", "New")
    deprecate_term(folder, "Old", "New")
    text = tricky.read_bytes().decode()
    assert text.startswith("\ufeff# A comment") and text.endswith("without a line end")
    assert "\n" not in text.replace("\r\n", "")
    assert "prefix dcterms: <http://purl.org/dc/terms/> .\r\n" in text
    steps = difflib.SequenceMatcher(None, TRICKY, text, autojunk=False).get_opcodes()
    assert {step[0] for step in steps} == {"equal", "insert"}


def test_an_edit_that_would_say_more_is_not_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit_module, "written_block", lambda *_: "rihla:Workshop a owl:Thing .")
    path = folder / "vocabulary/training.ttl"
    before = path.read_bytes()
    with pytest.raises(KgError, match="left as it was"):
        add_term(folder, "vocabulary/training.ttl", CLINIC)
    assert path.read_bytes() == before


def test_header_gets_version_and_prior_version(folder: Path) -> None:
    path = folder / "rihla.ttl"
    before = path.read_text(encoding="utf-8")
    once = versioned_header(folder, "9.0.0", "8.0.0")
    path.write_text(once, encoding="utf-8")
    assert "owl:versionIRI  <https://w3id.org/rihla/ontology/9.0.0> ;" in once
    assert "    owl:priorVersion <https://w3id.org/rihla/ontology/8.0.0> ." in once
    assert once.count("\n") - before.count("\n") in (0, 1)
    again = versioned_header(folder, "10.0.0", "9.0.0")
    assert again.count("owl:priorVersion") == 1
    assert not isomorphic(Graph().parse(data=again), Graph().parse(data=once))


def test_command_line(folder: Path) -> None:
    texts = [f"--{w}-{lg}=x {w} {lg}" for w in ("label", "definition") for lg in ("en", "ar", "fr")]
    run = CliRunner().invoke
    arguments = ["--kind", "class", "--file", "vocabulary/training.ttl", "--example", "x"]
    done = run(cli, ["ontology", "term", "add", "Clinic", "--parent", "Workshop", *arguments,
                     *texts, "--folder", str(folder)])  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "rihla:Clinic rdfs:subClassOf rihla:Workshop" in done.output
    done = run(cli, ["ontology", "term", "deprecate", "Clinic", "--replaced-by", "Workshop",
                     "--folder", str(folder)])  # fmt: skip
    assert done.exit_code == 0, done.output
    done = run(cli, ["ontology", "term", "add", "Other", *arguments, "--folder", str(folder)])
    assert done.exit_code == 1
    assert "missing: label in en" in done.output
