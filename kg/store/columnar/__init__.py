"""A column engine behind the SPARQL of the named queries: the same text, joined as columns.

Named queries ask for joins and counts over whole tables, which a triple store walks through row
by row. Here a release's triples stand as one table of numbers for each property, and a query is
compiled to SQL over them. What the compiler does not know it refuses (:class:`UnsupportedError`),
and the store answers.
"""

from kg.store.columnar.answering import ColumnAnswers
from kg.store.columnar.engine import ColumnEngine
from kg.store.columnar.marks import is_marked
from kg.store.columnar.values import UnsupportedError
from kg.store.columnar.writing import TripleTables

__all__ = ["ColumnAnswers", "ColumnEngine", "TripleTables", "UnsupportedError", "is_marked"]
