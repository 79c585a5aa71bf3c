"""The thing of a page for machines that read pages: schema.org, by the profiles of Bioschemas.

https://bioschemas.org/profiles: CourseInstance and Course for trainings, Person, Organization.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kg.web.bindings import Record, Rows
from kg.web.profiles.kinds import Kind
from kg.web.render import short_name

__all__ = ["described"]

Document = dict[str, Any]

_PROFILES = "https://bioschemas.org/profiles/"
_TYPES: Mapping[str, tuple[str, str]] = {
    "training": ("CourseInstance", "CourseInstance/1.0-RELEASE"),
    "series": ("Course", "Course/1.0-RELEASE"),
    "programme": ("Course", "Course/1.0-RELEASE"),
    "person": ("Person", "Person/0.3-DRAFT"),
    "organisation": ("Organization", "Organization/0.3-DRAFT"),
    "bloc": ("Organization", "Organization/0.3-DRAFT"),
    "country": ("Country", ""),
    "topic": ("DefinedTerm", ""),
    "sector": ("DefinedTerm", ""),
    "method": ("DefinedTerm", ""),
    "outcome": ("CreativeWork", ""),
    "source": ("Dataset", "Dataset/1.0-RELEASE"),
}
"""Kind of a page → type in schema.org, and the profile of Bioschemas that it follows."""

_OUTCOMES = {
    "rihla:Publication": "ScholarlyArticle",
    "rihla:Dataset": "Dataset",
    "rihla:Software": "SoftwareSourceCode",
    "rihla:Certificate": "EducationalOccupationalCredential",
}
_MODES = {"in-person": "onsite", "online": "online", "hybrid": "blended"}

_TEXTS: Mapping[str, str] = {
    "rihla:startDate": "startDate",
    "rihla:endDate": "endDate",
    "rihla:date": "datePublished",
    "rihla:foundingDate": "foundingDate",
    "dcterms:language": "inLanguage",
    "dcterms:description": "description",
    "skos:definition": "description",
    "schema:url": "url",
    "dcterms:license": "license",
    "skos:altLabel": "alternateName",
    "rihla:acronym": "alternateName",
    "rihla:mode": "courseMode",
}
"""Property → property of schema.org, its values as text."""

_THINGS: Mapping[str, tuple[str, str]] = {
    "rihla:hostedBy": ("organizer", "Organization"),
    "rihla:organisedBy": ("organizer", "Organization"),
    "rihla:runBy": ("provider", "Organization"),
    "rihla:fundedBy": ("funder", "Organization"),
    "rihla:supportedBy": ("funder", "Organization"),
    "rihla:creditedTo": ("author", "Person"),
    "rihla:taughtBy": ("instructor", "Person"),
    "rihla:topic": ("about", "DefinedTerm"),
    "rihla:teachesMethod": ("about", "DefinedTerm"),
    "rihla:heldIn": ("location", "Country"),
    "rihla:country": ("location", "Country"),
    "org:subOrganizationOf": ("parentOrganization", "Organization"),
    "rihla:partOfTraining": ("superEvent", "CourseInstance"),
}
"""Property → property of schema.org, and the type of its values."""

_SAME: Mapping[str, str] = {
    "rihla:ror": "https://ror.org/",
    "rihla:orcid": "https://orcid.org/",
    "rihla:wikidata": "http://www.wikidata.org/entity/",
    "rihla:doi": "https://doi.org/",
}
"""Identifier → what makes it an address."""


def described(iri: str, title: str, kind: Kind, statements: Rows, dataset: str) -> Document:
    """Return the JSON-LD document of a page's thing.

    Parameters
    ----------
    statements:
        property, value, value_label of the thing.
    dataset:
        The IRI of the dataset that says it.
    """
    name, profile = _TYPES[kind.name]
    document: Document = {"@context": "https://schema.org/", "@type": name, "@id": iri}
    if profile:
        document["http://purl.org/dc/terms/conformsTo"] = {
            "@type": "CreativeWork",
            "@id": f"{_PROFILES}{profile}",
        }
    document["name"] = title
    document["identifier"] = iri
    document["subjectOf"] = {"@type": "Dataset", "@id": dataset}
    for record in statements.records():
        if record["property"] and record["value"]:
            _add(document, short_name(record["property"].text), record)
    if document["@type"] == "CourseInstance" and "courseMode" not in document:
        document["courseMode"] = "unknown"
    return document


def _add(document: Document, name: str, record: Record) -> None:
    value, label = record["value"], record["value_label"]
    assert value is not None
    if name == "rdf:type":
        document["@type"] = _OUTCOMES.get(short_name(value.text), document["@type"])
    elif name in _SAME and not value.is_iri:
        _append(document, "sameAs", f"{_SAME[name]}{value.text.removeprefix(_SAME[name])}")
    elif name in _THINGS:
        term, kind = _THINGS[name]
        thing = {"@type": kind, "@id": value.text, "name": label.text if label else value.text}
        _append(document, term, thing)
    elif name in _TEXTS:
        term = _TEXTS[name]
        text = _MODES.get(value.text, value.text) if term == "courseMode" else value.text
        _append(document, term, text)


def _append(document: Document, term: str, value: object) -> None:
    """Add a value; one stands alone, several as a list, none twice."""
    known: Sequence[object] = document.get(term, [])
    several = list(known) if isinstance(known, list) else [known]
    if value not in several:
        several.append(value)
    document[term] = several[0] if len(several) == 1 else several
