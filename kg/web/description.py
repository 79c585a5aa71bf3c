"""The service describes itself: SPARQL 1.1 Service Description, for whoever asks no query."""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, Response, request, url_for
from rdflib import DCAT, DCTERMS, RDF, RDFS, SH, VOID, XSD, BNode, Graph, Literal, URIRef

from kg.terms import FORMATS as FORMAT_NAMES
from kg.terms import SD
from kg.web import headers
from kg.web.formats import Format, Kind, by_name, negotiate, of_kind
from kg.web.sending import not_modified, send_text
from kg.web.service import service

__all__ = ["blueprint", "send_service", "written"]

blueprint = Blueprint("description", __name__)

_RESULTS = (
    FORMAT_NAMES["SPARQL_Results_JSON"],
    FORMAT_NAMES["SPARQL_Results_XML"],
    FORMAT_NAMES["SPARQL_Results_CSV"],
    FORMAT_NAMES["SPARQL_Results_TSV"],
    FORMAT_NAMES["Turtle"],
    FORMAT_NAMES["N-Triples"],
    FORMAT_NAMES["RDF_XML"],
    FORMAT_NAMES["JSON-LD"],
)


def send_service(name: str | None) -> Response:
    """Send the service description, in the format of this name or the one accepted best."""
    choices = of_kind(Kind.GRAPH)
    chosen = by_name(name, choices) if name else negotiate(request.accept_mimetypes, choices)
    address = url_for("sparql.endpoint", _external=True)
    tag = headers.etag(service().release.id, "service", chosen.name, address)
    if headers.is_known(tag):
        return not_modified(tag)
    triples = _described(address).serialize(format="nt").encode()
    return send_text(written(triples, chosen), chosen.content_type, tag)


def written(triples: bytes, chosen: Format) -> bytes:
    """Serialise N-Triples as the workers serialise their graphs, each triple once."""
    parsed = ox.parse(triples, format=ox.RdfFormat.N_TRIPLES)
    form = ox.RdfFormat.from_media_type(chosen.media_type)
    prefixes = {**service().graph.prefixes, "sd": str(SD), "sh": str(SH), "void": str(VOID)}
    distinct = dict.fromkeys(quad.triple for quad in parsed)
    text = ox.serialize(distinct, format=form, prefixes=prefixes)
    assert text is not None  # without an output it is returned
    return text


def _described(address: str) -> Graph:
    graph = Graph()
    endpoint = URIRef(f"{address}#service")
    graph.add((endpoint, RDF.type, SD.Service))
    graph.add((endpoint, RDF.type, DCAT.DataService))
    graph.add((endpoint, SD.endpoint, URIRef(address)))
    graph.add((endpoint, DCAT.endpointURL, URIRef(address)))
    graph.add((endpoint, DCTERMS.title, Literal(service().settings.project.title)))
    about = URIRef(url_for("vocabulary.void", _external=True))
    graph.add((endpoint, RDFS.seeAlso, about))
    graph.add((endpoint, SD.supportedLanguage, SD.SPARQL10Query))
    graph.add((endpoint, SD.supportedLanguage, SD.SPARQL11Query))
    graph.add((endpoint, SD.feature, SD.UnionDefaultGraph))
    if service().pool.limits.guard.services:
        graph.add((endpoint, SD.feature, SD.BasicFederatedQuery))
    for name in _RESULTS:
        graph.add((endpoint, SD.resultFormat, name))
    _add_dataset(graph, endpoint)
    _add_prefixes(graph, endpoint)
    return graph


def _add_dataset(graph: Graph, endpoint: URIRef) -> None:
    """State which graphs there are, and how many triples each has."""
    manifest = service().release.manifest
    dataset, default = BNode("dataset"), BNode("default")
    graph.add((endpoint, SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, SD.Dataset))
    graph.add((dataset, SD.defaultGraph, default))
    graph.add((default, RDF.type, SD.Graph))
    graph.add((default, VOID.triples, _count(manifest["triples"])))
    graph.add((endpoint, DCAT.servesDataset, URIRef(service().dataset)))
    for position, (name, triples) in enumerate(manifest.get("graphs", {}).items()):
        named, content = BNode(f"named{position}"), BNode(f"graph{position}")
        graph.add((dataset, SD.namedGraph, named))
        graph.add((named, RDF.type, SD.NamedGraph))
        graph.add((named, SD.name, URIRef(name)))
        graph.add((named, SD.graph, content))
        graph.add((content, RDF.type, SD.Graph))
        graph.add((content, VOID.triples, _count(triples)))


def _add_prefixes(graph: Graph, endpoint: URIRef) -> None:
    for prefix, namespace in service().graph.prefixes.items():
        declaration = BNode(f"prefix-{prefix}")
        graph.add((endpoint, SH.declare, declaration))
        graph.add((declaration, SH.prefix, Literal(prefix)))
        graph.add((declaration, SH.namespace, Literal(namespace, datatype=XSD.anyURI)))


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)
