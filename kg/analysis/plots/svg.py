"""Drawing by hand: a canvas of SVG elements, axes, and colours that survive print.

The colours are those of Okabe and Ito (2008), told apart by every kind of colour vision; shades
of one hue run from light to dark, so that they keep their order in grey. Series differ by dash
and marker as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

__all__ = [
    "DASHES",
    "GRID",
    "INK",
    "PALETTE",
    "Canvas",
    "Scale",
    "number",
    "shade",
    "shortened",
    "ticks",
]

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
DASHES = ("", "6 3", "2 2", "8 2 2 2", "12 3", "1 3")
INK, GRID = "#222222", "#D5D5D5"
_LIGHT, _DARK = (0xEE, 0xF4, 0xFB), (0x08, 0x30, 0x6B)
_FONT = "system-ui, 'Noto Sans', 'Noto Sans Arabic', 'DejaVu Sans', sans-serif"


@dataclass
class Canvas:
    """SVG elements on a white ground; lengths in px."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, content: object, *, size: float = 12, anchor: str = "start",
        fill: str = INK, bold: bool = False, turn: float = 0,
    ) -> None:  # fmt: skip
        """Write a line of text; ``turn`` is in degrees around its start."""
        weight = ' font-weight="600"' if bold else ""
        turned = f' transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" '
            f'fill="{fill}"{weight}{turned}>{escape(str(content))}</text>'
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
        drawn = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        seen = f' opacity="{opacity:g}"' if opacity < 1 else ""
        self.parts.append(
            f'<path d="{drawn}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}"'
            f"{dashed}{seen}/>"
        )

    def shape(
        self, drawn: str, *, fill: str, stroke: str = INK, width: float = 1, opacity: float = 1,
        tip: str = "",
    ) -> None:  # fmt: skip
        """Draw a path of any commands; ``tip`` is shown when pointed at."""
        self.parts.append(
            f'<path d="{drawn}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}" '
            f'opacity="{opacity:g}">{_tip(tip)}</path>'
        )

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: str, tip: str = "",
        stroke: str = "none",
    ) -> None:  # fmt: skip
        """Draw a box; ``tip`` is shown when pointed at."""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'fill="{fill}" stroke="{stroke}">{_tip(tip)}</rect>'
        )

    def circle(
        self, x: float, y: float, radius: float, *, fill: str, stroke: str = "white",
        opacity: float = 1, tip: str = "",
    ) -> None:  # fmt: skip
        """Draw a disc; ``tip`` is shown when pointed at."""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" '
            f'stroke="{stroke}" fill-opacity="{opacity:g}">{_tip(tip)}</circle>'
        )

    def svg(self, title: str, note: str) -> str:
        """Return the document; title and note are read out by screen readers."""
        body = "\n".join(self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" role="img" '
            f'font-family="{_FONT}">\n<title>{escape(title)}</title>\n<desc>{escape(note)}</desc>\n'
            f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
        )


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
    """Return a number as a reader likes it.

    Examples
    --------
    >>> number(12345.0), number(0.1234), number(3.0)
    ('12,345', '0.123', '3')
    """
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3g}"


def shade(share: float) -> str:
    """Return a blue for a share from 0 (light) to 1 (dark)."""
    share = min(max(share, 0.0), 1.0)
    mixed = (round(a + (b - a) * share) for a, b in zip(_LIGHT, _DARK, strict=True))
    return "#" + "".join(f"{part:02X}" for part in mixed)


def shortened(text: object, most: int = 34) -> str:
    """Return a text of at most ``most`` characters."""
    whole = " ".join(str(text).split())
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"
