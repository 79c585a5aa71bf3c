"""From when to when: one line a row, for series of trainings."""

from __future__ import annotations

from kg.analysis.base import Chart
from kg.analysis.plots.svg import (
    GRID,
    GROUND,
    PALETTE,
    QUIET,
    Canvas,
    Scale,
    number,
    shortened,
    ticks,
)
from kg.language import gettext, named
from kg.results import ResultTable, Value

__all__ = ["spans"]

_WIDTH, _LEFT, _RIGHT, _ROW = 720.0, 250.0, 130.0, 20.0


def spans(table: ResultTable, chart: Chart) -> Canvas:
    """Draw each row from ``chart.low`` to ``chart.high`` (dates), with ``chart.y`` beside it.

    A row whose ``chart.group`` is true has ended: its line is broken and its end hollow.
    """
    rows = []
    for record in table.to_records():
        first, last = _year(record[chart.low or ""]), _year(record[chart.high or ""])
        if first is not None and last is not None:
            rows.append((record, first, last))
        if len(rows) == chart.most:
            break
    bottom = len(rows) * _ROW + 6
    canvas = Canvas(_WIDTH, max(bottom, _ROW) + 44)
    low = min((first for _, first, _ in rows), default=0.0)
    high = max((last for _, _, last in rows), default=1.0)
    scale = Scale(low, max(high, low + 1), _LEFT, _WIDTH - _RIGHT)
    for mark in ticks(low, max(high, low + 1), 8):
        if mark == int(mark) and scale.low <= mark <= scale.high:
            canvas.line(scale(mark), 0, scale(mark), bottom, stroke=GRID)
            canvas.text(scale(mark), bottom + 16, f"{mark:.0f}", size=11, anchor="middle")
    canvas.text(_WIDTH - _RIGHT + 12, bottom + 16, named(chart.y), size=11)
    said = gettext("broken line and hollow end: lapsed")
    canvas.text(12, bottom + 34, said, size=11, fill=QUIET)
    for place, (record, first, last) in enumerate(rows):
        y = place * _ROW + 12
        ended = record[chart.group or ""] is True
        colour = PALETTE[1] if ended else PALETTE[0]
        canvas.text(_LEFT - 10, y + 4, shortened(record[chart.x], 36), size=11, anchor="end")
        canvas.line(scale(first), y, scale(last), y, stroke=colour, width=3,
                    dash="4 3" if ended else "")  # fmt: skip
        tip = gettext(
            "%(name)s: %(first)s to %(last)s",
            name=record[chart.x], first=record[chart.low or ""], last=record[chart.high or ""],
        )  # fmt: skip
        canvas.circle(scale(first), y, 4.5, fill=colour, tip=tip)
        canvas.circle(scale(last), y, 4.5, fill=GROUND if ended else colour, stroke=colour,
                      tip=tip)  # fmt: skip
        value = record[chart.y]
        if isinstance(value, int | float):
            canvas.text(_WIDTH - _RIGHT + 12, y + 4, number(value), size=11)
    return canvas


def _year(value: Value) -> float | None:
    """Return a date of any precision as a year with its fraction."""
    parts = str(value or "").split("T", maxsplit=1)[0].split("-")
    if not (parts[0].isascii() and parts[0].isdigit()):
        return None
    month = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 1
    return int(parts[0]) + (month - 1) / 12
