"""Templates of the tables, generated from the shapes: headers, examples, help."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from kg.errors import NotFoundError
from kg.results import ResultTable
from kg.schema import Column, Schema, TableSchema

__all__ = ["chosen_tables", "columns_table", "header_line", "write_template"]


def header_line(table: TableSchema) -> str:
    """Return the header row of a table, with its line end."""
    return _csv_line([column.name for column in table.columns])


def write_template(schema: Schema, folder: Path, name: str | None = None) -> list[Path]:
    """Write a CSV file with header and example row for one table, or for each.

    Returns the paths that were written. An example row is no fact: replace it before loading.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in chosen_tables(schema, name):
        path = folder / f"{table.name}.csv"
        example = _csv_line([column.example for column in table.columns])
        path.write_text(header_line(table) + example, encoding="utf-8")
        written.append(path)
    return written


def columns_table(schema: Schema, name: str | None = None) -> ResultTable:
    """Return one row a column: what it holds, whether it is required, an example, its meaning."""
    rows = [
        (
            table.name,
            column.name,
            "yes" if column.required else "",
            _accepted(column),
            column.example,
            column.descriptions.get("en", ""),
        )
        for table in chosen_tables(schema, name)
        for column in table.columns
    ]
    return ResultTable(("table", "column", "required", "accepted", "example", "meaning"), rows)


def chosen_tables(schema: Schema, name: str | None) -> list[TableSchema]:
    """Return the named table, or all of them."""
    if name is None:
        return list(schema.tables.values())
    if name not in schema.tables:
        raise NotFoundError(
            f"There is no table {name!r}. Accepted: {', '.join(sorted(schema.tables))}."
        )
    return [schema.tables[name]]


def _accepted(column: Column) -> str:
    if column.values:
        text = " or ".join(column.values)
    elif column.kind == "reference":
        text = f"key of a {str(column.target).rpartition('#')[2]}"
    elif column.kind == "class":
        text = "name of a class"
    elif column.kind == "iri":
        text = "web address"
    elif column.kind == "text":
        text = "text, or text@language"
    elif column.language:
        text = f"text in {column.language}"
    else:
        text = " or ".join(d.rpartition("#")[2] for d in column.datatypes)
    return f"{text}; several with {column.separator}" if column.separator else text


def _csv_line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()
