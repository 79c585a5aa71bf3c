"""Small drawings inside a page: they take its colours, in light and dark, and load nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from kg.analysis.plots.svg import shortened, ticks
from kg.web.language import gettext, language, whole

__all__ = ["DRAWINGS"]

Records = Sequence[Mapping[str, Any]]
_WIDTH, _LEFT = 640, 44
_HEIGHT, _FLOOR, _TOP = 190, 162, 10
_ROW, _NAMES, _MOST_ROWS, _MOST_LETTERS = 24, 210, 8, 30
_LETTER_WIDTH = 7.2  # px, of a digit
_KINDS = ("learned", "taught")  # the two colours


def years(records: Records, title: str) -> Markup | None:
    """Draw seats on both sides, one stack a year; years without any stand empty."""
    by_year = {int(r["group"]): r for r in records if str(r["group"]).isdigit()}
    if len(by_year) < 2:
        return None
    span = range(min(by_year), max(by_year) + 1)
    seats = max(_number(r, "learned") + _number(r, "taught") for r in by_year.values())
    names = ("learned", "taught") if seats else ("trainings",)
    most = max(sum(_number(r, n) for n in names) for r in by_year.values())
    levels = [level for level in ticks(0, most) if level == int(level)]  # of people there are whole
    wide = (_WIDTH - _LEFT - 8) / len(span)
    parts = [_level(level, levels[-1]) for level in levels]
    for place, year in enumerate(span):
        left = _LEFT + place * wide
        if year in by_year:
            parts += _stack(by_year[year], names, left + wide * 0.12, wide * 0.76, levels[-1])
        if place % _every(len(span)) == 0:
            parts.append(_text(left + wide / 2, _FLOOR + 18, str(year), "middle"))
    return _figure(parts, _HEIGHT, title, [gettext(name) for name in names])


def _every(count: int) -> int:
    """Return how many years share a label, so that labels do not touch."""
    room = (_WIDTH - _LEFT) / count
    return max(1, -(-int(_LETTER_WIDTH * 5) // max(int(room), 1)))


def _level(level: float, highest: float) -> str:
    height = _FLOOR - (_FLOOR - _TOP) * level / (highest or 1)
    line = f'<path class="grid" d="M{_LEFT} {height:.1f}H{_WIDTH - 8}"/>'
    return line + _text(_LEFT - 6, height + 4, whole(level), "end")


def _stack(
    record: Mapping[str, Any], names: Sequence[str], left: float, width: float, top: float
) -> list[str]:
    found, base = [], float(_FLOOR)
    for kind, name in zip(_KINDS, names, strict=False):
        value = _number(record, name)
        height = (_FLOOR - _TOP) * value / (top or 1)
        base -= height
        tip = f"{record['group']}: {gettext(name)} {whole(value)}"
        if value:
            found.append(_box(kind, left, base, width, height, tip))
    return found


def sides(records: Records, title: str) -> Markup | None:
    """Draw who learns and who teaches: one line a row, the first ones."""
    return _lines(records, title, "group_label", ("learned", "taught"))


def exchange(records: Records, title: str) -> Markup | None:
    """Draw what was learned from partners and taught them: one line a partner, the first ones."""
    return _lines(records, title, "partner_label", ("received", "given"), ("learned", "taught"))


def _lines(
    records: Records,
    title: str,
    label: str,
    columns: tuple[str, str],
    words: tuple[str, str] = _KINDS,
) -> Markup | None:
    kept = [r for r in records if sum(_number(r, c) for c in columns) > 0][:_MOST_ROWS]
    if len(kept) < 2:
        return None
    most = max(sum(_number(r, c) for c in columns) for r in kept)
    scale = (_WIDTH - _NAMES - 60) / most
    said = [gettext(word) for word in words]
    parts: list[str] = []
    for place, record in enumerate(kept):
        seats = [_number(record, column) for column in columns]
        parts += _line(str(record[label]), seats, said, place * _ROW, scale)
    return _figure(parts, len(kept) * _ROW + 4, title, said)


def _line(
    name: str, seats: Sequence[float], said: Sequence[str], top: float, scale: float
) -> list[str]:
    mirrored, start = language() == "ar", float(_NAMES)
    anchors = ("start", "end") if mirrored else ("end", "start")
    short = shortened(name, _MOST_LETTERS)
    parts = [_text(_across(_NAMES - 8, mirrored), top + 17, short, anchors[0], name)]
    for kind, value, word in zip(_KINDS, seats, said, strict=True):
        width = value * scale
        left = _WIDTH - start - width if mirrored else start
        if width:
            tip = f"{name}: {word} {_short(value)}"
            parts.append(_box(kind, left, top + 4, width, _ROW - 8, tip))
        start += width
    return [*parts, _text(_across(start + 6, mirrored), top + 17, _short(sum(seats)), anchors[1])]


def _across(x: float, mirrored: bool) -> float:
    return _WIDTH - x if mirrored else x


def _short(value: float) -> str:
    return whole(value) if value == int(value) else f"{value:.1f}"


def _number(record: Mapping[str, Any], column: str) -> float:
    return float(record[column] or 0)  # a withheld count is drawn as nothing; the table says so


def _box(kind: str, x: float, y: float, width: float, height: float, tip: str) -> str:
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" '
        f'height="{height:.1f}"><title>{escape(tip)}</title></rect>'
    )


def _text(x: float, y: float, content: str, anchor: str, tip: str = "") -> str:
    inner = f"<title>{escape(tip)}</title>" if tip and tip != content else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{inner}{escape(content)}</text>'


def _figure(parts: Sequence[str], height: float, title: str, names: Sequence[str]) -> Markup:
    """Return the drawing with its legend; the table beside it tells the same to everybody."""
    legend = "".join(
        f'<span class="key {kind}">{escape(name)}</span> '
        for kind, name in zip(_KINDS, names, strict=False)  # years without seats have one
    )
    return Markup(  # noqa: S704  (every text in it is escaped above)
        f'<figure class="drawing" tabindex="0"><svg viewBox="0 0 {_WIDTH} {height:g}" '
        f'direction="ltr" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'
        f"<figcaption>{legend}</figcaption></figure>"
    )


DRAWINGS: Mapping[str, Callable[[Records, str], Markup | None]] = {
    "exchange": exchange,
    "sides": sides,
    "years": years,
}
"""Name of a drawing → how it is made from the records of a table; None where it shows nothing."""
