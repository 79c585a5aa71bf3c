"""Countries as discs on a map: the area of a disc is the value.

The land comes from Natural Earth (public domain), to half a degree; no borders are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.analysis.base import Chart
from kg.analysis.plots.svg import GROUND, INK, PALETTE, Canvas, isolated, number, shortened
from kg.results import ResultTable

__all__ = ["land", "worldmap"]

_WIDTH, _HEIGHT = 720.0, 360.0
_GREATEST = 24.0  # px, the radius of the greatest disc
_LEAST = 2.5
_NAMED = 12
_MARGIN = 8.0  # degrees around the countries
_NARROWEST = 50.0  # degrees of longitude, so that a single country is seen in its surroundings
_LAND, _SEA = "#E4E1D9", "#F7FAFC"


@dataclass(frozen=True)
class _Place:
    label: str
    latitude: float
    longitude: float
    value: float


@dataclass(frozen=True)
class _View:
    """The part of the world that is drawn, equirectangular."""

    west: float
    north: float
    scale: float  # px a degree

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        return (longitude - self.west) * self.scale, (self.north - latitude) * self.scale


def worldmap(table: ResultTable, chart: Chart) -> Canvas:
    """Draw the rows with ``latitude`` and ``longitude``, one disc a place; hollow stands for 0.

    Of several rows of one place the greatest value counts. The greatest places are named as far
    as their names do not overlap.
    """
    places = _places(table, chart)
    view = _view(places)
    canvas = Canvas(_WIDTH, _HEIGHT)
    canvas.rect(0, 0, _WIDTH, _HEIGHT, fill=_SEA)
    for ring in land():
        points = [view.at(latitude, longitude) for longitude, latitude in ring]
        if _seen(points):
            canvas.path([_clipped(p) for p in points], stroke=_LAND, fill=_LAND, closed=True)
    most = max((place.value for place in places), default=1.0) or 1.0
    for place in places:
        x, y = view.at(place.latitude, place.longitude)
        tip = f"{place.label}: {number(place.value)}"
        if place.value <= 0:
            canvas.circle(x, y, 3, fill=GROUND, stroke=PALETTE[1], tip=tip)
        else:
            radius = max(_GREATEST * (place.value / most) ** 0.5, _LEAST)
            canvas.circle(x, y, radius, fill=PALETTE[0], opacity=0.7, tip=tip)
    _names(canvas, view, places)
    return canvas


def _places(table: ResultTable, chart: Chart) -> list[_Place]:
    found: dict[tuple[float, float], _Place] = {}
    for record in table.to_records():
        latitude, longitude, value = record["latitude"], record["longitude"], record[chart.y]
        if not (
            isinstance(latitude, int | float)
            and isinstance(longitude, int | float)
            and isinstance(value, int | float)
        ):
            continue
        place = _Place(str(record[chart.x]), float(latitude), float(longitude), float(value))
        before = found.get((place.latitude, place.longitude))
        if before is None or before.value < place.value:
            found[place.latitude, place.longitude] = place
    return sorted(found.values(), key=lambda place: (-place.value, place.label))


def _view(places: list[_Place]) -> _View:
    """Return the view that holds all places, in the shape of the canvas."""
    if not places:
        return _View(-180, 90, _WIDTH / 360)
    west, east = (f(p.longitude for p in places) for f in (min, max))
    south, north = (f(p.latitude for p in places) for f in (min, max))
    shape = _WIDTH / _HEIGHT
    width = max(east - west, (north - south) * shape, _NARROWEST) + 2 * _MARGIN
    width = min(width, 360.0)
    left = min(max((west + east - width) / 2, -180.0), 180.0 - width)
    height = width / shape
    top = min(max((north + south + height) / 2, height - 90.0), 90.0)
    return _View(left, top, _WIDTH / width)


@cache
def land() -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return the outlines of the land: (longitude, latitude) in degrees, ring by ring."""
    text = (Path(__file__).parent / "land.txt").read_text(encoding="utf-8")
    rings = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(
        tuple((int(x) / 2, int(y) / 2) for x, _, y in (p.partition(",") for p in ring.split()))
        for ring in rings
    )


def _seen(points: list[tuple[float, float]]) -> bool:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return max(xs) > 0 and min(xs) < _WIDTH and max(ys) > 0 and min(ys) < _HEIGHT


def _clipped(point: tuple[float, float]) -> tuple[float, float]:
    """Return the point, drawn back to the edge: land beyond it is not shown."""
    return min(max(point[0], 0.0), _WIDTH), min(max(point[1], 0.0), _HEIGHT)


def _names(canvas: Canvas, view: _View, places: list[_Place]) -> None:
    taken: list[tuple[float, float, float]] = []
    for place in [p for p in places if p.value > 0][:_NAMED]:
        x, y = view.at(place.latitude, place.longitude)
        text = f"{isolated(shortened(place.label, 20))} {number(place.value)}"
        half = 2.9 * len(text)
        x = min(max(x, half), _WIDTH - half)
        if any(abs(y - b) < 12 and abs(x - a) < half + h for a, b, h in taken):
            continue
        taken.append((x, y, half))
        canvas.text(x, y + 3.5, text, size=10, anchor="middle", fill=INK, halo=_SEA)
