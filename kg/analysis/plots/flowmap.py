"""Flows between countries as arcs on a map of the world.

An arc leaves its source on the left hand, so that the two ways between a pair lie apart, and ends
in an arrow; its width follows the square root of the flow. Everything has a class, so that a page
can give it the colours of its theme; the colours in the drawing itself are those for paper.
Projection: Equal Earth (Šavrič, Patterson and Jenny 2018, doi:10.1080/13658816.2018.1504949).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from math import asin, cos, hypot, radians, sin, sqrt

from kg.analysis.base import Chart
from kg.analysis.plots.svg import Canvas, number, shortened
from kg.analysis.plots.worldmap import land
from kg.language import right_to_left
from kg.results import ResultTable

__all__ = ["WAYS", "Flow", "Stop", "flowmap", "flows_drawn", "land_parts", "placed"]

WAYS: Mapping[str, str] = {
    "in": "#0072B2",
    "out": "#D55E00",
    "own": "#00805C",
    "other": "#5B6770",
}
"""Which way a flow goes as seen from a bloc → its colour on paper."""

_WIDTH = 960.0
_NORTH, _SOUTH = 84.0, -57.0
_WIDEST, _LEAST = 9.0, 0.9  # px, of an arc
_GREATEST, _SMALLEST = 11.0, 2.2  # px, the radius of a country
_BEND = 0.22
_STARTS = ('text-anchor="start" direction="ltr"', 'text-anchor="end" direction="rtl"')
_NAMED = 18


@dataclass(frozen=True)
class Stop:
    """A country on the map; ``address`` is where a link on it leads, if anywhere."""

    key: str
    label: str
    latitude: float
    longitude: float
    address: str = ""


@dataclass(frozen=True)
class Flow:
    """Learners of the target taught by the source; ``way`` is a name of :data:`WAYS`."""

    source: str
    target: str
    value: float
    way: str = "other"


Point = tuple[float, float]


def flowmap(
    flows: Sequence[Flow],
    stops: Iterable[Stop],
    title: str,
    note: str,
    legend: Mapping[str, str] | None = None,
    named: str = "flowmap",
) -> str:
    """Return the SVG element of a map; it can stand in a page or be a file.

    Parameters
    ----------
    flows:
        One for each pair and direction; those of a country to itself are left out.
    stops:
        The countries; a flow whose end is not among them is left out.
    title, note:
        Read out by screen readers, and tied to the drawing by ids that begin with ``named``.
    legend:
        What each way means, in the order in which it is shown.
    """
    parts, height = _drawn(flows, stops, legend or {})
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flowmap" viewBox="0 0 {_WIDTH:g} '
        f'{height:.0f}" role="group" aria-labelledby="{named}-title {named}-note" '
        f"font-family=\"system-ui, 'Noto Sans', 'Noto Sans Arabic', sans-serif\">\n"
        f'<title id="{named}-title">{escape(title)}</title>\n'
        f'<desc id="{named}-note">{escape(note)}</desc>\n{body}\n</svg>\n'
    )


def flows_drawn(table: ResultTable, chart: Chart) -> Canvas:
    """Draw the flows of a table of countries from ``source`` to ``target`` by ``chart.group``.

    The ``chart.most`` greatest are drawn; what the groups of a table say of a pair is added up.
    """
    sums: dict[tuple[str, str], float] = {}
    labels: dict[str, str] = {}
    for record in table.to_records():
        value = record[chart.group or ""]
        if isinstance(value, int | float):
            ends = str(record["source"]), str(record["target"])
            sums[ends] = sums.get(ends, 0.0) + float(value)
            labels |= {ends[0]: str(record[chart.x]), ends[1]: str(record[chart.y])}
    order = sorted((ends for ends in sums if ends[0] != ends[1]), key=lambda e: (-sums[e], e))
    flows = [Flow(*ends, sums[ends], "in") for ends in order[: chart.most]]
    stops = [Stop(key, labels[key], *at) for key, at in _degrees(table).items() if key in labels]
    parts, height = _drawn(flows, stops, {})
    return Canvas(_WIDTH, height, parts)


def placed(table: ResultTable) -> dict[str, Point]:
    """Return where on the map the countries of a result stand, by its ``meta["places"]``."""
    return {key: _projected(*at) for key, at in _degrees(table).items()}


def land_parts() -> tuple[list[str], float]:
    """Return the land as the elements of a drawing, and how high the map is."""
    return [f'<path class="land" fill="#E4E1D9" d="{_land()}"/>'], _projected(_SOUTH, 0)[1]


def _degrees(table: ResultTable) -> dict[str, tuple[float, float]]:
    """Return country → (latitude, longitude)."""
    found = table.meta.get("places")
    return dict(found) if isinstance(found, Mapping) else {}


def _drawn(
    flows: Sequence[Flow], stops: Iterable[Stop], legend: Mapping[str, str]
) -> tuple[list[str], float]:
    places = {stop.key: (stop, *_projected(stop.latitude, stop.longitude)) for stop in stops}
    drawn = [f for f in flows if f.source in places and f.target in places and f.source != f.target]
    most = max((flow.value for flow in drawn), default=1.0) or 1.0
    parts, height = land_parts()
    # the greatest last, so that they are on top
    in_order = sorted(drawn, key=lambda f: (f.value, f.source, f.target))
    parts += [_arc(flow, places, most) for flow in in_order]
    parts += _stops(drawn, places)
    parts += _legend(legend, height)
    return parts, height


def _equal_earth(latitude: float, longitude: float) -> Point:
    a, b, c, d, m = 1.340264, -0.081106, 0.000893, 0.003796, sqrt(3) / 2
    angle = asin(m * sin(radians(latitude)))
    square, sixth = angle**2, angle**6
    across = radians(longitude) * cos(angle)
    across /= m * (a + 3 * b * square + sixth * (7 * c + 9 * d * square))
    return across, angle * (a + b * square + sixth * (c + d * square))


_SCALE = _WIDTH / (2 * _equal_earth(0, 180)[0])
_TOP = _equal_earth(_NORTH, 0)[1]


def _projected(latitude: float, longitude: float) -> Point:
    """Return px from the left and from the top."""
    x, y = _equal_earth(latitude, longitude)
    return _WIDTH / 2 + x * _SCALE, (_TOP - y) * _SCALE


@cache
def _land() -> str:
    """Return the land as one path, without what lies south of the map."""
    rings = []
    for ring in land():
        if max(latitude for _, latitude in ring) < _SOUTH:
            continue
        points = [_projected(max(latitude, _SOUTH), longitude) for longitude, latitude in ring]
        rings.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
    return "".join(rings)


def _arc(flow: Flow, places: Mapping[str, tuple[Stop, float, float]], most: float) -> str:
    """Return the arc and its arrow: a bow to the left, which ends before the target's disc."""
    source, x1, y1 = places[flow.source]
    target, x2, y2 = places[flow.target]
    away = hypot(x2 - x1, y2 - y1) or 1.0
    width = max(_WIDEST * sqrt(flow.value / most), _LEAST)
    cx = (x1 + x2) / 2 + (y2 - y1) * _BEND
    cy = (y1 + y2) / 2 - (x2 - x1) * _BEND
    head = min(4.0 + 1.1 * width, away / 2)
    reach = hypot(x2 - cx, y2 - cy) or 1.0
    ux, uy = (x2 - cx) / reach, (y2 - cy) / reach
    ex, ey = x2 - ux * head, y2 - uy * head
    half = 1.6 + 0.75 * width
    colour = WAYS[flow.way]
    tip = escape(f"{source.label} → {target.label}: {number(flow.value)}")
    return (
        f'<g class="flow {flow.way}" opacity="0.62"><title>{tip}</title>'
        f'<path d="M{x1:.1f} {y1:.1f}Q{cx:.1f} {cy:.1f} {ex:.1f} {ey:.1f}" fill="none" '
        f'stroke="{colour}" stroke-width="{width:.1f}"/>'
        f'<path d="M{x2:.1f} {y2:.1f}L{ex - uy * half:.1f} {ey + ux * half:.1f}L'
        f'{ex + uy * half:.1f} {ey - ux * half:.1f}Z" fill="{colour}"/></g>'
    )


def _stops(flows: Sequence[Flow], places: Mapping[str, tuple[Stop, float, float]]) -> list[str]:
    """Return the countries that have a flow, the greatest named as far as there is room."""
    sums: dict[str, float] = {}
    for flow in flows:
        for end in (flow.source, flow.target):
            sums[end] = sums.get(end, 0.0) + flow.value
    most = max(sums.values(), default=1.0) or 1.0
    order = sorted(sums, key=lambda key: (-sums[key], key))
    taken: list[tuple[float, float, float]] = []
    parts = []
    for place, key in enumerate(order):
        stop, x, y = places[key]
        radius = max(_GREATEST * sqrt(sums[key] / most), _SMALLEST)
        name = _name(stop, x, y - radius - 3, taken) if place < _NAMED else ""
        parts.append(_linked(stop, x, y, radius, f"{stop.label}: {number(sums[key])}", name))
    return parts


def _linked(stop: Stop, x: float, y: float, radius: float, tip: str, name: str) -> str:
    disc = (
        f"<title>{escape(tip)}</title>"
        f'<circle class="stop" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#1D2427" '
        f'stroke="#FFFFFF" stroke-width="1"/>{name}'
    )
    if not stop.address:
        return f"<g>{disc}</g>"
    # a small disc is hard to hit: a larger one that is not seen takes the pointer
    halo = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{max(radius, 9):.1f}" fill="transparent"/>'
    said = escape(stop.label, quote=True)
    return f'<a href="{escape(stop.address, quote=True)}" aria-label="{said}">{disc}{halo}</a>'


def _name(stop: Stop, x: float, y: float, taken: list[tuple[float, float, float]]) -> str:
    text = shortened(stop.label, 22)
    half = 3.1 * len(text)
    x, y = min(max(x, half), _WIDTH - half), max(y, 10.0)
    if any(abs(y - b) < 13 and abs(x - a) < half + h for a, b, h in taken):
        return ""
    taken.append((x, y, half))
    way = ' direction="rtl"' if right_to_left() else ""
    return (
        f'<text class="name" x="{x:.1f}" y="{y:.1f}" font-size="11" text-anchor="middle"{way} '
        f'fill="#1D2427" stroke="#FFFFFF" stroke-width="3" stroke-linejoin="round" '
        f'paint-order="stroke">{escape(text)}</text>'
    )


def _legend(legend: Mapping[str, str], height: float) -> list[str]:
    parts = []
    for place, (way, meaning) in enumerate(legend.items()):
        y = height - 12 - 18 * (len(legend) - 1 - place)
        parts.append(
            f'<g class="flow {way}"><path d="M12 {y - 4:.0f}L40 {y - 4:.0f}" fill="none" '
            f'stroke="{WAYS[way]}" stroke-width="4"/><path d="M52 {y - 4:.0f}L40 {y - 9:.0f}L40 '
            f'{y + 1:.0f}Z" fill="{WAYS[way]}"/></g><text class="name" x="60" y="{y:.0f}" '
            f'font-size="12" {_STARTS[right_to_left()]} fill="#1D2427" '
            f'stroke="#FFFFFF" stroke-width="3" stroke-linejoin="round" paint-order="stroke">'
            f"{escape(meaning)}</text>"
        )
    return parts
