"""The RDF terms that code names. What only data uses is read from the ontology, not listed here.

A test checks that every term below stands in the ontology.
"""

from __future__ import annotations

from rdflib import Namespace, URIRef
from rdflib.namespace import DefinedNamespace

__all__ = [
    "CSVW",
    "DEFAULT_BASE",
    "FORMATS",
    "ONTOLOGY",
    "PREFIXES",
    "RIHLA",
    "SCHEMA",
    "SD",
    "SPDX",
    "VOCABULARY_BASE",
    "prefixes_for",
]

ONTOLOGY = URIRef("https://w3id.org/rihla/ontology")
VOCABULARY_BASE = "https://w3id.org/rihla/ontology#"
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
CSVW = Namespace("http://www.w3.org/ns/csvw#")
SCHEMA = Namespace("https://schema.org/")
SPDX = Namespace("http://spdx.org/rdf/terms#")


class RIHLA(DefinedNamespace):
    """Terms of the Rihla vocabulary; naming one that is not listed raises an error."""

    _NS = Namespace(VOCABULARY_BASE)
    _fail = True

    # Annotations of shapes
    identifierScheme: URIRef
    keyOnly: URIRef
    keyTemplate: URIRef
    lookup: URIRef
    # Followed by references
    replacedBy: URIRef
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
    # Matches, written by the build
    Match: URIRef
    matchReason: URIRef
    matchScore: URIRef
    matchZone: URIRef
    matchedName: URIRef
    matchedTo: URIRef
    # Partnerships, written by the build
    Partnership: URIRef
    evidence: URIRef
    firstYear: URIRef
    lastYear: URIRef
    newmanWeight: URIRef
    partner: URIRef
    sharedTrainings: URIRef
    # What the flat tables of a release are made from
    fundref: URIRef
    grid: URIRef
    isni: URIRef
    otherIdentifier: URIRef
    pic: URIRef
    wikidata: URIRef
    status: URIRef
    city: URIRef
    InternationalTraining: URIRef
    Sector: URIRef
    Participation: URIRef
    Training: URIRef
    aboutTopic: URIRef
    ror: URIRef
    orcid: URIRef
    iso3: URIRef
    iso2: URIRef
    acronym: URIRef
    agent: URIRef
    bloc: URIRef
    country: URIRef
    endDate: URIRef
    fromCountry: URIRef
    fundedBy: URIRef
    headcount: URIRef
    heldIn: URIRef
    hostedBy: URIRef
    inProgramme: URIRef
    inSector: URIRef
    inSeries: URIRef
    memberCountry: URIRef
    organisation: URIRef
    organisedBy: URIRef
    role: URIRef
    startDate: URIRef
    attributedTo: URIRef
    date: URIRef
    evidenceGrade: URIRef
    outcome: URIRef
    teachesMethod: URIRef
    training: URIRef
    year: URIRef


DEFAULT_BASE = "https://w3id.org/rihla/id/"
"""The base of the ontology's own concepts, and of things where a project names no other."""

_SCHEMES = ("grade", "method", "role", "sector", "topic")
_KINDS = (
    "bloc",
    "country",
    "curriculum",
    "funding",
    "organisation",
    "outcome",
    "person",
    "place",
    "programme",
    "series",
    "training",
)
_STANDARD = {
    "rihla": VOCABULARY_BASE,
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "spdx": "http://spdx.org/rdf/terms#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def prefixes_for(base: str) -> dict[str, str]:
    """Return the prefixes of a graph whose things have their IRIs under ``base``."""
    return (
        _STANDARD
        | {name: f"{DEFAULT_BASE}{name}/" for name in _SCHEMES}
        | {name: f"{base}{name}/" for name in _KINDS}
    )


PREFIXES: dict[str, str] = prefixes_for(DEFAULT_BASE)
"""The prefixes under the default base."""
