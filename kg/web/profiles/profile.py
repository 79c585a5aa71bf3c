"""A profile: what the template of a page gets beside the statements."""

from __future__ import annotations

from typing import Any

from kg.errors import KgError
from kg.terms import VOCABULARY_BASE
from kg.web.analyse import answered
from kg.web.bindings import Rows
from kg.web.chosen import chosen_bloc
from kg.web.copying import copying
from kg.web.panels import BLOC, answer_panel, reference
from kg.web.profiles.bioschemas import described
from kg.web.profiles.facts import facts_of, sources_of
from kg.web.profiles.headline import headline
from kg.web.profiles.kinds import Kind, kind_of
from kg.web.render import short_name
from kg.web.service import service

__all__ = ["profile_of"]


def profile_of(iri: str, title: str, statements: Rows) -> dict[str, Any]:
    """Return what the page of a thing shows; empty where its kind has no profile.

    Parameters
    ----------
    statements:
        property, property_label, value, value_label, graph.
    """
    kind = kind_of(_classes(statements))
    if kind is None:
        return {}
    sources = sources_of(statements, kind)
    return {
        "profile": kind,
        "headline": headline(kind, _row(iri)) if kind.form else "",
        "facts": facts_of(statements, kind, sources),
        "sources": sources,
        "panels": _panels(kind, iri),
        "described": described(iri, title, kind, statements, service().dataset),
    }


def _classes(statements: Rows) -> set[str]:
    return {
        r["value"].text.removeprefix(VOCABULARY_BASE)
        for r in statements.records()
        if r["property"] and r["value"] and short_name(r["property"].text) == "rdf:type"
    }


def _row(iri: str) -> dict[str, Any] | None:
    try:
        records = answered("profile", {"subject": [reference(iri)]}).to_records()
    except KgError:
        return None  # what has no part in any training; the panels give the reason
    return records[0] if records else None


def _panels(kind: Kind, iri: str) -> list[object]:
    """Return the answers of the panels; one that takes long as it is, to be asked when opened.

    In a copy nobody answers later, so that all are asked at once.
    """
    # seen from the whole world there is no bloc to ask about
    asked = [p for p in kind.panels if chosen_bloc() or BLOC not in p.given.values()]
    waits = copying() is None
    return [panel if panel.lazy and waits else answer_panel(panel, iri) for panel in asked]
