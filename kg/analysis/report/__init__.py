"""Reports: all analyses of a bloc, a country or an institution in one file."""

from __future__ import annotations

from kg.analysis.report.content import Report, Section, gather, in_words
from kg.analysis.report.writing import WRITERS, as_html, as_markdown, write_report

__all__ = [
    "WRITERS",
    "Report",
    "Section",
    "as_html",
    "as_markdown",
    "gather",
    "in_words",
    "write_report",
]
