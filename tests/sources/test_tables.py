"""The steward's own tables: which files are read, under which names."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kg.errors import InputError, SettingsError
from kg.ontology import Ontology
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources import SOURCES, read_source
from kg.sources.base import read_json, slug


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def source(path: Path, kind: str = "tables", **options: object) -> SourceSettings:
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    day = dt.date(2026, 11, 20)
    return SourceSettings("own", kind, path, "Own", licence, day, options=options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("people.csv", "places.csv", "places.2019.csv"):
        (tmp_path / name).write_text("id,name,consent\n" if "people" in name else "id,name\n")
    (tmp_path / "notes.txt").write_text("not a table")
    return tmp_path


def test_a_folder_is_read_file_by_file(folder: Path, schema: Schema) -> None:
    found = read_source(source(folder), schema)
    assert [t.name for t in found.tables] == ["people", "places", "places"]
    assert [p.name for p in found.files] == ["people.csv", "places.2019.csv", "places.csv"]


def test_a_tables_file_that_is_not_read_is_told(folder: Path, schema: Schema) -> None:
    for name in ("trainings.xls", "people.csv.gz", "places.json"):
        (folder / name).write_text("x")
    notes = [n for t in read_source(source(folder), schema).tables for n in t.notes]
    assert [(n.value, n.rule, n.severity) for n in notes] == [
        ("people.csv.gz", "unread file", "warning"),
        ("places.json", "unread file", "warning"),
        ("trainings.xls", "unread file", "warning"),
    ]


def test_a_source_may_take_some_tables_only(folder: Path, schema: Schema) -> None:
    assert [t.name for t in read_source(source(folder, only=["people"]), schema).tables] == [
        "people"
    ]


def test_a_source_may_be_one_file(folder: Path, schema: Schema) -> None:
    assert len(read_source(source(folder / "places.2019.csv"), schema).tables) == 1


def test_a_file_of_no_table_is_named_with_the_closest(folder: Path, schema: Schema) -> None:
    (folder / "training.csv").write_text("id,name\n")
    with pytest.raises(InputError, match=r"training\.csv: no table is called.*Is it trainings\?"):
        read_source(source(folder), schema)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"only": ["peple"]}, "only names peple"),
        ({"only": "people"}, "only is 'people'. Accepted: a list"),
        ({"onyl": ["people"]}, "onyl is not known to the kind tables"),
    ],
)
def test_an_option_that_does_not_fit_is_named(
    folder: Path, schema: Schema, options: dict[str, object], said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read_source(source(folder, **options), schema)
    assert said in str(caught.value)


@pytest.mark.parametrize("options", [{}, {"only": ["people"]}])
def test_a_folder_without_a_table_says_what_belongs_there(
    tmp_path: Path, schema: Schema, options: dict[str, object]
) -> None:
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(InputError, match=r"there is no table in.*people\.csv"):
        read_source(source(tmp_path, **options), schema)


def test_an_unknown_kind_is_named_with_those_there_are(tmp_path: Path, schema: Schema) -> None:
    with pytest.raises(SettingsError, match="kind is 'table'") as caught:
        read_source(source(tmp_path, kind="table"), schema)
    assert all(kind in str(caught.value) for kind in SOURCES)


def test_a_path_that_is_not_there_is_named(tmp_path: Path, schema: Schema) -> None:
    with pytest.raises(SettingsError, match="there is nothing at"):
        read_source(source(tmp_path / "gone"), schema)


# What the source modules share


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ama Specimen", "ama-specimen"),
        ("  O'Neil, J. ", "o-neil-j"),
        ("-", ""),
        # SHA-256 of the name in UTF-8 begins with these digits
        ("José", "jose-24c2ab65"),
        ("王小明", "acf979cc"),
    ],
)
def test_a_key_for_a_name(name: str, key: str) -> None:
    assert slug(name) == key


def test_different_names_have_different_keys() -> None:
    names = ["Jose", "José", "Josè", "أحمد", "احمد", "王", "黄"]
    assert len({slug(name) for name in names}) == len(names)


def test_two_ways_to_write_a_letter_are_one_name() -> None:
    assert slug("Jose\u0301") == slug("Jos\u00e9")


def test_json_that_is_none_is_located(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{\n "a": 1,\n}')
    with pytest.raises(InputError, match="line 3, column 1: is not JSON"):
        read_json(tmp_path / "a.json")
