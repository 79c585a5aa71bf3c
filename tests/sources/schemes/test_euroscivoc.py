"""EuroSciVoc in CORDIS's table: paths of codes and titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.schema import Schema
from tests.sources.schemes.reading import DATA, SECTOR, notes, read, rows

FILE = DATA / "euroscivoc.csv"


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def test_paths_become_topics_under_topics(schema: Schema) -> None:
    topics = rows(read("euroscivoc", FILE, schema))
    assert {key: (row["name_en"], row.get("broader")) for key, row in topics.items()} == {
        "euroscivoc-27": ("agricultural sciences", f"{SECTOR}agriculture"),
        # split at the slash alone
        "euroscivoc-81": ("farming, forestry, and fish", "euroscivoc-27"),
        "euroscivoc-23": ("natural sciences", None),
        "euroscivoc-47": ("computing", f"euroscivoc-23|{SECTOR}technology"),
        "euroscivoc-900": ("robots", "euroscivoc-47"),
    }
    assert topics["euroscivoc-900"]["code"] == "/23/47/900"
    assert topics["euroscivoc-23"]["top_of"] == "euroscivoc"


def test_a_path_of_other_length_is_a_doubt(schema: Schema) -> None:
    found = notes(read("euroscivoc", FILE, schema))
    assert found == [(5, "broader", "/natural sciences/robots", "warning")]


def test_another_table_is_refused(schema: Schema, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="euroSciVocCode, euroSciVocPath are missing"):
        read("euroscivoc", tmp_path / "x.csv", schema)
