"""Countries as discs on a map: the area of a disc is the value."""

from __future__ import annotations

from kg.analysis.base import Chart
from kg.analysis.plots.svg import GRID, INK, PALETTE, Canvas, number, shortened
from kg.results import ResultTable

__all__ = ["worldmap"]

_WIDTH, _HEIGHT = 720, 340
_NORTH, _SOUTH = 80.0, -58.0  # degrees; nobody trains nearer to the poles
_GREATEST = 22.0  # px, the radius of the greatest disc
_LEAST = 2.5
_NAMED = 8


def worldmap(table: ResultTable, chart: Chart) -> Canvas:
    """Draw the rows with ``latitude`` and ``longitude``; a hollow mark stands for 0.

    Equirectangular; the eight greatest are named.
    """
    canvas = Canvas(_WIDTH, _HEIGHT + 8)
    _graticule(canvas)
    placed = [
        (float(r["latitude"]), float(r["longitude"]), str(r[chart.x]), float(r[chart.y]))  # type: ignore[arg-type]  # guarded below
        for r in table.to_records()
        if all(isinstance(r[c], int | float) for c in ("latitude", "longitude", chart.y))
    ]
    placed.sort(key=lambda one: (-one[3], one[2]))
    most = max((value for *_, value in placed), default=1.0) or 1.0
    for latitude, longitude, label, value in placed:
        x, y = _at(latitude, longitude)
        tip = f"{label}: {number(value)}"
        if value <= 0:
            canvas.circle(x, y, 3, fill="white", stroke=PALETTE[1], tip=tip)
            continue
        radius = max(_GREATEST * (value / most) ** 0.5, _LEAST)
        canvas.circle(x, y, radius, fill=PALETTE[0], opacity=0.7, tip=tip)
    for latitude, longitude, label, value in placed[:_NAMED]:
        x, y = _at(latitude, longitude)
        canvas.text(x, y - 3, shortened(label, 18), size=10, anchor="middle", fill=INK)
        canvas.text(x, y + 8, number(value), size=9, anchor="middle", fill=INK)
    return canvas


def _at(latitude: float, longitude: float) -> tuple[float, float]:
    x = (longitude + 180) / 360 * _WIDTH
    y = (_NORTH - min(max(latitude, _SOUTH), _NORTH)) / (_NORTH - _SOUTH) * _HEIGHT
    return x, y


def _graticule(canvas: Canvas) -> None:
    for longitude in range(-180, 181, 30):
        x, _ = _at(0, longitude)
        canvas.line(x, 0, x, _HEIGHT, stroke=GRID, width=0.6)
    for latitude in (-30, 0, 30, 60):
        _, y = _at(latitude, 0)
        canvas.line(0, y, _WIDTH, y, stroke=INK if latitude == 0 else GRID, width=0.6)
