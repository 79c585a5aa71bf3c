"""The facts of a thing, each with the graphs that state it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.web.bindings import Record, Rows, Term
from kg.web.codes import in_words
from kg.web.language import gettext, language
from kg.web.profiles.kinds import Kind
from kg.web.render import short_name

__all__ = ["Fact", "Value", "facts_of", "sources_of"]


def _(message: str) -> str:
    """Mark a text for translation."""
    return message


_BORROWED: Mapping[str, str] = {
    "dcat:landingPage": _("home page"),
    "dcterms:description": _("description"),
    "dcterms:language": _("language"),
    "dcterms:license": _("licence"),
    "dcterms:source": _("page of the source"),
    "org:subOrganizationOf": _("part of"),
    "schema:creditText": _("to be credited"),
    "schema:url": _("web page"),
    "skos:broader": _("broader"),
    "skos:closeMatch": _("nearly the same as"),
    "skos:definition": _("definition"),
    "skos:exactMatch": _("the same as"),
    "skos:scopeNote": _("scope"),
}
"""What properties of other vocabularies are called."""

_MOST_VALUES = 12  # of a property; the statements below hold all


@dataclass(frozen=True)
class Value:
    """A value, its label where it is a thing, and which of the page's sources state it."""

    term: Term
    label: Term | None
    sources: tuple[int, ...]


@dataclass(frozen=True)
class Fact:
    """A property with its values; ``more`` is how many are left to the statements below.

    ``word`` names a property of another vocabulary, which has no label here.
    """

    property: Term
    label: Term | None
    word: str
    values: tuple[Value, ...]
    more: int


def sources_of(statements: Rows, kind: Kind) -> list[Term]:
    """Return the graphs that state facts of a page, in the order of their first mention."""
    found: dict[str, Term] = {}
    for records in _by_property(statements, kind):
        for record in records:
            if record["graph"]:
                found.setdefault(record["graph"].text, record["graph"])
    return list(found.values())


def facts_of(statements: Rows, kind: Kind, sources: Sequence[Term]) -> list[Fact]:
    """Return the facts that stand at the top of a page.

    Parameters
    ----------
    statements:
        property, property_label, value, value_label, graph.
    kind:
        Says which properties, in which order.
    sources:
        The footnotes of the page: a value names them by their place, from 1.
    """
    places = {graph.text: place for place, graph in enumerate(sources, 1)}
    return [_fact(records, places) for records in _by_property(statements, kind)]


def _by_property(statements: Rows, kind: Kind) -> list[list[Record]]:
    grouped: dict[str, list[Record]] = {}
    for record in statements.records():
        if record["property"] and record["value"]:
            grouped.setdefault(short_name(record["property"].text), []).append(record)
    return [grouped[name] for name in kind.facts if name in grouped]


def _fact(records: Sequence[Record], places: dict[str, int]) -> Fact:
    stated: dict[Term, tuple[Term | None, set[int]]] = {}
    for record in _readable(records):
        value, graph = record["value"], record["graph"]
        assert value is not None  # _by_property lets only these through
        _, by = stated.setdefault(value, (record["value_label"], set()))
        if graph:
            by.add(places[graph.text])
    first = records[0]
    assert first["property"] is not None
    column = first["property"].text.rpartition("#")[2]
    values = [
        Value(in_words(column, v) or v, label, tuple(sorted(by)))
        for v, (label, by) in stated.items()
    ]
    return Fact(
        first["property"],
        first["property_label"],
        _word(short_name(first["property"].text)),
        tuple(values[:_MOST_VALUES]),
        max(len(values) - _MOST_VALUES, 0),
    )


def _readable(records: Sequence[Record]) -> list[Record]:
    """Leave out a text that also stands there in the language of the page, or else in English."""
    tongues = {r["value"].language for r in records if r["value"] and r["value"].language}
    best = next((code for code in (language(), "en") if code in tongues), None)
    return [
        r for r in records if best is None or not r["value"] or r["value"].language in (best, None)
    ]


def _word(name: str) -> str:
    return gettext(_BORROWED[name]) if name in _BORROWED else ""
