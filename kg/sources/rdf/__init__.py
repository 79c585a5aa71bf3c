"""RDF in our vocabulary: Turtle, N-Triples, N-Quads, TriG, RDF/XML, JSON-LD.

A file, or a folder of such files; resources may be spread over files. Option ``graphs`` takes
some named graphs only (patterns with ``*``; ``default`` is the default graph), ``base`` is what
relative IRIs stand under. What is stated goes the way of every table: the shapes check it, keys
and references are resolved, one mapping writes it. What the vocabulary does not know is counted
and told.
"""

from __future__ import annotations

from pathlib import Path

from kg.errors import InputError, SettingsError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.sources.rdf.resources import collect
from kg.sources.rdf.rows import tables_of
from kg.sources.rdf.statements import FORMATS, Place

__all__ = ["read"]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read RDF files into the tables whose classes their resources have.

    Raises
    ------
    SettingsError
        An option is not of its form.
    InputError
        A file is no RDF, or nothing in it is of a class of the vocabulary.
    """
    place = _place(settings)
    files = _files(settings.path)
    found = collect(files, place)
    tables = tables_of(found, settings.id, schema)
    return SourceTables(tuple(tables), tuple(files))


def _place(settings: SourceSettings) -> Place:
    options = check_options(settings, ["graphs", "base"])
    graphs, base = options.get("graphs", []), options.get("base")
    if not isinstance(graphs, list) or not all(isinstance(g, str) for g in graphs):
        raise SettingsError(
            f"[[source]] {settings.id}: graphs is {graphs!r}. Accepted: a list of graph IRIs, "
            'such as ["https://example.org/graph/*", "default"].'
        )
    if base is not None and not (isinstance(base, str) and ":" in base):
        raise SettingsError(
            f"[[source]] {settings.id}: base is {base!r}. Accepted: an IRI, such as "
            "https://example.org/data/."
        )
    return Place(base, tuple(graphs))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.suffix.lower() in FORMATS and p.name[0] != ".")
    if not found:
        raise InputError(f"{path}: there is no RDF file. Accepted: {', '.join(sorted(FORMATS))}.")
    return found
