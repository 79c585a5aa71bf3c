"""Sources: one small module each, which knows its own format and yields tables, no RDF.

A new source is one module with a ``read`` function and one line in :data:`SOURCES`. ``read`` gets
the settings, whose ``path`` is one file or one folder on this disk (several inputs stand side by
side in a folder; packed ones are unpacked), and the schema. It runs in a process with limits and
without network, so it may trust no file and need not fear one.
"""

from __future__ import annotations

from kg.errors import SettingsError
from kg.schema import Schema
from kg.settings import LoadSettings, SourceSettings
from kg.sources import (
    bioschemas,
    carpentries,
    cordis,
    erasmus,
    icalendar_files,
    mapped,
    open_life_science,
    openalex,
    orcid,
    rdf,
    ror,
    tables,
)
from kg.sources.base import SourceTables
from kg.sources.reading import Reader, get_ready, read_confined
from kg.sources.schemes import edam, euroscivoc, openalex_topics, unesco

__all__ = ["SOURCES", "SourceTables", "get_ready", "read_source"]

SOURCES: dict[str, Reader] = {
    "bioschemas": bioschemas.read,
    "carpentries": carpentries.read,
    "cordis": cordis.read,
    "edam": edam.read,
    "erasmus": erasmus.read,
    "euroscivoc": euroscivoc.read,
    "icalendar": icalendar_files.read,
    "mapped": mapped.read,
    "open-life-science": open_life_science.read,
    "openalex": openalex.read,
    "openalex-topics": openalex_topics.read,
    "orcid": orcid.read,
    "rdf": rdf.read,
    "ror": ror.read,
    "tables": tables.read,
    "unesco": unesco.read,
}
"""The kinds of sources that a project file may name."""

_STREAMED = {"openalex", "ror"}  # read gzip themselves: no need to have it all on disk


def read_source(
    settings: SourceSettings, schema: Schema, load: LoadSettings | None = None
) -> SourceTables:
    """Read one source of the project file, in a child with limits and without network.

    Raises
    ------
    SettingsError
        The kind is unknown, or its path or options do not fit.
    InputError
        A file cannot be taken in.
    """
    if settings.kind not in SOURCES:
        raise SettingsError(
            f"[[source]] {settings.id}: kind is {settings.kind!r}. Accepted: {', '.join(SOURCES)}."
        )
    keep_packed = settings.kind in _STREAMED
    reader = SOURCES[settings.kind]
    return read_confined(reader, settings, schema, load or LoadSettings(), keep_packed)
