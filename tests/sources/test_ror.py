"""ROR's records in schema 1 and 2; tests/sources/data/ror.jsonl holds both in one file."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources import read_source
from kg.tables import CheckedTable, InputTable, check_table

DATA = Path(__file__).parent / "data" / "ror.jsonl"
OLD, NEW, MINISTRY = "0test0050", "0test0147", "0test0244"
KOSOVO, WITHDRAWN, CLOSED, HEIR = "0test0341", "0test0438", "0test0535", "0test0632"


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def read(path: Path, schema: Schema) -> InputTable:
    settings = SourceSettings(
        id="ror",
        kind="ror",
        path=path,
        title="ROR",
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        retrieved=dt.date(2026, 6, 30),
    )
    (table,) = read_source(settings, schema).tables
    return table


@pytest.fixture(scope="module")
def rows(schema: Schema) -> dict[str, dict[str, object]]:
    return {row["ror"]: row for row in read(DATA, schema).frame.to_dicts()}


def test_a_record_of_schema_1(rows: dict[str, dict[str, object]]) -> None:
    assert rows[OLD] == {
        "_row": 1,
        "id": f"ror-{OLD}",
        "type": "University|Facility",
        "name": "Test Institute of Old",
        # a bar inside a name would split it; the display name is no alias of itself
        "alias": "Old ｜ Institute|Test Institute of Old|Παλαιό Ινστιτούτο@el",
        "official_name": "Παλαιό Ινστιτούτο@el",
        "acronym": "TIO",
        "ror": OLD,
        "wikidata": "Q7692470",  # none preferred: the first of all
        "isni": "0000000121032683",
        "grid": "grid.464695.c",
        "country": "GR",
        "city": "Kavala",
        "latitude": "40.93959",
        "longitude": "-24",
        "url": "http://example.org/a%20b",
        "same_as": None,
        "domain": None,
        "part_of": None,  # the parent is not in the file
        "related": None,
        "successor": NEW,
        "replaced_by": None,
        "established": "0987",
        "status": "inactive",
        "fundref": "1",
        "other_id": "wikidata:Q1",
    }


def test_a_record_of_schema_2(rows: dict[str, dict[str, object]]) -> None:
    assert rows[NEW] == {
        "_row": 2,
        "id": f"ror-{NEW}",
        "type": "GovernmentBody|FundingBody",
        "name": "Test Institute of New@en",
        "alias": "ใหม่@th|TIN Institute",
        "official_name": "ใหม่@th",
        "acronym": "TIN",
        "ror": NEW,
        "wikidata": "Q3",  # the preferred one
        "isni": None,
        "grid": None,
        "country": "TH",
        "city": "Bangkok",
        "latitude": "0.000012",  # no exponent
        "longitude": "100.5",
        "url": "https://example.org/new",
        "same_as": "https://en.wikipedia.org/wiki/X",
        "domain": None,
        "part_of": MINISTRY,
        "related": None,
        "successor": None,
        "replaced_by": None,
        "established": None,
        "status": "active",
        "fundref": "501100017170",
        "other_id": "wikidata:Q2",
    }


def test_a_record_with_little_in_it(rows: dict[str, dict[str, object]]) -> None:
    ministry = rows[MINISTRY]
    assert ministry["_row"] == 4  # a blank line counts
    filled = {key for key, value in ministry.items() if value is not None}
    expected = {"_row", "id", "type", "name", "ror", "established", "status", "part_of"}
    assert filled == expected
    assert ministry["type"] == "FundingBody"  # other is no kind
    assert ministry["part_of"] == OLD  # which names it as its child


def checked_rows(schema: Schema) -> CheckedTable:
    table = schema.tables["organisations"]
    keys = {key: iri for iri in schema.subclasses(table.target) for key in schema.class_keys[iri]}
    return check_table(read(DATA, schema), table, {"type": keys})


def test_a_bad_identifier_falls_without_its_row(schema: Schema) -> None:
    checked = checked_rows(schema)
    assert not checked.refused
    doubts = [(p.row, p.column, p.value) for p in checked.problems if p.severity == "warning"]
    assert doubts == [
        (1, "fundref", "1"),
        (5, "grid", "100011307"),
        (5, "isni", "0000000419367301"),
    ]
    assert checked.values["isni"]["value"].to_list() == ["0000000121032683"]  # the other row's


def test_what_is_left_out_is_noted(schema: Schema) -> None:
    notes = [(p.row, p.column, p.rule, p.value) for p in read(DATA, schema).notes]
    assert sorted(notes) == [
        (1, "part_of", "absent", "parent"),
        (1, "related", "absent", "related"),
        (5, "city", "locations", "Tirana (AL)"),
        (5, "part_of", "self", "child Itself"),
        (6, "wikidata", "shared", "Q77"),
    ]


def test_all_that_a_record_says_is_read(rows: dict[str, dict[str, object]]) -> None:
    found = {key: value for key, value in rows[KOSOVO].items() if value is not None}
    assert found == {
        "_row": 5,
        "id": f"ror-{KOSOVO}",
        "type": "University|FundingBody",
        "name": "Universiteti i Provës@sq",
        # PAR is no language here
        "alias": "University of the Test@en|LAB＠PAR|UoT@en",
        "official_name": "University of the Test@en",
        "acronym": "UoT",
        "ror": KOSOVO,
        "isni": "0000000419367301",
        "grid": "100011307",
        "wikidata": "Q77",
        "fundref": "501100000002|501100000001",  # the preferred one first
        "other_id": "isni:0000000119265090",
        "country": "XK",
        "city": "Prizren",
        "latitude": "42.5",
        "longitude": "21",
        "url": "https://prove.example.org/a%7Cb",
        "same_as": "https://second.example.org/|https://en.wikipedia.org/wiki/Test",
        "domain": "prove.example.org",
        "related": WITHDRAWN,
        "status": "active",
    }


def test_a_withdrawn_record_names_the_one_to_use(rows: dict[str, dict[str, object]]) -> None:
    withdrawn = rows[WITHDRAWN]
    assert withdrawn["status"] == "withdrawn"
    assert (withdrawn["replaced_by"], withdrawn["successor"]) == (KOSOVO, None)
    assert withdrawn["related"] == KOSOVO  # stated by the other record
    assert (withdrawn["wikidata"], withdrawn["grid"]) == (None, "grid.1.1")  # Q77 lives elsewhere


def test_an_ended_organisation_has_every_successor(rows: dict[str, dict[str, object]]) -> None:
    closed = rows[CLOSED]
    assert closed["status"] == "inactive"
    # the record of one successor is not in the file; the other names it as its predecessor
    assert set(str(closed["successor"]).split("|")) == {HEIR, KOSOVO}
    heir = {key: value for key, value in rows[HEIR].items() if value is not None}
    assert heir == {"_row": 7, "id": f"ror-{HEIR}", "name": "Heir Elsewhere", "ror": HEIR}


def test_every_form_of_the_dump_gives_the_same_rows(schema: Schema, tmp_path: Path) -> None:
    lines = DATA.read_text(encoding="utf-8")
    records = [json.loads(line) for line in lines.splitlines() if line]
    forms = {
        "dump.json": json.dumps(records).encode(),
        "pretty.json": json.dumps(records, indent=1).encode(),
        "dump.jsonl.gz": gzip.compress(lines.encode()),
        "dump.json.gz": gzip.compress(json.dumps(records).encode()),
    }
    expected = read(DATA, schema).frame.drop("_row")
    for name, content in forms.items():
        (tmp_path / name).write_bytes(content)
        assert read(tmp_path / name, schema).frame.drop("_row").equals(expected), name


def test_an_empty_dump_is_an_empty_table(schema: Schema, tmp_path: Path) -> None:
    (tmp_path / "dump.json").write_text("[]")
    frame = read(tmp_path / "dump.json", schema).frame
    assert frame.height == 0
    assert frame.schema == {"_row": pl.UInt32}


VALID = '{"id": "https://ror.org/03yrm5c26"'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", b'{"id": 1}\n', "line 1: is no ROR record"),
        ("a.json", b"[5]", "line 1: is no ROR record"),
        ("a.jsonl", DATA.read_bytes() + b"{broken\n", "line 8"),
        ("a.json", b"[{]", "line 1"),
        ("a.jsonl", b'\n{"id": "\xff"}', "utf-8"),
        ("a.jsonl", VALID.encode() + b"}", "line 1: the record https://ror.org/03yrm5c26 does not"),
        ("a.jsonl", DATA.read_bytes().replace(b'"inactive"', b'"asleep"'), "status 'asleep'"),
        ("a.jsonl.gz", b"not packed", "a.jsonl.gz"),
        ("a.jsonl.gz", gzip.compress(DATA.read_bytes(), mtime=0)[:-20], "a.jsonl.gz"),
        ("a.jsonl.gz", gzip.compress(DATA.read_bytes(), mtime=0)[:30] + b"\0" * 60, "a.jsonl.gz"),
    ],
    ids=["no id", "no record", "cut line", "cut array", "no UTF-8", "no fields", "no status",
         "no gzip", "cut gzip", "damaged gzip"],
)  # fmt: skip
def test_what_is_no_dump_is_refused(
    schema: Schema, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(tmp_path / name, schema)
    assert said in str(caught.value)


def test_a_folder_is_no_dump(schema: Schema, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="directory"):
        read(tmp_path, schema)
