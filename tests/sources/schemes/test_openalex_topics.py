"""OpenAlex's topics, by column as pandas writes them and as the lines of the snapshot."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.schema import Schema
from tests.sources.schemes.reading import DATA, SECTOR, TOPIC, notes, read, rows

FOLDER = DATA / "openalex"


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def test_four_levels_are_read(schema: Schema) -> None:
    topics = rows(read("openalex-topics", FOLDER, schema))
    assert {key: row.get("broader") for key, row in topics.items()} == {
        "openalex-domain-3": None,
        "openalex-field-17": f"openalex-domain-3|{SECTOR}technology",
        "openalex-subfield-1702": f"openalex-field-17|{TOPIC}artificial-intelligence",
        "openalex-T10001": "openalex-subfield-1702",
        "openalex-T10002": "openalex-subfield-1702",
    }
    assert notes(read("openalex-topics", FOLDER, schema)) == []


def test_the_fuller_description_wins(schema: Schema) -> None:
    topics = rows(read("openalex-topics", FOLDER, schema))
    assert topics["openalex-T10001"]["definition"] == "Games of kings.@en"
    assert "definition" not in topics["openalex-T10002"]  # only listed by its subfield
    assert topics["openalex-domain-3"] == {
        "id": "openalex-domain-3",
        "name_en": "Things",
        "alt_label": "stuff@en",
        "exact_match": "https://openalex.org/domains/3",
        "close_match": "http://www.wikidata.org/entity/Q5",
        "definition": "all that is@en",
        "scheme": "openalex",
        "code": "3",
        "top_of": "openalex",
    }


def test_one_file_brings_what_is_above_and_below(schema: Schema) -> None:
    file = FOLDER / "openalex_subfields_x.json"
    topics = rows(read("openalex-topics", file, schema))
    assert set(topics) == set(rows(read("openalex-topics", FOLDER, schema)))


def test_every_form_gives_the_same(schema: Schema, tmp_path: Path) -> None:
    lines = (FOLDER / "openalex_topics_x.jsonl").read_text().strip()
    forms = {
        "a.json": f"[{lines}]".encode(),
        "b.json": json.dumps({"meta": {}, "results": [json.loads(lines)]}).encode(),
        "c.jsonl.gz": gzip.compress((lines + "\n").encode()),
        "d.jsonl": (lines + "\n" + lines + "\n").encode(),
    }
    expected = rows(read("openalex-topics", FOLDER / "openalex_topics_x.jsonl", schema))
    for name, content in forms.items():
        (tmp_path / name).write_bytes(content)
        assert rows(read("openalex-topics", tmp_path / name, schema)) == expected, name


@pytest.mark.parametrize(
    "content", [b"{}", b"[1]", b'{"id": "https://openalex.org/W1"}', b"[" * 100000, b"\xff", b"{a"]
)
def test_what_is_no_topic_is_refused(schema: Schema, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.json"):
        read("openalex-topics", tmp_path / "x.json", schema)


def test_a_folder_without_files_is_refused(schema: Schema, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        read("openalex-topics", tmp_path, schema)
