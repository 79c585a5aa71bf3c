"""One change of the ontology, as the comparison finds it and the reports show it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Change"]


@dataclass(frozen=True)
class Change:
    """One change.

    ``kind`` is added, removed, changed, deprecated or moved; ``part`` is term, axiom, table,
    column, concept, rule or header. ``iri`` is the term concerned (for a column its path).
    ``what`` is the predicate or facet; ``old`` and ``new`` are the values that differ.
    ``queries`` and ``columns`` use the term; ``uses`` counts statements with it in a graph.
    """

    kind: str
    part: str
    name: str
    label: str
    impact: str
    reason: str
    iri: str | None = None
    what: str = ""
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    uses: int | None = None
