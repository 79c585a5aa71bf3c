"""OpenAlex's snapshot lines; the fixtures have its folders and fields, with invented works."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError, SettingsError
from kg.ontology import Ontology
from kg.reconcile import resolve
from kg.schema import Schema
from kg.sources import SourceTables
from kg.sources.openalex.wanted import bare
from kg.tables import check_table, table_from_records
from tests.sources.schemes.reading import SECTOR, read

DATA = Path(__file__).parents[1] / "data" / "openalex"
WORKS = DATA / "works" / "updated_date=2025-01-01" / "part_000.jsonl"
NOUR = "0000-0002-1825-0097"


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


@pytest.fixture(scope="module")
def nour(schema: Schema) -> SourceTables:
    return read("openalex", DATA, schema, people=[f"https://orcid.org/{NOUR}", "A1"])


def rows(found: SourceTables, table: str) -> dict[str, dict[str, str]]:
    """Return the filled cells of each row, by its first column."""
    return {
        next(iter(row.values())): {name: c for name, c in row.items() if c is not None}
        for t in found.tables
        if t.name == table
        for row in t.frame.drop("_row").to_dicts()
    }


def notes(found: SourceTables) -> list[tuple[str, str | None, str]]:
    return sorted((n.column, n.value or "", n.severity) for t in found.tables for n in t.notes)


def test_a_work_becomes_an_outcome(nour: SourceTables) -> None:
    outcomes = rows(nour, "outcomes")
    assert set(outcomes) == {"openalex-W1", "openalex-W2"}
    assert outcomes["openalex-W1"] == {
        "id": "openalex-W1",
        "type": "Publication",
        "name": "On pots | cracked",  # no markup; the newer of two descriptions
        "date": "2020-05-04",
        "person": f"orcid-{NOUR}",
        "organisation": "ror-0test0050",
        "topic": "openalex-T10001",
        "doi": "10.5555/pots.1",
        "url": "https://doi.org/x",
        "source_url": "https://openalex.org/W1",
        "funder": "openalex-F9",
        "award": "P-1",
    }
    data = outcomes["openalex-W2"]
    # A first of January stands for a year.
    assert (data["type"], data["date"]) == ("Dataset", "2022")
    assert (data["funder"], data["award"]) == ("openalex-F8", "O-2")


def test_only_wanted_people_are_named(nour: SourceTables) -> None:
    assert rows(nour, "people") == {
        f"orcid-{NOUR}": {
            "id": f"orcid-{NOUR}",
            "name": "Nour A. Example",  # as the author's own line says
            "orcid": NOUR,
            "consent": "published",
            "source_url": "https://openalex.org/A1",
        }
    }


def test_institutions_and_funders_become_organisations(nour: SourceTables) -> None:
    organisations = rows(nour, "organisations")
    assert set(organisations) == {
        "ror-0test0050", "openalex-I2", "openalex-I4", "openalex-F8", "openalex-F9",
    }  # fmt: skip
    assert organisations["ror-0test0050"] == {
        "id": "ror-0test0050",
        "type": "University",
        "name": "Test University",
        "alias": "University of Test|جامعة الاختبار@ar",
        "acronym": "TU",
        "ror": "0test0050",
        "grid": "grid.464695.c",
        "wikidata": "https://www.wikidata.org/wiki/Q7692470",
        "other_id": "openalex:I1",
        "country": "QA",
        "city": "Doha",
        "latitude": "25.3",
        "longitude": "51.5",
        "url": "https://test.example.org",
        "same_as": "https://en.wikipedia.org/wiki/Test%20University",
    }
    assert organisations["openalex-F9"]["type"] == "FundingBody"


def test_years_of_works_and_of_the_author_make_affiliations(nour: SourceTables) -> None:
    (table,) = [t for t in nour.tables if t.name == "affiliations"]
    columns = ("organisation", "start_date", "end_date")
    assert table.frame.select(columns).rows() == [
        ("ror-0test0050", "2015", "2020"),
        ("openalex-I2", "2022", "2022"),
        ("openalex-I4", "2001", "2001"),
    ]


def test_topics_come_with_what_is_above_them(nour: SourceTables) -> None:
    topics = {key: row.get("broader") for key, row in rows(nour, "topics").items()}
    assert topics["openalex-T10001"] == "openalex-subfield-1702"
    assert topics["openalex-field-17"] == f"openalex-domain-3|{SECTOR}technology"


def test_what_is_no_outcome_is_counted(nour: SourceTables) -> None:
    assert notes(nour) == [
        ("type", "retracted", "info"),
        ("type", "type peer-review", "info"),
        ("type", "without title", "info"),
    ]


def test_abstracts_are_not_read(nour: SourceTables) -> None:
    text = json.dumps([t.frame.to_dicts() for t in nour.tables])
    assert "Secret" not in text


@pytest.mark.parametrize(
    ("options", "works", "people"),
    [
        # an organisation brings its own authors, and those of its parts
        ({"organisations": ["https://ror.org/0test0147"]}, "13", {"openalex-A2"}),
        ({"organisations": ["I1"]}, "12", {f"orcid-{NOUR}"}),
        # a work that is named brings all its authors
        ({"works": ["https://doi.org/10.5555/POTS.1"]}, "1", {f"orcid-{NOUR}", "openalex-A2"}),
        ({"works": ["W3"]}, "3", {"openalex-A2"}),
        ({"people": [NOUR, "a1"], "coauthors": True}, "12", {f"orcid-{NOUR}", "openalex-A2"}),
        ({"all": True}, "123", {f"orcid-{NOUR}", "openalex-A2"}),
    ],
)
def test_the_options_choose(
    schema: Schema, options: dict[str, Any], works: str, people: set[str]
) -> None:
    found = read("openalex", DATA, schema, **options)
    assert set(rows(found, "outcomes")) == {f"openalex-W{n}" for n in works}
    assert set(rows(found, "people")) == people


def test_a_work_is_attributed_to_its_training(schema: Schema) -> None:
    trainings = {"10.5555/pots.1": "my-school", "10.5555/absent": "my-school"}
    found = read("openalex", DATA, schema, trainings=trainings, grade="acknowledged")
    (attribution,) = rows(found, "attributions").values()
    assert attribution == {
        "outcome": "openalex-W1",
        "training": "my-school",
        "grade": "acknowledged",
        "source_url": "https://openalex.org/W1",
    }
    assert ("doi", "10.5555/absent", "warning") in notes(found)
    assert ("id", "authors", "info") in notes(found)  # one whom OpenAlex does not know


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "nothing says which works are wanted"),
        ({"people": ["Nour"]}, "people has 'nour'"),
        ({"works": "W1"}, "works is no list"),
        ({"trainings": {"W1": "t"}}, "needs grade"),
        ({"trainings": ["W1"], "grade": "reviewed"}, "trainings is no table"),
        ({"author": ["A1"]}, "author is not known"),
    ],
)
def test_unclear_options_are_refused(schema: Schema, options: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read("openalex", DATA, schema, **options)
    assert said in str(caught.value)


def test_every_form_gives_the_same(schema: Schema, tmp_path: Path) -> None:
    lines = WORKS.read_text(encoding="utf-8")
    works = [json.loads(line) for line in lines.splitlines()]
    forms = {
        "a.gz": gzip.compress(lines.encode()),
        "b.json": json.dumps(works).encode(),
        "c.json": json.dumps({"meta": {"count": 6}, "results": works}, indent=1).encode(),
        "d.jsonl": lines.replace("/", "\\/").encode(),  # as some tools write it
        "e.jsonl": "\n".join(json.dumps({"doi": None, **w}) for w in works).encode(),
    }
    expected = rows(read("openalex", WORKS, schema, works=["10.5555/pots.1"]), "outcomes")
    assert set(expected) == {"openalex-W1"}
    for name, content in forms.items():
        (tmp_path / name).write_bytes(content)
        found = read("openalex", tmp_path / name, schema, works=["10.5555/pots.1"])
        assert rows(found, "outcomes") == expected, name


def test_lines_without_a_wanted_identifier_are_not_parsed(schema: Schema, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    other = b'{"id": "https://openalex.org/W9", broken\n'
    (tmp_path / "data" / "works" / "part_9.jsonl").write_bytes(other)
    found = read("openalex", tmp_path / "data", schema, people=[NOUR])
    assert "openalex-W1" in rows(found, "outcomes")


def test_a_malformed_orcid_is_left_out(schema: Schema, tmp_path: Path) -> None:
    lines = WORKS.read_text(encoding="utf-8").replace(NOUR, "0000-0002-1825-0098")
    (tmp_path / "w.jsonl").write_text(lines, encoding="utf-8")
    found = read("openalex", tmp_path / "w.jsonl", schema, works=["W1"])
    assert "openalex-A1" in rows(found, "people")
    assert ("orcid", "https://orcid.org/0000-0002-1825-0098", "warning") in notes(found)


def test_the_rows_are_all_kept(schema: Schema) -> None:
    found = read("openalex", DATA, schema, all=True)
    kinds: dict[str, str] = {}
    for name in ("outcomes", "organisations"):
        for iri in schema.subclasses(schema.tables[name].target):
            kinds |= dict.fromkeys(schema.class_keys[iri], iri)
    tables = [check_table(t, schema.tables[t.name], {"type": kinds}) for t in found.tables]
    countries = table_from_records(
        [{"iso2": code, "name_en": code} for code in ("QA", "MA", "EG")],
        "own", schema.tables["countries"], "countries.csv",
    )  # fmt: skip
    tables.append(check_table(countries, schema.tables["countries"], {}))
    resolved = resolve(tables, schema, "https://example.org/id/")
    assert [str(p) for t in resolved for p in t.problems if p.severity == "error"] == []
    assert all(t.subjects.height == t.checked.rows.height for t in resolved)


@pytest.mark.parametrize(
    "content",
    [
        b'{"id": "https://openalex.org/W1", broken',
        b'{"id": "https://example.org/W1"}',
        b'{"id": "https://openalex.org/W1", "title": "x", "type": "article", "authorships": 5}',
        b'{"id": "https://openalex.org/W1", "title": "x", "type": "article", "topics": [{}]}',
        b"[" * 100_000,
        gzip.compress(b'{"id": "https://openalex.org/W1"}\n' * 1000, mtime=0)[:40],
    ],
    ids=["cut", "other id", "authors", "topics", "deep", "cut gzip"],
)
def test_what_is_no_snapshot_is_refused(schema: Schema, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.jsonl, line 1"):
        read("openalex", tmp_path / "x.jsonl", schema, works=["W1"])


def test_an_empty_folder_is_refused(schema: Schema, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        read("openalex", tmp_path, schema, all=True)


def test_identifiers_are_compared_bare() -> None:
    assert bare("doi:10.5555/X") == "10.5555/x"
    assert bare("https://ror.org/0Test0050") == "0test0050"
