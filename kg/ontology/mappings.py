"""The mappings to other vocabularies as RDF, the way the SSSOM specification writes them.

Each row becomes an ``owl:Axiom`` about subject, predicate and object, with what the table says
of it. The mapped statement itself is left out: a row claims it, the vocabulary may not.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from rdflib import OWL, RDF, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.errors import InputError
from kg.files import parse_yaml, read_utf8
from kg.terms import PREFIXES

__all__ = ["SSSOM", "covering_concepts", "mapping_graph"]

SSSOM = Namespace("https://w3id.org/sssom/")
_KNOWN = {**PREFIXES, "semapv": "https://w3id.org/semapv/vocab/", "sssom": str(SSSOM)}
_ENDS = {
    "subject_id": OWL.annotatedSource,
    "predicate_id": OWL.annotatedProperty,
    "object_id": OWL.annotatedTarget,
    "mapping_justification": SSSOM.mapping_justification,
}


def mapping_graph(folder: Path) -> Graph:
    """Return the rows of every ``*.sssom.tsv`` in a folder; none if there is no such folder.

    A CURIE whose prefix the table does not declare stays text, so that a check can report it.

    Raises
    ------
    InputError
        The lines that begin with # are not YAML, or a column is missing.
    """
    graph = Graph()
    for path in sorted(folder.glob("*.sssom.tsv")):
        for position, row in enumerate(_rows(path)):
            node = BNode(f"{path.name.partition('.')[0]}{position}")
            for predicate, value in row:
                graph.add((node, predicate, value))
    return graph


def covering_concepts(schemes: Graph, mappings: Graph) -> dict[str, tuple[str, ...]]:
    """Return, for IRIs of concepts elsewhere, the own concepts that mean the same or are broader.

    Says so: ``skos:exactMatch`` in the schemes; it or ``skos:narrowMatch`` in a mapping.
    """
    found: dict[str, set[str]] = {}
    for concept, target in schemes.subject_objects(SKOS.exactMatch):
        found.setdefault(str(target), set()).add(str(concept))
    for predicate in (SKOS.exactMatch, SKOS.narrowMatch):
        for row in mappings.subjects(OWL.annotatedProperty, predicate):
            subject = mappings.value(row, OWL.annotatedSource)
            if (subject, SKOS.inScheme, None) in schemes:
                match = str(mappings.value(row, OWL.annotatedTarget))
                found.setdefault(match, set()).add(str(subject))
    return {target: tuple(sorted(concepts)) for target, concepts in found.items()}


def _rows(path: Path) -> Iterator[list[tuple[URIRef, Node]]]:
    lines = read_utf8(path).splitlines()
    try:
        head = parse_yaml("\n".join(line[1:] for line in lines if line.startswith("#"))) or {}
    except yaml.YAMLError as error:
        raise InputError(f"{path}: the lines that begin with # are not YAML: {error}") from error
    prefixes = {**_KNOWN, **(head.get("curie_map") or {})}
    table = csv.DictReader((r for r in lines if r and not r.startswith("#")), delimiter="\t")
    missing = sorted({"subject_id", "predicate_id", "object_id"} - set(table.fieldnames or ()))
    if missing:
        raise InputError(f"{path}: the columns {', '.join(missing)} are missing. Add them.")
    for record in table:
        yield _axiom({k: v for k, v in record.items() if k and v}, prefixes)


def _axiom(record: Mapping[str, str], prefixes: Mapping[str, str]) -> list[tuple[URIRef, Node]]:
    row: list[tuple[URIRef, Node]] = [(RDF.type, OWL.Axiom)]
    row += [(p, _expanded(record[c], prefixes)) for c, p in _ENDS.items() if c in record]
    if "confidence" in record:
        row.append((SSSOM.confidence, Literal(record["confidence"], datatype=XSD.decimal)))
    if "subject_label" in record:
        row.append((SSSOM.subject_label, Literal(record["subject_label"])))
    return row


def _expanded(curie: str, prefixes: Mapping[str, str]) -> Node:
    prefix, colon, local = curie.partition(":")
    if colon and prefix in prefixes:
        return URIRef(prefixes[prefix] + local)
    return URIRef(curie) if curie.startswith(("http://", "https://")) else Literal(curie)
