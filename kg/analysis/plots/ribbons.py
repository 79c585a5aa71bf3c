"""Who gives how much to whom, as ribbons between two columns (a Sankey diagram)."""

from __future__ import annotations

from collections import defaultdict

from kg.analysis.base import Chart
from kg.analysis.plots.svg import GRID, PALETTE, QUIET, Canvas, isolated, number, shortened
from kg.language import marked, named, right_to_left, said
from kg.results import ResultTable

__all__ = ["OTHERS", "ribbons"]

OTHERS = marked("all others")
_WIDTH, _LEFT, _BAR = 720.0, 190.0, 12.0
_TOP, _GAP, _LEAST = 26.0, 6.0, 1.0  # px; between blocks; the height of the smallest ribbon
_FULL = 440.0  # px for all blocks together
_COLOURS = (*PALETTE, "#8C6BB1", "#7F7F00", "#1F9E9E", "#B35978")

Pair = tuple[str, str]


def ribbons(table: ResultTable, chart: Chart) -> Canvas:
    """Draw ``chart.x`` on the left, ``chart.y`` on the right, ribbons as wide as ``chart.group``.

    The ``chart.most`` greatest of either side stand by themselves, the others together. What the
    groups of a table say of the same pair is added up.
    """
    flows = _flows(table, chart)
    left, right = _sums(flows, 0), _sums(flows, 1)
    whole = sum(left.values()) or 1.0
    blocks = max(len(left), len(right))
    scale = _FULL / whole
    deep = _TOP + _FULL + _GAP * max(blocks - 1, 0) + 16
    canvas = Canvas(_WIDTH, deep, mirrored=right_to_left())
    source, target = (named(end.removesuffix("_label")) for end in (chart.x, chart.y))
    canvas.text(_LEFT, 14, source, size=11, anchor="end", fill=QUIET)
    canvas.text(_WIDTH - _LEFT, 14, target, size=11, fill=QUIET)
    from_left = _column(canvas, left, scale, on_left=True)
    to_right = _column(canvas, right, scale, on_left=False)
    order = {name: place for place, name in enumerate(left)}
    beside = {name: place for place, name in enumerate(right)}
    for (source, target), value in sorted(
        flows.items(), key=lambda flow: (order[flow[0][0]], beside[flow[0][1]])
    ):
        thick = value * scale
        _ribbon(canvas, from_left[source], to_right[target], thick, (source, target), value,
                _colour(source, order))  # fmt: skip
        from_left[source] += thick
        to_right[target] += thick
    return canvas


def _flows(table: ResultTable, chart: Chart) -> dict[Pair, float]:
    assert chart.group is not None  # ribbons are declared with the value that they show
    found: dict[Pair, float] = defaultdict(float)
    for record in table.to_records():
        value = record[chart.group]
        if isinstance(value, int | float) and value > 0:
            found[str(record[chart.x]), str(record[chart.y])] += float(value)
    kept = [set(list(_sums(found, end))[: chart.most]) for end in (0, 1)]
    gathered: dict[Pair, float] = defaultdict(float)
    for (source, target), value in found.items():
        ends = (
            source if source in kept[0] else OTHERS,
            target if target in kept[1] else OTHERS,
        )
        gathered[ends] += value
    return dict(gathered)


def _sums(flows: dict[Pair, float], end: int) -> dict[str, float]:
    """Return the sums of one side, the greatest first, what was put together last."""
    sums: dict[str, float] = defaultdict(float)
    for key, value in flows.items():
        sums[key[end]] += value
    order = sorted(sums, key=lambda name: (name == OTHERS, -sums[name], name))
    return {name: sums[name] for name in order}


def _colour(name: str, order: dict[str, int]) -> str:
    return "#8A9499" if name == OTHERS else _COLOURS[order[name] % len(_COLOURS)]


def _shown(name: str) -> str:
    return said(name) if name == OTHERS else name


def _column(
    canvas: Canvas, sums: dict[str, float], scale: float, *, on_left: bool
) -> dict[str, float]:
    """Draw the blocks of a side with their names; return where the first ribbon of each begins."""
    starts: dict[str, float] = {}
    y = _TOP
    x = _LEFT + 8 if on_left else _WIDTH - _LEFT - 8 - _BAR
    order = {name: place for place, name in enumerate(sums)}
    last = -20.0
    for name, value in sums.items():
        height = max(value * scale, _LEAST)
        starts[name] = y
        fill = _colour(name, order) if on_left else QUIET
        canvas.rect(x, y, _BAR, height, fill=fill, tip=f"{_shown(name)}: {number(value)}")
        at = max(y + height / 2 + 4, last + 12)  # names of thin blocks make room for each other
        last = at
        text = f"{isolated(shortened(_shown(name), 22))} {number(round(value, 1))}"
        canvas.text(_LEFT if on_left else _WIDTH - _LEFT, at, text, size=11,
                    anchor="end" if on_left else "start")  # fmt: skip
        y += height + _GAP
    canvas.height = max(canvas.height, y + 10, last + 12)
    return starts


def _ribbon(
    canvas: Canvas, top: float, end: float, thick: float, names: Pair, value: float, colour: str
) -> None:
    x1, x2 = _LEFT + 8 + _BAR, _WIDTH - _LEFT - 8 - _BAR
    middle = (x1 + x2) / 2
    low, below = top + max(thick, 0.4), end + max(thick, 0.4)
    drawn = (
        f"M{x1:.1f} {top:.1f}C{middle:.1f} {top:.1f} {middle:.1f} {end:.1f} {x2:.1f} {end:.1f}"
        f"L{x2:.1f} {below:.1f}C{middle:.1f} {below:.1f} {middle:.1f} {low:.1f} {x1:.1f} {low:.1f}Z"
    )
    tip = f"{_shown(names[0])} → {_shown(names[1])}: {number(value)}"
    canvas.shape(drawn, fill=colour, stroke=GRID, width=0.3, opacity=0.55, tip=tip)
