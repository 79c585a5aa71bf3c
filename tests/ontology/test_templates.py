"""Templates of the real tables: what a steward fills in, and whether the examples hold."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.errors import NotFoundError
from kg.ontology import Ontology, load_ontology
from kg.ontology.templates import columns_table, header_line, write_template
from kg.schema import Column, TableSchema
from kg.tables import check_table, read_table
from tests.conftest import ROOT

SCHEMA = load_ontology(ROOT / "ontology").schema
TABLES = list(SCHEMA.tables.values())
COLUMNS = [(table, column) for table in TABLES for column in table.columns]
LANGUAGES = {"en", "ar", "fr"}


def class_keys(table: TableSchema) -> dict[str, dict[str, str]]:
    keys = {key: iri for iri in SCHEMA.subclasses(table.target) for key in SCHEMA.class_keys[iri]}
    return {column.name: keys for column in table.columns if column.kind == "class"}


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_the_example_row_passes_the_checks(table: TableSchema, tmp_path: Path) -> None:
    (path,) = write_template(SCHEMA, tmp_path, table.name)
    read = read_table(path, "template", table)
    assert read.frame.height == 1
    assert [str(p) for p in check_table(read, table, class_keys(table)).problems] == []


@pytest.mark.parametrize(
    ("table", "column"), COLUMNS, ids=[f"{t.name}.{c.name}" for t, c in COLUMNS]
)
def test_a_column_is_explained_in_every_language(table: TableSchema, column: Column) -> None:
    assert set(column.labels) == LANGUAGES
    assert set(column.descriptions) == LANGUAGES
    assert column.example


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_a_table_is_named_in_every_language(table: TableSchema) -> None:
    assert set(table.labels) == LANGUAGES


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_key_is_made_of_columns(table: TableSchema) -> None:
    for template in table.key_templates:
        assert template.format_map({c.name: "x" for c in table.columns})


def test_one_file_a_table(tmp_path: Path) -> None:
    written = write_template(SCHEMA, tmp_path / "new" / "folder")
    assert [path.name for path in written] == [f"{table.name}.csv" for table in TABLES]
    with written[0].open(encoding="utf-8", newline="") as stream:
        header, example = csv.reader(stream)
    assert header == [column.name for column in TABLES[0].columns]
    assert example == [column.example for column in TABLES[0].columns]


def test_the_header_ends_its_line() -> None:
    assert header_line(SCHEMA.tables["places"]).endswith("\n")


def test_columns_are_explained_in_a_table() -> None:
    rows = {row[1]: row for row in columns_table(SCHEMA, "trainings").rows}
    assert list(rows) == [column.name for column in SCHEMA.tables["trainings"].columns]
    accepted = {name: row[3] for name, row in rows.items()}
    assert accepted["id"] == "string"
    assert accepted["name"] == "text, or text@language"
    assert accepted["format"] == "name of a class"
    assert accepted["start_date"] == "date or gYearMonth or gYear"
    assert accepted["mode"] == "in-person or online or hybrid"
    assert accepted["host"] == "key of a Organisation; several with |"
    assert accepted["url"] == "web address"
    assert (rows["id"][2], rows["mode"][2]) == ("yes", "")


def test_columns_of_a_language_say_which() -> None:
    rows = {row[1]: row[3] for row in columns_table(SCHEMA, "countries").rows}
    assert (rows["name_en"], rows["name_ar"]) == ("text in en", "text in ar")


def test_all_columns_of_all_tables() -> None:
    assert len(columns_table(SCHEMA)) == len(COLUMNS)


def test_an_unknown_table_is_named_with_those_there_are(tmp_path: Path, ontology: Ontology) -> None:
    with pytest.raises(NotFoundError, match=r"'training'.*trainings"):
        write_template(ontology.schema, tmp_path, "training")
