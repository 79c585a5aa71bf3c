"""Class diagrams as SVG, drawn by a small layout of our own.

Colours come from the page's style sheet, so a diagram follows its light or dark look. Boxes are
measured by wide letters and text is wrapped to fit, so none is cut off. For Arabic the drawing is
mirrored.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from kg.ontology.docs.model import Documentation, Ref, Term
from kg.ontology.docs.words import DIRECTIONS, say, subject_name

__all__ = ["all_classes", "neighbourhood"]

WIDTH = 1070  # pixels, as wide as the text of a page
_LETTER = 0.61  # width of a letter in sizes of the font; wide enough for DejaVu Sans
_BIG, _SMALL = 14, 12  # font sizes in pixels; ontology.css sets the same
_LINE = 17  # pixels from line to line
_PAD = 10

Href = Callable[[Ref], str | None]


def _wrapped(text: str, width: float, size: int) -> list[str]:
    """Return the lines of a text that fit into a width in pixels."""
    letters = max(4, int(width / (size * _LETTER)))
    return textwrap.wrap(text, letters) or [""]


@dataclass
class _Canvas:
    """Collects the parts of a drawing; every place is given as if text ran left to right."""

    language: str
    href: Href
    parts: list[Markup] = field(default_factory=list)

    @property
    def mirrored(self) -> bool:
        """Whether the drawing runs from right to left."""
        return DIRECTIONS[self.language] == "rtl"

    def x(self, place: float, width: float = 0) -> str:
        """Return where something of a width begins on the drawing."""
        return f"{WIDTH - place - width if self.mirrored else place:g}"

    def box(self, x: float, y: float, width: float, height: float, look: str) -> None:
        """Draw a rectangle."""
        self.parts.append(
            Markup('<rect class="{}" x="{}" y="{:g}" width="{:g}" height="{:g}" rx="6"/>').format(
                look, self.x(x, width), y, width, height
            )
        )

    def line(self, points: Sequence[tuple[float, float]], look: str = "edge") -> None:
        """Draw a line through points."""
        path = " ".join(f"{self.x(x)},{y:g}" for x, y in points)
        self.parts.append(Markup('<polyline class="{}" points="{}"/>').format(look, path))

    def arrow(self, start: float, end: float, y: float) -> None:
        """Draw a level arrow towards ``end``."""
        self.line([(start, y), (end - 5, y)])
        tip = " ".join(
            f"{self.x(x)},{y + dy:g}" for x, dy in ((end, 0), (end - 8, -4), (end - 8, 4))
        )
        self.parts.append(Markup('<polygon class="tip" points="{}"/>').format(tip))

    def text(self, x: float, y: float, line: str, look: str, anchor: str = "start") -> None:
        """Write one line."""
        self.parts.append(
            Markup('<text class="{}" x="{}" y="{:g}" text-anchor="{}">{}</text>').format(
                look, self.x(x), y, anchor, line
            )
        )

    def link(self, ref: Ref, draw: Callable[[], None]) -> None:
        """Draw something as a link to a term's page."""
        target = self.href(ref)
        if target:
            self.parts.append(Markup('<a href="{}">').format(target))
        draw()
        if target:
            self.parts.append(Markup("</a>"))

    def finish(
        self,
        height: float,
        key: str,
        title: str,
        description: str,
        part: tuple[float, float] = (0, WIDTH),
    ) -> Markup:
        """Return the drawing, or the part of its width that something stands in."""
        start, end = part[0] - 1, part[1] + 1  # half a line stands outside of a box
        return Markup(
            '<svg class="classes" xmlns="http://www.w3.org/2000/svg" role="group" '
            'viewBox="{x} 0 {w:g} {h:g}" width="{w:g}" height="{h:g}" direction="{d}" '
            'aria-labelledby="{k}-title {k}-desc"><title id="{k}-title">{t}</title>'
            '<desc id="{k}-desc">{s}</desc>{body}</svg>'
        ).format(
            x=self.x(start, end - start),
            w=end - start,
            h=height,
            d=DIRECTIONS[self.language],
            k=key,
            t=title,
            s=description,
            body=Markup("\n").join(self.parts),
        )


# One class with those that it is linked with


def neighbourhood(docs: Documentation, term: Term, language: str, href: Href) -> Markup | None:
    """Draw a class in the middle, what leads to it before it, and where it leads after it.

    None for a class without relations: there is nothing to draw.
    """
    coming = _grouped((other, prop) for other, prop in docs.leading_to(term.ref.iri))
    going = _grouped((target, prop) for prop, target in term.relations)
    if not coming and not going:
        return None
    canvas = _Canvas(language, href)
    below = [child.label(language) for child in term.children]
    height = max(
        _side_height(coming, language), _side_height(going, language), _centre_height(below)
    )
    _side(canvas, coming, 0, height, towards=True)
    _side(canvas, going, _RIGHT, height, towards=False)
    _centre(canvas, term, below, height)
    title = term.ref.label(language)
    description = say("diagram-one", language, title)
    part = (0 if coming else _BOX + _SPACE, WIDTH if going else _RIGHT)
    return canvas.finish(height + 2, "around", title, description, part)


_BOX = 235  # width of the boxes at the sides
_SPACE = 190  # width of the space with the arrows
_MIDDLE = WIDTH - 2 * (_BOX + _SPACE)
_RIGHT = _BOX + _SPACE + _MIDDLE
_GAP = 10

_Group = tuple[Ref, list[Ref]]


def _grouped(pairs: Iterable[tuple[Ref, Ref]]) -> list[_Group]:
    """Gather the properties of each class, in the order in which the classes come."""
    found: dict[str, _Group] = {}
    for other, prop in pairs:
        found.setdefault(other.iri, (other, []))[1].append(prop)
    return list(found.values())


def _row_height(prop: Ref, language: str) -> int:
    return len(_wrapped(prop.label(language), _SPACE - 24, _SMALL)) * 14 + 12


def _group_height(group: _Group, language: str) -> int:
    lines = len(_wrapped(group[0].label(language), _BOX - 2 * _PAD, _BIG))
    return max(sum(_row_height(p, language) for p in group[1]), lines * _LINE + 14)


def _side_height(groups: list[_Group], language: str) -> int:
    return sum(_group_height(g, language) + _GAP for g in groups) - _GAP if groups else 0


def _centre_height(below: list[str]) -> int:
    return 70 + sum(len(_wrapped(b, _MIDDLE - 2 * _PAD, _SMALL)) for b in below) * _LINE


def _side(canvas: _Canvas, groups: list[_Group], x: float, height: float, *, towards: bool) -> None:
    """Draw the classes of one side with an arrow for each property."""
    y = (height - _side_height(groups, canvas.language)) / 2 + 1
    for group in groups:
        tall = _group_height(group, canvas.language)
        place = x if towards else x + _SPACE
        _class_box(canvas, group[0], place, y, _BOX, tall)
        _arrows(canvas, group[1], (x + _BOX if towards else x), y, tall)
        y += tall + _GAP


def _arrows(canvas: _Canvas, props: list[Ref], x: float, y: float, tall: float) -> None:
    heights = [_row_height(p, canvas.language) for p in props]
    y += (tall - sum(heights)) / 2
    for prop, height in zip(props, heights, strict=True):
        lines = _wrapped(prop.label(canvas.language), _SPACE - 24, _SMALL)

        def write(lines: list[str] = lines, top: float = y) -> None:
            for number, line in enumerate(lines):
                middle = x + _SPACE / 2 - 4
                canvas.text(middle, top + 14 * (number + 1), line, "small", "middle")

        canvas.link(prop, write)
        canvas.arrow(x, x + _SPACE, y + height - 6)
        y += height


def _class_box(canvas: _Canvas, ref: Ref, x: float, y: float, width: float, height: float) -> None:
    lines = _wrapped(ref.label(canvas.language), width - 2 * _PAD, _BIG)

    def draw() -> None:
        canvas.box(x, y, width, height, "box")
        top = y + (height - len(lines) * _LINE) / 2 + 13
        for number, line in enumerate(lines):
            canvas.text(x + width / 2, top + number * _LINE, line, "big", "middle")

    canvas.link(ref, draw)


def _centre(canvas: _Canvas, term: Term, below: list[str], height: float) -> None:
    x = _BOX + _SPACE
    canvas.box(x, 1, _MIDDLE, height, "box main")
    heading = _wrapped(term.ref.label(canvas.language), _MIDDLE - 2 * _PAD, _BIG)
    small = [line for b in below for line in _wrapped(b, _MIDDLE - 2 * _PAD, _SMALL)]
    y = (height - (len(heading) + len(small)) * _LINE) / 2 + 10
    for line in heading:
        canvas.text(x + _MIDDLE / 2, y, line, "big", "middle")
        y += _LINE
    for line in small:
        canvas.text(x + _MIDDLE / 2, y + 4, line, "small muted", "middle")
        y += _LINE


# All classes


@dataclass(frozen=True)
class _Box:
    """A class in the overview: its place in its tree, its lines, and their height."""

    ref: Ref
    depth: int
    name: list[str]
    relations: list[tuple[Ref, list[str]]]

    @property
    def height(self) -> int:
        """Pixels that the box takes."""
        small = sum(len(lines) for _, lines in self.relations)
        return len(self.name) * _LINE + small * 15 + (12 if not small else 18)


_COLUMNS = 3
_COLUMN_GAP = 18
_PANEL = (WIDTH - (_COLUMNS - 1) * _COLUMN_GAP) / _COLUMNS
_INDENT = 18
_STEP = 5
_TITLE = 34


def all_classes(docs: Documentation, language: str, href: Href) -> Markup | None:
    """Draw every class: a panel for each subject, trees of subclasses, main relations in boxes.

    None without classes.
    """
    panels = [(name, boxes) for name in docs.subjects if (boxes := _boxes(docs, name, language))]
    if not panels:
        return None
    canvas = _Canvas(language, href)
    filled = [0.0] * _COLUMNS
    for subject, boxes in sorted(panels, key=lambda p: -_panel_height(p[1])):
        column = filled.index(min(filled))
        labels = docs.subject_labels(subject)
        title = subject_name(subject, labels, language)
        _panel(canvas, title, boxes, column * (_PANEL + _COLUMN_GAP), filled[column])
        filled[column] += _panel_height(boxes) + _COLUMN_GAP
    return canvas.finish(
        max(filled) - _COLUMN_GAP + 2,
        "all",
        say("diagram", language),
        say("diagram-all", language),
    )


def _boxes(docs: Documentation, subject: str, language: str) -> list[_Box]:
    """Return the classes of a subject as they stand below one another."""
    mine = {t.ref.iri: t for t in docs.classes.values() if t.subject == subject}
    found: dict[str, _Box] = {}

    def visit(term: Term, depth: int) -> None:
        if term.ref.iri not in found:
            found[term.ref.iri] = _box(term, depth, language)
            for child in term.children:
                if child.iri in mine:
                    visit(mine[child.iri], depth + 1)

    roots = [t for t in mine.values() if not any(p.iri in mine for p in t.parents)]
    for term in sorted(roots, key=lambda t: -len(t.relations)):
        visit(term, 0)
    return list(found.values())


def _box(term: Term, depth: int, language: str) -> _Box:
    arrow = "←" if DIRECTIONS[language] == "rtl" else "→"
    width = _PANEL - 4 * _PAD - depth * _INDENT
    relations = [
        (
            target,
            _wrapped(f"{prop.label(language)} {arrow} {target.label(language)}", width, _SMALL),
        )
        for prop, target in term.relations
    ]
    return _Box(term.ref, depth, _wrapped(term.ref.label(language), width, _BIG), relations)


def _panel_height(boxes: list[_Box]) -> int:
    return _TITLE + sum(b.height + _STEP for b in boxes) + _PAD


def _panel(canvas: _Canvas, title: str, boxes: list[_Box], x: float, y: float) -> None:
    canvas.box(x + 0.5, y + 0.5, _PANEL - 1, _panel_height(boxes), "panel")
    canvas.text(x + _PAD, y + 22, title, "heading")
    y += _TITLE
    stems: list[float] = []  # for each depth, where the line to its subclasses begins
    for box in boxes:
        left = x + _PAD + box.depth * _INDENT
        stems[box.depth :] = [y + box.height]
        if box.depth:
            stem, level = left - _INDENT + 8, y + 14
            canvas.line([(stem, stems[box.depth - 1]), (stem, level), (left, level)])
        _draw(canvas, box, left, y, x + _PANEL - _PAD - left)
        y += box.height + _STEP


def _draw(canvas: _Canvas, box: _Box, x: float, y: float, width: float) -> None:
    def head() -> None:
        canvas.box(x, y, width, box.height, "box" if box.depth else "box main")
        for number, line in enumerate(box.name):
            canvas.text(x + _PAD, y + _LINE * (number + 1) + 2, line, "big")

    canvas.link(box.ref, head)
    line_y = y + len(box.name) * _LINE + 20
    for target, lines in box.relations:

        def rows(lines: list[str] = lines, top: float = line_y) -> None:
            for number, line in enumerate(lines):
                canvas.text(x + _PAD, top + number * 15, line, "small")

        canvas.link(target, rows)
        line_y += len(lines) * 15
