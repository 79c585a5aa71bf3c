"""What every classification has: concepts under concepts, and how they become rows.

A concept of elsewhere gets a key of its own that begins with its scheme's, its own IRI as an
exact match, and, beside its scheme's broader concepts, the concepts of the ontology's schemes
that mean the same or are broader (``exactMatch`` there, ``narrowMatch`` in ontology/mappings).
So it counts in our sectors, and nothing of ours counts in its scheme.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg.errors import SettingsError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.sources.collected import Collected, Row, joined, tagged
from kg.terms import DEFAULT_BASE

__all__ = ["Concept", "Scheme", "add_scheme", "scheme_tables"]

_COLUMNS = ("en", "ar", "fr")  # the languages that have a column of their own


@dataclass(frozen=True)
class Concept:
    """One concept; keys are those of its scheme, ``names`` go by language.

    ``iri`` is what its scheme calls it, ``place`` the row or record of the file. ``close`` are
    IRIs. A method has ``table`` ``methods`` and the topics it is ``used_in``.
    """

    key: str
    code: str
    names: Mapping[str, str]
    place: int = 1
    broader: tuple[str, ...] = ()
    iri: str | None = None
    synonyms: tuple[str, ...] = ()
    definition: str | None = None
    notes: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    deprecated: bool = False
    replaced_by: str | None = None
    table: str = "topics"
    used_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """A classification; its ``id`` begins the keys of its concepts."""

    id: str
    names: Mapping[str, str]
    definition: str
    url: str
    version: str | None = None
    concepts: Mapping[str, Concept] = field(default_factory=dict)


def scheme_tables(
    settings: SourceSettings,
    schema: Schema,
    scheme: Scheme,
    files: Iterable[Path],
    collected: Collected | None = None,
) -> SourceTables:
    """Return a scheme and its concepts as tables.

    The option ``under`` keeps only the concepts of these keys and what is narrower. References
    that lead out of the kept ones are left out.

    Raises
    ------
    SettingsError
        ``under`` names no concept.
    """
    files = tuple(files)
    found = collected or Collected(settings.id, schema)
    wanted = check_options(settings, ["under"]).get("under")
    kept = replace(scheme, concepts=_kept(settings, scheme, wanted))
    add_scheme(found, kept, schema, str(settings.path), settings.licence)
    return SourceTables(found.tables(), files)


def add_scheme(
    found: Collected, scheme: Scheme, schema: Schema, file: str, licence: str | None = None
) -> None:
    """Add the rows of a scheme and of all its concepts."""
    writer = _Writer(scheme, scheme.concepts, schema)
    found.add("schemes", file, 1, _scheme_row(scheme, licence))
    for concept in scheme.concepts.values():
        found.add(concept.table, file, concept.place, writer.row(concept))


def _kept(
    settings: SourceSettings, scheme: Scheme, wanted: Iterable[str] | None
) -> Mapping[str, Concept]:
    """Return the concepts at and under the wanted ones; all where none are."""
    if wanted is None:
        return scheme.concepts
    roots = [str(key).removeprefix(f"{scheme.id}-") for key in wanted]
    for root in roots:
        if root not in scheme.concepts:
            raise SettingsError(
                f"[[source]] {settings.id}: under names {root!r}, which is no concept of "
                f"{scheme.id}. Accepted: keys such as {next(iter(scheme.concepts), 'none')}."
            )
    narrower: dict[str, list[str]] = {}
    for concept in scheme.concepts.values():
        for key in concept.broader:
            narrower.setdefault(key, []).append(concept.key)
    reached: set[str] = set()
    while roots:
        key = roots.pop()
        if key not in reached:
            reached.add(key)
            roots += narrower.get(key, ())
    return {key: concept for key, concept in scheme.concepts.items() if key in reached}


def _scheme_row(scheme: Scheme, licence: str | None) -> Row:
    return {
        "id": scheme.id,
        **{f"name_{language}": name for language, name in scheme.names.items()},
        "definition": tagged(scheme.definition, "en"),
        "url": scheme.url,
        "licence": licence,
        "version": scheme.version,
    }


class _Writer:
    """Makes rows of the concepts that are kept."""

    def __init__(self, scheme: Scheme, kept: Mapping[str, Concept], schema: Schema) -> None:
        self._scheme = scheme
        self.kept = kept
        self._covering = schema.covering
        targets = {schema.tables[name].target: name for name in ("topics", "methods")}
        self._own = {(targets[cls], iri) for cls, _, iri in schema.concepts if cls in targets}

    def row(self, concept: Concept) -> Row:
        """Return the cells of one concept."""
        broader = self._keys(concept, concept.broader, concept.table)
        own = [] if concept.deprecated else self._broader_own(concept)
        row: dict[str, str | None] = {
            "id": f"{self._scheme.id}-{concept.key}",
            **{f"name_{lang}": n for lang, n in concept.names.items() if lang in _COLUMNS},
            "alt_label": joined(_other_labels(concept)),
            "broader": joined([*broader, *own]),
            "exact_match": concept.iri,
            "close_match": joined(concept.close),
            "definition": joined([tagged(concept.definition, "en")]),
            "scheme": self._scheme.id,
            "code": concept.code,
            "top_of": None if broader or concept.deprecated else self._scheme.id,
            "related": joined(self._keys(concept, concept.related, concept.table)),
            "note": joined(tagged(note, "en") for note in concept.notes),
            "deprecated": "true" if concept.deprecated else None,
            "replaced_by": joined(self._keys(concept, [concept.replaced_by], concept.table)),
        }
        if concept.table == "methods":
            row["topic"] = joined(self._keys(concept, concept.used_in, "topics"))
        return row

    def _keys(self, concept: Concept, wanted: Iterable[str | None], table: str) -> list[str]:
        """Return the ids of those wanted that are kept, of this table, and not the concept."""
        found = [self.kept[key] for key in wanted if key is not None and key in self.kept]
        return [
            f"{self._scheme.id}-{c.key}" for c in found if c.table == table and c is not concept
        ]

    def _broader_own(self, concept: Concept) -> list[str]:
        """Return the IRIs of the ontology's own concepts over this one, of the same kind."""
        iri = concept.iri or f"{DEFAULT_BASE}topic/{self._scheme.id}-{concept.key}"
        return [own for own in self._covering.get(iri, ()) if (concept.table, own) in self._own]


def _other_labels(concept: Concept) -> Iterator[str | None]:
    """Yield synonyms, and names in languages that have no column."""
    yield from (tagged(synonym, "en") for synonym in concept.synonyms)
    for language, name in concept.names.items():
        if language not in _COLUMNS:
            yield tagged(name, language)
