"""What a test asks of a page."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["Outline"]

VOID = {"meta", "link", "img", "input", "br", "hr"}
_LEADS = ("href", "src", "action", "data-index")


class Outline(HTMLParser):
    """Tags, links, ids, attributes and script files of a page that is well nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.sources: list[str] = []
        self.feed(text)
        assert not self.stack, f"left open: {self.stack}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.attributes += found
        self.links += [str(found[name]) for name in _LEADS if name in found]
        self.ids += [str(found["id"])] if "id" in found else []
        if tag == "script" and found.get("type") != "application/ld+json":  # which is data
            self.sources.append(found.get("src") or "")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag, f"</{tag}> where {self.stack[-1:]} is open"
