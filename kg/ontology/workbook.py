"""Templates as a workbook: a sheet for each table, with help, drop-downs and an example row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import xlsxwriter

from kg.errors import ReleaseError
from kg.ontology.templates import chosen_tables, columns_table
from kg.schema import Column, Schema, TableSchema

__all__ = ["write_workbook"]

_HELP = "_help"  # reading passes over sheets whose name begins with an underscore
_LISTS = "_lists"
_ROWS = 10_000  # how far down the drop-downs reach
_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"
_WIDTH = 22
# Files from the same shapes are the same bytes: the program would put the time of the day in.
_CREATED = dt.datetime(2026, 1, 1, tzinfo=None)


def write_workbook(
    schema: Schema, path: Path, name: str | None = None, language: str = "en"
) -> Path:
    """Write an XLSX file with a sheet for one table, or for each, and a sheet ``_help``.

    Each header cell has its column's label and description as a note, in ``language`` (``en``,
    ``ar``, ``fr``); sheets run from right to left in Arabic. Row 2 is the example, which loading
    leaves out as long as nobody changes it.

    Raises
    ------
    NotFoundError
        There is no such table.
    ReleaseError
        The file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _CREATED, "title": "Rihla"})
    writer = _Writer(book, schema, language)
    for table in chosen_tables(schema, name):
        writer.table(table)
    writer.help(name)
    try:
        book.close()
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise ReleaseError(f"{path}: cannot be written: {error}.") from error
    return path


class _Writer:
    """One workbook while it is written; ``lists`` counts the columns of the sheet of lists."""

    def __init__(self, book: xlsxwriter.Workbook, schema: Schema, language: str) -> None:
        self.book = book
        self.schema = schema
        self.language = language
        self.lists = 0
        # Text cells: a spreadsheet would make 2019-05 a day and 007 a 7.
        self.text = book.add_format({"num_format": "@"})
        self.header = book.add_format({"bold": True, "bg_color": "#DDE7F0", "border": 1})
        self.needed = book.add_format({"bold": True, "bg_color": "#FFD98A", "border": 1})
        self.example = book.add_format({"italic": True, "font_color": "#666666", "num_format": "@"})
        self.list_sheet = book.add_worksheet(_LISTS)
        self.list_sheet.hide()

    def table(self, table: TableSchema) -> None:
        """Write the sheet of one table."""
        sheet = self._sheet(table.name)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(table.columns) - 1, _WIDTH, self.text)
        for position, column in enumerate(table.columns):
            look = self.needed if column.required else self.header
            sheet.write_string(0, position, column.name, look)
            sheet.write_comment(0, position, self._help_of(column), {"x_scale": 2, "y_scale": 2})
            sheet.write_string(1, position, column.example, self.example)
            choices = _choices(column, table, self.schema)
            self._drop_down(sheet, position, choices, several=column.separator is not None)

    def help(self, name: str | None) -> None:
        """Write the sheet that explains every column."""
        sheet = self._sheet(_HELP)
        explained = columns_table(self.schema, name)
        for row, cells in enumerate([explained.columns, *explained.rows]):
            for position, cell in enumerate(cells):
                sheet.write_string(row, position, str(cell or ""), None if row else self.header)
        sheet.set_column(0, len(explained.columns) - 1, _WIDTH)
        self.book.worksheets_objs[1].activate()

    def _sheet(self, name: str) -> xlsxwriter.worksheet.Worksheet:
        sheet = self.book.add_worksheet(name)
        if self.language == "ar":
            sheet.right_to_left()
        return sheet

    def _help_of(self, column: Column) -> str:
        label = column.labels.get(self.language) or column.labels.get("en", column.name)
        text = column.descriptions.get(self.language) or column.descriptions.get("en", "")
        return f"{label}\n{text}"

    def _drop_down(
        self,
        sheet: xlsxwriter.worksheet.Worksheet,
        position: int,
        choices: list[str],
        several: bool,
    ) -> None:
        """Offer ``choices``; one that may hold ``several`` takes what is not listed."""
        if not choices:
            return
        # A list in the rule itself may have 255 characters; one on a sheet has no limit.
        self.list_sheet.write_column(0, self.lists, choices)
        letter = xlsxwriter.utility.xl_col_to_name(self.lists, col_abs=True)
        rule = {
            "validate": "list",
            "source": f"={_LISTS}!{letter}$1:{letter}${len(choices)}",
            "error_type": "warning",
            "error_title": sheet.get_name(),
            "error_message": "This is none of the values of the list.",
            "show_error": not several,
        }
        sheet.data_validation(1, position, _ROWS, position, rule)
        self.lists += 1


def _choices(column: Column, table: TableSchema, schema: Schema) -> list[str]:
    """Return the values that a cell may hold, where there are few; of several, classes only."""
    if column.kind == "class":
        return [iri.rpartition("#")[2] for iri in schema.subclasses(table.target)]
    if column.separator:
        return []
    if column.datatypes == (_BOOLEAN,):
        return ["true", "false"]
    if column.values:
        return list(column.values)
    return [] if column.kind != "reference" else _concepts(str(column.target), schema)


def _concepts(target: str, schema: Schema) -> list[str]:
    """Return the keys of a small scheme's concepts, such as roles."""
    iris = sorted({iri for cls, _, iri in schema.concepts if cls == target})
    keys = [iri.rpartition("/")[2] for iri in iris]
    return keys if len(keys) <= 50 else []
