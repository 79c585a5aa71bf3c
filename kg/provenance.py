"""Where statements come from: the graphs of a release, and what is stated about each load.

Nothing here depends on when the build ran: the same inputs give the same statements. The time
of the build stands in the release's manifest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rdflib import DCAT, DCTERMS, PROV, RDF, RDFS, XSD, Graph, Literal, URIRef

from kg import __version__
from kg.files import sha256
from kg.quads import quads_of_graph
from kg.settings import SourceSettings
from kg.terms import ONTOLOGY, RIHLA, SCHEMA, SPDX

__all__ = [
    "FileRecord",
    "GraphNames",
    "LoadRecord",
    "content_hash",
    "describe_loads",
    "file_records",
]

_MOST_FILES = 1_000  # input files of a load that are described; the manifest lists all


@dataclass(frozen=True)
class GraphNames:
    """The IRIs of the named graphs of a release, under one base."""

    base: str

    def load(self, source: str, content: str) -> str:
        """Return the graph of one source's load; it changes with the content."""
        return f"{self.base}graph/{source}-{content[:8]}"

    @property
    def vocabulary(self) -> str:
        """Classes, properties and shapes."""
        return f"{self.base}graph/vocabulary"

    @property
    def schemes(self) -> str:
        """The concepts of the ontology's schemes."""
        return f"{self.base}graph/schemes"

    @property
    def inferred(self) -> str:
        """What follows from axioms and rules."""
        return f"{self.base}graph/inferred"

    @property
    def derived(self) -> str:
        """What the build computes: partnerships."""
        return f"{self.base}graph/derived"

    @property
    def description(self) -> str:
        """What the graph holds: statistics (VoID) and record (DCAT)."""
        return f"{self.base}graph/description"

    @property
    def release(self) -> str:
        """On a server elsewhere: which release was pushed there, into which graphs."""
        return f"{self.base}graph/release"

    @property
    def union(self) -> str:
        """On a server elsewhere: the union of all graphs, each triple once."""
        return f"{self.base}graph/union"

    @property
    def queries(self) -> str:
        """The catalogue of named queries."""
        return f"{self.base}graph/queries"

    @property
    def provenance(self) -> str:
        """Statements about sources and loads."""
        return f"{self.base}graph/provenance"


@dataclass(frozen=True)
class FileRecord:
    """One input file of a load: its name, SHA-256, size in bytes, and the URL it came from."""

    name: str
    sha256: str
    size: int
    url: str | None = None


@dataclass(frozen=True)
class LoadRecord:
    """What one load did: rows by outcome, and the content that went in.

    ``read`` = ``kept`` + ``refused`` + ``merged``. ``content`` is a SHA-256.
    """

    source: SourceSettings
    content: str
    read: int
    kept: int
    refused: int
    merged: int
    files: tuple[FileRecord, ...] = ()


def file_records(
    files: Sequence[Path], url_of: Callable[[Path], str | None] = lambda _: None
) -> tuple[FileRecord, ...]:
    """Return what identifies each input file, sorted by path; ``url_of`` says where it is from."""
    return tuple(FileRecord(p.name, sha256(p), p.stat().st_size, url_of(p)) for p in sorted(files))


def content_hash(source: SourceSettings, files: Sequence[FileRecord], mark: str = "") -> str:
    """Return a SHA-256 over a source's files and the settings that decide how they are read.

    ``mark`` is a digest of what was left out of them.
    """
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.sha256}\0".encode())
    digest.update(repr((source.kind, sorted(source.options.items()))).encode())
    digest.update(mark.encode())
    return digest.hexdigest()


def describe_loads(loads: Sequence[LoadRecord], names: GraphNames, ontology: str) -> pl.DataFrame:
    """Return the provenance quads of all loads (columns ``s``, ``p``, ``o``, ``g``).

    ``ontology`` is the ontology's version.
    """
    graph = Graph()
    for load in loads:
        _describe_source(graph, load.source, names)
        _describe_load(graph, load, names, ontology)
    return quads_of_graph(graph, names.provenance)


def _describe_source(graph: Graph, source: SourceSettings, names: GraphNames) -> None:
    subject = URIRef(f"{names.base}source/{source.id}")
    stated: Mapping[URIRef, Literal | URIRef | None] = {
        RDF.type: RIHLA.Source,
        RDFS.label: Literal(source.title),
        DCTERMS.title: Literal(source.title),
        DCTERMS.license: URIRef(source.licence),
        DCAT.landingPage: URIRef(source.homepage) if source.homepage else None,
        SCHEMA.creditText: Literal(source.attribution) if source.attribution else None,
    }
    for predicate, value in stated.items():
        if value is not None:
            graph.add((subject, predicate, value))


def _describe_load(graph: Graph, load: LoadRecord, names: GraphNames, ontology: str) -> None:
    subject = URIRef(f"{names.base}load/{load.source.id}-{load.content[:8]}")
    target = URIRef(names.load(load.source.id, load.content))
    retrieved = Literal(load.source.retrieved.isoformat(), datatype=XSD.date)
    software = f"rihla-kg {__version__}, ontology {ontology}"
    source = URIRef(f"{names.base}source/{load.source.id}")
    graph.add((subject, RDF.type, RIHLA.Load))
    graph.add((subject, RDFS.label, Literal(f"Load of {load.source.title}, {retrieved}")))
    graph.add((subject, RIHLA.loadedFrom, URIRef(f"{names.base}source/{load.source.id}")))
    graph.add((subject, RIHLA.loadedInto, target))
    graph.add((target, PROV.wasGeneratedBy, subject))
    graph.add((target, DCTERMS.source, source))
    graph.add((target, DCTERMS.license, URIRef(load.source.licence)))
    graph.add((subject, PROV.used, URIRef(f"{ONTOLOGY}/{ontology}")))
    _describe_software(graph, subject, names)
    if len(load.files) <= _MOST_FILES:
        for file in load.files:
            _describe_file(graph, file, load, names)
    graph.add((subject, DCTERMS.date, retrieved))
    graph.add((subject, DCTERMS.description, Literal(software)))
    graph.add((subject, RIHLA.contentHash, Literal(load.content)))
    for predicate, count in (
        (RIHLA.rowsRead, load.read),
        (RIHLA.rowsKept, load.kept),
        (RIHLA.rowsRefused, load.refused),
        (RIHLA.rowsMerged, load.merged),
    ):
        graph.add((subject, predicate, Literal(str(count), datatype=XSD.integer)))


def _describe_software(graph: Graph, load: URIRef, names: GraphNames) -> None:
    agent = URIRef(f"{names.base}software/rihla-kg-{__version__}")
    graph.add((load, PROV.wasAssociatedWith, agent))
    graph.add((agent, RDF.type, PROV.SoftwareAgent))
    graph.add((agent, RDFS.label, Literal(f"rihla-kg {__version__}")))
    graph.add((agent, DCTERMS.hasVersion, Literal(__version__)))


def _describe_file(graph: Graph, file: FileRecord, load: LoadRecord, names: GraphNames) -> None:
    """State an input file as a distribution of its source, with size and SHA-256."""
    key = hashlib.sha256(f"{file.name}\0{file.sha256}".encode()).hexdigest()[:8]
    subject = URIRef(f"{names.base}file/{load.source.id}-{key}")
    checksum = URIRef(f"{subject}/sha256")
    source = URIRef(f"{names.base}source/{load.source.id}")
    activity = URIRef(f"{names.base}load/{load.source.id}-{load.content[:8]}")
    graph.add((source, DCAT.distribution, subject))
    graph.add((activity, PROV.used, subject))
    graph.add((subject, RDF.type, DCAT.Distribution))
    graph.add((subject, RDFS.label, Literal(file.name)))
    if file.url:
        graph.add((subject, DCAT.downloadURL, URIRef(file.url)))
    graph.add((subject, DCAT.byteSize, Literal(str(file.size), datatype=XSD.integer)))
    graph.add((subject, SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, SPDX.Checksum))
    graph.add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    graph.add((checksum, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)))
