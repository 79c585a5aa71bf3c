"""Erasmus flows: counted groups between institutions, and ends that nobody can tell apart."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pytest

from kg.errors import InputError, SettingsError
from kg.ontology import Ontology
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources import SourceTables, read_source

INSTITUTIONS = """\
Institutional code,Name of Organisation,Country,City,coordinates
A  GRAZ02,"TECHNISCHE UNIVERSITAET, GRAZ",AT,Graz,"(47.069, 15.4503154)"
UK LONDON01,COLLEGE ONE,UK,London,"(51.5, -0.12)"
UK LONDON02,COLLEGE TWO,UK,London,"(51.5, -0.12)"
TR ANKARA01,ANKARA UNIVERSITESI,TR,Ankara,
"""
HEADER = "students,sending_code,receiving_code,sending_candidates,receiving_candidates\n"
FLOWS = (
    HEADER
    + """\
7,A  GRAZ02,TR ANKARA01,A  GRAZ02,TR ANKARA01
3,TR ANKARA01,A  GRAZ02,TR ANKARA01,A  GRAZ02
2,,A  GRAZ02,UK LONDON01|UK LONDON02,A  GRAZ02
1,A  GRAZ02,,A  GRAZ02,UK LONDON01|UK LONDON02
4,,TR ANKARA01,UK LONDON01|A  GRAZ02,TR ANKARA01
"""
)


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def settings(folder: Path, year: str | None = "2013-14") -> SourceSettings:
    options = {"year": year} if year else {}
    return SourceSettings(
        "erasmus", "erasmus", folder, "Erasmus", "https://example.org/licence",
        dt.date(2026, 11, 20), options=options,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "institutions_2013.csv").write_text(INSTITUTIONS)
    with gzip.open(tmp_path / "flows_by_institution.csv.gz", "wt") as stream:
        stream.write(FLOWS)
    return tmp_path


def rows(found: SourceTables, name: str, *columns: str) -> list[tuple[object, ...]]:
    (table,) = [t for t in found.tables if t.name == name]
    return table.frame.select(columns).rows()


def test_each_receiving_institution_has_one_visit_a_year(folder: Path, schema: Schema) -> None:
    found = read_source(settings(folder), schema)
    assert rows(found, "trainings", "id", "host", "country", "start_date", "_row") == [
        ("erasmus-2013-14-tr-ankara01", "erasmus-tr-ankara01", "TR", "2013", 2),
        ("erasmus-2013-14-a-graz02", "erasmus-a-graz02", "AT", "2013", 3),
        ("erasmus-2013-14-unidentified-gb", None, "GB", "2013", 5),
    ]


def test_no_student_is_lost_and_no_end_guessed(folder: Path, schema: Schema) -> None:
    found = read_source(settings(folder), schema)
    groups = rows(found, "participations", "training", "organisation", "country", "headcount")
    assert groups == [
        ("erasmus-2013-14-tr-ankara01", "erasmus-a-graz02", None, "7"),
        ("erasmus-2013-14-a-graz02", "erasmus-tr-ankara01", None, "3"),
        ("erasmus-2013-14-a-graz02", None, "GB", "2"),
        ("erasmus-2013-14-unidentified-gb", "erasmus-a-graz02", None, "1"),
        ("erasmus-2013-14-tr-ankara01", None, None, "4"),  # the candidates' countries differ
    ]
    (table,) = [t for t in found.tables if t.name == "participations"]
    assert [(n.row, n.column, n.severity) for n in table.notes] == [
        (4, "sending_code", "warning"), (6, "sending_code", "warning"),
        (5, "receiving_code", "warning"),
    ]  # fmt: skip
    assert table.notes[0].value == "UK LONDON01|UK LONDON02"


def test_institutions_keep_code_country_and_place(folder: Path, schema: Schema) -> None:
    found = read_source(settings(folder), schema)
    assert rows(found, "organisations", "id", "name", "alias", "country", "longitude")[:2] == [
        ("erasmus-a-graz02", "TECHNISCHE UNIVERSITAET, GRAZ", "A  GRAZ02", "AT", "15.4503154"),
        ("erasmus-uk-london01", "COLLEGE ONE", "UK LONDON01", "GB", "-0.12"),
    ]


@pytest.mark.parametrize("year", [None, "2013", "2013-15"])
def test_the_year_is_required(folder: Path, schema: Schema, year: str | None) -> None:
    with pytest.raises(SettingsError, match=r'Accepted: the academic year.*"2013-14"'):
        read_source(settings(folder, year), schema)


def test_a_missing_file_and_a_foreign_header_are_refused(folder: Path, schema: Schema) -> None:
    (folder / "institutions_2013.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"row 1: found the columns a, b. Accepted: Institutional"):
        read_source(settings(folder), schema)
    (folder / "institutions_2013.csv").unlink()
    with pytest.raises(InputError, match=r"found 0 files institutions\*\.csv"):
        read_source(settings(folder), schema)


def test_an_exchange_says_where_it_was(folder: Path, schema: Schema) -> None:
    spaced = INSTITUTIONS.replace("ANKARA UNIVERSITESI,", "ANKARA UNIVERSITESI ,")
    (folder / "institutions_2013.csv").write_text(spaced)
    found = read_source(settings(folder), schema)
    names = {name for (name,) in rows(found, "trainings", "name")}
    assert "Erasmus student exchange at ANKARA UNIVERSITESI, 2013-2014@en" in names
    assert any("GB, institution not identified, 2013-2014" in str(name) for name in names)
