"""Drawing by hand: a canvas of SVG elements, axes, and colours that survive print.

The colours are those of Okabe and Ito (2008), told apart by every kind of colour vision; shades
of one hue run from light to dark, so that they keep their order in grey. Series differ by dash
and marker as well. They are the colours for paper, and a file needs nothing else; every element
has classes as well (``f-ink`` fills, ``s-grid`` strokes), by which a page gives it the colours of
its theme.

A drawing speaks the language that is spoken (:func:`kg.language.speaking`). In one that is written
from right to left, names stand to the right of what they name: a mirrored canvas turns all of it.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import takewhile

from kg.language import decimal, language, right_to_left, whole

__all__ = [
    "DASHES",
    "GRID",
    "GROUND",
    "INK",
    "PALETTE",
    "QUIET",
    "Canvas",
    "Scale",
    "isolated",
    "number",
    "shade",
    "shortened",
    "ticks",
    "told_apart",
]

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
DASHES = ("", "6 3", "2 2", "8 2 2 2", "12 3", "1 3")
INK, GRID, QUIET, GROUND = "#222222", "#D5D5D5", "#555555", "#FFFFFF"
_DEEP = "#08306B"
_NAMES = {
    INK: "ink",
    GRID: "grid",
    QUIET: "quiet",
    GROUND: "ground",
    _DEEP: "deep",
    **{colour: f"c{place}" for place, colour in enumerate(PALETTE)},
    "#8C6BB1": "c6",
    "#7F7F00": "c7",
    "#1F9E9E": "c8",
    "#B35978": "c9",
    "#8A9499": "dim",
    "#E4E1D9": "land",
    "#F7FAFC": "sea",
}
_OPPOSITE = {"start": "end", "end": "start"}
_FONT = "system-ui, 'Noto Sans', 'Noto Sans Arabic', 'DejaVu Sans', sans-serif"
_ISOLATE, _POP, _LEFT_TO_RIGHT = "\u2068", "\u2069", "\u200e"


@dataclass
class Canvas:
    """SVG elements on a ground; lengths in px. A mirrored one counts x from the right."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)
    mirrored: bool = False

    def _at(self, x: float, width: float = 0.0) -> float:
        return self.width - x - width if self.mirrored else x

    def text(
        self, x: float, y: float, content: object, *, size: float = 12, anchor: str = "start",
        fill: str = INK, bold: bool = False, turn: float = 0, halo: str = "",
    ) -> None:  # fmt: skip
        """Write a line of text; ``turn`` is in degrees around its start, ``halo`` a colour."""
        x, turn = self._at(x), -turn if self.mirrored else turn
        weight = ' font-weight="600"' if bold else ""
        turned = f' transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ""
        around = ' stroke-width="3" paint-order="stroke"' if halo else ""
        # the start of a line is on the right where it runs from there
        backwards = right_to_left()
        if backwards != self.mirrored:
            anchor = _OPPOSITE.get(anchor, anchor)
        way = ' direction="rtl"' if backwards else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}"{way}'
            f"{_paint(fill, halo)}{around}{weight}{turned}>{escape(str(content))}</text>"
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, width: float = 1,
        dash: str = "",
    ) -> None:  # fmt: skip
        """Draw a straight line."""
        self.path([(x1, y1), (x2, y2)], stroke=stroke, width=width, dash=dash)

    def path(
        self, points: Sequence[tuple[float, float]], *, stroke: str = INK, width: float = 1,
        dash: str = "", fill: str = "none", opacity: float = 1, closed: bool = False,
    ) -> None:  # fmt: skip
        """Draw a line through points, or an area."""
        placed = "L".join(f"{self._at(x):.1f} {y:.1f}" for x, y in points)
        drawn = "M" + placed + ("Z" if closed else "")
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        seen = f' opacity="{opacity:g}"' if opacity < 1 else ""
        self.parts.append(
            f'<path d="{drawn}"{_paint(fill, stroke)} stroke-width="{width:g}"{dashed}{seen}/>'
        )

    def shape(
        self, drawn: str, *, fill: str, stroke: str = INK, width: float = 1, opacity: float = 1,
        tip: str = "",
    ) -> None:  # fmt: skip
        """Draw a path of any commands; ``tip`` is shown when pointed at."""
        turned = f' transform="matrix(-1 0 0 1 {self.width:g} 0)"' if self.mirrored else ""
        self.parts.append(
            f'<path d="{drawn}"{turned}{_paint(fill, stroke)} stroke-width="{width:g}" '
            f'opacity="{opacity:g}">{_tip(tip)}</path>'
        )

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: str, tip: str = "",
        stroke: str = "none", opacity: float = 1,
    ) -> None:  # fmt: skip
        """Draw a box; ``tip`` is shown when pointed at."""
        seen = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
        self.parts.append(
            f'<rect x="{self._at(x, width):.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}"{_paint(fill, stroke)}{seen}>{_tip(tip)}</rect>'
        )

    def circle(
        self, x: float, y: float, radius: float, *, fill: str, stroke: str = GROUND,
        opacity: float = 1, tip: str = "",
    ) -> None:  # fmt: skip
        """Draw a disc; ``tip`` is shown when pointed at."""
        self.parts.append(
            f'<circle cx="{self._at(x):.1f}" cy="{y:.1f}" r="{radius:.1f}"{_paint(fill, stroke)} '
            f'fill-opacity="{opacity:g}">{_tip(tip)}</circle>'
        )

    def svg(self, title: str, note: str) -> str:
        """Return the document; title and note are read out by screen readers."""
        body = "\n".join(self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" role="img" lang="{language()}" '
            f'direction="ltr" font-family="{_FONT}">\n<title>{escape(title)}</title>\n'
            f"<desc>{escape(note)}</desc>\n"
            f'<rect width="100%" height="100%"{_paint(GROUND)}/>\n{body}\n</svg>\n'
        )


def _paint(fill: str, stroke: str = "") -> str:
    """Return the colours for paper, and the classes by which a page gives its own."""
    painted = [("f", fill)] + ([("s", stroke)] if stroke else [])
    classes = " ".join(f"{way}-{_NAMES[colour]}" for way, colour in painted if colour in _NAMES)
    marked = f' class="{classes}"' if classes else ""
    return f'{marked} fill="{fill}"' + (f' stroke="{stroke}"' if stroke else "")


def _tip(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""


@dataclass(frozen=True)
class Scale:
    """A linear map from numbers to px."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a value stands."""
        span = self.high - self.low or 1.0
        return self.start + (value - self.low) / span * (self.end - self.start)


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return round numbers that cover ``low`` to ``high``: 1, 2 or 5 times a power of ten apart.

    Examples
    --------
    >>> ticks(0, 97)
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    """
    span = (high - low) or abs(high) or 1.0
    rough = span / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * n, 12) for n in range(first, last + 1)]


def number(value: float) -> str:
    """Return a number as a reader of the spoken language likes it.

    Examples
    --------
    >>> number(12345.0), number(0.1234), number(3.0)
    ('12,345', '0.123', '3')
    """
    is_whole = value == int(value) and abs(value) < 1e15
    text = whole(int(value), language()) if is_whole else decimal(value, language())
    # beside letters that run from the right, a minus would change sides
    return f"{_LEFT_TO_RIGHT}{text}" if value < 0 and right_to_left() else text


def shade(share: float) -> tuple[str, float]:
    """Return a fill and its opacity for a share from 0 (light) to 1 (deep)."""
    return _DEEP, 0.06 + 0.94 * min(max(share, 0.0), 1.0)


def isolated(name: object) -> str:
    """Return a name that keeps its direction to itself where something stands beside it.

    Examples
    --------
    >>> isolated("Oslo") == "Oslo", len(isolated("تونس"))
    (True, 6)
    """
    text = str(name)
    foreign = any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
    return f"{_ISOLATE}{text}{_POP}" if foreign or right_to_left() else text


def told_apart(names: Sequence[str], most: int = 34) -> list[str]:
    """Return names of at most ``most`` characters; those that begin alike lose their beginning.

    Examples
    --------
    >>> told_apart(["A long beginning, Oslo", "A long beginning, Bergen", "Rome"], 12)
    ['…Oslo', '…Bergen', 'Rome']
    """
    cut = [shortened(name, most) for name in names]
    alike: dict[str, set[str]] = {}
    for short, name in zip(cut, names, strict=True):
        alike.setdefault(short, set()).add(name)
    found = []
    for short, name in zip(cut, names, strict=True):
        begin = _common_words(alike[short]) if len(alike[short]) > 1 else 0
        rest = " ".join(name.split()[begin:])
        found.append(shortened(f"…{rest}", most) if begin and rest else short)
    return found


def _common_words(names: Collection[str]) -> int:
    """Return with how many words all of them begin."""
    same = takewhile(lambda words: len(set(words)) == 1, zip(*map(str.split, names), strict=False))
    return len(list(same))


def shortened(text: object, most: int = 34) -> str:
    """Return a text of at most ``most`` characters."""
    whole = " ".join(str(text).split())
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"
