"""EDAM, in OWL as RDF/XML: its topics as topics, its operations as methods.

Its data and format branches name no topic and no method and are left out. Obsolete classes are
read too, as deprecated: data that use them find what replaces them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.errors import InputError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables
from kg.sources.collected import Collected
from kg.sources.schemes.model import Concept, Scheme, scheme_tables
from kg.sources.xml_files import read_xml

__all__ = ["read"]

_EDAM = "http://edamontology.org/"
_OBO = "http://www.geneontology.org/formats/oboInOwl#"
_OWL = "http://www.w3.org/2002/07/owl#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_VERSION = "http://usefulinc.com/ns/doap#Version"
_TABLES = {"topic": "topics", "operation": "methods"}
_CLASS = re.compile(rf"{re.escape(_EDAM)}((topic|operation)_[0-9]+)")
_ROOTS = ("topic_0003", "operation_0004")  # Topic and Operation themselves

_Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_Statements = Mapping[str, Mapping[str, list[str]]]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read the ontology into topics and methods."""
    statements = _statements(settings)
    concepts = {c.key: c for c in _concepts(statements)}
    if not concepts:
        raise InputError(
            f"{settings.path}: there is no topic and no operation. Accepted: EDAM as RDF/XML."
        )
    found = Collected(settings.id, schema)
    _tell(settings, statements, concepts, found)
    scheme = Scheme(
        id="edam",
        names={"en": "EDAM", "ar": "إدام (EDAM)", "fr": "EDAM"},
        definition="Topics and operations of data analysis in the life sciences.",
        url="https://edamontology.org/",
        version=next(iter(statements.get(_EDAM[:-1], {}).get(_VERSION, ())), None),
        concepts=concepts,
    )
    return scheme_tables(settings, schema, scheme, [settings.path], found)


def _statements(settings: SourceSettings) -> _Statements:
    """Return the objects as text, by subject and predicate."""
    found: dict[str, dict[str, list[str]]] = {}
    content = read_xml(settings.path)
    try:
        for quad in ox.parse(content, format=ox.RdfFormat.RDF_XML, base_iri=_EDAM):
            objects = found.setdefault(_text(quad.subject), {})
            objects.setdefault(_text(quad.predicate), []).append(_text(quad.object))
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{settings.path}: is not RDF/XML: {error}.") from error
    return found


def _text(node: _Node) -> str:
    return str(node) if isinstance(node, ox.BlankNode | ox.Triple) else node.value


def _concepts(statements: _Statements) -> Iterator[Concept]:
    classes = sorted(c for c in statements if _CLASS.fullmatch(c) and _key(c) not in _ROOTS)
    for place, iri in enumerate(classes, start=1):
        said = statements[iri]
        if _RDFS + "label" in said:
            yield _concept(iri, place, said, statements)


def _key(iri: str) -> str:
    return iri.removeprefix(_EDAM)


def _concept(
    iri: str, place: int, said: Mapping[str, list[str]], statements: _Statements
) -> Concept:
    key = _key(iri)
    obsolete = "true" in said.get(_OWL + "deprecated", ())
    replaced = said.get(_OBO + "replacedBy", [])
    return Concept(
        key=key,
        code=key,
        names={"en": said[_RDFS + "label"][0]},
        place=place,
        broader=_classes(said.get(_RDFS + "subClassOf", ())),
        iri=iri,
        # What is narrower than a term and has none of its own is found by it too.
        synonyms=_sorted(said, _OBO + "hasExactSynonym", _OBO + "hasNarrowSynonym"),
        definition=next(iter(said.get(_OBO + "hasDefinition", ())), None),
        notes=_sorted(said, _RDFS + "comment"),
        related=_classes(said.get(_OBO + "consider", ())),
        deprecated=obsolete,
        replaced_by=_key(replaced[0]) if len(replaced) == 1 else None,
        table=_TABLES[key.partition("_")[0]],
        used_in=_used_in(said, statements),
    )


def _sorted(said: Mapping[str, list[str]], *predicates: str) -> tuple[str, ...]:
    return tuple(text for p in predicates for text in sorted(said.get(p, ())))


def _classes(objects: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    found = sorted(_key(o) for o in objects if _CLASS.fullmatch(o))
    return tuple(key for key in found if key not in _ROOTS)


def _used_in(said: Mapping[str, list[str]], statements: _Statements) -> tuple[str, ...]:
    """Return the topics of a restriction: an operation has_topic some topic."""
    restrictions = [statements.get(o, {}) for o in said.get(_RDFS + "subClassOf", ())]
    return tuple(
        topic
        for r in restrictions
        if _EDAM + "has_topic" in r.get(_OWL + "onProperty", ())
        for topic in _classes(r.get(_OWL + "someValuesFrom", ()))
    )


def _tell(
    settings: SourceSettings,
    statements: _Statements,
    concepts: Mapping[str, Concept],
    found: Collected,
) -> None:
    """Note where what replaces an obsolete class cannot stand in its place."""
    for concept in concepts.values():
        for iri in statements[str(concept.iri)].get(_OBO + "replacedBy", ()):
            other = concepts.get(_key(iri))
            if other is None or other.table != concept.table or concept.replaced_by is None:
                reading = "left out: what replaces it is not one concept of the same branch"
                found.inform(
                    concept.table, str(settings.path), concept.place, "replaced_by", iri, reading
                )
