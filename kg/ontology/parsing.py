"""Read Turtle into rdflib's graphs by the engine's parser, which is many times faster."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.errors import InputError

__all__ = ["add_turtle"]

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_PLAIN = (str(XSD.string), str(RDF.langString))


def add_turtle(graph: Graph, text: str, path: Path) -> None:
    """Add the statements of a file to a graph, and its prefixes.

    Parameters
    ----------
    graph:
        What the statements are added to.
    text, path:
        The file's text, and the path that messages name.

    Raises
    ------
    InputError
        The text is not Turtle; the message gives file, line and column.
    """
    # Two files may both have a node _:a.
    parser = ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    node = _converter()
    try:
        for quad in parser:
            graph.add((node(quad.subject), node(quad.predicate), node(quad.object)))
    except SyntaxError as error:
        raise InputError(f"{path}: is not Turtle: {error}") from error
    for prefix, namespace in parser.prefixes.items():
        graph.bind(prefix, namespace)


def _converter() -> Callable[[_Term], Node]:
    """Return a function to rdflib's terms that makes each term of a file once."""

    @cache
    def node(term: _Term) -> Node:
        if isinstance(term, ox.NamedNode):
            return URIRef(term.value)
        if isinstance(term, ox.BlankNode):
            return BNode(term.value)
        if isinstance(term, ox.Literal):
            kind = term.datatype.value
            datatype = None if kind in _PLAIN else URIRef(kind)
            return Literal(term.value, lang=term.language, datatype=datatype)
        raise InputError(f"{term}: a statement about a statement is not read here.")

    return node
