"""The cells of a table checked by a schema, and what became of its rows."""

from __future__ import annotations

from kg.reconcile import ResolvedTable
from kg.schema import Schema
from kg.tables import CheckedTable, InputTable, check_table

__all__ = ["check_cells", "row_counts"]


def check_cells(table: InputTable, schema: Schema) -> CheckedTable:
    """Check every cell of a table against its column."""
    table_schema = schema.tables[table.name]
    meanings: dict[str, list[str]] = {}
    for iri in schema.subclasses(table_schema.target):
        for key in schema.class_keys.get(iri, ()):
            meanings.setdefault(key, []).append(iri)
    # A label that two classes share means neither: the cell has to use the class's own name.
    keys = {key: iris[0] for key, iris in meanings.items() if len(iris) == 1}
    class_columns = [c.name for c in table_schema.columns if c.kind == "class"]
    return check_table(table, table_schema, dict.fromkeys(class_columns, keys))


def row_counts(table: ResolvedTable) -> tuple[int, int, int, int]:
    """Return how many rows were read, kept, refused and merged; the last three make the first."""
    read = table.checked.rows.height
    return read, table.subjects.height, read - table.subjects.height - table.merged, table.merged
