"""How many rows an answer has so far, counted in its bytes as they are written.

The engine serialises rows itself and does not count them. Standard library only: the query
workers load this file by its path.
"""

from __future__ import annotations

import re

__all__ = ["RowCounter"]

# What begins each row, and cannot stand inside of a value: there ``"`` is ``\"`` and ``<`` is
# ``&lt;``. Only the end of a text that ends in ``,{`` looks alike, but for what follows it.
_MARKS = {
    "application/sparql-results+json": (re.compile(rb'[\[,]\{"[^,}\]:]'), 4, 0),
    "application/sparql-results+xml": (re.compile(rb"<result>"), 8, 0),
    "text/tab-separated-values": (re.compile(rb"\n"), 1, 1),
}
_CSV = "text/csv"


class RowCounter:
    """Counts the rows of a table in one of the four formats of results."""

    def __init__(self, media_type: str) -> None:
        self.rows = 0
        self._quoted = False
        self._kept = b""
        self._is_csv = media_type == _CSV
        # Two formats have a line of names before the rows.
        self._mark, self._width, self.rows = _MARKS.get(media_type, (re.compile(rb"\n"), 1, 1))
        self.rows = -self.rows

    def take(self, data: bytes) -> int:
        """Account for further bytes; return the rows that have begun."""
        if self._is_csv:
            self._take_csv(data)
            return self.rows
        text = self._kept + data
        self.rows += len(self._mark.findall(text))
        # A mark may lie across two pieces; no whole one fits into what is kept.
        self._kept = text[max(0, len(text) - self._width + 1) :]
        return self.rows

    def _take_csv(self, data: bytes) -> None:
        for position, part in enumerate(data.split(b'"')):
            if position:
                self._quoted = not self._quoted
            if not self._quoted:
                self.rows += part.count(b"\n")
