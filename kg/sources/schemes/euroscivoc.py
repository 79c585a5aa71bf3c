"""EuroSciVoc as CORDIS publishes it: on each project, the path of codes and of titles.

``euroSciVocCode`` and ``euroSciVocPath`` are paths from the root, split at each / and nothing
else: titles contain commas. Only concepts that a project has, and those above them, are there.
"""

from __future__ import annotations

from kg.errors import InputError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables
from kg.sources.collected import Collected
from kg.sources.schemes.model import Concept, Scheme, scheme_tables
from kg.tables.delimited import read_delimited

__all__ = ["read"]

_NEEDED = ("euroSciVocCode", "euroSciVocPath")


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read the concepts that the table's paths mention."""
    found = Collected(settings.id, schema)
    scheme = Scheme(
        id="euroscivoc",
        names={
            "en": "European Science Vocabulary (EuroSciVoc)",
            "ar": "مفردات العلوم الأوروبية (EuroSciVoc)",
            "fr": "Vocabulaire scientifique européen (EuroSciVoc)",
        },
        definition="Fields of science of the projects that the European Union funds.",
        url="https://op.europa.eu/en/web/eu-vocabularies/euroscivoc",
        concepts=_concepts(settings, found),
    )
    return scheme_tables(settings, schema, scheme, [settings.path], found)


def _concepts(settings: SourceSettings, found: Collected) -> dict[str, Concept]:
    (records,) = read_delimited(settings.path, _NEEDED, None)
    missing = [name for name in _NEEDED if name not in records.header]
    if missing:
        raise InputError(
            f"{settings.path}: the columns {', '.join(missing)} are missing. Accepted: the "
            "EuroSciVoc table of CORDIS, euroSciVoc.csv."
        )
    code_at, path_at = (records.header.index(name) for name in _NEEDED)
    concepts: dict[str, Concept] = {}
    for number, cells in records.rows:
        codes, titles = _split(cells[code_at]), _split(cells[path_at])
        if len(codes) != len(titles):
            accepted = "as many codes as titles, each behind a /"
            found.doubt("topics", str(settings.path), number, "broader", cells[path_at], accepted)
            continue
        _add(concepts, codes, titles, number)
    return concepts


def _split(path: str) -> list[str]:
    return [part.strip() for part in path.split("/") if part.strip()]


def _add(concepts: dict[str, Concept], codes: list[str], titles: list[str], number: int) -> None:
    """Add what a path mentions for the first time."""
    for depth, (code, title) in enumerate(zip(codes, titles, strict=True)):
        if code not in concepts:
            path = "/" + "/".join(codes[: depth + 1])
            broader = (codes[depth - 1],) if depth else ()
            concepts[code] = Concept(code, path, {"en": title}, number, broader)
