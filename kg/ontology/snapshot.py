"""One state of the ontology, wherever it lies: an ontology folder, a release, or a single file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rdflib import OWL, RDF, SH, SKOS, Graph
from rdflib.util import guess_format

from kg.errors import InputError, NotFoundError
from kg.files import read_utf8
from kg.ontology.files import Ontology, load_ontology
from kg.ontology.turtle import read_statements
from kg.schema import Schema, read_schema
from kg.terms import ONTOLOGY, PREFIXES

__all__ = ["RELEASES", "Snapshot", "of_ontology", "open_snapshot", "released_versions"]

RELEASES = "releases"
"""The folder of the released versions, inside the ontology's folder."""

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_FORMATS = {".jsonld": "json-ld", ".rdf": "xml", ".owl": "xml"}
_MORE_PREFIXES = {
    "csvw": "http://www.w3.org/ns/csvw#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "sh": "http://www.w3.org/ns/shacl#",
    "vann": "http://purl.org/vocab/vann/",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
}


@dataclass(frozen=True)
class Snapshot:
    """The parsed statements of one state.

    ``files`` gives the file of each subject, relative to the folder; it is empty for a release
    or a single file. ``rules`` are queries by file name.
    """

    name: str
    vocabulary: Graph
    shapes: Graph
    schemes: Graph
    rules: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str | None:
        """The semantic version that the header states, if any."""
        value = self.vocabulary.value(ONTOLOGY, OWL.versionInfo)
        return None if value is None else str(value)

    @cached_property
    def schema(self) -> Schema:
        """The tables that the shapes describe."""
        return read_schema(self.vocabulary + self.shapes + self.schemes)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The usual prefixes, and those of the files for other namespaces."""
        known = PREFIXES | _MORE_PREFIXES
        for graph in (self.vocabulary, self.shapes, self.schemes):
            for prefix, namespace in graph.namespaces():
                if prefix and prefix not in known and str(namespace) not in known.values():
                    known[prefix] = str(namespace)
        return known


def released_versions(releases: Path) -> list[str]:
    """Return the versions in a folder of releases, lowest first."""
    names = [p.name for p in releases.glob("*") if _VERSION.fullmatch(p.name)]
    return sorted(names, key=lambda name: tuple(map(int, name.split("."))))


def open_snapshot(location: str | Path, folder: Path) -> Snapshot:
    """Open a state by a path or by a version that was released under ``folder``.

    Raises
    ------
    NotFoundError
        There is neither such a path nor such a version; the message lists the versions.
    InputError
        A file cannot be parsed, or a folder holds no ontology.
    """
    path = Path(location)
    if not path.exists():
        path = folder / RELEASES / str(location)
    if path.is_file():
        return _of_file(path)
    if (path / "rihla.ttl").is_file():
        return of_ontology(load_ontology(path))
    if path.is_dir():
        return _of_release(path)
    versions = ", ".join(released_versions(folder / RELEASES)) or "none yet"
    raise NotFoundError(
        f"There is no ontology {str(location)!r}. Accepted: an ontology folder, an RDF file, or a "
        f"version under {folder / RELEASES} ({versions})."
    )


def of_ontology(ontology: Ontology) -> Snapshot:
    """Return the state of an ontology folder."""
    return Snapshot(
        name=ontology.folder.as_posix(),
        vocabulary=ontology.vocabulary,
        shapes=ontology.shapes,
        schemes=ontology.schemes,
        rules=ontology.rules,
        files=_files(ontology.folder),
    )


def _files(folder: Path) -> dict[str, str]:
    files: dict[str, str] = {}
    for pattern in ("rihla.ttl", "vocabulary/*.ttl", "schemes/*.ttl"):
        for path in sorted(folder.glob(pattern)):
            name = path.relative_to(folder).as_posix()
            for statement in read_statements(read_utf8(path), str(path)):
                # The first predicate of a defining statement is its type.
                if statement.subject and statement.tokens[1].text in ("a", "rdf:type"):
                    files.setdefault(statement.subject, name)
    return files


def _of_release(path: Path) -> Snapshot:
    main = [p for p in path.glob("rihla-*.ttl") if not p.stem.endswith(("-shapes", "-schemes"))]
    if len(main) != 1:
        raise InputError(
            f"{path}: holds no ontology. Accepted: a folder with rihla.ttl, or a release with "
            "rihla-<version>.ttl."
        )
    return Snapshot(
        name=path.name,
        vocabulary=_parsed([main[0]]),
        shapes=_parsed(path.glob("rihla-*-shapes.ttl")),
        schemes=_parsed(path.glob("rihla-*-schemes.ttl")),
        rules={p.name: read_utf8(p) for p in sorted(path.glob("rules/*.rq"))},
    )


def _of_file(path: Path) -> Snapshot:
    graph, nothing = _parsed([path]), Graph()
    return Snapshot(
        name=path.name,
        vocabulary=graph,
        shapes=graph if (None, RDF.type, SH.NodeShape) in graph else nothing,
        schemes=graph if (None, SKOS.inScheme, None) in graph else nothing,
    )


def _parsed(paths: Iterable[Path]) -> Graph:
    graph = Graph()
    for path in paths:
        form = _FORMATS.get(path.suffix) or guess_format(path.name) or "turtle"
        try:
            graph.parse(data=read_utf8(path), format=form)
        except InputError:
            raise
        except Exception as error:  # rdflib's parsers raise many kinds
            raise InputError(f"{path}: cannot be read as {form}: {error}") from error
    return graph
