"""Reports: all analyses of a bloc, a country or an institution in one file."""

from __future__ import annotations

from kg.analysis.report.content import Report, Section, gather
from kg.analysis.report.writing import WRITERS, write_report

__all__ = ["WRITERS", "Report", "Section", "gather", "write_report"]
