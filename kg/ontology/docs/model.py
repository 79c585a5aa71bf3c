"""What is documented: terms, tables, concepts and mappings, ready for a page in any language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kg.schema import TableSchema

__all__ = [
    "Concept",
    "Documentation",
    "Expression",
    "Ref",
    "Scheme",
    "Term",
    "TermMapping",
    "in_language",
]

Texts = Mapping[str, str]
"""Texts by language; one without a language stands under the empty name."""

CLASS = "class"
OBJECT_PROPERTY = "object-property"
DATATYPE_PROPERTY = "datatype-property"
ANNOTATION_PROPERTY = "annotation-property"


def in_language(texts: Texts, language: str) -> str:
    """Return the text in a language, else without one, else in English, else in any.

    Examples
    --------
    >>> in_language({"en": "Training", "fr": "Formation"}, "ar")
    'Training'
    >>> in_language({}, "en")
    ''
    """
    for wanted in (language, "", "en"):
        if wanted in texts:
            return texts[wanted]
    return next(iter(texts.values()), "")


@dataclass(frozen=True)
class Ref:
    """A term or concept as another one names it.

    ``kind`` is that of a :class:`Term`, ``concept``, or ``outside`` for what other vocabularies
    define. ``name`` is the local name of an own term, or the anchor of a concept on its scheme's
    page, which ``scheme`` names.
    """

    iri: str
    curie: str
    kind: str = "outside"
    name: str = ""
    labels: Texts = field(default_factory=dict, compare=False)
    scheme: str = ""

    def label(self, language: str) -> str:
        """Return what to call it: its label, or its short name."""
        return in_language(self.labels, language) or self.curie


@dataclass(frozen=True)
class Expression:
    """A class expression or chain: a form of :mod:`kg.ontology.docs.words` and what fills it.

    ``parts`` are names, further expressions, or plain text (a literal, a number).
    """

    form: str
    parts: tuple[Ref | Expression | str, ...]


Said = Ref | Expression


@dataclass(frozen=True)
class TermMapping:
    """One row of the SSSOM tables: how an own term relates to one elsewhere.

    ``predicate`` is a local name such as ``closeMatch``; ``confidence`` is between 0 and 1.
    """

    subject: str
    predicate: str
    object: Ref
    confidence: float | None
    comment: str
    title: str


@dataclass(frozen=True)
class Term:
    """One class or property with everything that its page says.

    ``subject`` is the name of its file. ``uses`` are the chains that it is a part of, by the
    property that follows. ``inherited`` groups the properties of classes above by class;
    ``relations`` are the main ones of a class, with the class that each leads to.
    """

    ref: Ref
    definitions: Texts
    examples: tuple[str, ...]
    notes: tuple[Texts, ...]
    status: str
    subject: str
    deprecated: bool
    replaced_by: tuple[Ref, ...]
    replaces: tuple[Ref, ...]
    parents: tuple[Ref, ...]
    children: tuple[Ref, ...]
    equivalents: tuple[Said, ...]
    # Classes
    conditions: tuple[Said, ...] = ()
    disjoint: tuple[Ref, ...] = ()
    properties: tuple[Ref, ...] = ()
    inherited: tuple[tuple[Ref, tuple[Ref, ...]], ...] = ()
    values_of: tuple[Ref, ...] = ()
    relations: tuple[tuple[Ref, Ref], ...] = ()
    schemes: tuple[Ref, ...] = ()
    table: TableSchema | None = None
    table_of: Ref | None = None
    # Properties
    domains: tuple[Said, ...] = ()
    ranges: tuple[Said, ...] = ()
    inverses: tuple[Ref, ...] = ()
    characteristics: tuple[str, ...] = ()
    chains: tuple[Expression, ...] = ()
    uses: tuple[tuple[Ref, Expression], ...] = ()
    columns: tuple[tuple[str, str, Ref], ...] = ()
    mappings: tuple[TermMapping, ...] = ()

    @property
    def name(self) -> str:
        """The local name: the fragment of the IRI."""
        return self.ref.name

    @property
    def kind(self) -> str:
        """``class``, ``object-property``, ``datatype-property`` or ``annotation-property``."""
        return self.ref.kind


@dataclass(frozen=True)
class Concept:
    """One concept of a scheme; ``narrower`` are those whose home is below it."""

    ref: Ref
    key: str
    definitions: Texts
    alternatives: tuple[tuple[str, str], ...]
    notes: tuple[Texts, ...]
    broader: tuple[Ref, ...]
    related: tuple[tuple[Ref, tuple[Ref, ...]], ...]
    matches: tuple[tuple[str, Ref], ...]
    mappings: tuple[TermMapping, ...]
    deprecated: bool
    replaced_by: tuple[Ref, ...]
    narrower: tuple[Concept, ...] = ()
    elsewhere: tuple[Ref, ...] = ()

    def tree(self) -> Iterator[Concept]:
        """Yield the concept and all below it, in the order of the page."""
        yield self
        for child in self.narrower:
            yield from child.tree()


@dataclass(frozen=True)
class Scheme:
    """A concept scheme: its tree begins with ``roots``."""

    ref: Ref
    definitions: Texts
    roots: tuple[Concept, ...]

    def concepts(self) -> Iterator[Concept]:
        """Yield every concept once."""
        for root in self.roots:
            yield from root.tree()


@dataclass(frozen=True)
class Documentation:
    """An ontology folder as its pages show it.

    ``terms`` are by local name, ``schemes`` by key, ``tables`` by name; ``outside`` are the
    terms of other vocabularies that it declares; ``paths`` the properties that columns write, by
    IRI; ``subjects`` the names of the vocabulary's files, in their order.
    """

    iri: str
    namespace: str
    prefix: str
    version: str
    licence: str
    titles: Texts
    descriptions: Texts
    terms: Mapping[str, Term]
    schemes: Mapping[str, Scheme]
    tables: Mapping[str, TableSchema]
    refs: Mapping[str, Ref]
    outside: tuple[Ref, ...]
    paths: Mapping[str, Ref]
    subjects: tuple[str, ...]

    @cached_property
    def classes(self) -> dict[str, Term]:
        """The own classes by local name."""
        return self.of_kind(CLASS)

    def of_kind(self, kind: str) -> dict[str, Term]:
        """Return the terms of one kind by local name."""
        return {name: term for name, term in self.terms.items() if term.kind == kind}

    def by_subject(self) -> Iterator[tuple[str, list[Term]]]:
        """Yield each subject with its terms: classes, relations, properties with values."""
        kinds = (CLASS, OBJECT_PROPERTY, DATATYPE_PROPERTY, ANNOTATION_PROPERTY)
        for subject in self.subjects:
            found = [t for t in self.terms.values() if t.subject == subject]
            if found:
                yield subject, sorted(found, key=lambda t: (kinds.index(t.kind), t.name.lower()))

    def leading_to(self, iri: str) -> list[tuple[Ref, Ref]]:
        """Return class and property of each main relation that leads to a class from another."""
        return [
            (term.ref, prop)
            for term in self.classes.values()
            for prop, target in term.relations
            if target.iri == iri and term.ref.iri != iri
        ]

    @cached_property
    def centre(self) -> Term | None:
        """The class with most main relations, which the overview puts in the middle."""
        ranked = sorted(
            self.classes.values(), key=lambda t: -len(t.relations) - len(self.leading_to(t.ref.iri))
        )
        return ranked[0] if ranked and ranked[0].relations else None

    def subject_labels(self, subject: str) -> Texts:
        """Return the labels of the class that a subject is called after; empty without one."""
        wanted = subject.replace("-", "").lower()
        found = (t.ref.labels for t in self.classes.values() if t.name.lower() == wanted)
        return next(found, {})
