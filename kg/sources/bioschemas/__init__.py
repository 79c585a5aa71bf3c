"""Bioschemas and schema.org trainings: Course, CourseInstance and Event in JSON-LD.

A file or a folder of files: JSON-LD (``.json``, ``.jsonld``), or web pages (``.html``, ``.htm``)
with JSON-LD in ``<script type="application/ld+json">``. Profiles: https://bioschemas.org/profiles/.
Contexts are never fetched: the terms are schema.org's own, whatever prefix they are written with.
docs/sources.md says what becomes what.
"""

from __future__ import annotations

from pathlib import Path

from kg.errors import InputError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.sources.bioschemas.documents import SUFFIXES, documents
from kg.sources.bioschemas.nodes import gather
from kg.sources.bioschemas.trainings import Trainings
from kg.sources.collected import Collected

__all__ = ["read"]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read JSON-LD files, or every JSON-LD file and web page of a folder.

    Raises
    ------
    InputError
        A file is no JSON, or nested too deeply; or no file has a training.
    """
    check_options(settings, [])
    files = _files(settings)
    collected = Collected(settings.id, schema)
    trainings = Trainings(settings.id, schema, collected)
    for path in files:
        for document in documents(path, collected):
            trainings.take(gather(document))
    trainings.finish()
    if not trainings.found:
        raise InputError(
            f"[[source]] {settings.id}: there is no Course, CourseInstance or Event of schema.org "
            f"in {settings.path}. Accepted: JSON-LD in files or in web pages; microdata and RDFa "
            "are not read."
        )
    return SourceTables(collected.tables(), tuple(files))


def _files(settings: SourceSettings) -> list[Path]:
    if not settings.path.is_dir():
        return [settings.path]
    found = sorted(p for p in settings.path.rglob("*") if p.suffix.lower() in SUFFIXES)
    if not found:
        raise InputError(
            f"[[source]] {settings.id}: there is no file in {settings.path}. Accepted: files that "
            f"end in {', '.join(sorted(SUFFIXES))}."
        )
    return found
