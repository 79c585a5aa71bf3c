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
from kg.tables import InputTable, check_table

DATA = Path(__file__).parent / "data" / "ror.jsonl"
OLD, NEW, MINISTRY = "0test0050", "0test0147", "0test0244"


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
        "type": "University",  # of several types the first in our order
        "name": "Test Institute of Old",
        # a bar inside a name would split it; the display name is no alias of itself
        "alias": "Old ｜ Institute|Test Institute of Old|Παλαιό Ινστιτούτο@el",
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
        "part_of": None,  # the parent is not in the file
        "successor": NEW,
        "established": "0987",
    }


def test_a_record_of_schema_2(rows: dict[str, dict[str, object]]) -> None:
    assert rows[NEW] == {
        "_row": 2,
        "id": f"ror-{NEW}",
        "type": "GovernmentBody",
        "name": "Test Institute of New",
        "alias": "ใหม่@th|TIN Institute",
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
        "part_of": MINISTRY,
        "successor": None,
        "established": None,
    }


def test_a_record_with_little_in_it(rows: dict[str, dict[str, object]]) -> None:
    ministry = rows[MINISTRY]
    assert ministry["_row"] == 4  # a blank line counts
    filled = {key for key, value in ministry.items() if value is not None}
    assert filled == {"_row", "id", "name", "ror", "established"}


def test_the_rows_pass_the_checks(schema: Schema) -> None:
    table = schema.tables["organisations"]
    keys = {key: iri for iri in schema.subclasses(table.target) for key in schema.class_keys[iri]}
    checked = check_table(read(DATA, schema), table, {"type": keys})
    assert [str(p) for p in checked.problems] == []


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
        ("a.jsonl", DATA.read_bytes() + b"{broken\n", "line 5"),
        ("a.json", b"[{]", "line 1"),
        ("a.jsonl", b'\n{"id": "\xff"}', "utf-8"),
        ("a.jsonl", VALID.encode() + b"}", "line 1: the record https://ror.org/03yrm5c26 does not"),
        ("a.jsonl.gz", b"not packed", "a.jsonl.gz"),
        ("a.jsonl.gz", gzip.compress(DATA.read_bytes())[:-20], "a.jsonl.gz"),
        ("a.jsonl.gz", gzip.compress(DATA.read_bytes())[:30] + b"\0" * 60, "a.jsonl.gz"),
    ],
    ids=["no id", "no record", "cut line", "cut array", "no UTF-8", "no fields", "no gzip",
         "cut gzip", "damaged gzip"],
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
