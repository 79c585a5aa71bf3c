"""Workbooks, XLSX and ODS: one sheet a table, rows numbered as the program shows them."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from kg.errors import InputError
from kg.tables.records import Records, cell_text

__all__ = ["read_spreadsheet"]

_MAX_RATIO = 400  # real ones stay below 50
_SMALL = 10_000_000  # bytes that no reader minds
_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}


def read_spreadsheet(path: Path, known: Iterable[str], encoding: str | None) -> list[Records]:
    """Read every sheet with content; sheets whose name begins with ``_`` hold help.

    Raises
    ------
    InputError
        The file is no workbook, has no sheet with content, or a cell holds an error of a formula.
    """
    del known, encoding
    _check_size(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [name for name in book.sheet_names if not name.startswith("_")]
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names
        }
    except (CalamineError, ZipError, OSError) as error:
        raise InputError(f"{path}: cannot be read as a workbook: {error}.") from error
    found = [_records(path, name, cells) for name, cells in sheets.items() if any(map(any, cells))]
    if not found:
        raise InputError(f"{path}: no sheet has content. Accepted: a header row, then records.")
    return found


def _check_size(path: Path) -> None:
    """Refuse a workbook that says it unpacks to far more than any real one."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        return  # the reader says what is wrong with it
    if unpacked > max(_SMALL, path.stat().st_size * _MAX_RATIO):
        raise InputError(
            f"{path}: unpacks to {unpacked:,} bytes. Accepted: at most {_MAX_RATIO} times its "
            "size. Save it again from a spreadsheet program if it is to be trusted."
        )


def _records(path: Path, sheet: str, cells: list[list[Any]]) -> Records:
    texts = [[_text(value) for value in row] for row in cells]
    for number, row in enumerate(texts, start=1):
        broken = next((value for value in row if value in _ERRORS), None)
        if broken:
            raise InputError(
                f"{path}, sheet {sheet}, row {number}: found {broken}, the error of a formula. "
                "Accepted: its value. Mend the formula and save the file."
            )
    header = [cell.strip() for cell in texts[0]]
    while header and not header[-1]:
        header.pop()
    rows = [(n, row) for n, row in enumerate(texts[1:], start=2) if any(c.strip() for c in row)]
    return Records(header, rows, sheet)


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else cell_text(value)
