"""From a result to its drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kg.analysis.base import Chart
from kg.analysis.plots.bars import bars, dots
from kg.analysis.plots.flowmap import flows_drawn
from kg.analysis.plots.heatmap import heatmap
from kg.analysis.plots.ribbons import ribbons
from kg.analysis.plots.series import lines, steps
from kg.analysis.plots.spans import spans
from kg.analysis.plots.spreading import arrivalmap, spread, timeline
from kg.analysis.plots.svg import INK, QUIET, Canvas, isolated, shortened
from kg.analysis.plots.worldmap import worldmap
from kg.language import gettext, named, right_to_left, said
from kg.results import Plot, ResultTable

__all__ = ["CHARTS", "draw"]

Drawer = Callable[[ResultTable, Chart], Canvas]

CHARTS: Mapping[str, Drawer] = {
    "arrivals": arrivalmap,
    "bars": bars,
    "dots": dots,
    "flows": flows_drawn,
    "heatmap": heatmap,
    "lines": lines,
    "map": worldmap,
    "ribbons": ribbons,
    "spans": spans,
    "spread": spread,
    "steps": steps,
    "timeline": timeline,
}
"""Kinds of drawings: from a table and the columns to draw, to a canvas without title."""

_HEAD, _FOOT = 34, 24  # px for the title above and the note below


def draw(table: ResultTable, chart: Chart) -> Plot:
    """Return the drawing of a table, with its title, its unit, and where it comes from."""
    inner = CHARTS[chart.kind](table, chart) if table.rows else _nothing(table)
    outer = Canvas(inner.width, inner.height + _HEAD + _FOOT, mirrored=right_to_left())
    title = said(str(table.meta.get("title", "")))
    outer.text(12, 22, title, size=15, bold=True)
    outer.parts.append(f'<g transform="translate(0 {_HEAD})">')
    outer.parts += inner.parts
    outer.parts.append("</g>")
    note = _note(table, chart)
    outer.text(12, outer.height - 9, shortened(note, int(outer.width / 5.6)), size=10, fill=QUIET)
    return Plot(outer.svg(title, note))


def _note(table: ResultTable, chart: Chart) -> str:
    meanings = table.meta.get("columns")
    drawn = chart.group if chart.kind in ("flows", "heatmap", "ribbons") else chart.y
    meaning = meanings.get(drawn, drawn) if isinstance(meanings, Mapping) else drawn
    return gettext(
        "%(column)s: %(meaning)s. Release %(release)s.",
        column=named(str(drawn)),
        meaning=said(str(meaning)),
        release=isolated(table.meta.get("release", "unknown")),
    )


def _nothing(table: ResultTable) -> Canvas:
    canvas = Canvas(720, 60, mirrored=right_to_left())
    given = table.meta.get("reason", "")
    reason = shortened(
        f"{gettext('No rows.')} {said(given) if isinstance(given, str) else ''}", 110
    )
    canvas.text(12, 30, reason, fill=INK)
    return canvas
