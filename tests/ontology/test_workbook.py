"""The workbook of templates: what a steward sees, and that it loads."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from kg.ontology import Ontology
from kg.ontology.workbook import write_workbook
from kg.tables import read_sheets
from kg.tables.reading import table_of


def test_every_table_has_a_sheet_that_loads_as_it_is(ontology: Ontology, tmp_path: Path) -> None:
    path = write_workbook(ontology.schema, tmp_path / "all.xlsx")
    sheets = {str(records.sheet): records for records in read_sheets(path, [])}
    assert set(sheets) == set(ontology.schema.tables)
    for name, records in sheets.items():
        table = table_of(records, path, "own", ontology.schema.tables[name])
        assert table.frame.height == 0, name
        assert [note.rule for note in table.notes] == ["example row"], name


def test_help_lists_and_drop_downs(ontology: Ontology, tmp_path: Path) -> None:
    path = write_workbook(ontology.schema, tmp_path / "one.xlsx", "trainings", "ar")
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["_lists", "trainings", "_help"]
    listed = {value for row in book.get_sheet_by_name("_lists").to_python() for value in row}
    assert {"Workshop", "Fellowship"} <= listed
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
        comments = archive.read("xl/comments1.xml").decode()
    assert 'rightToLeft="1"' in sheet
    assert '<dataValidation type="list"' in sheet
    assert "شكل الدورة التدريبية" in comments


def test_a_list_of_kinds_lets_several_be_written(ontology: Ontology, tmp_path: Path) -> None:
    path = write_workbook(ontology.schema, tmp_path / "one.xlsx", "organisations")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    rules = dict.fromkeys(re.findall(r"<dataValidation ([^>]*)>", sheet))
    kinds, status = [r for r in rules if 'type="list"' in r]
    assert 'showErrorMessage="1"' not in kinds  # University|FundingBody is none of the list
    assert 'showErrorMessage="1"' in status


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_same_shapes_give_the_same_bytes(
    ontology: Ontology, tmp_path: Path, language: str
) -> None:
    first, second = (
        write_workbook(ontology.schema, tmp_path / f"{n}.xlsx", None, language) for n in "ab"
    )
    assert first.read_bytes() == second.read_bytes()
