"""Bars and dots: one line for each row of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.analysis.base import Chart
from kg.analysis.plots.svg import (
    GRID,
    INK,
    PALETTE,
    Canvas,
    Scale,
    isolated,
    number,
    shortened,
    ticks,
    told_apart,
)
from kg.language import gettext, named, right_to_left, spoken_word
from kg.results import ResultTable, Value

__all__ = ["bars", "dots"]

_LEFT, _RIGHT, _ROW, _WIDTH = 250, 60, 22, 720
_LABEL, _GROUP = 34, 20  # characters


@dataclass(frozen=True)
class _Row:
    label: str
    value: float
    low: float
    high: float


def bars(table: ResultTable, chart: Chart) -> Canvas:
    """Draw one horizontal bar a row, from 0; the first ``chart.most`` rows with a value."""
    rows = _rows(table, chart)
    canvas, scale = _ground(rows, chart, from_zero=True)
    zero = scale(0)
    for place, row in enumerate(rows):
        end, top = scale(row.value), place * _ROW + 3
        fill = PALETTE[0] if row.value >= 0 else PALETTE[1]
        width = max(abs(end - zero), 0.5)
        canvas.rect(min(zero, end), top, width, _ROW - 7, fill=fill, tip=row.label)
        canvas.text(max(end, zero) + 4, top + 12, number(row.value), size=11)
    return canvas


def dots(table: ResultTable, chart: Chart) -> Canvas:
    """Draw one dot a row with its interval; the first ``chart.most`` rows with a value."""
    rows = _rows(table, chart)
    canvas, scale = _ground(rows, chart, from_zero=False)
    for place, row in enumerate(rows):
        middle = place * _ROW + _ROW / 2
        canvas.line(scale(row.low), middle, scale(row.high), middle, stroke=PALETTE[0], width=2)
        for end in (row.low, row.high):
            canvas.line(scale(end), middle - 4, scale(end), middle + 4, stroke=PALETTE[0])
        tip = gettext(
            "%(name)s: %(value)s (%(low)s to %(high)s)",
            name=row.label, value=number(row.value), low=number(row.low), high=number(row.high),
        )  # fmt: skip
        canvas.circle(scale(row.value), middle, 4.5, fill=PALETTE[0], tip=tip)
    return canvas


def _rows(table: ResultTable, chart: Chart) -> list[_Row]:
    found = []
    for record in table.to_records():
        value = record[chart.y]
        if not isinstance(value, int | float):
            continue
        found.append(
            _Row(
                _name(record[chart.x], record[chart.group] if chart.group else None),
                float(value),
                _number(record[chart.low] if chart.low else None, value),
                _number(record[chart.high] if chart.high else None, value),
            )
        )
        if len(found) == chart.most:
            break
    return found


def _name(label: Value, group: Value) -> str:
    label, group = spoken_word(label), spoken_word(group)
    if group in (None, spoken_word("total")):
        return str(label)
    # both must be told apart: a long label makes room for a group of usual length
    beside = shortened(group, _GROUP)
    return f"{isolated(shortened(label, _LABEL - 3 - len(beside)))} · {isolated(beside)}"


def _number(value: Value, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else float(otherwise)


def _ground(rows: Sequence[_Row], chart: Chart, *, from_zero: bool) -> tuple[Canvas, Scale]:
    """Draw labels and grid; return the canvas and the scale of values."""
    height = len(rows) * _ROW
    canvas = Canvas(_WIDTH, max(height, _ROW) + 40, mirrored=right_to_left())
    ends = [end for row in rows for end in (row.value, row.low, row.high)] or [0.0, 1.0]
    marks = ticks(
        min([*ends, 0.0] if from_zero else ends), max([*ends, 0.0] if from_zero else ends)
    )
    scale = Scale(marks[0], marks[-1], _LEFT, _WIDTH - _RIGHT)
    for mark in marks:
        strong = mark == 0
        canvas.line(scale(mark), 0, scale(mark), height, stroke=INK if strong else GRID)
        canvas.text(scale(mark), height + 15, number(mark), size=11, anchor="middle")
    canvas.text(
        (_LEFT + _WIDTH - _RIGHT) / 2, height + 32, named(chart.y), size=11, anchor="middle"
    )
    for place, label in enumerate(told_apart([row.label for row in rows], _LABEL)):
        canvas.text(_LEFT - 8, place * _ROW + 15, label, anchor="end")
    return canvas, scale
