"""What changed between two states of the ontology, term by term, and whether it breaks anything.

Terms are compared by what is said of them; restrictions and lists by their canonical text, so
that order and names of blank nodes never count. Tables are compared column by column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, combinations

from rdflib import OWL, RDF, RDFS, SH, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.ontology.canonical import written_value
from kg.ontology.change import Change
from kg.ontology.diff_tables import rule_changes, table_changes
from kg.ontology.impact import (
    BREAKING,
    COMPATIBLE,
    EDITORIAL,
    Difference,
    Verdict,
    heaviest,
    of_concept,
    of_term,
)
from kg.ontology.snapshot import Snapshot
from kg.ontology.uses import columns_of, named_in
from kg.terms import ONTOLOGY

__all__ = ["Advice", "Change", "OntologyDiff", "advise", "compare"]

_STEPS = {BREAKING: "major", COMPATIBLE: "minor", EDITORIAL: "patch"}
_UPWARD = {
    "rdfs:subClassOf": RDFS.subClassOf,
    "rdfs:subPropertyOf": RDFS.subPropertyOf,
    "skos:broader": SKOS.broader,
}
_KEYS = ("skos:notation", "skos:prefLabel", "skos:altLabel")
_VERSION_PREDICATES = {"owl:versionIRI", "owl:versionInfo", "owl:priorVersion"}
_Said = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Advice:
    """The step of the version that changes ask for, and the lowest version that takes it."""

    step: str
    version: str | None


@dataclass(frozen=True)
class OntologyDiff:
    """All changes, the heaviest first, and the versions of the two states."""

    old: str
    new: str
    old_version: str | None
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def advice(self) -> Advice:
        """The version that these changes ask for."""
        return advise(self.old_version, {change.impact for change in self.changes})

    def with_uses(self, counts: Mapping[str, int]) -> OntologyDiff:
        """Return the same changes with the number of statements that use each term."""
        counted = (
            replace(c, uses=counts.get(c.iri, 0)) if c.iri and c.impact != EDITORIAL else c
            for c in self.changes
        )
        return replace(self, changes=tuple(counted))


def advise(version: str | None, impacts: Iterable[str]) -> Advice:
    """Return what semantic versioning asks for.

    Before 1.0.0 each step is one place lower: a breaking change raises the second number.

    Examples
    --------
    >>> advise("0.3.1", {"breaking", "editorial"})
    Advice(step='major', version='0.4.0')
    >>> advise("1.2.3", {"compatible"})
    Advice(step='minor', version='1.3.0')
    """
    heavy = heaviest(impacts)
    if heavy is None:
        return Advice("none", None)
    step = _STEPS[heavy]
    if version is None or not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return Advice(step, None)
    numbers = [int(n) for n in version.split(".")]
    place = ("major", "minor", "patch").index(step)
    place = min(place + 1, 2) if numbers[0] == 0 else place
    raised = [*numbers[:place], numbers[place] + 1, *([0] * (2 - place))]
    return Advice(step, ".".join(map(str, raised)))


def compare(old: Snapshot, new: Snapshot, queries: Mapping[str, str] | None = None) -> OntologyDiff:
    """Return what changed from ``old`` to ``new``.

    Parameters
    ----------
    old, new:
        Two states.
    queries:
        SPARQL texts by name; each change lists those that name its term.
    """
    prefixes = new.prefixes | old.prefixes
    found = chain(
        _term_changes(old, new, prefixes),
        _axiom_changes(old, new, prefixes),
        table_changes(old, new),
        _concept_changes(old, new, prefixes),
        rule_changes(old, new),
    )
    used = {name: named_in(text, prefixes) for name, text in (queries or {}).items()}
    changes = [_with_affected(_as_cell_value(c, old, new), old, used) for c in found]
    order = list(_STEPS)
    changes.sort(key=lambda c: (order.index(c.impact), c.part, c.name, c.kind, c.what))
    return OntologyDiff(old.name, new.name, old.version, tuple(changes), tuple(_notes(old, new)))


def _notes(old: Snapshot, new: Snapshot) -> Iterator[str]:
    for what in ("shapes", "schemes"):
        for state in (old, new):
            if not len(getattr(state, what)):
                yield f"{state.name} holds no {what}, so these are not compared."


def _as_cell_value(change: Change, old: Snapshot, new: Snapshot) -> Change:
    """Judge the label of a class again: cells such as a training's format may hold it."""
    if change.what != "rdfs:label" or change.part != "term" or not len(new.shapes):
        return change
    iri = str(change.iri)
    lost = old.schema.class_keys.get(iri, frozenset()) - new.schema.class_keys.get(iri, frozenset())
    if not lost or not any(_is_class_column(old, c) for c in columns_of(old.schema, iri)):
        return change
    reason = f"cells that hold {', '.join(sorted(lost))} are refused"
    return replace(change, impact=BREAKING, reason=reason)


def _is_class_column(state: Snapshot, name: str) -> bool:
    table, _, column = name.partition(".")
    known = state.schema.tables.get(table)
    return known is not None and column in known.by_name and known.by_name[column].kind == "class"


def _with_affected(change: Change, old: Snapshot, used: Mapping[str, frozenset[str]]) -> Change:
    if change.iri is None or change.kind == "added" or change.impact == EDITORIAL:
        return change
    names = tuple(sorted(name for name, iris in used.items() if change.iri in iris))
    columns = columns_of(old.schema, change.iri) if change.part in ("term", "concept") else ()
    return replace(change, queries=names, columns=columns)


# Terms and concepts


def _term_changes(old: Snapshot, new: Snapshot, prefixes: Mapping[str, str]) -> Iterator[Change]:
    yield from _subject_changes("term", old, new, (old.vocabulary, new.vocabulary), prefixes)


def _concept_changes(old: Snapshot, new: Snapshot, prefixes: Mapping[str, str]) -> Iterator[Change]:
    if len(old.schemes) and len(new.schemes):
        yield from _subject_changes("concept", old, new, (old.schemes, new.schemes), prefixes)


def _subject_changes(
    part: str,
    old: Snapshot,
    new: Snapshot,
    graphs: tuple[Graph, Graph],
    prefixes: Mapping[str, str],
) -> Iterator[Change]:
    before, after = (_subjects(g, part) for g in graphs)
    for iri in sorted(before | after, key=str):
        graph = graphs[1] if iri in after else graphs[0]
        blank = Change(
            "changed", part, written_value(graph, iri, prefixes), _label(graph, iri),
            EDITORIAL, "", str(iri),
        )  # fmt: skip
        if iri not in before:
            yield replace(blank, kind="added", impact=COMPATIBLE, reason="new; nothing used it")
        elif iri not in after:
            reason = f"the {part} is gone; what names it means nothing: deprecate it instead"
            yield replace(blank, kind="removed", impact=BREAKING, reason=reason)
        else:
            said = (_said(graphs[0], iri, prefixes), _said(graphs[1], iri, prefixes))
            yield from _moved_file(blank, iri, old, new)
            yield from _changed_subject(blank, iri, said, graphs, prefixes)


def _subjects(graph: Graph, part: str) -> set[URIRef]:
    concepts = set(graph.subjects(SKOS.inScheme)) | set(
        graph.subjects(RDF.type, SKOS.ConceptScheme)
    )
    shapes = set(graph.subjects(RDF.type, SH.NodeShape))
    named = {s for s in graph.subjects() if isinstance(s, URIRef)} - shapes
    return named & concepts if part == "concept" else named - concepts


def _moved_file(blank: Change, iri: URIRef, old: Snapshot, new: Snapshot) -> Iterator[Change]:
    before, after = old.files.get(str(iri)), new.files.get(str(iri))
    if before and after and before != after:
        yield replace(
            blank, kind="moved", what="file", old=(before,), new=(after,),
            reason="the file says nothing to machines",
        )  # fmt: skip


def _changed_subject(
    blank: Change,
    iri: URIRef,
    said: tuple[_Said, _Said],
    graphs: tuple[Graph, Graph],
    prefixes: Mapping[str, str],
) -> Iterator[Change]:
    before, after = said
    names = {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
    if iri == ONTOLOGY:
        blank, names = replace(blank, part="header"), names - _VERSION_PREDICATES
    if "true" in after.get("owl:deprecated", ()) and "owl:deprecated" in names:
        names -= {"owl:deprecated", "dcterms:isReplacedBy"}
        yield replace(
            blank, kind="deprecated", new=tuple(sorted(after.get("dcterms:isReplacedBy", ()))),
            impact=COMPATIBLE, reason="it can still be used; use the new one",
        )  # fmt: skip
    for name in sorted(names):
        yield _changed_statement(blank, iri, name, said, graphs, prefixes)


def _changed_statement(
    blank: Change,
    iri: URIRef,
    name: str,
    said: tuple[_Said, _Said],
    graphs: tuple[Graph, Graph],
    prefixes: Mapping[str, str],
) -> Change:
    before, after = (s.get(name, frozenset()) for s in said)
    removed, added = before - after, after - before
    difference = Difference(
        name, removed, added, _still(graphs[1], iri, name, removed, prefixes),
        _is_annotation(graphs, name, prefixes),
    )  # fmt: skip
    if blank.part == "concept":
        verdict = of_concept(difference, _lost_keys(*said))
    elif blank.part == "header":
        verdict = Verdict(EDITORIAL, "about the ontology as a whole")
    else:
        verdict = of_term(difference)
    kind = "moved" if name in _UPWARD and removed and added else "changed"
    return replace(
        blank, kind=kind, what=name, old=tuple(sorted(removed)), new=tuple(sorted(added)),
        impact=verdict.impact, reason=verdict.reason,
    )  # fmt: skip


def _still(
    graph: Graph, iri: URIRef, name: str, removed: frozenset[str], prefixes: Mapping[str, str]
) -> frozenset[str]:
    """Return the removed values that follow all the same, along the way up."""
    if name not in _UPWARD:
        return frozenset()
    above = graph.transitive_objects(iri, _UPWARD[name])
    return removed & {written_value(graph, a, prefixes) for a in above if isinstance(a, URIRef)}


def _is_annotation(graphs: tuple[Graph, Graph], name: str, prefixes: Mapping[str, str]) -> bool:
    prefix, _, local = name.partition(":")
    iri = URIRef(prefixes.get(prefix, "") + local)
    return any((iri, RDF.type, OWL.AnnotationProperty) in graph for graph in graphs)


def _lost_keys(before: _Said, after: _Said) -> frozenset[str]:
    """Return the names of a concept that cells could hold, and that no longer mean it."""
    old, new = ({_bare(v) for n in _KEYS for v in s.get(n, ())} for s in (before, after))
    folded = {key.lower() for key in new}
    return frozenset(key for key in old if key.lower() not in folded)


def _bare(written: str) -> str:
    return written.rpartition('"')[0].removeprefix('"')


def _said(graph: Graph, subject: Node, prefixes: Mapping[str, str]) -> _Said:
    found: dict[str, set[str]] = {}
    for predicate, value in graph.predicate_objects(subject):
        name = "rdf:type" if predicate == RDF.type else written_value(graph, predicate, prefixes)
        found.setdefault(name, set()).add(written_value(graph, value, prefixes))
    return {name: frozenset(values) for name, values in found.items()}


def _label(graph: Graph, subject: Node) -> str:
    labels = [*graph.objects(subject, SKOS.prefLabel), *graph.objects(subject, RDFS.label)]
    english = [str(v) for v in labels if isinstance(v, Literal) and v.language in ("en", None)]
    return min(english, default="")


# Axioms that belong to no term


def _axiom_changes(old: Snapshot, new: Snapshot, prefixes: Mapping[str, str]) -> Iterator[Change]:
    yield from _disjointness_changes(old.vocabulary, new.vocabulary, prefixes)
    before, after = (_loose(s.vocabulary, prefixes) for s in (old, new))
    for text in sorted(before ^ after):
        removed = text in before
        yield Change(
            "removed" if removed else "added", "axiom", text, "",
            COMPATIBLE if removed else BREAKING,
            "less is stated" if removed else "data that contradict it become inconsistent",
        )  # fmt: skip


def _loose(graph: Graph, prefixes: Mapping[str, str]) -> frozenset[str]:
    """Return the statements about blank nodes that nothing points to, but for disjointness."""
    pointed = set(graph.objects())
    roots = {s for s in graph.subjects() if isinstance(s, BNode) and s not in pointed}
    roots -= set(graph.subjects(RDF.type, OWL.AllDisjointClasses))
    roots -= set(graph.subjects(RDF.type, SH.NodeShape))
    return frozenset(written_value(graph, root, prefixes) for root in roots)


def _disjointness_changes(old: Graph, new: Graph, prefixes: Mapping[str, str]) -> Iterator[Change]:
    """Compare who excludes whom: adding a new class to a list must not look like a new list."""
    before, after = _excluding(old, prefixes), _excluding(new, prefixes)
    known = {written_value(old, s, prefixes) for s in _subjects(old, "term")}
    gone, come = before - after, after - before
    strict = {pair for pair in come if set(pair) <= known}
    blank = Change("changed", "axiom", "owl:AllDisjointClasses", "classes that exclude each other",
                   COMPATIBLE, "less is forbidden", what="pairs")  # fmt: skip
    if gone:
        yield replace(blank, kind="removed", old=_pairs(gone))
    if strict:
        reason = "data that use both for one thing become inconsistent"
        yield replace(blank, kind="added", new=_pairs(strict), impact=BREAKING, reason=reason)
    if come - strict:
        yield replace(blank, kind="added", new=_pairs(come - strict), reason="about new classes")


def _excluding(graph: Graph, prefixes: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    lists = [
        [written_value(graph, m, prefixes) for m in Collection(graph, members)]
        for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses)
        for members in graph.objects(axiom, OWL.members)
    ]
    return frozenset(pair for names in lists for pair in combinations(sorted(names), 2))


def _pairs(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{a} / {b}" for a, b in sorted(pairs))
