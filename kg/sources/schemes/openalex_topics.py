"""OpenAlex's topics: domains, fields, subfields and topics, in every form they come in.

A file is JSON Lines as in OpenAlex's snapshot, a list of entities as its API gives them, or JSON
by column as pandas writes it; a folder holds several. An entity also names those above it, and a
subfield its topics, so one file is enough; where two say something of a concept, the fuller wins.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables
from kg.sources.schemes.model import Concept, Scheme, scheme_tables

__all__ = ["openalex_scheme", "read", "topic_concepts"]

_IRI = re.compile(r"https://openalex\.org/(?:(domain|field|subfield)s/([0-9]+)|(T[0-9]+))")
_WIKIDATA = re.compile(r"https?://www\.wikidata\.org/(?:wiki|entity)/(Q[0-9]+)")
_ABOVE = {"T": "subfield", "subfield": "field", "field": "domain"}
_BELOW = {"domain": "fields", "field": "subfields", "subfield": "topics"}
_Entity = Mapping[str, Any]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read the files into topics."""
    files = _files(settings.path)
    found = [
        concept
        for path in files
        for number, entity in _entities(path)
        for concept in _concepts(entity, number, path)
    ]
    return scheme_tables(settings, schema, openalex_scheme(found), files)


def openalex_scheme(found: Iterable[Concept]) -> Scheme:
    """Return the scheme with the fullest description of each concept, the broad ones first."""
    concepts: dict[str, Concept] = {}
    for concept in found:
        known = concepts.get(concept.key)
        if known is None or (concept.definition and not known.definition):
            concepts[concept.key] = concept
    return Scheme(
        id="openalex",
        names={"en": "OpenAlex topics", "ar": "موضوعات OpenAlex", "fr": "Thèmes d'OpenAlex"},
        definition="What works are about, in four levels: domains, fields, subfields and topics.",
        url="https://docs.openalex.org/api-entities/topics",
        concepts=dict(sorted(concepts.items(), key=lambda c: _order(c[0]))),
    )


def _order(key: str) -> tuple[int, str]:
    kinds = ("domain", "field", "subfield", "T")
    return next(i for i, kind in enumerate(kinds) if key.startswith(kind)), key


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if ".json" in p.name and p.name.startswith("openalex"))
    if not found:
        raise InputError(f"{path}: there is no file. Accepted: files named openalex*.json.")
    return found


def _entities(path: Path) -> Iterator[tuple[int, _Entity]]:
    """Yield the line or number of each entity, and the entity."""
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode("utf-8-sig")
        yield from enumerate(_listed(text), start=1)
    except json.JSONDecodeError as error:
        raise _unreadable(path, f"line {error.lineno}: {error.msg}") from error
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(path, str(error)) from error


def _listed(text: str) -> Iterable[Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise
        return [json.loads(line) if line.strip() else None for line in text.split("\n")]
    if isinstance(found, dict) and isinstance(found.get("id"), dict):
        columns: Mapping[str, Mapping[str, Any]] = found
        return [{name: c.get(i) for name, c in columns.items()} for i in columns["id"]]
    if isinstance(found, dict):
        found = found.get("results", [found])
    return found if isinstance(found, list) else [found]


def _unreadable(path: Path, reason: str) -> InputError:
    return InputError(
        f"{path}: {reason}. Accepted: OpenAlex's domains, fields, subfields or topics as JSON "
        "Lines, as a list, or by column."
    )


def _concepts(entity: _Entity | None, number: int, path: Path) -> Iterator[Concept]:
    """Yield the concept that an entity describes, those above it, and those that it lists."""
    if entity is None:  # an empty line
        return
    try:
        yield from topic_concepts(entity, number)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _unreadable(
            path, f"entity {number} is none ({type(error).__name__}: {error})"
        ) from error


def topic_concepts(entity: Mapping[str, Any], number: int) -> Iterator[Concept]:
    """Yield the concept of an entity of any level, those above it, and those that it lists.

    Raises
    ------
    KeyError, TypeError, AttributeError, ValueError
        It is no such entity.
    """
    kind, key = _key(entity)
    above = [entity[k] for k in ("subfield", "field", "domain") if entity.get(k)]
    for upper, over in zip(above, [*above[1:], None], strict=False):
        yield _named(upper, number, over)
    if kind in _BELOW:
        for lower in entity.get(_BELOW[kind]) or ():
            yield _named(lower, number, entity)
    yield _described(entity, key, number, above[0] if above else None)


def _key(entity: _Entity) -> tuple[str, str]:
    found = _IRI.fullmatch(str(entity["id"]))
    if found is None:
        raise ValueError(f"its id is {entity['id']!r}")
    return (found[1], f"{found[1]}-{found[2]}") if found[1] else ("T", found[3])


def _named(entity: _Entity, number: int, above: _Entity | None) -> Concept:
    kind, key = _key(entity)
    broader = (_key(above)[1],) if above is not None and _key(above)[0] == _ABOVE[kind] else ()
    name = {"en": str(entity["display_name"])}
    return Concept(key, key.rpartition("-")[2], name, number, broader, str(entity["id"]))


def _described(entity: _Entity, key: str, number: int, above: _Entity | None) -> Concept:
    wikidata = _WIKIDATA.fullmatch((entity.get("ids") or {}).get("wikidata") or "")
    return Concept(
        key=key,
        code=key.rpartition("-")[2],
        names={"en": str(entity["display_name"])},
        place=number,
        broader=() if above is None else (_key(above)[1],),
        iri=str(entity["id"]),
        synonyms=tuple(entity.get("display_name_alternatives") or ()),
        definition=entity.get("description") or None,
        close=(f"http://www.wikidata.org/entity/{wikidata[1]}",) if wikidata else (),
    )
