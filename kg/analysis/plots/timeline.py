"""Rows along time: a dot for a moment, a bar for a span, earliest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.analysis.plots.svg import GRID, PALETTE, Canvas, Scale, number, shortened, ticks

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
    marks = ticks(min(s.start for s in rows), max(s.end for s in rows) + 0.1, 6)
    scale = Scale(marks[0], marks[-1], _LEFT, _WIDTH - 20)
    height = len(rows) * _ROW
    canvas = Canvas(_WIDTH, height + 36)
    for mark in marks:
        canvas.line(scale(mark), 0, scale(mark), height, stroke=GRID)
        canvas.text(scale(mark), height + 16, number(mark), size=11, anchor="middle")
    for place, span in enumerate(rows):
        middle = (place + 0.5) * _ROW
        tip = f"{span.label}: {span.shown}"
        canvas.text(_LEFT - 8, middle + 4, shortened(span.label, 34), size=11, anchor="end")
        width = scale(span.end) - scale(span.start)
        if width >= 6:
            canvas.rect(scale(span.start), middle - 5, width, 10, fill=PALETTE[0], tip=tip)
        else:
            canvas.circle(scale(span.start), middle, 5, fill=PALETTE[0], tip=tip)
    return canvas
