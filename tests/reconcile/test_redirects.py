"""References to replaced things, on the project's own schema."""

from __future__ import annotations

import pytest

from kg.ontology import Ontology
from kg.reconcile import ResolvedTable, follow_replacements, resolve
from kg.schema import Schema
from kg.tables import check_table, table_from_records

BASE = "https://example.org/id/"


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def followed(schema: Schema, **replaced_by: str) -> ResolvedTable:
    """Return organisations a to d; each is part of the one before it, a of none."""
    before = dict(zip("bcd", "abc", strict=True))
    rows: list[dict[str, str | None]] = [
        {"id": k, "name": k, "part_of": before.get(k), "replaced_by": replaced_by.get(k)}
        for k in "abcd"
    ]
    table = table_from_records(rows, "own", schema.tables["organisations"], "o.csv")
    checked = check_table(table, schema.tables["organisations"], {})
    (result,) = follow_replacements(resolve([checked], schema, BASE))
    return result


def meant(table: ResolvedTable, column: str) -> dict[str, str]:
    pairs = table.references[column].join(table.subjects, on="_id", suffix="_subject")
    return {
        s.rpartition("/")[2]: o.rpartition("/")[2]
        for o, s in pairs.select("iri", "iri_subject").iter_rows()
    }


def test_references_lead_to_the_end_of_the_chain(schema: Schema) -> None:
    table = followed(schema, a="c", c="d")
    assert meant(table, "part_of") == {"b": "d", "c": "b", "d": "d"}
    assert meant(table, "replaced_by") == {"a": "c", "c": "d"}  # as the source says
    assert table.subjects.height == 4  # the replaced rows stay


def test_a_followed_reference_is_noted(schema: Schema) -> None:
    (problem,) = followed(schema, a="d").problems
    assert (problem.row, problem.column, problem.rule, problem.severity) == (
        2, "part_of", "replaced", "info",
    )  # fmt: skip
    assert problem.accepted == f"which was replaced: read as {BASE}organisation/d"


def test_a_circle_is_left_as_it_is(schema: Schema) -> None:
    table = followed(schema, a="b", b="a", c="d")
    assert meant(table, "part_of") == {"b": "a", "c": "b", "d": "d"}


def test_two_references_that_become_one_are_one(schema: Schema) -> None:
    rows: list[dict[str, str | None]] = [
        {"id": "a", "name": "a", "replaced_by": "b"},
        {"id": "b", "name": "b"},
        {"id": "c", "name": "c", "part_of": "a|b"},
    ]
    table = table_from_records(rows, "own", schema.tables["organisations"], "o.csv")
    checked = check_table(table, schema.tables["organisations"], {})
    (result,) = follow_replacements(resolve([checked], schema, BASE))
    assert result.references["part_of"]["iri"].to_list() == [f"{BASE}organisation/b"]


def test_without_replacements_nothing_changes(schema: Schema) -> None:
    assert followed(schema).problems == ()
