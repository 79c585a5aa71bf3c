"""The RDF terms that code names. What only data uses is read from the ontology, not listed here.

A test checks that every term below stands in the ontology.
"""

from __future__ import annotations

from rdflib import Namespace, URIRef
from rdflib.namespace import DefinedNamespace

__all__ = ["CSVW", "ONTOLOGY", "PREFIXES", "RIHLA", "SCHEMA", "VOCABULARY_BASE"]

ONTOLOGY = URIRef("https://w3id.org/rihla/ontology")
VOCABULARY_BASE = "https://w3id.org/rihla/ontology#"
CSVW = Namespace("http://www.w3.org/ns/csvw#")
SCHEMA = Namespace("https://schema.org/")


class RIHLA(DefinedNamespace):
    """Terms of the Rihla vocabulary; naming one that is not listed raises an error."""

    _NS = Namespace(VOCABULARY_BASE)
    _fail = True

    # Annotations of shapes
    identifierScheme: URIRef
    keyTemplate: URIRef
    lookup: URIRef
    # Provenance
    Load: URIRef
    Source: URIRef
    contentHash: URIRef
    loadedFrom: URIRef
    loadedInto: URIRef
    rowsKept: URIRef
    rowsMerged: URIRef
    rowsRead: URIRef
    rowsRefused: URIRef
    # Partnerships, written by the build
    Partnership: URIRef
    evidence: URIRef
    firstYear: URIRef
    lastYear: URIRef
    newmanWeight: URIRef
    partner: URIRef
    sharedTrainings: URIRef


PREFIXES: dict[str, str] = {
    "rihla": VOCABULARY_BASE,
    "country": "https://w3id.org/rihla/id/country/",
    "bloc": "https://w3id.org/rihla/id/bloc/",
    "grade": "https://w3id.org/rihla/id/grade/",
    "method": "https://w3id.org/rihla/id/method/",
    "role": "https://w3id.org/rihla/id/role/",
    "sector": "https://w3id.org/rihla/id/sector/",
    "topic": "https://w3id.org/rihla/id/topic/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
