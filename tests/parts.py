"""The parts of a page that a test asks for, each with what stands inside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.outline import VOID

__all__ = ["Element", "elements", "parse"]


@dataclass
class Element:
    """An element with its attributes and its children: elements and texts."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        """The words of its class."""
        return set(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        """All text inside, with single spaces."""
        found = (c if isinstance(c, str) else c.text for c in self.children)
        return " ".join(" ".join(found).split())

    def find(self, *tags: str, among: str = "") -> list[Element]:
        """Return the elements inside with one of these tags, and of a class where it is named."""
        return [e for e in elements(self) if e.tag in tags and (not among or among in e.classes)]


def elements(root: Element, wanted: Callable[[Element], bool] = lambda _: True) -> list[Element]:
    """Return the elements inside, in the order of the page."""
    found = []
    for child in root.children:
        if isinstance(child, Element):
            found += [child] if wanted(child) else []
            found += elements(child, wanted)
    return found


def parse(text: str) -> Element:
    """Return a page that is well nested as a tree."""
    reader = _Reader()
    reader.feed(text)
    return reader.stack[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.stack = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.stack[-1].children.append(made)
        if tag not in VOID:
            self.stack.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)
