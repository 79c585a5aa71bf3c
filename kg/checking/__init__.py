"""Checking tables: their cells, their references, and the report of it, row by row.

A build checks the sources of a project, a server the files that a steward hands it; both say the
same of a row.
"""

from kg.checking.asking import ANSWERS, CheckLimits, Question, ask
from kg.checking.cells import check_cells, row_counts

__all__ = ["ANSWERS", "CheckLimits", "Question", "ask", "check_cells", "row_counts"]
