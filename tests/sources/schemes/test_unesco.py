"""UNESCO's nomenclature; tests/sources/data/schemes/unesco.csv has PuMuKIT's columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.schema import Schema
from tests.sources.schemes.reading import DATA, TOPIC, notes, read, rows

FILE = DATA / "unesco.csv"


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def test_a_row_becomes_a_topic(schema: Schema) -> None:
    topics = rows(read("unesco", FILE, schema))
    assert topics["unesco-120304"] == {
        "id": "unesco-120304",
        "name_en": "Artificial intelligence; and more",
        # labels in languages that have no column
        "alt_label": "Inteligencia artificial@es|Intelixencia artificial@gl"
        "|Intel·ligència artificial@ca",
        # its own discipline, and the topic of our scheme that means the same
        "broader": f"unesco-1203|{TOPIC}artificial-intelligence",
        "exact_match": "http://skos.um.es/unesco6/120304",
        "scheme": "unesco",
        "code": "1203.04",
    }


def test_codes_and_parents_lose_their_zeros_in_pairs(schema: Schema) -> None:
    topics = rows(read("unesco", FILE, schema))
    assert topics["unesco-12"]["top_of"] == "unesco"
    assert topics["unesco-1210"]["code"] == "1210"
    assert topics["unesco-1210"]["broader"].split("|")[0] == "unesco-12"
    assert topics["unesco-1203"]["broader"] == f"unesco-12|{TOPIC}computer-science"


def test_the_root_is_the_scheme(schema: Schema) -> None:
    found = read("unesco", FILE, schema)
    assert list(rows(found)) == [f"unesco-{c}" for c in ("12", "1203", "120304", "1210", "6101")]
    assert set(rows(found, "schemes")) == {"unesco"}


def test_what_is_no_part_of_the_nomenclature_is_left_out(schema: Schema) -> None:
    assert notes(read("unesco", FILE, schema)) == [
        (8, "id", "U91000", "warning"),
        (9, "id", "U910000", "info"),  # added by users of the table
        (7, "broader", "6199", "warning"),  # its parent is no row
    ]


@pytest.mark.parametrize("content", ["", "a;b\n1;2\n", "cod;name_en\nU120000;Mathematics\n"])
def test_another_table_is_refused(schema: Schema, tmp_path: Path, content: str) -> None:
    (tmp_path / "u.csv").write_text(content)
    with pytest.raises(InputError):
        read("unesco", tmp_path / "u.csv", schema)
