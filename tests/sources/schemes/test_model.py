"""What all classifications have: the choice of branches, checks, and how rows are referred to."""

from __future__ import annotations

import pytest

from kg.errors import SettingsError
from kg.ontology import Ontology
from kg.reconcile import follow_replacements, resolve
from kg.schema import Schema
from kg.tables import CheckedTable, check_table, table_from_records
from tests.sources.schemes.reading import DATA, read, rows

BASE = "https://w3id.org/rihla/id/"


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def test_only_wanted_branches_are_kept(schema: Schema) -> None:
    found = read("edam", DATA / "edam.owl", schema, under=["edam-topic_9001", "operation_9101"])
    assert rows(found)["edam-topic_9001"].get("broader") is None
    assert rows(found)["edam-topic_9001"]["top_of"] == "edam"
    assert set(rows(found, "methods")) == {"edam-operation_9101"}


def test_an_unknown_branch_is_refused(schema: Schema) -> None:
    with pytest.raises(SettingsError, match="'topic_1', which is no concept of edam"):
        read("edam", DATA / "edam.owl", schema, under=["topic_1"])


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("edam", "edam.owl"),
        ("unesco", "unesco.csv"),
        ("openalex-topics", "openalex"),
        ("euroscivoc", "euroscivoc.csv"),
    ],
)
def test_the_rows_are_all_kept(schema: Schema, kind: str, file: str) -> None:
    resolved = resolve(checked(schema, kind, file), schema, BASE)
    errors = [str(p) for t in resolved for p in t.problems if p.severity == "error"]
    assert errors == []
    assert all(t.subjects.height == t.checked.rows.height for t in resolved)


def checked(schema: Schema, kind: str, file: str) -> list[CheckedTable]:
    found = read(kind, DATA / file, schema)
    return [check_table(t, schema.tables[t.name], {}) for t in found.tables]


def topics_of(schema: Schema, cell: str) -> list[str] | str:
    """Return what a training's topic means beside EDAM and OpenAlex, or the rule it breaks."""
    row = {"id": "t", "name": "T", "format": "Workshop", "start_date": "2020", "topic": cell}
    table = table_from_records([row], "own", schema.tables["trainings"], "t.csv")
    own = check_table(table, schema.tables["trainings"], {"format": {"workshop": "x"}})
    others = [*checked(schema, "edam", "edam.owl"), *checked(schema, "openalex-topics", "openalex")]
    trainings = follow_replacements(resolve([own, *others], schema, BASE))[0]
    wrong = [p.rule for p in trainings.problems if p.column == "topic" and p.severity == "error"]
    return wrong or [i.removeprefix(BASE) for i in trainings.references["topic"]["iri"]]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("edam-topic_9001", ["topic/edam-topic_9001"]),
        (f"{BASE}topic/openalex-T10001", ["topic/openalex-T10001"]),
        ("Artificial intelligence", ["topic/artificial-intelligence"]),  # ours, whoever else has it
        ("Chess", ["reference"]),  # a scheme's label alone is no key
        ("edam-topic_9002", ["topic/edam-topic_9001"]),  # replaced
        ("EDAM-topic_9003", ["topic/edam-topic_9003"]),  # deprecated, and nothing replaces it
    ],
)
def test_a_steward_names_a_scheme_s_topic_by_its_key(
    schema: Schema, cell: str, meant: list[str]
) -> None:
    assert topics_of(schema, cell) == meant
