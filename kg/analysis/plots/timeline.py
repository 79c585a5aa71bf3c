"""Rows along time: a dot for a moment, a bar for a span, earliest first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kg.analysis.plots.svg import GRID, PALETTE, Canvas, Scale, ticks, told_apart

__all__ = ["Span", "timeline"]

_WIDTH, _LEFT, _ROW = 720.0, 230.0, 20.0
_MOST = 60


@dataclass(frozen=True)
class Span:
    """What happened from ``start`` to ``end``, in years with fractions; ``shown`` is in words."""

    label: str
    start: float
    end: float
    shown: str


def timeline(spans: Sequence[Span]) -> Canvas:
    """Draw the 60 earliest spans, one a line, over an axis of years."""
    rows = sorted(spans, key=lambda span: (span.start, span.end, span.label))[:_MOST]
    marks = _marks(min(s.start for s in rows), max(s.end for s in rows) + 0.1)
    names = told_apart([span.label for span in rows])
    scale = Scale(marks[0], marks[-1], _LEFT, _WIDTH - 20)
    height = len(rows) * _ROW
    canvas = Canvas(_WIDTH, height + 36)
    for mark in marks:
        canvas.line(scale(mark), 0, scale(mark), height, stroke=GRID)
        canvas.text(scale(mark), height + 16, _moment(mark), size=11, anchor="middle")
    for place, span in enumerate(rows):
        middle = (place + 0.5) * _ROW
        tip = f"{span.label}: {span.shown}"
        canvas.text(_LEFT - 8, middle + 4, names[place], size=11, anchor="end")
        width = scale(span.end) - scale(span.start)
        if width >= 6:
            canvas.rect(scale(span.start), middle - 5, width, 10, fill=PALETTE[0], tip=tip)
        else:
            canvas.circle(scale(span.start), middle, 5, fill=PALETTE[0], tip=tip)
    return canvas


def _marks(first: float, last: float) -> list[float]:
    """Return years, or months of the same year, that cover a time."""
    found = ticks(first, last, 6)
    if found[1] - found[0] >= 1:
        return found
    step = 1 if last - first <= 0.5 else 3 if last - first <= 2 else 6  # months
    begin, end = math.floor(first * 12 / step), math.ceil(last * 12 / step)
    return [month * step / 12 for month in range(begin, end + 1)]


def _moment(mark: float) -> str:
    """Return a year, or a year with its month.

    Examples
    --------
    >>> _moment(2018.0), _moment(2018.25)
    ('2018', '2018-04')
    """
    year, month = divmod(round(mark * 12), 12)
    return f"{year}-{month + 1:02}" if month else str(year)
