"""What the sources of events share: formats by name, organisations by name, places as text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from babel import Locale

from kg.schema import Schema
from kg.sources.base import slug
from kg.sources.collected import Collected, tagged
from kg.tables.countries import country_code

__all__ = ["Organisations", "country_at_end", "event_key", "formats", "is_online", "language_code"]

_LONGEST_KEY = 100
_ONLINE = re.compile(
    r"^\W*(?:online|on-line|virtual|webinar|remote|en ligne|via zoom|zoom\b|(?:microsoft )?teams\b"
    r"|https?://)",
    re.IGNORECASE,
)
# Names of countries that are also those of a state or a town: "Atlanta, Georgia".
_ALSO_ELSEWHERE = {"GE", "JE", "LB", "PA", "JO"}
_DERIVED = "InternationalTraining"


class Organisations:
    """Organisations by name: those of one name become one row that gathers what each says."""

    def __init__(self, source: str, collected: Collected) -> None:
        self._source = source
        self._collected = collected
        self._rows: dict[str, tuple[str, int, dict[str, str | None]]] = {}

    def add(self, file: str, number: int, row: dict[str, str | None]) -> str:
        """Take an organisation in (``name`` and other columns) and return its key."""
        name, ror = str(row["name"]), row.get("ror")
        key = event_key(self._source, name)
        known = self._rows.get(key)
        if known and ror and known[2].get("ror") not in (None, ror):
            key = f"{key}-{ror}"  # another of the same name
            known = self._rows.get(key)
        if known:
            for column, value in row.items():
                known[2][column] = known[2].get(column) or value
        else:
            self._rows[key] = (file, number, {**row, "id": key, "name": tagged(name)})
        return key

    def finish(self) -> None:
        """Hand the rows over, once all are known."""
        for file, number, row in self._rows.values():
            self._collected.add("organisations", file, number, row)


def event_key(source: str, identity: str) -> str:
    """Return a key for what a source calls by an address, an id or a name.

    A long one keeps its beginning and eight digits of its hash.
    """
    bare = re.sub(r"^https?://(?:www\.)?", "", identity.strip(), flags=re.IGNORECASE)
    key = f"{source}-{slug(bare)}"
    if len(key) > _LONGEST_KEY:
        digest = hashlib.sha256(bare.encode()).hexdigest()[:8]
        return f"{key[:_LONGEST_KEY]}-{digest}"
    return key


def formats(schema: Schema, texts: Iterable[str]) -> list[str]:
    """Return the kinds of training that texts name, such as Workshop for ``workshops``."""
    kinds = schema.subclasses(schema.tables["trainings"].target)
    names = {
        key: iri.rpartition("#")[2]
        for iri in kinds
        if iri != schema.tables["trainings"].target and not iri.endswith(_DERIVED)
        for key in schema.class_keys.get(iri, ())
    }
    folded = (" ".join(text.split()).lower() for text in texts)
    found = (names.get(text) or names.get(text.removesuffix("s")) for text in folded)
    return list(dict.fromkeys(name for name in found if name))


def is_online(place: str) -> bool:
    """Return whether the text of a place says that it is none."""
    return bool(_ONLINE.match(place))


def country_at_end(place: str) -> str | None:
    """Return the country with which the text of an address ends, if it can be nothing else.

    >>> country_at_end("1 Bryce Avenue, Kensington, Australia"), country_at_end("Atlanta, Georgia")
    ('AU', None)
    """
    code = country_code(place.rpartition(",")[2].strip(" ."))
    return None if code in _ALSO_ELSEWHERE else code


def language_code(text: str) -> str | None:
    """Return the code of a language by code or by its name in English, French or Arabic."""
    bare = text.strip().replace("_", "-")
    if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", bare):
        head, _, rest = bare.partition("-")
        return f"{head.lower()}-{rest}" if rest else head.lower()
    return _language_names().get(bare.casefold())


def _names() -> Iterator[tuple[str, str]]:
    for language in ("ar", "fr", "en"):
        for code, name in Locale(language).languages.items():
            if re.fullmatch("[a-z]{2}", code):
                yield name.casefold(), code


def _language_names() -> dict[str, str]:
    return dict(_names())
