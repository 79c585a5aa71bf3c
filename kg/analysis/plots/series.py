"""Lines over years, and survival curves as steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.analysis.base import Chart
from kg.analysis.plots.svg import (
    DASHES,
    GRID,
    INK,
    PALETTE,
    Canvas,
    Scale,
    number,
    shortened,
    ticks,
)
from kg.language import named
from kg.results import ResultTable, Value

__all__ = ["lines", "steps"]

_WIDTH, _HEIGHT = 720, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 190, 12, 44
_MOST = 6  # series that eyes can tell apart
_BANDS = 3


@dataclass(frozen=True)
class _Point:
    x: float
    y: float
    low: float | None
    high: float | None


def lines(table: ResultTable, chart: Chart) -> Canvas:
    """Draw one line a group over ``chart.x``: the six groups with the greatest sums.

    Intervals are drawn for up to :data:`_BANDS` of them: the bands of more hide each other.
    """
    series = _series(table, chart)
    canvas, across, up = _ground(series, chart, top=None)
    for place, (name, points) in enumerate(series.items()):
        colour, dash = PALETTE[place], DASHES[place]
        drawn = [(across(p.x), up(p.y)) for p in points]
        if len(series) <= _BANDS:
            _band(canvas, [(across(p.x), p) for p in points], up, colour)
        canvas.path(drawn, stroke=colour, width=2, dash=dash)
        for (x, y), point in zip(drawn, points, strict=True):
            tip = f"{name} {point.x:g}: {number(point.y)}"
            canvas.circle(x, y, 3, fill=colour, tip=tip)
    _legend(canvas, list(series))
    return canvas


def steps(table: ResultTable, chart: Chart) -> Canvas:
    """Draw one falling curve a group, from 1, with its confidence band."""
    series = {
        name: [_Point(0.0, 1.0, 1.0, 1.0), *points]
        for name, points in _series(table, chart).items()
    }
    canvas, across, up = _ground(series, chart, top=1.0)
    for place, (name, points) in enumerate(series.items()):
        colour, dash = PALETTE[place], DASHES[place]
        stepped = _stepped(points)
        _band(canvas, [(across(p.x), p) for p in stepped], up, colour)
        canvas.path([(across(p.x), up(p.y)) for p in stepped], stroke=colour, width=2, dash=dash)
        for point in points:
            tip = f"{name} {number(point.x)}: {number(point.y)}"
            canvas.circle(across(point.x), up(point.y), 2.5, fill=colour, tip=tip)
    _legend(canvas, list(series))
    return canvas


def _stepped(points: Sequence[_Point]) -> list[_Point]:
    """Return the points with the corners of the stairs between them."""
    found = [points[0]]
    for before, after in pairwise(points):
        found += [_Point(after.x, before.y, before.low, before.high), after]
    return found


def _series(table: ResultTable, chart: Chart) -> dict[str, list[_Point]]:
    """Return the points of the six groups with the greatest sums, in the order of x."""
    found: dict[str, list[_Point]] = {}
    for record in table.to_records():
        x, y = _number(record[chart.x]), _number(record[chart.y])
        if x is None or y is None:
            continue
        name = str(record[chart.group]) if chart.group else ""
        low = _number(record[chart.low]) if chart.low else None
        high = _number(record[chart.high]) if chart.high else None
        found.setdefault(name, []).append(_Point(x, y, low, high))
    kept = sorted(found, key=lambda name: (-sum(p.y for p in found[name]), name))[:_MOST]
    return {name: sorted(found[name], key=lambda p: p.x) for name in kept}


def _number(value: Value) -> float | None:
    if isinstance(value, str) and value.isdigit():
        return float(value)
    return float(value) if isinstance(value, int | float) else None


def _ground(
    series: Mapping[str, Sequence[_Point]], chart: Chart, top: float | None
) -> tuple[Canvas, Scale, Scale]:
    """Draw axes and grid; return the canvas and the scales of x and y."""
    canvas = Canvas(_WIDTH, _HEIGHT)
    points = [p for found in series.values() for p in found] or [_Point(0, 0, None, None)]
    xs, floor = [p.x for p in points], _HEIGHT - _BOTTOM
    whole = all(x == int(x) for x in xs)
    marks = ticks(min(xs), max(max(xs), min(xs) + 1), 8)
    marks = [m for m in marks if (m == int(m) or not whole)]
    across = Scale(min(xs), max(max(xs), min(xs) + 1), _LEFT, _WIDTH - _RIGHT)
    highest = top or max([p.high if p.high is not None else p.y for p in points]) or 1.0
    levels = ticks(0, highest)
    up = Scale(levels[0], levels[-1], floor, _TOP)
    for level in levels:
        canvas.line(_LEFT, up(level), _WIDTH - _RIGHT, up(level), stroke=GRID)
        canvas.text(_LEFT - 6, up(level) + 4, number(level), size=11, anchor="end")
    for mark in marks:
        if across.low <= mark <= across.high:
            text = f"{mark:g}"
            canvas.text(across(mark), floor + 16, text, size=11, anchor="middle")
            canvas.line(across(mark), floor, across(mark), floor + 4)
    canvas.line(_LEFT, floor, _WIDTH - _RIGHT, floor, stroke=INK)
    canvas.text((_LEFT + _WIDTH - _RIGHT) / 2, floor + 34, named(chart.x), size=11, anchor="middle")
    canvas.text(14, (floor + _TOP) / 2, named(chart.y), size=11, anchor="middle", turn=-90)
    return canvas, across, up


def _band(canvas: Canvas, points: Sequence[tuple[float, _Point]], up: Scale, colour: str) -> None:
    known = [(x, p.low, p.high) for x, p in points if p.low is not None and p.high is not None]
    if len(known) < 2:
        return
    above = [(x, up(high)) for x, _, high in known]
    below = [(x, up(low)) for x, low, _ in reversed(known)]
    canvas.path([*above, *below], stroke="none", fill=colour, opacity=0.15, closed=True)


def _legend(canvas: Canvas, names: Sequence[str]) -> None:
    left = _WIDTH - _RIGHT + 14
    for place, name in enumerate(names):
        if name in ("", "total", "all"):
            continue
        y = _TOP + 12 + place * 20
        colour = PALETTE[place]
        canvas.line(left, y - 4, left + 26, y - 4, stroke=colour, width=2, dash=DASHES[place])
        canvas.circle(left + 13, y - 4, 3, fill=colour)
        canvas.text(left + 32, y, shortened(name, 21), size=11)
