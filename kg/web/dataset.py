"""The dataset describes itself: VoID and DCAT, with what only this server knows."""

from __future__ import annotations

from flask import Response, request, url_for
from rdflib import DCAT, DCTERMS, RDF, VOID, XSD, Graph, Literal, URIRef

from kg.provenance import GraphNames
from kg.web import headers
from kg.web.description import written
from kg.web.files import MEDIA_TYPES, public_files
from kg.web.formats import Kind, by_name, negotiate, of_kind
from kg.web.sending import not_modified, send_text
from kg.web.service import service

__all__ = ["send_dataset"]

_NT = "application/n-triples"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


def send_dataset() -> Response:
    """Send statistics and record of what is served, in the format that is asked for."""
    choices = of_kind(Kind.GRAPH)
    wanted = request.args.get("format")
    chosen = by_name(wanted, choices) if wanted else negotiate(request.accept_mimetypes, choices)
    address = url_for("sparql.endpoint", _external=True)
    tag = headers.etag(service().release.id, "dataset", chosen.name, address)
    if headers.is_known(tag):
        return not_modified(tag)
    with service().run_named(_statistics(), _NT) as answer:
        triples = answer.read() + _here(address).serialize(format="nt").encode()
    ordered = b"".join(sorted(set(triples.splitlines(keepends=True))))
    return send_text(written(ordered, chosen), chosen.content_type, tag)


def _statistics() -> str:
    """Return the query for the statistics: those that the release carries, or new ones."""
    graph = GraphNames(service().base).description
    if graph in service().release.manifest.get("graphs", {}):
        return service().bound("pages/graph", {"graph": graph})
    return service().bound("pages/void", {"dataset": service().dataset})


def _here(address: str) -> Graph:
    """State what depends on the server and the release: addresses, version, files."""
    graph = Graph()
    release = service().release
    dataset, endpoint = URIRef(service().dataset), URIRef(f"{address}#service")
    graph.add((dataset, RDF.type, VOID.Dataset))
    graph.add((dataset, RDF.type, DCAT.Dataset))
    graph.add((dataset, DCTERMS.title, Literal(service().settings.project.title)))
    graph.add((dataset, DCTERMS.hasVersion, Literal(release.id)))
    graph.add((dataset, VOID.sparqlEndpoint, URIRef(address)))
    graph.add((endpoint, RDF.type, DCAT.DataService))
    graph.add((endpoint, DCAT.endpointURL, URIRef(address)))
    graph.add((endpoint, DCAT.endpointDescription, URIRef(address)))
    graph.add((endpoint, DCAT.servesDataset, dataset))
    if release.manifest.get("built"):
        told = str(release.manifest["built"])  # of a release elsewhere the day only
        built = Literal(told, datatype=XSD.dateTime if "T" in told else XSD.date)
        graph.add((dataset, DCTERMS.issued, built))
    _add_files(graph, dataset)
    _add_endpoint(graph, dataset, endpoint)
    return graph


def _add_files(graph: Graph, dataset: URIRef) -> None:
    for name in public_files():
        address = URIRef(url_for("files.file", name=name, _external=True))
        media_type = MEDIA_TYPES[f".{name.rpartition('.')[2]}"]
        graph.add((dataset, DCAT.distribution, address))
        graph.add((address, RDF.type, DCAT.Distribution))
        graph.add((address, DCTERMS.title, Literal(name)))
        graph.add((address, DCAT.downloadURL, address))
        graph.add((address, DCAT.mediaType, URIRef(f"{_MEDIA_TYPES}{media_type}")))
        size = (service().release.path / name).stat().st_size
        graph.add((address, DCAT.byteSize, Literal(str(size), datatype=XSD.nonNegativeInteger)))
        if name == "data.nq.gz":
            graph.add((dataset, VOID.dataDump, address))


def _add_endpoint(graph: Graph, dataset: URIRef, endpoint: URIRef) -> None:
    distribution = URIRef(f"{dataset}#sparql")
    graph.add((dataset, DCAT.distribution, distribution))
    graph.add((distribution, RDF.type, DCAT.Distribution))
    graph.add((distribution, DCTERMS.title, Literal("SPARQL endpoint")))
    graph.add((distribution, DCAT.accessService, endpoint))
    graph.add((distribution, DCAT.accessURL, URIRef(str(endpoint).removesuffix("#service"))))
