"""EDAM; tests/sources/data/schemes/edam.owl has its form with classes of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.schema import Schema
from tests.sources.schemes.reading import DATA, TOPIC, notes, read, rows

FILE = DATA / "edam.owl"


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def test_topics_become_topics(schema: Schema) -> None:
    topics = rows(read("edam", FILE, schema))
    assert list(topics) == [f"edam-topic_{n}" for n in ("3316", "9001", "9002", "9003")]
    assert topics["edam-topic_3316"] == {
        "id": "edam-topic_3316",
        "name_en": "Computers",
        "alt_label": "Machines that compute@en|HPC@en",  # not what is broader
        "broader": f"{TOPIC}computer-science",
        "exact_match": "http://edamontology.org/topic_3316",
        "definition": "All about ｜ computers.@en",  # a bar would part it
        "scheme": "edam",
        "code": "topic_3316",
        "top_of": "edam",
        "note": "Also the small ones.@en",
    }
    assert topics["edam-topic_9001"]["broader"] == "edam-topic_3316"


def test_operations_become_methods_with_their_topics(schema: Schema) -> None:
    methods = rows(read("edam", FILE, schema), "methods")
    assert list(methods) == ["edam-operation_9100", "edam-operation_9101"]
    assert methods["edam-operation_9101"]["broader"] == "edam-operation_9100"
    assert methods["edam-operation_9101"]["topic"] == "edam-topic_9001"


def test_obsolete_classes_are_deprecated(schema: Schema) -> None:
    found = read("edam", FILE, schema)
    old = rows(found)["edam-topic_9002"]
    assert (old["deprecated"], old["replaced_by"]) == ("true", "edam-topic_9001")
    assert "top_of" not in old
    papers = rows(found)["edam-topic_9003"]
    assert "replaced_by" not in papers  # data are neither topic nor method
    assert papers["related"] == "edam-topic_3316"
    assert notes(found) == [(6, "replaced_by", "http://edamontology.org/data_0006", "info")]


def test_the_version_is_kept(schema: Schema) -> None:
    assert rows(read("edam", FILE, schema), "schemes")["edam"]["version"] == "9.9"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('<!DOCTYPE r [<!ENTITY a "aa">]>\n<r>&a;</r>', "line 1: found <!DOCTYPE"),
        ("<a>\n<!EnTiTy b>", "line 2: found <!ENTITY"),
        ("<rdf:RDF", "is not RDF/XML"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "no topic"),
        ("no XML", "is not RDF/XML"),
        ("\ufeffx".encode("utf-16").decode("latin-1"), "edam.owl"),
    ],
)
def test_what_is_not_edam_is_refused(
    schema: Schema, tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "edam.owl").write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        read("edam", tmp_path / "edam.owl", schema)
    assert said in str(caught.value)
