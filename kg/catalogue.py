"""The catalogue of named queries as RDF, so that the graph describes the questions it answers.

The form is the one of the SIB's SPARQL examples: ``sh:SPARQLExecutable`` with ``sh:select``, the
question as ``rdfs:comment``, prefixes as ``sh:declare``. Parameters are ``sh:Parameter``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import polars as pl
from rdflib import RDF, RDFS, SH, SKOS, XSD, Graph, Literal, URIRef

from kg.provenance import GraphNames
from kg.quads import quads_of_graph
from kg.queries import INTERNAL_GROUPS, NamedQuery, Parameter, catalogue
from kg.terms import SCHEMA, prefixes_for
from kg.tombstones import Tombstones

__all__ = ["EXAMPLES", "NOBODY", "catalogue_quads"]

EXAMPLES = "pages/example-"
"""What the ids of the examples begin with that the query form offers."""

NOBODY = "forgotten"
"""Stands in an example for a person who was forgotten: the query still runs, and finds nobody."""

_NO_TOMBSTONES = Tombstones()
_PERSON = re.compile(r"\bperson[:/]([\w.~-]*[\w~-])")
_DATATYPES = {
    "count": XSD.integer,
    "date": XSD.date,
    "decimal": XSD.decimal,
    "integer": XSD.integer,
    "string": XSD.string,
    "year": XSD.integer,
}


@lru_cache(maxsize=2)
def catalogue_quads(names: GraphNames, forgotten: Tombstones = _NO_TOMBSTONES) -> pl.DataFrame:
    """Return the quads (columns ``s``, ``p``, ``o``, ``g``) that describe all public queries.

    An example that is a person who was ``forgotten`` is replaced.
    """
    graph = Graph()
    prefixes = URIRef(f"{names.base}query/prefixes")
    for prefix, namespace in prefixes_for(names.base).items():
        declaration = URIRef(f"{prefixes}#{prefix}")
        graph.add((prefixes, SH.declare, declaration))
        graph.add((declaration, SH.prefix, Literal(prefix)))
        graph.add((declaration, SH.namespace, Literal(namespace, datatype=XSD.anyURI)))
    for query in catalogue().values():
        # The examples of the query form are internal to the pages, and for everyone here.
        if query.group not in INTERNAL_GROUPS or query.id.startswith(EXAMPLES):
            for subject, predicate, value in _described(query, names, prefixes):
                graph.add((subject, predicate, _without(value, forgotten, names)))
    return quads_of_graph(graph, names.queries)


def _without(value: URIRef | Literal, forgotten: Tombstones, names: GraphNames) -> URIRef | Literal:
    if not forgotten or not isinstance(value, Literal):
        return value
    keys = [k for k in _PERSON.findall(value) if forgotten.holds(f"{names.base}person/{k}".lower())]
    text = str(value)
    for key in keys:
        text = text.replace(key, NOBODY)
    return Literal(text, value.language, value.datatype) if keys else value


_Triple = tuple[URIRef, URIRef, URIRef | Literal]


def _described(query: NamedQuery, names: GraphNames, prefixes: URIRef) -> Iterator[_Triple]:
    subject = URIRef(f"{names.base}query/{query.id}")
    yield subject, RDF.type, SH.SPARQLExecutable
    yield subject, RDF.type, SH.SPARQLSelectExecutable
    yield subject, SH.prefixes, prefixes
    yield subject, SH.select, Literal(query.text.replace("\r\n", "\n"))
    yield subject, SCHEMA.keywords, Literal(query.group)
    for language, text in query.title.items():
        yield subject, RDFS.label, Literal(text, lang=language)
    for language, text in query.question.items():
        yield subject, RDFS.comment, Literal(text, lang=language)
    for parameter in query.parameters.values():
        yield from _parameter(subject, parameter)


def _parameter(query: URIRef, parameter: Parameter) -> Iterator[_Triple]:
    subject = URIRef(f"{query}#{parameter.name}")
    yield query, SH.parameter, subject
    yield subject, RDF.type, SH.Parameter
    yield subject, SH.name, Literal(parameter.name)
    optional = "false" if parameter.required else "true"
    yield subject, SH.optional, Literal(optional, datatype=XSD.boolean)
    yield subject, SKOS.example, Literal(parameter.example)
    if parameter.type in _DATATYPES:
        yield subject, SH.datatype, _DATATYPES[parameter.type]
    if parameter.target:
        yield subject, SH["class"], URIRef(parameter.target)
    for language, text in parameter.labels.items():
        yield subject, RDFS.label, Literal(text, lang=language)
