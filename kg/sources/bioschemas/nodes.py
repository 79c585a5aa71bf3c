"""Nodes of a JSON-LD document: schema.org's terms without prefix, references followed.

This is no JSON-LD processor, on purpose: one would fetch contexts. It reads what pages publish:
schema.org as the context (or as prefix, or written out), nodes nested, listed or in ``@graph``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kg.errors import InputError
from kg.sources.bioschemas.documents import Document

__all__ = ["Graph", "Node", "gather", "items", "local", "text_of"]

_MAX_DEPTH = 100
_CONTAINERS = {
    "@graph", "@list", "@set", "hasCourseInstance", "subEvent", "subEvents", "mainEntity",
    "mainEntityOfPage", "hasPart", "itemListElement", "item", "event", "events", "dataFeedElement",
}  # fmt: skip
_SCHEMA = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:|sdo:)", re.IGNORECASE)
_FOREIGN = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")

Node = dict[str, Any]


@dataclass(frozen=True)
class Graph:
    """All nodes of a document in order, and those with an ``@id`` by it."""

    file: str
    line: int
    nodes: tuple[Node, ...]
    by_id: dict[str, Node]
    untyped: tuple[str, ...]

    def resolved(self, value: Any) -> Any:
        """Return the node that a bare reference means, or the value itself."""
        if isinstance(value, dict) and set(value) == {"@id"}:
            return self.by_id.get(str(value["@id"]), value)
        return value

    def all(self, node: Node, *names: str) -> list[Any]:
        """Return every value of the properties, lists and references resolved."""
        return [self.resolved(item) for name in names for item in items(node.get(name))]


def gather(document: Document) -> Graph:
    """Return the nodes of a document; nodes of one ``@id`` become one node with all it says.

    Raises
    ------
    InputError
        The document is nested too deeply.
    """
    by_id: dict[str, Node] = {}
    nodes: list[Node] = []
    _visit(_plain(document.value, document, 0), by_id, nodes)
    named = [n for n in nodes if types_of(n)]
    top = document.value if isinstance(document.value, list) else [document.value]
    untyped = tuple(
        str(item.get("name", "a node without a name"))
        for item in top
        if isinstance(item, dict) and "@type" not in item and "@graph" not in item
    )
    return Graph(document.file, document.line, tuple(named), by_id, untyped)


def _plain(value: Any, document: Document, depth: int) -> Any:
    """Return a value with schema.org's names bare: ``http://schema.org/name`` is ``name``."""
    if depth > _MAX_DEPTH:
        raise InputError(
            f"{document.file}, line {document.line}: is nested deeper than {_MAX_DEPTH} levels."
        )
    if isinstance(value, list):
        return [_plain(item, document, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        _SCHEMA.sub("", key): _plain(item, document, depth + 1)
        for key, item in value.items()
        if key != "@context"
    }


def _visit(value: Any, by_id: dict[str, Node], nodes: list[Node], stands: bool = True) -> None:
    """Collect nodes; one that was met before takes in what it says anew.

    ``stands`` is whether a node here is published, and not only mentioned by another: a course
    may be *about* an event.
    """
    if isinstance(value, list):
        for item in value:
            _visit(item, by_id, nodes, stands)
    if not isinstance(value, dict) or set(value) == {"@id"}:
        return
    identity = value.get("@id")
    known = by_id.setdefault(identity, value) if isinstance(identity, str) and identity else value
    known.update({k: v for k, v in value.items() if k not in known})
    if stands and not any(known is node for node in nodes):
        nodes.append(known)
    for name, item in list(value.items()):
        _visit(item, by_id, nodes, stands and _published(name, item))


def _published(name: str, value: Any) -> bool:
    if name in _CONTAINERS:
        return True
    # The larger event is often no more than a name.
    return name == "superEvent" and any(
        isinstance(item, dict) and ("startDate" in item or "EventSeries" in types_of(item))
        for item in items(value)
    )


def types_of(node: Node) -> list[str]:
    """Return the schema.org types of a node, without prefix."""
    found = (_SCHEMA.sub("", str(item)) for item in items(node.get("@type")))
    return [name for name in found if name and not _FOREIGN.match(name)]


def items(value: Any) -> list[Any]:
    """Return the values of a property that may be one, a list, an ``@list`` or absent."""
    if isinstance(value, dict) and ("@list" in value or "@set" in value):
        value = value.get("@list", value.get("@set"))
    if isinstance(value, list):
        return [inner for item in value for inner in items(item)]
    return [] if value is None or value == "" else [value]


def text_of(value: Any, *names: str) -> str | None:
    """Return the first text of a value; of a node that of its ``names`` or its name."""
    return next(_texts(value, names or ("name",)), None)


def _texts(value: Any, names: tuple[str, ...]) -> Iterator[str]:
    for item in items(value):
        if isinstance(item, dict):
            if "@value" in item:
                yield from _texts(item["@value"], names)
            else:
                for name in names:
                    yield from _texts(item.get(name), names)
        elif not isinstance(item, bool) and str(item).strip():
            yield str(item).strip()


def local(value: Any) -> str:
    """Return the last part of an IRI or name, without the quotes that editors put in."""
    bare = str(value.get("@id", "") if isinstance(value, dict) else value)
    return re.split(r"[/#:]", bare.strip(" \t\n\"'“”‘’„«»"))[-1]
