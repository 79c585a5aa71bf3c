"""A matrix of shaded cells: who against whom."""

from __future__ import annotations

from collections import defaultdict

from kg.analysis.base import Chart
from kg.analysis.plots.svg import GRID, GROUND, INK, PALETTE, Canvas, number, shade, shortened
from kg.language import gettext, named, right_to_left
from kg.results import ResultTable

__all__ = ["heatmap"]

_LEFT, _TOP = 190, 120
_MOST_NUMBERED = 16  # cells of a row that are wide enough for their number
_DARK = 0.55  # shade from which text is white


def heatmap(table: ResultTable, chart: Chart) -> Canvas:
    """Draw rows ``chart.x`` against columns ``chart.y``, shaded by the value ``chart.group``.

    The ``chart.most`` rows and columns with the greatest sums are drawn, greatest first. The
    shade follows the square root of the value; an empty cell was withheld or is not there. Cells
    whose ``chart.mark`` says "gap" are crossed.
    """
    cells, gaps = _cells(table, chart), _gaps(table, chart)
    across = _greatest(cells, 1, chart.most)
    down = _greatest(cells, 0, chart.most)
    size = 34 if len(across) <= _MOST_NUMBERED else 22
    width = max(_LEFT + size * len(across) + 110, 720)
    canvas = Canvas(width, _TOP + size * len(down) + 34, mirrored=right_to_left())
    most = max(cells.values(), default=1.0) or 1.0
    _heads(canvas, down, across, size)
    for row, source in enumerate(down):
        for place, target in enumerate(across):
            x, y = _LEFT + place * size, _TOP + row * size
            value = cells.get((source, target))
            share = 0.0 if value is None else (max(value, 0.0) / most) ** 0.5
            fill, deep = (GROUND, 1.0) if value is None else shade(share)
            shown = gettext("none") if value is None else number(value)
            tip = f"{source} → {target}: {shown}"
            canvas.rect(x, y, size - 1, size - 1, fill=fill, stroke=GRID, tip=tip, opacity=deep)
            if (source, target) in gaps:
                _cross(canvas, x, y, size - 1)
            elif value is not None and len(across) <= _MOST_NUMBERED:
                ink = GROUND if share > _DARK else INK
                text = number(round(value, 1) if value < 10 else round(value))
                canvas.text(
                    x + size / 2, y + size / 2 + 4, text, size=10, anchor="middle", fill=ink
                )
    ends = {
        "rows": named(chart.x.removesuffix("_label")),
        "columns": named(chart.y.removesuffix("_label")),
    }
    names = (
        gettext("rows: %(rows)s; columns: %(columns)s; crossed: a gap", **ends)
        if gaps
        else gettext("rows: %(rows)s; columns: %(columns)s", **ends)
    )
    canvas.text(_LEFT, canvas.height - 8, names, size=11)
    return canvas


def _cells(table: ResultTable, chart: Chart) -> dict[tuple[str, str], float]:
    assert chart.group is not None  # a heatmap is declared with the value that it shades
    cells: dict[tuple[str, str], float] = defaultdict(float)
    for record in table.to_records():
        value = record[chart.group]
        if isinstance(value, int | float):
            cells[str(record[chart.x]), str(record[chart.y])] += float(value)
    return dict(cells)


def _gaps(table: ResultTable, chart: Chart) -> set[tuple[str, str]]:
    if chart.mark is None:
        return set()
    marked = (record for record in table.to_records() if record[chart.mark] == "gap")
    return {(str(record[chart.x]), str(record[chart.y])) for record in marked}


def _cross(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Cross a cell out: something is expected here and missing."""
    low, high = size * 0.28, size * 0.72
    for one, other in ((low, high), (high, low)):
        canvas.line(x + low, y + one, x + high, y + other, stroke=PALETTE[1], width=2)


def _greatest(cells: dict[tuple[str, str], float], end: int, most: int) -> list[str]:
    sums: dict[str, float] = defaultdict(float)
    for key, value in cells.items():
        sums[key[end]] += value
    return sorted(sums, key=lambda name: (-sums[name], name))[:most]


def _heads(canvas: Canvas, down: list[str], across: list[str], size: int) -> None:
    for row, name in enumerate(down):
        label = shortened(name, 27)
        canvas.text(_LEFT - 6, _TOP + row * size + size / 2 + 4, label, size=11, anchor="end")
    for place, name in enumerate(across):
        x = _LEFT + place * size + size / 2 + 3
        canvas.text(x, _TOP - 6, shortened(name, 20), size=11, turn=-50)
