"""Organisations and people of a training, whether written as text, node, list or reference."""

from __future__ import annotations

import re
from typing import Any

from kg.sources.bioschemas.nodes import Graph, Node, text_of, types_of
from kg.sources.collected import Collected, clean_text, is_valid, tagged, web_address
from kg.sources.events import Organisations, event_key

__all__ = ["Agents"]

_ROR = re.compile(r"ror\.org/(0[0-9a-z]{8})\b", re.IGNORECASE)
_ORCID = re.compile(r"orcid\.org/(\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.IGNORECASE)
_LONGEST_NAME = 300


class Agents:
    """Takes organisations and people in, and gives the keys that refer to them."""

    def __init__(self, source: str, collected: Collected) -> None:
        self._source = source
        self._collected = collected
        self._people: set[str] = set()
        self.organisations = Organisations(source, collected)

    def organisation(self, value: Any, graph: Graph, number: int) -> str | None:
        """Return the key of an organisation; a person gives none."""
        if isinstance(value, dict) and "Person" in types_of(value):
            return None
        name = clean_text(text_of(value, "name", "legalName"))
        identifiers = _identifiers(value)
        ror = _first(_ROR, identifiers)
        if not name or name.startswith(("http://", "https://")) or len(name) > _LONGEST_NAME:
            if name or identifiers:
                self._collected.doubt(
                    "organisations", graph.file, number, "name", name or identifiers[0],
                    "the name of an organisation",
                )  # fmt: skip
            return None
        row: dict[str, str | None] = {"name": name}
        if ror and is_valid("ror", ror.lower()):
            row["ror"] = ror.lower()
        if isinstance(value, dict):
            row["url"] = web_address(text_of(value.get("url"), "@id"))
            row["country"] = self._country(value, graph, number)
        return self.organisations.add(graph.file, number, row)

    def _country(self, value: Node, graph: Graph, number: int) -> str | None:
        for address in graph.all(value, "address"):
            stated = text_of(address.get("addressCountry")) if isinstance(address, dict) else None
            if stated:
                return self._collected.country("organisations", graph.file, number, stated)
        return None

    def person(self, value: Any, graph: Graph, number: int, around: str | None) -> str | None:
        """Return the key of a person; an organisation gives none.

        Who has neither ORCID iD nor address is the same only with the same organisation: their
        own, else that of the training (``around``).
        """
        is_person = isinstance(value, dict) and "Person" in types_of(value)
        if isinstance(value, dict) and not is_person and types_of(value):
            return None
        name = clean_text(text_of(value)) or self._joined_name(value)
        if not name or (not is_person and "," in name):
            if name:
                accepted = "one name, or a list of Person nodes"
                self._collected.doubt("people", graph.file, number, "name", name, accepted)
            return None
        identifiers = _identifiers(value)
        orcid = _first(_ORCID, identifiers)
        orcid = orcid.upper() if orcid and is_valid("orcid", orcid.upper()) else None
        own = next((i for i in identifiers if i.startswith("http")), None)
        home = text_of(value.get("affiliation") or value.get("worksFor")) if is_person else None
        key = event_key(self._source, orcid or own or f"{name} {home or around or graph.file}")
        if key not in self._people:
            self._people.add(key)
            row = {"id": key, "name": tagged(name), "orcid": orcid, "consent": "published",
                   "url": own if own and not _ORCID.search(own) else None}  # fmt: skip
            self._collected.add("people", graph.file, number, row)
        return key

    def _joined_name(self, value: Any) -> str | None:
        if not isinstance(value, dict):
            return None
        parts = (text_of(value.get("givenName")), text_of(value.get("familyName")))
        return " ".join(part for part in parts if part) or None


def _identifiers(value: Any) -> list[str]:
    """Return the addresses by which a node is known."""
    if not isinstance(value, dict):
        return [str(value)] if str(value).startswith("http") else []
    found = []
    for name in ("@id", "identifier", "sameAs", "url"):
        for item in value[name] if isinstance(value.get(name), list) else [value.get(name)]:
            text = text_of(item, "value", "@id", "url")
            if text:
                found.append(text)
    return found


def _first(pattern: re.Pattern[str], texts: list[str]) -> str | None:
    matches = (pattern.search(text) for text in texts)
    return next((match[1] for match in matches if match), None)
