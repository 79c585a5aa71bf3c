"""What a change of the ontology does to data and queries that exist: breaking or not.

Breaking: tables that loaded are refused or get other IRIs, a query can lose rows, or a name is
gone. Compatible: more is accepted, or more follows. Editorial: only people notice. Where the
rules cannot tell they say breaking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from kg.schema import Column, TableSchema

__all__ = [
    "BREAKING",
    "COMPATIBLE",
    "EDITORIAL",
    "IMPACTS",
    "Difference",
    "Verdict",
    "heaviest",
    "of_column_facet",
    "of_concept",
    "of_table_facet",
    "of_term",
]

BREAKING, COMPATIBLE, EDITORIAL = "breaking", "compatible", "editorial"
IMPACTS = (BREAKING, COMPATIBLE, EDITORIAL)
"""The three impacts, the heaviest first."""

_TEXTS = frozenset({
    "dcterms:creator", "dcterms:description", "dcterms:license", "dcterms:source", "dcterms:title",
    "rdfs:comment", "rdfs:isDefinedBy", "rdfs:label", "rdfs:seeAlso", "skos:altLabel",
    "skos:changeNote", "skos:definition", "skos:editorialNote", "skos:example",
    "skos:historyNote", "skos:note", "skos:prefLabel", "skos:scopeNote", "vs:term_status",
    "vann:preferredNamespacePrefix", "vann:preferredNamespaceUri",
})  # fmt: skip
_MATCHES = frozenset(
    f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")
)
_INFERRING = frozenset({
    "rdfs:subClassOf", "rdfs:subPropertyOf", "owl:inverseOf", "owl:propertyChainAxiom",
})  # fmt: skip
_ONLY_RESTRICTING = frozenset({
    "owl:disjointWith", "owl:propertyDisjointWith", "owl:hasKey", "owl:complementOf",
})  # fmt: skip
_INFERRING_TYPES = frozenset({
    "owl:TransitiveProperty", "owl:SymmetricProperty", "owl:ReflexiveProperty",
})  # fmt: skip
_RESTRICTING_TYPES = frozenset({
    "owl:FunctionalProperty", "owl:InverseFunctionalProperty", "owl:AsymmetricProperty",
    "owl:IrreflexiveProperty",
})  # fmt: skip
_RESTRICTION_MARKS = ("owl:allValuesFrom", "owl:max", "owl:cardinality", "owl:qualifiedCardinality")


class Verdict(NamedTuple):
    """An impact and the reason for it."""

    impact: str
    reason: str


class Difference(NamedTuple):
    """What one predicate of one term lost and gained.

    ``entailed`` holds the lost values that still follow; ``annotation`` is true for a predicate
    that the vocabulary declares as an annotation.
    """

    predicate: str
    removed: frozenset[str]
    added: frozenset[str]
    entailed: frozenset[str] = frozenset()
    annotation: bool = False


def of_term(change: Difference) -> Verdict:
    """Judge what changed in a class or property.

    Examples
    --------
    >>> of_term(Difference("rdfs:subClassOf", frozenset(), frozenset({"prov:Entity"}))).impact
    'compatible'
    """
    name = change.predicate
    if name in _TEXTS or name in _MATCHES:
        return Verdict(EDITORIAL, "for readers; if the meaning changed, treat it as breaking")
    if name == "owl:deprecated" or name == "dcterms:isReplacedBy":
        return Verdict(COMPATIBLE, "it can still be used")
    if name == "rdf:type":
        return _of_types(change)
    if name in _INFERRING:
        return _of_inference(change)
    if name in _ONLY_RESTRICTING and not change.added:
        return Verdict(COMPATIBLE, "less is forbidden")
    if change.annotation:
        return Verdict(EDITORIAL, "an annotation")
    return Verdict(BREAKING, "the meaning changes: other data contradict it, or other facts follow")


def _of_types(change: Difference) -> Verdict:
    lost, gained = change.removed, change.added
    if not lost and gained <= _INFERRING_TYPES:
        return Verdict(COMPATIBLE, "more follows from the data")
    if not gained and lost <= _RESTRICTING_TYPES:
        return Verdict(COMPATIBLE, "less is forbidden")
    return Verdict(BREAKING, "a kind or characteristic of the term changes")


def _of_inference(change: Difference) -> Verdict:
    if change.removed - change.entailed:
        return Verdict(BREAKING, "less follows from the data; queries may lose rows")
    if any(mark in value for value in change.added for mark in _RESTRICTION_MARKS):
        return Verdict(BREAKING, "data that the restriction excludes become inconsistent")
    if change.removed:
        return Verdict(COMPATIBLE, "what followed before still follows")
    return Verdict(COMPATIBLE, "more follows from the data")


def of_concept(change: Difference, lost_keys: frozenset[str]) -> Verdict:
    """Judge what changed in a concept; ``lost_keys`` are names that no longer mean it."""
    name = change.predicate
    if name in ("skos:prefLabel", "skos:altLabel", "skos:notation"):
        if lost_keys:
            gone = ", ".join(sorted(lost_keys))
            return Verdict(
                BREAKING, f"cells that hold {gone} are refused; keep it as skos:altLabel"
            )
        return Verdict(COMPATIBLE, "every name that cells may hold is still known")
    if name in _TEXTS or name in _MATCHES:
        return Verdict(EDITORIAL, "for readers")
    if name in ("skos:broader", "rdf:type", "skos:inScheme", "skos:topConceptOf"):
        if change.removed - change.entailed:
            return Verdict(BREAKING, "it no longer counts where it counted")
        return Verdict(COMPATIBLE, "it counts where it counted, and in more places")
    return Verdict(COMPATIBLE, "answers of queries that follow this link may change")


_FacetRule = Callable[[Column, Column], bool]


def _tighter_limits(old: Column, new: Column) -> bool:
    rises = {"at_least": True, "more_than": True, "at_most": False, "less_than": False}
    return any(
        name not in old.limits
        or (value > old.limits[name] if rises[name] else value < old.limits[name])
        for name, value in new.limits.items()
    )


def _tighter_lengths(old: Column, new: Column) -> bool:
    (low, high), (new_low, new_high) = old.lengths, new.lengths
    longest = float("inf")
    return (new_low or 0) > (low or 0) or (
        (longest if new_high is None else new_high) < (longest if high is None else high)
    )


def _fewer_values(old: Column, new: Column) -> bool:
    return bool(new.values) and not (old.values and set(old.values) <= set(new.values))


def _appears(name: str) -> _FacetRule:
    """Return the rule that a check breaks when it is new or other, not when it goes."""
    return lambda _, new: getattr(new, name) is not None


def _always(_: Column, __: Column) -> bool:
    return True


# Facet → whether cells that were accepted may now be refused, or read otherwise.
_READ_OTHERWISE: dict[str, _FacetRule] = {
    "path": _always,
    "kind": _always,
    "inverse": _always,
    "language": _always,
    "target": _always,
    "separator": lambda old, _: old.separator is not None,
    "lookup": lambda old, _: old.lookup,
    "scheme": _appears("scheme"),
}
_REFUSED: dict[str, _FacetRule] = {
    "required": lambda _, new: new.required,
    "datatypes": lambda old, new: not set(old.datatypes) <= set(new.datatypes),
    "values": _fewer_values,
    "pattern": _appears("pattern"),
    "limits": _tighter_limits,
    "lengths": _tighter_lengths,
    "less_or_equal": _appears("less_or_equal"),
    "warning": lambda old, _: old.warning,
}
_FOR_READERS = frozenset({"labels", "descriptions", "example", "order", "message"})


def of_column_facet(facet: str, old: Column, new: Column) -> Verdict:
    """Judge what changed in a column; ``facet`` is a field of Column.

    Examples
    --------
    >>> old = Column("mode", "urn:mode", "literal", values=("online", "hybrid"))
    >>> new = Column("mode", "urn:mode", "literal", values=("online",))
    >>> of_column_facet("values", old, new).reason
    'cells that were accepted may be refused'
    """
    if facet in _FOR_READERS:
        return Verdict(EDITORIAL, "for readers")
    if facet in _REFUSED:
        if not _REFUSED[facet](old, new):
            return Verdict(COMPATIBLE, "more cells are accepted")
        if new.warning and old.warning:
            return Verdict(COMPATIBLE, "cells may get a warning; their rows are kept")
        return Verdict(BREAKING, "cells that were accepted may be refused")
    if _READ_OTHERWISE.get(facet, _always)(old, new):
        return Verdict(BREAKING, "cells are read otherwise than before")
    return Verdict(COMPATIBLE, "cells are read as before")


def of_table_facet(facet: str, old: TableSchema, new: TableSchema) -> Verdict:
    """Judge what changed in a table as a whole; ``facet`` is a field of TableSchema."""
    if facet == "labels":
        return Verdict(EDITORIAL, "for readers")
    if facet == "key_templates":
        kept = new.key_templates[: len(old.key_templates)] == old.key_templates
        if kept:
            return Verdict(COMPATIBLE, "rows that had no key get one")
        return Verdict(BREAKING, "rows get other IRIs")
    if facet == "one_of":
        if set(new.one_of) - set(old.one_of):
            return Verdict(BREAKING, "rows that fill none of these columns are refused")
        return Verdict(COMPATIBLE, "more rows are accepted")
    return Verdict(BREAKING, "rows become things of another class")


def heaviest(impacts: Iterable[str]) -> str | None:
    """Return the heaviest of some impacts; None for none."""
    found: Mapping[str, int] = {impact: IMPACTS.index(impact) for impact in impacts}
    return min(found, key=lambda impact: found[impact]) if found else None
