"""Answers as drawings: chart, map, network or time line, where the columns are made for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from kg.analysis.base import Chart
from kg.analysis.plots.bars import bars
from kg.analysis.plots.nodelink import nodelink
from kg.analysis.plots.series import lines
from kg.analysis.plots.svg import Canvas
from kg.analysis.plots.timeline import Span, timeline
from kg.analysis.plots.worldmap import worldmap
from kg.errors import QueryError
from kg.language import Told, marked, tell
from kg.results import ResultTable, Value
from kg.web.bindings import Record, Rows, Term
from kg.web.language import gettext as _
from kg.web.language import language, ngettext, speaking
from kg.web.render import named, short_name
from kg.web.service import service

__all__ = ["VIEWS", "drawn", "views_of"]

Drawing = Callable[[Rows], Canvas | None]

_DATE = re.compile(r"^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T.*)?(?:Z|[+-]\d\d:\d\d)?$")
_LATITUDE, _LONGITUDE = ("latitude", "lat"), ("longitude", "long", "lon")
_YEARS = range(1000, 3000)
_MOST_BARS = 30


def views_of(rows: Rows) -> list[str]:
    """Return the views that suit the columns of an answer, besides the table."""
    of = _columns(rows)
    suits = {
        "chart": of.numbers and (of.texts or of.times),
        "map": of.places or _country_column(rows, of),
        "network": len(of.things) > 1,
        "timeline": of.times and of.texts,
    }
    return [name for name in VIEWS if suits[name]]


def drawn(rows: Rows, view: str) -> Markup:
    """Return an answer as an SVG drawing.

    Raises
    ------
    QueryError
        There is no such view, or its columns are missing.
    """
    if view not in VIEWS:
        raise QueryError(
            tell(
                "view: found %(view)s. Accepted: table, %(accepted)s.",
                view=repr(view[:40]),
                accepted=", ".join(VIEWS),
            )
        )
    with speaking():
        canvas = VIEWS[view](rows) if rows.rows else None
    if canvas is None:
        raise QueryError(
            tell(
                "This answer cannot be shown as %(view)s: %(needs)s.",
                view=view,
                needs=Told(_NEEDS[view]),
            )
        )
    counted = ngettext("%(num)s row", "%(num)s rows", len(rows))
    note = _("%(rows)s of release %(release)s", rows=counted, release=service().release.id)
    with speaking():
        return Markup(canvas.svg(named(view), note))  # noqa: S704 - the canvas escapes its texts


@dataclass(frozen=True)
class _Columns:
    """What the columns of an answer hold."""

    times: list[str]
    places: tuple[str, str] | None
    numbers: list[str]
    things: list[str]
    texts: list[str]


def _columns(rows: Rows) -> _Columns:
    numeric = rows.numeric_columns
    held = {c: _cells(rows, c) for c in rows.shown_columns}
    filled = {c: cells for c, cells in held.items() if cells}
    times = [c for c, cells in filled.items() if all(_year(cell) is not None for cell in cells)]
    latitude, longitude = (
        next((c for c in filled if c.lower() in names and c in numeric), None)
        for names in (_LATITUDE, _LONGITUDE)
    )
    places = (latitude, longitude) if latitude and longitude else None
    taken = {*times, *(places or ())}
    return _Columns(
        times,
        places,
        [c for c in filled if c in numeric and c not in taken],
        [c for c, cells in filled.items() if all(cell.is_iri for cell in cells)],
        [c for c in filled if c not in numeric and c not in taken],
    )


def _cells(rows: Rows, column: str) -> list[Term]:
    place = rows.columns.index(column)
    return [cell for row in rows.rows if (cell := row[place]) is not None]


def _year(term: Term) -> float | None:
    """Return a date as a year with its fraction."""
    found = None if term.is_iri else _DATE.match(term.text)
    if not found or int(found[1]) not in _YEARS:
        return None
    month, day = int(found[2] or 1), int(found[3] or 1)
    return int(found[1]) + (month - 1) / 12 + (day - 1) / 365


def _label(record: Record, column: str) -> str:
    term = record.get(column)
    if term is None:
        return ""
    beside = record.get(f"{column}_label")
    if term.is_iri:
        return _name(term.text) or (beside.text if beside else short_name(term.text))
    return term.text


def _name(iri: str) -> str | None:
    return service().labels(language()).get(iri) if service().is_ours else None


def _number(term: Term | None) -> float | None:
    try:
        return float(term.text) if term else None
    except ValueError:
        return None


def _chart(rows: Rows) -> Canvas | None:
    """Draw the first numeric column: as lines over a year, else as bars."""
    of = _columns(rows)
    if not of.numbers or not (of.texts or of.times):
        return None
    value, over = of.numbers[0], of.times[0] if of.times else None
    name, group = (*of.texts, "", "")[:2]
    table: list[tuple[Value, ...]] = []
    for record in rows.records():
        when = _year(term) if over and (term := record[over]) else None
        label = _label(record, name) if name else ""
        shown = " · ".join(filter(None, (label, _label(record, group) if group else "")))
        table.append((when, shown or str(when), _number(record[value])))
    if over and len({row[0] for row in table}) > 1:
        return lines(ResultTable((over, "", value), table), Chart("lines", over, value, ""))
    chart = Chart("bars", "", value, most=_MOST_BARS)
    return bars(ResultTable(("time", "", value), table), chart)


def _map(rows: Rows) -> Canvas | None:
    """Draw rows with coordinates, or countries; the first numeric column sizes the discs."""
    of = _columns(rows)
    spots = _spots(rows, of) if of.places else _countries(rows, of)
    if not spots:
        return None
    table = ResultTable(("label", "latitude", "longitude", "value"), spots)
    return worldmap(table, Chart("map", "label", "value"))


def _spots(rows: Rows, of: _Columns) -> list[tuple[Value, ...]]:
    assert of.places is not None  # the caller looked
    value = of.numbers[0] if of.numbers else None
    found: list[tuple[Value, ...]] = []
    for record in rows.records():
        place = tuple(_number(record[c]) for c in of.places)
        if None not in place:
            label = _label(record, of.texts[0]) if of.texts else ""
            found.append((label, *place, (_number(record[value]) or 0.0) if value else 1.0))
    return found


def _countries(rows: Rows, of: _Columns) -> list[tuple[Value, ...]]:
    column = _country_column(rows, of)
    if column is None:
        return []
    value = of.numbers[0] if of.numbers else None
    sums: dict[str, float] = {}
    names: dict[str, str] = {}
    for record in rows.records():
        if term := record[column]:
            amount = (_number(record[value]) or 0.0) if value else 1.0
            sums[term.text] = sums.get(term.text, 0.0) + amount
            names[term.text] = _label(record, column)
    placed = service().graph.columns("coordinates").unique("country", keep="first")
    where = {c: (lat, long) for c, lat, long in placed.rows() if None not in (lat, long)}
    return [(names[c], *where[c], total) for c, total in sums.items() if c in where]


def _country_column(rows: Rows, of: _Columns) -> str | None:
    if not service().is_ours:
        return None
    start = service().iri_of("country", "")
    return next((c for c in of.things if _cells(rows, c)[0].text.startswith(start)), None)


def _network(rows: Rows) -> Canvas | None:
    """Draw two columns of things as the ends of links."""
    of = _columns(rows)
    if len(of.things) < 2:
        return None
    ends = of.things[:2]
    value = of.numbers[0] if of.numbers else None
    weights: dict[tuple[str, str], float] = {}
    names: dict[str, str] = {}
    for record in rows.records():
        source, target = (record[end] for end in ends)
        if source and target and source.text != target.text:
            key = (source.text, target.text)
            amount = (_number(record[value]) or 0.0) if value else 1.0
            weights[key] = weights.get(key, 0.0) + amount
            names |= {source.text: _label(record, ends[0]), target.text: _label(record, ends[1])}
    return nodelink([(*key, w) for key, w in weights.items()], names) if weights else None


def _timeline(rows: Rows) -> Canvas | None:
    """Draw rows by their dates: the first such column begins, a second one ends."""
    of = _columns(rows)
    if not of.times or not of.texts:
        return None
    begin, end = of.times[0], of.times[min(1, len(of.times) - 1)]
    spans = []
    for record in rows.records():
        first, last = record[begin], record[end] or record[begin]
        if first is None or last is None:
            continue
        start, stop = _year(first) or 0.0, _year(last) or 0.0
        shown = first.text if first.text == last.text else f"{first.text} – {last.text}"
        label = _label(record, of.texts[0])
        spans.append(Span(label, min(start, stop), max(start, stop), shown))
    return timeline(spans) if spans else None


VIEWS: Mapping[str, Drawing] = {
    "chart": _chart,
    "map": _map,
    "network": _network,
    "timeline": _timeline,
}
"""Kinds of drawings of an answer; each returns nothing where the columns do not suit it."""

_NEEDS = {
    "chart": marked("it needs a column of numbers, and one of names or years"),
    "map": marked("it needs a column of countries, or the columns latitude and longitude"),
    "network": marked("it needs two columns of things, the ends of its links"),
    "timeline": marked("it needs a column of dates or years, and one of names"),
}
