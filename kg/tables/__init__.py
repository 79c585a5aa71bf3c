"""Tables: read in every form that stewards use, and checked cell by cell against the shapes."""

from kg.tables.check import CheckedTable, check_table, problems_at
from kg.tables.model import InputTable, Problem, table_from_records
from kg.tables.reading import FORMATS, read_sheets, read_table

__all__ = [
    "FORMATS",
    "CheckedTable",
    "InputTable",
    "Problem",
    "check_table",
    "problems_at",
    "read_sheets",
    "read_table",
    "table_from_records",
]
