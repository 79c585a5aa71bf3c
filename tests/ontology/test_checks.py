"""Every rule finds exactly its smallest faulty example, and nothing in the shipped ontology."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from rdflib import Graph

from kg.cli import cli
from kg.errors import InputError, KgError, QueryError
from kg.ontology import Ontology, load_ontology
from kg.ontology.checks import _faults, _store, checked_graph, inspect, read_checks, run_checks
from kg.ontology.consistency import Classification
from tests.conftest import ROOT

FAULTS = Path(__file__).parent / "faults"
CHECKS = read_checks(ROOT / "ontology" / "checks")


@pytest.fixture(scope="module")
def shipped(ontology: Ontology) -> Graph:
    return checked_graph(ontology)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "ontology", tmp_path / "ontology"))


def add(folder: Path, turtle: str) -> None:
    prefixes = (
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix rihla: <https://w3id.org/rihla/ontology#> .\n"
    )
    (folder / "vocabulary" / "added.ttl").write_text(prefixes + turtle, encoding="utf-8")


def test_there_are_rules_for_every_part() -> None:
    assert len(CHECKS) >= 25
    assert {path.stem for path in FAULTS.glob("*.ttl")} == set(CHECKS)


@pytest.fixture(scope="module")
def store(shipped: Graph) -> ox.Store:
    """The shipped ontology as the rules ask it; tests put back what they add."""
    return _store(shipped)


@pytest.mark.parametrize("name", CHECKS)
def test_a_rule_finds_its_fault_and_nothing_else(name: str, store: ox.Store) -> None:
    text = (FAULTS / f"{name}.ttl").read_text(encoding="utf-8")
    expected = re.match(r"# expect: (\d+)\n", text)
    assert expected, f"{name}.ttl must begin with '# expect: N'"
    before = set(_faults(CHECKS[name], store))
    added = [q for q in ox.parse(text, ox.RdfFormat.TURTLE) if q not in store]
    store.extend(added)
    found = set(_faults(CHECKS[name], store)) - before
    for quad in added:
        store.remove(quad)
    assert len(found) == int(expected[1]) > 0, found


def test_the_shipped_ontology_has_no_fault(shipped: Graph) -> None:
    assert run_checks(shipped, CHECKS) == []


@pytest.mark.parametrize("name", CHECKS)
def test_a_rule_says_what_it_is_and_what_to_do(name: str) -> None:
    rule = CHECKS[name]
    assert all(rule.title.values()) and rule.remedy.endswith(".")
    assert re.fullmatch(r"(P\d\d)?", rule.pitfall)


def test_every_rule_is_documented() -> None:
    text = (ROOT / "docs" / "ontology-quality.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (error|warning) \|", text, re.MULTILINE)
    assert dict(rows) == {name: rule.severity for name, rule in CHECKS.items()}


def test_a_finding_tells_term_label_detail_and_remedy(copied: Path) -> None:
    add(
        copied, 'rihla:Feast a owl:Class ; rdfs:subClassOf rihla:Training ; rdfs:label "Feast"@en .'
    )
    ontology = load_ontology(copied)
    found = [f for f in inspect(ontology, reasoner=False).findings if f.rule == "missing-label"]
    assert [f.detail for f in found] == ["ar", "fr"]
    assert found[0].term == "https://w3id.org/rihla/ontology#Feast"
    assert (found[0].label, found[0].severity, found[0].pitfall) == ("Feast", "error", "P08")
    assert found[0].remedy.startswith("Give the term")


def test_a_misspelt_word_of_owl_is_a_fault(copied: Path) -> None:
    add(copied, "rihla:Training owl:disjunctWith rihla:Person .")
    findings = inspect(load_ontology(copied), reasoner=False).findings
    assert [(f.rule, f.detail) for f in findings] == [("outside-profile", "owl:disjunctWith")]


def test_mapping_tables_are_read(copied: Path) -> None:
    table = copied / "mappings" / "prov.sssom.tsv"
    with table.open("a", encoding="utf-8") as stream:
        stream.write("rihla:Feast\tFeast\tskos:closeMatch\tunknown:Thing\t\t1.5\t\n")
    found = {f.rule for f in inspect(load_ontology(copied), reasoner=False).findings}
    assert found == {
        "mapping-subject", "mapping-target", "mapping-justification", "mapping-confidence",
    }  # fmt: skip


def test_a_mapping_table_without_its_columns_is_refused(copied: Path) -> None:
    (copied / "mappings" / "new.sssom.tsv").write_text("subject_id\tobject_id\na:b\tc:d\n")
    with pytest.raises(InputError, match="predicate_id"):
        inspect(load_ontology(copied), reasoner=False)


@pytest.mark.parametrize(
    "text",
    ["SELECT ?term WHERE { ?term ?p ?o }", "#+ title: {en: a, ar: b, fr: c}\n#+ severity: bad"],
)
def test_a_rule_without_its_header_is_refused(copied: Path, text: str) -> None:
    (copied / "checks" / "new.rq").write_text(text)
    with pytest.raises(QueryError, match=r"new\.rq: the header"):
        inspect(load_ontology(copied), reasoner=False)


@pytest.mark.parametrize("query", ["SELECT", "ASK {}", "SELECT ?term WHERE { ?term a ?kind }"])
def test_a_rule_that_is_no_select_is_refused(copied: Path, query: str) -> None:
    head = "#+ title: {en: a, ar: b, fr: c}\n#+ severity: error\n#+ remedy: Do.\n"
    (copied / "checks" / "new.rq").write_text(head + query)
    with pytest.raises(QueryError, match=r"new\.rq"):
        inspect(load_ontology(copied), reasoner=False)


def check(options: list[str]) -> Result:
    """Run ``kg ontology check``."""
    return CliRunner().invoke(cli, ["ontology", "check", *options])


def test_the_command_is_content_with_the_shipped_ontology() -> None:
    run = check(["--no-reasoner", "--folder", str(ROOT / "ontology")])
    assert run.exit_code == 0, run.output
    assert "0 errors, 0 warnings" in run.output


@pytest.mark.parametrize(
    ("turtle", "options", "code"),
    [
        ("rihla:Feast a owl:Class .", [], 1),
        ("rihla:Training a owl:Class .", [], 0),
        ("rihla:Training a owl:Class .", ["--strict"], 0),
    ],
)
def test_errors_fail_the_command(copied: Path, turtle: str, options: list[str], code: int) -> None:
    add(copied, turtle)
    command = ["--no-reasoner", "--folder", str(copied), *options]
    assert check(command).exit_code == code


def test_warnings_fail_the_command_only_when_strict(copied: Path) -> None:
    table = copied / "mappings" / "prov.sssom.tsv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("rihla:Bloc\tBloc\t", "rihla:Bloc\tBlock\t"), encoding="utf-8")
    command = ["--no-reasoner", "--folder", str(copied)]
    assert check(command).exit_code == 0
    assert check([*command, "--strict"]).exit_code == 1


def test_the_command_writes_json_and_markdown(copied: Path, tmp_path: Path) -> None:
    add(copied, "rihla:Feast a owl:Class .")
    command = ["--no-reasoner", "--folder", str(copied)]
    document = json.loads(check([*command, "--format", "json"]).stdout)
    assert document["errors"] == len([f for f in document["findings"] if f["severity"] == "error"])
    assert document["reasoner"] is None and document["rules"] == len(CHECKS)
    file = tmp_path / "report.md"
    check([*command, "--format", "markdown", "--output", str(file)])
    assert "| rihla:Feast |" in file.read_text(encoding="utf-8")


def test_without_java_the_command_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise KgError("HermiT needs a Java runtime and there is none.")

    monkeypatch.setattr("kg.ontology.consistency.find_java", missing)
    run = check(["--folder", str(ROOT / "ontology")])
    assert run.exit_code == 1
    assert "--no-reasoner" in run.output


def test_what_the_reasoner_finds_is_in_the_report(
    ontology: Ontology, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "https://w3id.org/rihla/ontology#Place"
    found = Classification("A clash.", {place: "because"}, {place: ("https://e.org/A",)})
    monkeypatch.setattr("kg.ontology.checks.classify", lambda _: found)
    report = inspect(ontology)
    assert [(f.rule, f.label, f.detail) for f in report.findings] == [
        ("inconsistent", "", "A clash."),
        ("unsatisfiable-class", "Place", "because"),
    ]
    assert report.to_dict()["reasoner"] == {
        "consistent": False,
        "unsatisfiable": [place],
        "inferred_superclasses": {place: ["https://e.org/A"]},
    }
