"""How something spread: when it came to whom, from where, and how far it got by then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from kg.analysis.base import Chart
from kg.analysis.plots.flowmap import land_parts, placed
from kg.analysis.plots.svg import (
    DASHES,
    GRID,
    GROUND,
    INK,
    PALETTE,
    QUIET,
    Canvas,
    Scale,
    number,
    shade,
    shortened,
    ticks,
)
from kg.language import gettext, named, ngettext
from kg.results import ResultTable, Value

__all__ = ["arrivalmap", "spread", "timeline"]

_WIDTH, _LEFT, _RIGHT, _ROW = 720.0, 190.0, 150.0, 19.0


@dataclass(frozen=True)
class _Arrival:
    node: str
    label: str
    year: int
    source: str
    source_label: str
    kind: str


def timeline(table: ResultTable, chart: Chart) -> Canvas:
    """Draw who had it when, the earliest on top, each tied to whom it was learned from.

    Of several values (methods, topics) the one with most arrivals is drawn, its first
    ``chart.most``.
    """
    value, found = _widest(table, chart)
    rows = found[: chart.most]
    canvas = Canvas(_WIDTH, len(rows) * _ROW + 78)
    _head(canvas, value, len(rows), len(found))
    years = [row.year for row in rows] or [0]
    scale = Scale(min(years), max(max(years), min(years) + 1), _LEFT + 10, _WIDTH - _RIGHT)
    bottom = 34 + len(rows) * _ROW
    for mark in ticks(min(years), max(max(years), min(years) + 1), 8):
        if mark == int(mark) and scale.low <= mark <= scale.high:
            canvas.line(scale(mark), 34, scale(mark), bottom, stroke=GRID)
            canvas.text(scale(mark), bottom + 16, f"{mark:.0f}", size=11, anchor="middle")
    places = {row.node: 34 + (n + 0.5) * _ROW for n, row in enumerate(rows)}
    when = {row.node: row.year for row in rows}
    for row in rows:
        if row.source in places and row.source != row.node:
            start = (scale(when[row.source]), places[row.source])
            corner = (start[0] + 5, places[row.node])
            end = (scale(row.year) - 5, places[row.node])
            canvas.path([start, corner, end], stroke="#8A9499", width=1)
    for row in rows:
        y = places[row.node]
        taught = row.kind == "taught"
        tip = f"{row.label}: {named(row.kind)} {row.year}"
        canvas.text(_LEFT, y + 4, shortened(row.label, 28), size=11, anchor="end")
        canvas.circle(scale(row.year), y, 5, fill=PALETTE[1] if taught else PALETTE[0], tip=tip)
        if row.source_label:
            said = gettext("from %(source)s", source=shortened(row.source_label, 20))
            canvas.text(scale(row.year) + 9, y + 4, said, size=10, fill=QUIET)
    _key(canvas, bottom + 34)
    return canvas


def arrivalmap(table: ResultTable, chart: Chart) -> Canvas:
    """Draw where it came when: the darker a country, the later; lines lead from the sources."""
    value, found = _widest(table, chart)
    places = placed(table)
    parts, height = land_parts()
    canvas = Canvas(960.0, height + 58, ['<g transform="translate(0 26)">', *parts])
    years = [row.year for row in found] or [0]
    span = max(max(years) - min(years), 1)
    for row in found:
        if row.source in places and row.node in places and row.source != row.node:
            (x1, y1), (x2, y2) = places[row.source], places[row.node]
            bent = ((x1 + x2) / 2 + (y2 - y1) * 0.15, (y1 + y2) / 2 - (x2 - x1) * 0.15)
            canvas.shape(
                f"M{x1:.1f} {y1:.1f}Q{bent[0]:.1f} {bent[1]:.1f} {x2:.1f} {y2:.1f}",
                fill="none", stroke="#8A9499", width=0.9, opacity=0.7,
            )  # fmt: skip
    for row in sorted(found, key=lambda row: (-row.year, row.label)):
        if row.node in places:
            x, y = places[row.node]
            fill, deep = shade(0.12 + 0.88 * (row.year - min(years)) / span)
            edge = PALETTE[1] if row.kind == "taught" else INK
            tip = f"{row.label}: {named(row.kind)} {row.year}"
            canvas.circle(x, y, 6, fill=fill, stroke=edge, tip=tip, opacity=deep)
    canvas.parts.append("</g>")
    missing = sum(row.node not in places for row in found)
    _head(canvas, value, len(found) - missing, len(found))
    for place, year in enumerate(sorted({min(years), (min(years) + max(years)) // 2, max(years)})):
        x = 20 + 90 * place
        fill, deep = shade(0.12 + 0.88 * (year - min(years)) / span)
        canvas.circle(x, height + 44, 6, fill=fill, stroke=INK, opacity=deep)
        canvas.text(x + 12, height + 48, str(year), size=11)
    canvas.circle(310, height + 44, 6, fill=GROUND, stroke=PALETTE[1])
    said = gettext("taught before it was seen to learn")
    canvas.text(322, height + 48, said, size=11)
    return canvas


def spread(table: ResultTable, chart: Chart) -> Canvas:
    """Draw how many nodes had each value by the end of each year: the six that came farthest."""
    by_value: dict[str, list[int]] = defaultdict(list)
    for record in table.to_records():
        year = record[chart.y]
        if isinstance(year, int) and chart.group:
            by_value[str(record[chart.group])].append(year)
    chosen = sorted(by_value, key=lambda value: (-len(by_value[value]), value))[: len(PALETTE)]
    years = [year for value in chosen for year in by_value[value]] or [0]
    canvas = Canvas(_WIDTH, 330)
    across = Scale(min(years), max(max(years), min(years) + 1), 50, _WIDTH - 240)
    marks = ticks(0, max((len(by_value[value]) for value in chosen), default=1))
    up = Scale(0, marks[-1], 286, 14)
    for mark in marks:
        canvas.line(50, up(mark), _WIDTH - 240, up(mark), stroke=GRID)
        canvas.text(44, up(mark) + 4, number(mark), size=11, anchor="end")
    for mark in ticks(across.low, across.high, 8):
        if mark == int(mark) and across.low <= mark <= across.high:
            canvas.text(across(mark), 304, f"{mark:.0f}", size=11, anchor="middle")
    for place, value in enumerate(chosen):
        points = _stairs(sorted(by_value[value]), int(across.high), across, up)
        canvas.path(points, stroke=PALETTE[place], width=2, dash=DASHES[place])
        y = 24 + 20 * place
        canvas.line(_WIDTH - 230, y - 4, _WIDTH - 206, y - 4, stroke=PALETTE[place], width=2,
                    dash=DASHES[place])  # fmt: skip
        text = f"{shortened(value, 24)} ({len(by_value[value])})"
        canvas.text(_WIDTH - 200, y, text, size=11)
    canvas.text(50, 324, f"{chart.x.removesuffix('_label')}s reached by the end of a year", size=11)
    return canvas


def _stairs(years: list[int], last: int, across: Scale, up: Scale) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    count = 0
    for year in sorted(set(years)):
        if points:
            points.append((across(year), up(count)))
        count += years.count(year)
        points.append((across(year), up(count)))
    return [*points, (across(last), up(count))]


def _widest(table: ResultTable, chart: Chart) -> tuple[str, list[_Arrival]]:
    """Return the value with most arrivals, and these, the earliest first."""
    by_value: dict[str, list[_Arrival]] = defaultdict(list)
    for record in table.to_records():
        year = record[chart.y]
        if isinstance(year, int):
            by_value[str(record[chart.group or ""])].append(_arrival(record, chart, year))
    if not by_value:
        return "", []
    value = min(by_value, key=lambda name: (-len(by_value[name]), name))
    return value, sorted(by_value[value], key=lambda row: (row.year, row.label))


def _arrival(record: Mapping[str, Value], chart: Chart, year: int) -> _Arrival:
    node = chart.x.removesuffix("_label")
    return _Arrival(
        node=str(record[node]),
        label=str(record[chart.x]),
        year=year,
        source=str(record.get("source") or ""),
        source_label=str(record.get("source_label") or "") if record.get("source") else "",
        kind=str(record.get("kind") or ""),
    )


def _head(canvas: Canvas, value: str, shown: int, of: int) -> None:
    said = (
        gettext(
            "%(value)s: %(count)s arrivals, of which %(shown)s are drawn",
            value=value, count=number(of), shown=number(shown),
        )
        if shown < of
        else ngettext("%(value)s: %(num)s arrival", "%(value)s: %(num)s arrivals", of, value=value)
    )  # fmt: skip
    canvas.text(12, 16, shortened(said, 100), size=12, bold=True)


def _key(canvas: Canvas, y: float) -> None:
    canvas.circle(_LEFT + 16, y - 4, 5, fill=PALETTE[0])
    canvas.text(_LEFT + 26, y, named("learned"), size=11)
    canvas.circle(_LEFT + 96, y - 4, 5, fill=PALETTE[1])
    canvas.text(_LEFT + 106, y, gettext("taught before it was seen to learn"), size=11)
