"""Who people are: the keys of ``people.yaml``, joined where an ORCID iD and a name agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from kg.errors import InputError
from kg.sources.base import slug
from kg.sources.collected import Collected, is_valid, joined, tagged
from kg.sources.open_life_science.folder import Folder, key_of
from kg.sources.yaml_files import Record

__all__ = ["People", "add_people"]

_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])$")
# What stands for no institution in the column of affiliations.
_NO_AFFILIATION = re.compile(
    r"(independent|freelanc|self[- ]employed|akademisi|none|n/?a\b|changing from|civil service$)",
    re.IGNORECASE,
)
_LONGEST_AFFILIATION = 200


class People:
    """People by key; several keys of one person lead to the first of them."""

    def __init__(self, folder: Folder) -> None:
        self.file, content = folder.yaml("people.yaml")
        if not isinstance(content, Record):
            raise InputError(f"{self.file}: is no mapping of people by key.")
        for key, person in content.items():
            if not isinstance(person, Record):
                raise InputError(f"{self.file}: {key} has no fields. Accepted: a mapping.")
        self.by_key: dict[str, Record] = dict(content)
        self._folded = {key.lower(): key for key in self.by_key}
        self.first, self.clashing = _same_people(self.by_key)
        self._bearers: dict[str, set[str]] = {}
        for key, person in self.by_key.items():
            self._bearers.setdefault(slug(name_of(person)), set()).add(self.first.get(key, key))

    def id(self, key: str) -> str:
        """Return the id of whom a key means; capitals do not matter."""
        known = self._folded.get(key.lower(), key)
        return f"ols-{key_of(self.first.get(known, known))}"

    def knows(self, key: str) -> bool:
        """Return whether ``people.yaml`` has the key."""
        return key.lower() in self._folded

    def country(self, key: str) -> str | None:
        """Return the country that ``people.yaml`` gives, as written."""
        person = self.by_key.get(self._folded.get(key.lower(), ""))
        return person.get("country") if person else None

    def named(self, name: str) -> str | None:
        """Return the key of the one person who bears a display name."""
        found = self._bearers.get(slug(name), set())
        return next(iter(found)) if len(found) == 1 else None


def name_of(person: Mapping[str, Any]) -> str:
    """Return the name as the site prints it."""
    parts = (person.get("first-name"), person.get("last-name"))
    return " ".join(" ".join(part for part in parts if part).split())


def orcid_of(person: Mapping[str, Any]) -> str | None:
    """Return an ORCID iD with hyphens; with a wrong check digit it is none."""
    found = _ORCID.search((person.get("orcid") or "").strip())
    if not found:
        return None
    orcid = "-".join(found.groups()).upper()
    return orcid if is_valid("orcid", orcid) else None


def _same_people(people: Mapping[str, Record]) -> tuple[dict[str, str], set[str]]:
    """Return the first key for each further key of one person, and the keys with a clash.

    The same ORCID iD and the same last name are one person. The same iD under quite
    another name is a mistake of the file: neither keeps it.
    """
    holders: dict[str, list[str]] = {}
    for key, person in people.items():
        if orcid := orcid_of(person):
            holders.setdefault(orcid, []).append(key)
    first: dict[str, str] = {}
    clashing: set[str] = set()
    for keys in holders.values():
        if len({_bare(people[key].get("last-name") or "") for key in keys}) > 1:
            clashing.update(keys)
        else:
            first.update(dict.fromkeys(keys[1:], keys[0]))
    return first, clashing


def _bare(name: str) -> str:
    """Return a name without accents, hyphens, spaces and case."""
    return re.sub(r"[\W_\u0300-\u036f]+", "", unicodedata.normalize("NFKD", name)).casefold()


def add_people(folder: Folder, people: People, collected: Collected) -> None:
    """Add people, the institutions that they name, and that they belong to them."""
    known: set[str] = set()
    for key, person in people.by_key.items():
        _add_person(key, person, people, collected)
        _add_affiliation(key, person, people, known, collected)
    _add_spreadsheet_people(folder, people, collected)


def _add_person(key: str, person: Record, people: People, collected: Collected) -> None:
    orcid = None if key in people.clashing else orcid_of(person)
    stated = (person.get("orcid") or "").strip()
    if stated and not orcid:
        reason = (
            "an ORCID iD that only one person of the file has"
            if key in people.clashing
            else "an ORCID iD with a right check digit"
        )
        collected.doubt("people", people.file, person.line, "orcid", stated, reason)
    if key in people.first:
        same = f"taken for the same person as {people.first[key]}: one ORCID iD and one name"
        collected.inform("people", people.file, person.line, "id", key, same)
        return
    row = {"id": people.id(key), "name": tagged(name_of(person)), "orcid": orcid,
           "consent": "published"}  # fmt: skip
    collected.add("people", people.file, person.line, row)


def _add_affiliation(
    key: str, person: Record, people: People, known: set[str], collected: Collected
) -> None:
    name = " ".join((person.get("affiliation") or "").split())
    if not name or _NO_AFFILIATION.match(name):
        return
    if len(name) > _LONGEST_AFFILIATION:
        collected.doubt(
            "affiliations", people.file, person.line, "organisation", name, "one institution"
        )
        return
    country = collected.country("affiliations", people.file, person.line, person.get("country"))
    # A name alone is no identity: the same name abroad is another institution.
    identity = f"ols-affiliation-{slug(name)}-{(country or 'unknown').lower()}"
    if identity not in known:
        known.add(identity)
        row = {"id": identity, "name": tagged(name), "country": country}
        collected.add("organisations", people.file, person.line, row)
    belongs = {"person": people.id(key), "organisation": identity}
    collected.add("affiliations", people.file, person.line, belongs)


def _add_spreadsheet_people(folder: Folder, people: People, collected: Collected) -> None:
    """Add those whom only the spreadsheet of people has."""
    file = str(folder.find("people.csv"))
    for number, row in folder.csv("people.csv", {"", "first-name", "last-name"}):
        if not people.knows(row[""]):
            name = joined([f"{row['first-name']} {row['last-name']}"])
            new = {"id": f"ols-{key_of(row[''])}", "name": name, "consent": "published"}
            collected.add("people", file, number, new)
