"""The things of a release by name or identifier: organisations, people, topics, countries.

Organisations are matched by score; the others by how alike the names are, where only the same
name of one thing alone is a match. A person is never a match for a name.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from rapidfuzz import fuzz, process

from kg.folding import folded
from kg.reconcile.directory import Directory
from kg.reconcile.matcher import Query, match
from kg.reconcile.words import STOP_WORDS, read_keys

__all__ = ["KINDS", "Entities", "Entity", "Hit"]

KINDS = ("Organisation", "Person", "Topic", "Country")
_CODED = {
    "ror": re.compile(r"0[0-9a-hj-km-np-tv-z]{6}[0-9]{2}"),
    "orcid": re.compile(r"(?:[0-9]{4}-){3}[0-9]{3}[0-9X]"),
    "iso3": re.compile(r"[A-Z]{3}"),
}
"""What a code is, by its form; any code finds its thing."""
_ADDRESS = re.compile(
    r"^(?:https?://(?:www\.)?(?:ror\.org|orcid\.org|wikidata\.org/(?:wiki|entity))/)", re.IGNORECASE
)
_ALIKE = 60  # of 100: less is no candidate
_SCORED = "Organisation"


@dataclass
class Entity:
    """A thing: its names (the first is the one it goes by) and what else is known of it.

    ``fields`` gives values by field: ``country``, ``city``, ``url``, ``ror`` and so on.
    """

    iri: str
    kind: str
    names: list[tuple[str, str]] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    name: str = ""


@dataclass(frozen=True)
class Hit:
    """A candidate: ``score`` from 0 to 100; ``match`` says that it can be taken unasked."""

    entity: Entity
    score: float
    match: bool
    reasons: tuple[str, ...]


class Entities:
    """All things of a release that can be looked up.

    Parameters
    ----------
    names:
        The flat table ``names``: ``entity``, ``kind``, ``use``, ``text``, ``language``.
    details:
        The flat table ``details``: ``entity``, ``field``, ``value``.
    """

    def __init__(self, names: pl.DataFrame, details: pl.DataFrame) -> None:
        self.by_iri: dict[str, Entity] = {}
        self._by_identifier: dict[str, list[Entity]] = {}
        self._by_name: dict[str, list[Entity]] = {}
        self._lock = threading.RLock()
        self._made_directory: Directory | None = None
        self._made_names: Mapping[str, Sequence[str]] | None = None
        kinds = {kind.lower(): kind for kind in KINDS}
        wanted = names.filter(pl.col("kind").is_in(list(kinds)))
        columns = ("entity", "kind", "use", "text", "language")
        for iri, kind, use, text, language in wanted.select(columns).iter_rows():
            _take_in(self.by_iri.setdefault(iri, Entity(iri, kinds[kind])), use, text, language)
        for iri, name, value in details.select("entity", "field", "value").iter_rows():
            if iri in self.by_iri:
                self.by_iri[iri].fields.setdefault(name, []).append(value)
        for entity in self.by_iri.values():
            entity.name = entity.name or iri_end(entity.iri)
            self._file(entity)

    def _file(self, entity: Entity) -> None:
        own = [entity.iri, iri_end(entity.iri)]
        own += [*entity.codes, *entity.fields.get("wikidata", ())]
        for identifier in dict.fromkeys(text.lower() for text in own):
            self._by_identifier.setdefault(identifier, []).append(entity)
        for name, _ in entity.names:
            found = self._by_name.setdefault(_name_key(name), [])
            if entity not in found:
                found.append(entity)

    def __len__(self) -> int:
        """Return the number of things."""
        return len(self.by_iri)

    def of_kinds(self, kinds: Sequence[str]) -> list[Entity]:
        """Return the things of some kinds; no kind means all."""
        return [e for e in self.by_iri.values() if not kinds or e.kind in kinds]

    def look_up(
        self,
        text: str,
        kinds: Sequence[str] = (),
        limit: int = 5,
        country: str | None = None,
        city: str | None = None,
    ) -> list[Hit]:
        """Return the things that a name, an affiliation or an identifier may mean, best first.

        ``country`` (code or name) and ``city`` are what is known besides, for organisations.
        """
        wanted = [k for k in KINDS if not kinds or k in kinds]
        exact = self._identified(text, wanted)
        if exact:
            return exact[:limit]
        hits: list[Hit] = []
        for kind in wanted:
            hits += (
                self._scored(text, limit, country, city)
                if kind == _SCORED
                else self._alike(text, kind, limit)
            )
        hits.sort(key=lambda h: (-h.score, h.entity.iri))
        return _without_rivals(hits)[:limit]

    def _identified(self, text: str, kinds: Sequence[str]) -> list[Hit]:
        bare = _ADDRESS.sub("", text.strip()).lower()
        found = [e for e in self._by_identifier.get(bare, ()) if e.kind in kinds]
        return [Hit(e, 100.0, len(found) == 1, ("its identifier",)) for e in found]

    @property
    def _directory(self) -> Directory:
        """The index of the organisations, made once however many ask first."""
        with self._lock:
            if self._made_directory is None:
                self._made_directory = self._make_directory()
            return self._made_directory

    def _make_directory(self) -> Directory:
        own = [e for e in self.of_kinds([_SCORED]) if "withdrawn" not in e.fields.get("status", ())]
        rows = [
            (e.iri, e.name, self._code(e), _first(e, "city"), _first(e, "url"),
             e.fields.get("part_of", []))
            for e in own
        ]  # fmt: skip
        schema: dict[str, pl.DataType | type[pl.DataType]] = {
            **dict.fromkeys(("id", "name", "country", "city", "url"), pl.String),
            "parents": pl.List(pl.String),
        }
        names = [(e.iri, value, kind) for e in own for value, kind in e.names]
        return Directory(
            pl.DataFrame(rows, schema=schema, orient="row"),
            pl.DataFrame(
                names, schema=dict.fromkeys(("id", "value", "kind"), pl.String), orient="row"
            ),
        )

    def _code(self, entity: Entity) -> str | None:
        """Return the ISO code of the country that a thing is in."""
        country = self.by_iri.get(_first(entity, "country") or "")
        return _first(country, "iso2") if country else None

    def _scored(self, text: str, limit: int, country: str | None, city: str | None) -> list[Hit]:
        code = self.country_code(country) if country else None
        found = match(self._directory, [Query(text, code, city)], limit)[0]
        return [
            Hit(self.by_iri[c.id], round(c.score * 100, 1), c.zone == "accept", c.reasons)
            for c in found
        ]

    def country_code(self, text: str) -> str | None:
        """Return the ISO code of a country given by code, name, key or IRI."""
        found = self.look_up(iri_end(text), ["Country"], 1)
        return _first(found[0].entity, "iso2") if found and found[0].match else None

    @property
    def _folded_names(self) -> Mapping[str, Sequence[str]]:
        """The folded names by kind, once each; made once however many ask first."""
        with self._lock:
            if self._made_names is None:
                self._made_names = self._fold_names()
            return self._made_names

    def _fold_names(self) -> Mapping[str, Sequence[str]]:
        names: dict[str, dict[str, None]] = {kind: {} for kind in KINDS}
        for key, entities in self._by_name.items():
            for entity in entities:
                if key:
                    names[entity.kind][key] = None
        return {kind: list(found) for kind, found in names.items()}

    def _alike(self, text: str, kind: str, limit: int) -> list[Hit]:
        asked = _name_key(text)
        if not asked:
            return []
        names = self._folded_names[kind]
        found = process.extract(
            asked, names, scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE, limit=4 * limit
        )
        best: dict[str, Hit] = {}
        for name, ratio, _ in found:
            for entity in self._by_name[name]:
                if entity.kind == kind and entity.iri not in best:
                    same = name == asked
                    said = "the same name" if same else f"a name alike: {_shown(entity, name)}"
                    taken = same and kind != "Person"
                    score = round(100.0 if same else min(ratio, 99.0), 1)
                    best[entity.iri] = Hit(entity, score, taken, (said,))
        return list(best.values())

    def starting_with(self, prefix: str, kinds: Sequence[str], limit: int) -> list[Entity]:
        """Return things of which a name begins so, or has a word that does; shortest name first."""
        beginnings = _beginnings(prefix)
        if not beginnings:
            return [hit.entity for hit in self._identified(prefix, kinds or KINDS)][:limit]
        found: dict[str, tuple[int, int, str]] = {}
        wanted = kinds or KINDS
        for name, entities in self._by_name.items():
            found_at = [f" {name}".find(f" {asked}") for asked in beginnings]
            at = min((place for place in found_at if place >= 0), default=-1)
            if at >= 0:
                for entity in entities:
                    if entity.kind in wanted:
                        rank = (int(at > 0), len(name), entity.iri)
                        found[entity.iri] = min(rank, found.get(entity.iri, rank))
        ranked = sorted(found, key=found.__getitem__)[:limit]
        known = [hit.entity for hit in self._identified(prefix, wanted)]
        first = [e for e in known if e.iri not in ranked]
        return [*first, *(self.by_iri[iri] for iri in ranked)][:limit]


def _beginnings(prefix: str) -> list[str]:
    """Return the forms that a name which begins so may have: its last word may be cut short."""
    head, _, last = prefix.rstrip().rpartition(" ")
    found = [_name_key(prefix), f"{_name_key(head)} {folded(last)}"]
    return list(dict.fromkeys(text for text in map(str.strip, found) if text))


def iri_end(iri: str) -> str:
    """Return what comes last in an IRI."""
    return re.split(r"[/#]", iri)[-1]


def _take_in(entity: Entity, use: str, text: str, language: str | None) -> None:
    if use == "code":
        entity.codes.append(text)
        for name, form in _CODED.items():
            if form.fullmatch(text):
                entity.fields.setdefault(name, []).append(text)
        return
    entity.names.append((text, "name" if use == "label" else use))
    # One name stands for all: the English one, else the one without a language, else the first.
    if use == "label" and (not entity.name or language in (None, "", "en")):
        entity.name = text


def _name_key(name: str) -> str:
    keys = read_keys(name)
    return " ".join([k for k in keys if k not in STOP_WORDS] or keys)


def _first(entity: Entity, name: str) -> str | None:
    return next(iter(entity.fields.get(name, ())), None)


def _shown(entity: Entity, key: str) -> str:
    return next((name for name, _ in entity.names if _name_key(name) == key), entity.name)


def _without_rivals(hits: Iterable[Hit]) -> list[Hit]:
    """Leave it to a person where two things could be taken."""
    found = list(hits)
    if sum(hit.match for hit in found) < 2:
        return found
    return [Hit(h.entity, h.score, False, h.reasons) for h in found]
