"""Read the ontology folder: vocabulary, shapes, schemes and rules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rdflib import OWL, RDF, Graph
from rdflib.graph import ReadOnlyGraphAggregate

from kg.errors import SettingsError
from kg.files import read_utf8
from kg.latest import Latest
from kg.ontology.mappings import covering_concepts, mapping_graph
from kg.ontology.parsing import add_turtle
from kg.schema import Schema, read_schema

__all__ = ["Ontology", "load_ontology", "merged"]

_MOST_KEPT = 2  # the package's own and the project's


@dataclass(frozen=True, eq=False)  # one is the same as itself: others keep what they made of it
class Ontology:
    """The parsed folder.

    ``vocabulary`` holds classes and properties, ``shapes`` the tables' columns, ``schemes`` the
    concepts; ``rules`` are SPARQL CONSTRUCT queries by file name. ``fingerprint`` is a SHA-256
    over all files, so it changes with any edit.
    """

    folder: Path
    vocabulary: Graph
    shapes: Graph
    schemes: Graph
    rules: dict[str, str]
    fingerprint: str

    @cached_property
    def schema(self) -> Schema:
        """The tables that the shapes describe."""
        mappings = mapping_graph(self.folder / "mappings")
        schema = read_schema(merged(self.vocabulary, self.shapes, self.schemes))
        return replace(schema, covering=covering_concepts(self.schemes, mappings))

    @property
    def version(self) -> str:
        """The ontology's semantic version, such as ``0.1.0``."""
        ontology = self.vocabulary.value(None, RDF.type, OWL.Ontology)
        version = self.vocabulary.value(ontology, OWL.versionInfo) if ontology else None
        return "unversioned" if version is None else str(version)


_KEPT: Latest[Ontology] = Latest(_MOST_KEPT)


def load_ontology(folder: Path) -> Ontology:
    """Parse every file of an ontology folder; what has not changed since is not parsed again.

    The graphs are shared by all who ask: whoever changes one makes a copy.

    Raises
    ------
    SettingsError
        There is no ontology in the folder.
    InputError
        A file is not Turtle; the message gives file and line.
    """
    if not (folder / "rihla.ttl").is_file():
        raise SettingsError(
            f"{folder}: there is no ontology (no rihla.ttl). Leave [project] ontology out to use "
            "the one that came with the package, or copy it there first."
        )
    fingerprint = _fingerprint(folder, ontology_files(folder))
    return _KEPT.made((folder, fingerprint), lambda: _read(folder, fingerprint))


def _read(folder: Path, fingerprint: str) -> Ontology:
    return Ontology(
        folder=folder,
        vocabulary=_parse([folder / "rihla.ttl", *sorted((folder / "vocabulary").glob("*.ttl"))]),
        shapes=_parse(sorted((folder / "shapes").glob("*.ttl"))),
        schemes=_parse(sorted((folder / "schemes").glob("*.ttl"))),
        rules={p.name: read_utf8(p) for p in sorted((folder / "rules").glob("*.rq"))},
        fingerprint=fingerprint,
    )


def merged(*graphs: Graph) -> Graph:
    """Return graphs as one, without copying them: adding rdflib's graphs takes half a second."""
    return ReadOnlyGraphAggregate(list(graphs))


def ontology_files(folder: Path) -> list[Path]:
    """Return the files that decide how tables are read and what follows from them."""
    folders = ("vocabulary/*.ttl", "shapes/*.ttl", "schemes/*.ttl", "mappings/*.sssom.tsv")
    patterns = ("rihla.ttl", *folders, "rules/*.rq")
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def _fingerprint(folder: Path, files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _parse(files: list[Path]) -> Graph:
    graph = Graph()
    for path in files:
        add_turtle(graph, read_utf8(path), path)
    return graph
