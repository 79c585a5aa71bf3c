"""Who made the works: OpenAlex's authors, institutions and funders as people and organisations.

An author is known by ORCID iD and an institution by ROR id where OpenAlex has one, so both are
the same as in other sources; else by OpenAlex's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.sources.collected import Collected, clean_text, is_valid, joined, tagged, web_address
from kg.sources.openalex.wanted import bare

__all__ = ["Actors"]

_TYPES = {
    "education": "University",
    "healthcare": "Hospital",
    "archive": "Archive",
    "company": "Company",
    "government": "GovernmentBody",
    "facility": "Facility",
    "nonprofit": "NonProfit",
    "funder": "FundingBody",
}
_Entity = Mapping[str, Any]


@dataclass
class _Actor:
    """An author, institution or funder; ``full`` where its own entity was read."""

    entity: _Entity
    file: str
    line: int
    full: bool = False


@dataclass
class Actors:
    """Collects actors by OpenAlex's key, such as ``A1``; :meth:`add_rows` writes them."""

    found: Collected
    _actors: dict[str, _Actor] = field(default_factory=dict)
    _years: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    _nameless: int = 0

    @property
    def mentioned(self) -> frozenset[str]:
        """The keys of all authors and institutions that works have."""
        return frozenset(key for key in self._actors if key[0] in "AI")

    def author(self, authorship: _Entity, year: int | None, file: str, line: int) -> str | None:
        """Return the key of an author, noting the institutions of the year; None without one."""
        author = authorship.get("author") or {}
        key = self._note(author, file, line)
        for institution in self.institutions(authorship, file, line):
            if key and year:
                self._years.setdefault((key, institution), set()).add(int(year))
        self._nameless += key is None
        return key

    def institutions(self, authorship: _Entity, file: str, line: int) -> list[str]:
        """Return the keys of the institutions of an author at a work."""
        noted = (self._note(i, file, line) for i in authorship.get("institutions") or ())
        return [key for key in noted if key]

    def funder(self, funder: _Entity, file: str, line: int) -> str | None:
        """Return the key of a funder."""
        return self._note({**funder, "type": "funder"}, file, line)

    def _note(self, entity: _Entity, file: str, line: int) -> str | None:
        if not entity.get("id") or not entity.get("display_name"):
            return None
        key = str(entity["id"]).rpartition("/")[2]
        self._actors.setdefault(key, _Actor(entity, file, line))
        return key

    def describe(self, key: str, entity: _Entity, file: str, line: int) -> None:
        """Take an actor's own entity in place of what works say of it."""
        known = self._actors[key].entity
        newer = str(entity.get("updated_date") or "") >= str(known.get("updated_date") or "")
        if not self._actors[key].full or newer:
            self._actors[key] = _Actor({**known, **entity}, file, line, full=True)
        for affiliation in entity.get("affiliations") or ():
            institution = self._note(affiliation["institution"], file, line)
            if key.startswith("A") and institution:
                years = {int(year) for year in affiliation.get("years") or ()}
                self._years.setdefault((key, institution), set()).update(years)

    def row_key(self, key: str) -> str:
        """Return the id of an actor's row."""
        entity = self._actors[key].entity
        for name in ("orcid", "ror"):
            if value := _identifier(entity, name):
                return f"{name}-{value}"
        return f"openalex-{key}"

    def row_keys(self, keys: Iterable[str | None]) -> str | None:
        """Return the ids of several actors' rows as one cell."""
        return joined(self.row_key(key) for key in keys if key)

    def add_rows(self) -> None:
        """Add all people, organisations and affiliations, each once."""
        seen: set[str] = set()
        for key, actor in self._actors.items():
            table = "people" if key.startswith("A") else "organisations"
            row_key = self.row_key(key)
            if row_key in seen:
                reading = f"left out: another actor of OpenAlex is {row_key} too"
                self.found.inform(table, actor.file, actor.line, "id", key, reading)
                continue
            seen.add(row_key)
            cells = self._person(actor) if table == "people" else self._organisation(key, actor)
            self.found.add(table, actor.file, actor.line, {"id": row_key, **cells})
        self._add_affiliations()

    def _person(self, actor: _Actor) -> dict[str, str | None]:
        entity = actor.entity
        orcid = _identifier(entity, "orcid")
        if entity.get("orcid") and not orcid:
            accepted = "an ORCID iD with the right check digit"
            value = str(entity["orcid"])
            self.found.doubt("people", actor.file, actor.line, "orcid", value, accepted)
        return {
            "name": tagged(clean_text(str(entity["display_name"]))),
            "orcid": orcid,
            "consent": "published",
            "source_url": str(entity["id"]),
        }

    def _organisation(self, key: str, actor: _Actor) -> dict[str, str | None]:
        entity = actor.entity
        geo, ids = entity.get("geo") or {}, entity.get("ids") or {}
        code = entity.get("country_code") or geo.get("country_code")
        name = tagged(clean_text(str(entity["display_name"])))
        return {
            "type": _TYPES.get(str(entity.get("type"))),
            "name": name,
            "alias": joined(alias for alias in _aliases(entity) if alias != name),
            "acronym": joined(entity.get("display_name_acronyms") or ()),
            "ror": _identifier(entity, "ror"),
            "grid": ids.get("grid"),
            "wikidata": ids.get("wikidata"),
            "other_id": f"openalex:{key}",
            "country": str(code) if code else None,
            "city": geo.get("city"),
            "latitude": _number(geo.get("latitude")),
            "longitude": _number(geo.get("longitude")),
            "url": web_address(entity.get("homepage_url")),
            "same_as": web_address(ids.get("wikipedia")),
        }

    def _add_affiliations(self) -> None:
        """Add one affiliation a person and organisation, over all years that are known."""
        spans: dict[tuple[str, str], tuple[_Actor, set[int]]] = {}
        for (author, institution), years in self._years.items():
            pair = (self.row_key(author), self.row_key(institution))
            spans.setdefault(pair, (self._actors[author], set()))[1].update(years)
        for (person, organisation), (actor, years) in spans.items():
            row = {
                "person": person,
                "organisation": organisation,
                "start_date": f"{min(years):04d}" if years else None,
                "end_date": f"{max(years):04d}" if years else None,
                "source_url": str(actor.entity["id"]),
            }
            self.found.add("affiliations", actor.file, actor.line, row)

    def tell(self, file: str) -> None:
        """Say how many authors have no id of OpenAlex's."""
        if self._nameless:
            reading = f"{self._nameless} left out: OpenAlex does not know who they are"
            self.found.inform("people", file, 1, "id", "authors", reading)


def _identifier(entity: _Entity, name: str) -> str | None:
    """Return an ORCID iD or ROR id if it is well formed."""
    value = bare(entity.get(name))
    value = value.upper() if name == "orcid" else value
    return value if value and is_valid(name, value) else None


def _aliases(entity: _Entity) -> Iterator[str | None]:
    for name in entity.get("display_name_alternatives") or ():
        yield tagged(clean_text(name))
    names = (entity.get("international") or {}).get("display_name") or {}
    for language, name in sorted(names.items()):
        # Wikidata's languages are also zh-classical and simple, which are no tags.
        tag = len(language) in (2, 3) and language.isalpha()
        if tag and name and name != entity["display_name"]:
            yield tagged(clean_text(name), language)


def _number(value: float | None) -> str | None:
    return None if value is None else format(value, "f").rstrip("0").rstrip(".")
