"""What a new term must be: its name, its texts in three languages, what it builds on.

The checks say what is accepted; ``described`` gives the triples, ``written_block`` the Turtle.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.errors import InputError
from kg.ontology.files import Ontology
from kg.ontology.turtle import Statement, literal
from kg.terms import ONTOLOGY, PREFIXES, VOCABULARY_BASE

__all__ = [
    "KINDS",
    "LANGUAGES",
    "VS",
    "NewTerm",
    "Triple",
    "check_name",
    "check_texts",
    "described",
    "short",
    "term_iri",
    "written_block",
]

LANGUAGES = ("en", "ar", "fr")
"""The languages in which every term has a label and a definition."""

KINDS: dict[str, URIRef] = {
    "class": OWL.Class,
    "object-property": OWL.ObjectProperty,
    "datatype-property": OWL.DatatypeProperty,
}
"""Kinds of terms that can be added: name on the command line → class in OWL."""

VS = Namespace("http://www.w3.org/2003/06/sw-vocab-status/ns#")
Triple = tuple[Node, Node, Node]
_CLASS_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_PROPERTY_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
# What OWL 2 RL knows and the loader reads. Dates of varying precision have no datatype in OWL 2.
_RANGES = {
    str(XSD[name])
    for name in (
        "string", "boolean", "decimal", "integer", "nonNegativeInteger", "positiveInteger",
        "double", "float", "dateTime", "anyURI",
    )
} | {str(RDF.langString)}  # fmt: skip


@dataclass(frozen=True)
class NewTerm:
    """A term as its author describes it.

    ``kind`` is a key of KINDS; ``labels`` and ``definitions`` are by language. ``parents``,
    ``domain`` and ``range`` name terms, as ``Training``, ``rihla:Training`` or a full IRI.
    """

    name: str
    kind: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    example: str
    parents: tuple[str, ...] = ()
    domain: str | None = None
    range: str | None = None


def term_iri(name: str) -> str:
    """Return the IRI that a name means: ``Training``, ``rihla:Training``, ``topic:genetics``.

    Raises
    ------
    InputError
        The prefix is unknown.

    Examples
    --------
    >>> term_iri("Training")
    'https://w3id.org/rihla/ontology#Training'
    >>> term_iri("topic:genetics")
    'https://w3id.org/rihla/id/topic/genetics'
    """
    if re.match(r"https?://", name):
        return name
    prefix, colon, local = name.partition(":")
    if not colon:
        return VOCABULARY_BASE + name
    if prefix not in PREFIXES:
        raise InputError(
            f"{name!r}: the prefix {prefix} is unknown. Accepted: a name such as Training, a "
            f"full IRI, or one of the prefixes {', '.join(sorted(PREFIXES))}."
        )
    return PREFIXES[prefix] + local


def check_name(ontology: Ontology, term: NewTerm) -> None:
    """Refuse an unknown kind, a name against the convention, and one that exists."""
    if term.kind not in KINDS:
        raise InputError(f"The kind {term.kind!r} is unknown. Accepted: {', '.join(KINDS)}.")
    is_class = term.kind == "class"
    local = term.name.removeprefix("rihla:")
    if not (_CLASS_NAME if is_class else _PROPERTY_NAME).fullmatch(local):
        accepted = "ExchangeVisit, with a capital" if is_class else "heldIn, without a capital"
        raise InputError(
            f"The name {term.name!r} does not follow the convention. Accepted for a {term.kind}: "
            f"letters and digits without spaces or marks, such as {accepted}."
        )
    iri = URIRef(VOCABULARY_BASE + local)
    if (iri, None, None) in ontology.vocabulary:
        label = ontology.vocabulary.value(iri, RDFS.label, default=Literal(local))
        raise InputError(
            f"rihla:{local} exists already ({label}). Accepted: a name that was never used; a "
            "released term keeps its meaning."
        )


def check_texts(term: NewTerm) -> None:
    """Refuse a term that lacks a label or a definition in a language, or its example."""
    given = {"label": term.labels, "definition": term.definitions}
    missing = [
        f"{what} in {language}"
        for what, texts in given.items()
        for language in LANGUAGES
        if not texts.get(language, "").strip()
    ]
    missing += [] if term.example.strip() else ["example"]
    if missing:
        raise InputError(
            f"{term.name}: missing: {', '.join(missing)}. Accepted: a label and a definition in "
            f"each of {', '.join(LANGUAGES)}, and one example."
        )
    texts = [*term.labels.values(), *term.definitions.values(), term.example]
    for text in texts:
        if any((ord(c) < 32 and c not in "\n\t") or "\ud800" <= c <= "\udfff" for c in text):
            raise InputError(f"{term.name}: {text!r} holds a control character. Remove it.")


def described(ontology: Ontology, term: NewTerm) -> set[Triple]:
    """Return the triples of the new term."""
    iri = URIRef(term_iri(term.name))
    above = RDFS.subClassOf if term.kind == "class" else RDFS.subPropertyOf
    triples: set[Triple] = {
        (iri, RDF.type, KINDS[term.kind]),
        (iri, SKOS.example, Literal(term.example)),
        (iri, RDFS.isDefinedBy, ONTOLOGY),
        (iri, VS.term_status, Literal("testing")),
    }
    triples |= {(iri, above, _known(ontology, p, KINDS[term.kind], "parent")) for p in term.parents}
    triples |= {(iri, RDFS.label, Literal(t, lang=lg)) for lg, t in _by_language(term.labels)}
    triples |= {
        (iri, SKOS.definition, Literal(t, lang=lg)) for lg, t in _by_language(term.definitions)
    }
    return triples | _reach(ontology, term, iri)


def _by_language(texts: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return [(language, texts[language]) for language in LANGUAGES]


def _reach(ontology: Ontology, term: NewTerm, iri: URIRef) -> set[Triple]:
    """Return domain and range."""
    if term.kind == "class" and (term.domain or term.range):
        raise InputError(f"{term.name}: a class has no domain or range. Accepted: for properties.")
    triples: set[Triple] = set()
    if term.domain:
        triples.add((iri, RDFS.domain, _known(ontology, term.domain, OWL.Class, "domain")))
    if term.range and term.kind == "object-property":
        triples.add((iri, RDFS.range, _known(ontology, term.range, OWL.Class, "range")))
    elif term.range:
        triples.add((iri, RDFS.range, _datatype(term.range)))
    return triples


def _datatype(name: str) -> URIRef:
    iri = term_iri(name)
    if iri not in _RANGES:
        accepted = ", ".join(sorted(f"xsd:{r.rpartition('#')[2]}" for r in _RANGES))
        raise InputError(
            f"The range {name!r} is not accepted for a datatype property. Accepted: "
            f"{accepted.replace('xsd:langString', 'rdf:langString')}; leave it out for dates."
        )
    return URIRef(iri)


def _known(ontology: Ontology, name: str, kind: URIRef, what: str) -> URIRef:
    """Return the IRI of a term that must exist, be of the kind and not be deprecated."""
    iri, graph = URIRef(term_iri(name)), ontology.vocabulary
    kind_name = str(kind).rpartition("#")[2]
    if (iri, RDF.type, kind) not in graph:
        state = "is of another kind" if (iri, None, None) in graph else "is not in the vocabulary"
        names = sorted(short(s) for s in graph.subjects(RDF.type, kind) if isinstance(s, URIRef))
        close = difflib.get_close_matches(short(iri), names, n=3)
        raise InputError(
            f"The {what} {name!r} {state}. Accepted: a term of the kind {kind_name} that the "
            f"vocabulary declares, such as {', '.join((close or names)[:3])}."
        )
    if (iri, OWL.deprecated, Literal(True)) in graph:
        newer = graph.value(iri, DCTERMS.isReplacedBy)
        hint = f", such as {short(newer)}, which replaces it" if newer else ""
        raise InputError(f"The {what} {name!r} is deprecated. Accepted: a term in use{hint}.")
    return iri


def short(node: Node) -> str:
    """Return an IRI with its usual prefix, such as ``rihla:Training``, or as it is."""
    for prefix, namespace in PREFIXES.items():
        local = str(node).removeprefix(namespace)
        if local != str(node) and re.fullmatch(r"[\w.-]+", local):
            return f"{prefix}:{local}"
    return str(node)


def written_block(term: NewTerm, triples: set[Triple], scope: Statement, end: str) -> str:
    """Return the term's block in the layout of the vocabulary's files."""
    subject = URIRef(term_iri(term.name))
    name = scope.name

    def iris(predicate: URIRef) -> list[str]:
        found = sorted(str(o) for s, p, o in triples if p == predicate)
        return [f"{name(str(predicate))} {', '.join(map(name, found))}"] if found else []

    labels = ", ".join(literal(t, lg) for lg, t in _by_language(term.labels))
    definitions = f",{end}        ".join(literal(t, lg) for lg, t in _by_language(term.definitions))
    lines = [
        f"{name(str(subject))} a {name(str(KINDS[term.kind]))}",
        *(line for p in (RDFS.subClassOf, RDFS.subPropertyOf) for line in iris(p)),
        *(line for p in (RDFS.domain, RDFS.range) for line in iris(p)),
        f"{name(str(RDFS.label))} {labels}",
        f"{name(str(SKOS.definition))}{end}        {definitions}",
        f"{name(str(SKOS.example))} {literal(term.example)}",
        *iris(RDFS.isDefinedBy),
        f'{name(str(VS.term_status))} "testing"',
    ]
    return f" ;{end}    ".join(lines) + " ."
