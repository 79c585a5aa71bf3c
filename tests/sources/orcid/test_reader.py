"""ORCID records in JSON and XML; the fixtures have the form of version 3.0 with invented people."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.reconcile import resolve
from kg.schema import Schema
from kg.sources import SourceTables
from kg.tables import check_table, table_from_records
from tests.sources.schemes.reading import read

DATA = Path(__file__).parents[1] / "data" / "orcid"
JSON, XML = DATA / "record.json", DATA / "record.xml"
NOUR, NADA = "orcid-0000-0002-1825-0097", "orcid-0000-0002-1694-233X"
SOURCE = "https://orcid.org/0000-0002-1825-0097"


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


@pytest.fixture(scope="module")
def nour(schema: Schema) -> SourceTables:
    return read("orcid", JSON, schema)


@pytest.fixture
def record() -> Any:
    return copy.deepcopy(json.loads(JSON.read_text(encoding="utf-8")))


def rows(found: SourceTables, table: str) -> list[dict[str, str]]:
    """Return the filled cells of each row, without the address of the record."""
    return [
        {name: c for name, c in row.items() if c is not None and name != "source_url"}
        for t in found.tables
        if t.name == table
        for row in t.frame.drop("_row").to_dicts()
    ]


def doubts(found: SourceTables) -> list[tuple[str, str | None, str]]:
    return [(n.column, n.value, n.severity) for t in found.tables for n in t.notes]


def test_a_person_has_a_name_and_a_page_that_are_public(nour: SourceTables) -> None:
    (person,) = rows(nour, "people")
    assert person == {
        "id": NOUR,
        "name": "Nour Example",
        "orcid": "0000-0002-1825-0097",
        "consent": "published",
        "url": "https://nour.example.org/",
    }
    (people,) = [t for t in nour.tables if t.name == "people"]
    assert people.frame["source_url"].to_list() == [SOURCE]


def test_organisations_keep_the_identifier_of_any_system(nour: SourceTables) -> None:
    qatar = {"city": "Doha", "country": "QA"}
    assert rows(nour, "organisations") == [
        {"id": "ror-0test0050", "name": "Test University", "ror": "0test0050", **qatar},
        {"id": "grid-grid.464695.c", "name": "Test Institute", "grid": "grid.464695.c", **qatar},
        {"id": "orcid-named-only-doha-qa", "name": "Named Only", **qatar},
        {"id": "ringgold-5468", "name": "Ring College", "other_id": "ringgold:5468", **qatar},
        {"id": "orcid-far-academy-fez-ma", "name": "Far Academy", "city": "Fez", "country": "MA"},
        {"id": "orcid-royal-society-of-pots-doha-qa", "name": "Royal Society of Pots", **qatar},
        {"id": "fundref-501100004052", "name": "Fund for Pots", "fundref": "501100004052", **qatar},
    ]


def test_belonging_becomes_affiliations(nour: SourceTables) -> None:
    found = [
        (r["organisation"], r["start_date"], r.get("end_date"), r["position"])
        for r in rows(nour, "affiliations")
    ]
    far, society = "orcid-far-academy-fez-ma", "orcid-royal-society-of-pots-doha-qa"
    assert found == [
        # two posts from the same month on are one affiliation, which goes on
        ("ror-0test0050", "1930-02", None, "Professor, Pots; Dean"),
        ("grid-grid.464695.c", "1928-01-02", "1929-12", "Postdoctoral fellow"),
        ("orcid-named-only-doha-qa", "1927", None, "Clerk"),
        ("ringgold-5468", "1920", "1924", "Student"),
        (far, "1931", "1932", "Visiting professor"),
        (far, "1933", None, "Visiting scholar"),
        (far, "1934", None, "Board"),
        (society, "1936", None, "Member"),
    ]


def test_stays_and_fellowships_become_trainings(nour: SourceTables) -> None:
    roles = {r["training"]: (r["role"], r["person"]) for r in rows(nour, "participations")}
    far = "orcid-far-academy-fez-ma"
    assert [
        (r["id"].removeprefix(f"{NOUR}-"), r["format"], r.get("host"), r.get("start_date"))
        for r in rows(nour, "trainings")
    ] == [
        ("employment-13", "Fellowship", "grid-grid.464695.c", "1928-01-02"),
        ("qualification-31", "Course", None, "1925-03"),
        ("invited-position-41", "ExchangeVisit", far, "1931"),
        ("invited-position-42", "ExchangeVisit", far, "1933"),
        ("funding-72", "Fellowship", None, "1938"),
    ]
    assert {key.removeprefix(f"{NOUR}-"): role for key, (role, _) in roles.items()} == {
        "employment-13": "learner",
        "qualification-31": "learner",
        "invited-position-41": "educator",
        "invited-position-42": "learner",
        "funding-72": "learner",
    }
    assert {person for _, person in roles.values()} == {NOUR}


def test_what_came_of_it_becomes_outcomes(nour: SourceTables) -> None:
    fund = "fundref-501100004052"
    found = {r["id"].removeprefix(f"{NOUR}-"): r for r in rows(nour, "outcomes")}
    assert {key: (r["type"], r["name"], r["date"]) for key, r in found.items()} == {
        "qualification-31": ("Certificate", "Diploma of pots, Ring College", "1925-06"),
        "distinction-51": ("CareerStep", "Golden pot, Royal Society of Pots", "1940"),
        "funding-71": ("Grant", "A study of cracks", "1937"),
    }
    assert (found["funding-71"]["funder"], found["funding-71"]["award"]) == (fund, "P-1|P-2")
    assert found["distinction-51"]["funder"] == "orcid-royal-society-of-pots-doha-qa"
    (attribution,) = rows(nour, "attributions")
    key = f"{NOUR}-qualification-31"
    assert attribution == {"outcome": key, "training": key, "grade": "self-reported"}
    (funding,) = rows(nour, "fundings")
    assert (funding["funder"], funding["training"]) == (fund, f"{NOUR}-funding-72")


def test_what_is_not_public_is_refused(nour: SourceTables) -> None:
    assert doubts(nour) == [
        ("source_url", "work", "info"),  # a work's authors are not in a record
        ("start_date", "1930-02-29", "warning"),  # a day that 1930 did not have
        ("source_url", "employment 14", "warning"),  # limited
        ("source_url", "service 62", "warning"),  # without organisation
    ]
    text = json.dumps([t.frame.to_dicts() for t in nour.tables], ensure_ascii=False)
    for hidden in ("Hidden Works", "Spy", "secret.example.org", "nour@example.org", "A paper"):
        assert hidden not in text


@pytest.mark.parametrize(
    "change",
    [
        {"visibility": "limited"},
        {"visibility": None},
        {"given-names": None, "family-name": None},
    ],
)
def test_a_person_without_a_public_name_is_left_out(
    schema: Schema, tmp_path: Path, record: Any, change: dict[str, Any]
) -> None:
    record["person"]["name"] |= change
    (tmp_path / "r.json").write_text(json.dumps(record))
    found = read("orcid", tmp_path / "r.json", schema)
    assert [t.name for t in found.tables if t.frame.height] == []
    assert doubts(found) == [("name", "0000-0002-1825-0097", "warning")]


def test_a_deactivated_record_is_left_out(schema: Schema, tmp_path: Path, record: Any) -> None:
    record["history"]["deactivation-date"] = {"value": 1}
    (tmp_path / "r.json").write_text(json.dumps(record))
    assert rows(read("orcid", tmp_path / "r.json", schema), "people") == []


def test_xml_says_the_same_as_json(schema: Schema) -> None:
    found = read("orcid", XML, schema)
    (person,) = rows(found, "people")
    assert (person["id"], person["name"]) == (NADA, "ندى المثال")
    assert person["url"] == "https://nada.example.org/"
    (affiliation,) = rows(found, "affiliations")
    assert affiliation == {
        "person": NADA,
        "organisation": "ror-0test0147",
        "start_date": "2001-05",
        "position": "Engineer",
    }
    assert rows(found, "organisations")[0]["name"] == "Test University & Sons"
    (outcome,) = rows(found, "outcomes")
    assert (outcome["type"], outcome["name"], outcome["award"], outcome["date"]) == (
        "CareerStep", "Prize for bridges", "B-7", "2010",
    )  # fmt: skip
    assert doubts(found) == [("source_url", "employment 9", "warning")]


def test_a_folder_holds_many_records(schema: Schema, tmp_path: Path, record: Any) -> None:
    lines = json.dumps(record)
    record["orcid-identifier"]["path"] = "0000-0001-5109-3700"
    (tmp_path / "lines.jsonl").write_text(f"{lines}\n\n{json.dumps(record)}\n{lines}\n")
    (tmp_path / "one.xml").write_bytes(XML.read_bytes())
    found = read("orcid", tmp_path, schema)
    assert [r["orcid"][-4:] for r in rows(found, "people")] == ["0097", "3700", "233X"]
    assert ("orcid", "0000-0002-1825-0097", "info") in doubts(found)  # a second time


def test_the_rows_are_all_kept(schema: Schema) -> None:
    found = read("orcid", DATA, schema)
    keys: dict[str, dict[str, str]] = {"format": {}, "type": {}}
    for name, column in (("trainings", "format"), ("outcomes", "type")):
        for iri in schema.subclasses(schema.tables[name].target):
            keys[column] |= dict.fromkeys(schema.class_keys[iri], iri)
    tables = [check_table(t, schema.tables[t.name], keys) for t in found.tables]
    countries = table_from_records(
        [{"iso2": code, "name_en": code} for code in ("QA", "MA")],
        "own", schema.tables["countries"], "countries.csv",
    )  # fmt: skip
    tables.append(check_table(countries, schema.tables["countries"], {}))
    resolved = resolve(tables, schema, "https://example.org/id/")
    assert [str(p) for t in resolved for p in t.problems if p.severity == "error"] == []
    assert all(t.subjects.height == t.checked.rows.height for t in resolved)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("r.xml", b'<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>', "found <!DOCTYPE"),
        ("r.xml", b"<record>", "is no ORCID record"),
        ("r.xml", b"<record/>", "is no ORCID record"),
        ("r.xml", b"<a>" * 5000 + b"</a>" * 5000, "nested too deeply"),
        ("r.json", b"{", "is no ORCID record"),
        ("r.json", b"[1]", "is no ORCID record"),
        ("r.json", b'{"orcid-identifier": {"path": "0000"}}', "'0000' is no ORCID iD"),
        ("r.jsonl", b"{}\n{", "line 1"),
        ("r.json", b"[" * 100_000, "nested too deeply"),
    ],
    ids=["entity", "cut XML", "other XML", "deep XML", "cut", "number", "iD", "cut line", "deep"],
)
def test_what_is_no_record_is_refused(
    schema: Schema, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        read("orcid", tmp_path / name, schema)
    assert said in str(caught.value)


def test_an_empty_folder_is_refused(schema: Schema, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        read("orcid", tmp_path, schema)
