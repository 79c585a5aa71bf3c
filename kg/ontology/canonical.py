"""One text for one graph: sorted Turtle, RDF/XML and JSON-LD, the same bytes each time.

Blank nodes of an ontology are trees (restrictions, lists), so they are written inside what they
belong to; where a syntax needs names for them, RDFC-1.0 gives them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox
from rdflib import RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.ontology.turtle import literal

__all__ = ["WRITERS", "says", "written_value"]

# The order in which a reader expects what is said of a term; the rest follows by name.
_FIRST = (RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.label, SKOS.prefLabel)
_LOCAL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?")
_BARE = {XSD.integer: re.compile(r"[+-]?[0-9]+"), XSD.boolean: re.compile(r"true|false")}
_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_NO_PREFIXES: Mapping[str, str] = {}


def written_value(
    graph: Graph,
    node: Node,
    prefixes: Mapping[str, str] = _NO_PREFIXES,
    path: tuple[Node, ...] = (),
) -> str:
    """Return a value as Turtle in one line; a blank node with all that hangs on it.

    Two blank nodes that say the same are written alike, whatever their names and order. A blank
    node that leads back to itself is written ``[ … ]`` there.

    Examples
    --------
    >>> g = Graph().parse(data="<urn:a> <urn:p> [ <urn:z> 1 ; <urn:b> ( <urn:c> ) ] .")
    >>> written_value(g, next(g.objects(URIRef("urn:a"))))
    '[ <urn:b> ( <urn:c> ) ; <urn:z> 1 ]'
    """
    if isinstance(node, URIRef):
        return _name(str(node), prefixes)
    if isinstance(node, Literal):
        return _literal(node, prefixes)
    if node in path:
        return "[ … ]"
    if (node, RDF.first, None) in graph:
        items = [written_value(graph, n, prefixes, (*path, node)) for n in Collection(graph, node)]
        return f"( {' '.join(items)} )"
    said = _said(graph, node, prefixes, (*path, node))
    inside = " ; ".join(f"{predicate} {', '.join(values)}" for predicate, values in said)
    return f"[ {inside} ]" if said else "[]"


def says(text: str, suffix: str, graph: Graph) -> bool:
    """Return whether a text, read by another parser, says what a graph says and no more.

    ``suffix`` is a key of WRITERS. Names of blank nodes do not count.
    """
    triples = (quad.triple for quad in ox.parse(text, format=_FORMATS[suffix]))
    return _canonical(triples) == _canonical(_triples(graph))


def _turtle(graph: Graph, prefixes: Mapping[str, str]) -> str:
    """Write Turtle: prefixes, then one block for each IRI, then the statements without one."""
    blocks = [_block(graph, s, prefixes) for s in sorted(_named(graph), key=str)]
    loose = sorted(_block(graph, s, prefixes) for s in _roots(graph))
    head = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in _used(graph, prefixes).items())
    return "\n".join([head, *blocks, *loose])


def _rdf_xml(graph: Graph, prefixes: Mapping[str, str]) -> str:
    triples = [q.triple for q in _canonical(_triples(graph))]
    used = _used(graph, prefixes)
    raw = ox.serialize(triples, format=ox.RdfFormat.RDF_XML, prefixes=used)
    assert raw is not None  # without an output file it returns the bytes
    return raw.decode() + "\n"


def _json_ld(graph: Graph, prefixes: Mapping[str, str]) -> str:
    context = _used(graph, prefixes)
    document = json.loads(graph.serialize(format="json-ld", context=context, auto_compact=False))
    nodes = {node["@id"]: node for node in document["@graph"]}
    pointed = set(_pointed(document["@graph"]))
    roots = [n for i, n in nodes.items() if not (i.startswith("_:") and i in pointed)]
    written = {"@context": context, "@graph": [_nested(node, nodes) for node in roots]}
    return json.dumps(_ordered(written), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


WRITERS = {"ttl": _turtle, "rdf": _rdf_xml, "jsonld": _json_ld}
"""File suffix → writer, which takes a graph and its prefixes and returns text."""


def _pointed(value: Any, top: bool = True) -> Iterator[str]:
    """Yield the names of the nodes that other nodes point to."""
    if isinstance(value, list):
        for item in value:
            yield from _pointed(item, top)
    elif isinstance(value, dict):
        yield from [] if top or "@id" not in value else [value["@id"]]
        for item in value.values():
            yield from _pointed(item, top=False)


def _nested(value: Any, nodes: Mapping[str, Any]) -> Any:
    """Put each blank node in the place that points to it, so that it needs no name."""
    if isinstance(value, list):
        return [_nested(item, nodes) for item in value]
    if not isinstance(value, dict):
        return value
    whole = nodes.get(value["@id"], value) if _is_blank(value) else value
    return {k: _nested(v, nodes) for k, v in whole.items() if not (k == "@id" and _is_blank(whole))}


def _is_blank(value: Mapping[str, Any]) -> bool:
    return str(value.get("@id", "")).startswith("_:")


def _ordered(value: Any, key: str = "") -> Any:
    """Sort what has no order in JSON-LD: all arrays but lists."""
    if isinstance(value, dict):
        return {k: _ordered(v, k) for k, v in value.items()}
    if not isinstance(value, list):
        return value
    items = [_ordered(v) for v in value]
    if key == "@list":
        return items
    return sorted(items, key=lambda v: json.dumps(v, sort_keys=True, ensure_ascii=False))


def _triples(graph: Graph) -> Iterator[ox.Triple]:
    text = graph.serialize(format="nt", encoding="utf-8")
    return (quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES))


def _canonical(triples: Iterable[ox.Triple]) -> list[ox.Quad]:
    """Return the statements with RDFC-1.0 names of blank nodes, by subject, types first."""
    dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)

    def order(quad: ox.Quad) -> tuple[str, bool, str, str]:
        kind = str(quad.predicate) == f"<{RDF.type}>"
        return (str(quad.subject), not kind, str(quad.predicate), str(quad.object))

    return sorted(dataset, key=order)


def _named(graph: Graph) -> set[URIRef]:
    return {s for s in graph.subjects() if isinstance(s, URIRef)}


def _roots(graph: Graph) -> list[BNode]:
    """Return the blank nodes that nothing points to."""
    pointed = {o for o in graph.objects() if isinstance(o, BNode)}
    return [s for s in set(graph.subjects()) if isinstance(s, BNode) and s not in pointed]


def _block(graph: Graph, subject: Node, prefixes: Mapping[str, str]) -> str:
    name = "[]" if isinstance(subject, BNode) else _name(str(subject), prefixes)
    lines = [f"{p} {_objects(o)}" for p, o in _said(graph, subject, prefixes, (subject,))]
    return f"{name} " + " ;\n    ".join(lines) + " .\n"


def _objects(values: list[str]) -> str:
    joined = ", ".join(values)
    return joined if len(joined) < 80 else "\n        " + ",\n        ".join(values)


def _said(
    graph: Graph, subject: Node, prefixes: Mapping[str, str], path: tuple[Node, ...]
) -> list[tuple[str, list[str]]]:
    found = []
    for predicate in sorted(set(graph.predicates(subject)), key=_rank):
        values = [
            written_value(graph, o, prefixes, path) for o in graph.objects(subject, predicate)
        ]
        found.append(("a" if predicate == RDF.type else _name(str(predicate), prefixes), values))
    return [(name, sorted(values)) for name, values in found]


def _rank(predicate: Node) -> tuple[int, str]:
    place = _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)
    return place, str(predicate)


def _name(iri: str, prefixes: Mapping[str, str]) -> str:
    fitting = [
        (len(ns), p) for p, ns in prefixes.items()
        if iri.startswith(ns) and _LOCAL.fullmatch(iri[len(ns) :])
    ]  # fmt: skip
    if not fitting:
        return f"<{iri}>"
    length, prefix = max(fitting)
    return f"{prefix}:{iri[length:]}"


def _literal(node: Literal, prefixes: Mapping[str, str]) -> str:
    datatype = node.datatype
    if datatype in _BARE and _BARE[datatype].fullmatch(str(node)):
        return str(node)
    text = literal(str(node), node.language)
    if datatype is None or datatype == XSD.string:
        return text
    return f"{text}^^{_name(str(datatype), prefixes)}"


def _used(graph: Graph, prefixes: Mapping[str, str]) -> dict[str, str]:
    iris = {i for t in graph for i in _iris(t)}
    return {p: ns for p, ns in sorted(prefixes.items()) if any(i.startswith(ns) for i in iris)}


def _iris(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, URIRef):
            yield str(node)
        elif isinstance(node, Literal) and node.datatype:
            yield str(node.datatype)
