"""What is to be written: the release, the languages, the things, and what takes a server."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from kg.errors import SettingsError
from kg.terms import DEFAULT_BASE
from kg.web.copying import Copy
from kg.web.language import LANGUAGES
from kg.web.service import service
from kg.web.shown import address_of
from kg.web.site.addresses import ASKED, FORMATS, Target

__all__ = ["DATA", "ELSEWHERE", "Order", "Thing", "ordered", "things_of"]

ELSEWHERE = "http://127.0.0.1:8000"
"""Whose pages these are where nobody said where they will be: examples of calls work there."""

DATA = ("jsonld", "ttl")
"""As what the statements about a thing are written."""

_COLUMNS = re.compile(r"\.(?:parquet|arrow)$")
_OF_THINGS = re.compile(r"/(?:page|data)/([^/]+)/")

Thing = str
"""Kind and key of a thing as they stand in its address, such as ``country/ZA``."""


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Attributes
    ----------
    release:
        The id of the release.
    origin:
        The address of the application, without a slash at its end.
    base_url:
        Where the site will be; None where nobody said.
    languages:
        Codes of the languages.
    without, only:
        Kinds of things that get no page; kinds that alone get one (empty: all).
    """

    release: str
    origin: str
    base_url: str | None
    languages: tuple[str, ...]
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """The path of the site at its host, without a slash at its end."""
        return urlsplit(self.origin).path

    @property
    def copy(self) -> Copy:
        """What the pages are told of it."""
        return Copy(self.languages, FORMATS, self.base_url or "")

    @property
    def homes(self) -> list[str]:
        """The first page in each language."""
        return [f"{prefix}/" for prefix in self.prefixes]

    @property
    def prefixes(self) -> list[str]:
        """How the addresses of pages begin in each language."""
        return ["" if code == "en" else f"/{code}" for code in self.languages]

    def addresses_of(self, thing: Thing) -> list[str]:
        """Return the addresses of a thing: its page in each language, and its data."""
        pages = [f"{prefix}/page/{thing}" for prefix in self.prefixes]
        return [*pages, *(f"/data/{thing}.{suffix}" for suffix in DATA)]

    def spoken(self, address: str) -> tuple[str, str]:
        """Return the language of an address, and the address without it."""
        first, _, rest = address[1:].partition("/")
        return (first, f"/{rest}") if first in LANGUAGES else ("en", address)

    def has(self, kind: str) -> bool:
        """Whether things of a kind get pages."""
        return kind not in self.without and (not self.only or kind in self.only)

    def is_written(self, target: Target) -> bool:
        """Whether what an address answers is a file: a page as it is first shown, or data."""
        path, _, query = target.address.partition("?")
        language, plain = self.spoken(path)
        if plain != path and (language == "en" or language not in self.languages):
            return False
        if plain == path and "en" not in self.languages and _is_page(plain):
            return False
        thing = _OF_THINGS.match(plain)
        if (thing and not self.has(thing[1])) or _is_asked(plain):
            return False
        ending = plain.rpartition(".")[2] if "." in plain.rpartition("/")[2] else ""
        if plain.startswith(("/static/", "/ontology/", "/page/")):
            return not query
        if query or plain.startswith(("/api/", "/data/", "/templates/")):
            return ending in FORMATS
        return not _COLUMNS.search(plain) and not plain.startswith(("/id/", "/.well-known/"))


def _is_asked(plain: str) -> bool:
    return plain in ASKED or plain.startswith(tuple(f"{address}/" for address in ASKED))


def _is_page(plain: str) -> bool:
    return not plain.startswith(("/static/", "/api/", "/data/", "/templates/", "/ontology/"))


def ordered(
    app: Flask,
    base_url: str | None,
    languages: Iterable[str],
    without: Iterable[str],
    only: Iterable[str],
) -> Order:
    """Check what a caller wants.

    Raises
    ------
    SettingsError
        A language or the address is none, or a kind is both wanted and not.
    """
    codes = tuple(dict.fromkeys(languages))
    unknown = [code for code in codes if code not in LANGUAGES]
    if unknown or not codes:
        found = ", ".join(unknown) or "none"
        raise SettingsError(f"Languages: found {found}. Accepted: {', '.join(LANGUAGES)}.")
    both = sorted(set(without) & set(only))
    if both:
        raise SettingsError(
            f"{', '.join(both)} stands under both --only and --without. Accepted: under one."
        )
    with app.test_request_context():
        release = service().release.id
    origin = _checked_origin(base_url)
    return Order(release, origin, base_url, codes, tuple(without), tuple(only))


def _checked_origin(base_url: str | None) -> str:
    if base_url is None:
        return ELSEWHERE
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError(
            f"base-url: found {base_url!r}. Accepted: such as https://example.org/rihla."
        )
    return base_url.rstrip("/")


def things_of(app: Flask, order: Order) -> list[Thing]:
    """Return all things of the release that get a page: whatever a statement names.

    Raises
    ------
    SettingsError
        ``only`` or ``without`` names a kind of which there is no thing.
    """
    with app.test_request_context(base_url=f"{order.origin}/"):
        served = service()
        named = _named(served.release.dump, {served.base, DEFAULT_BASE})
        known = [iri for iri in named if served.place_of(iri) and not served.is_forgotten(iri)]
        places = sorted({str(address_of(iri)).removeprefix(f"{order.root}/page/") for iri in known})
    kinds = {place.partition("/")[0] for place in places}
    unknown = sorted({*order.only, *order.without} - kinds)
    if unknown:
        raise SettingsError(
            f"Kinds: found {', '.join(unknown)}. Accepted, in this release: "
            f"{', '.join(sorted(kinds))}."
        )
    return [place for place in places if order.has(place.partition("/")[0])]


def _named(dump: Path, bases: set[str]) -> set[str]:
    """Return the IRIs that begin with one of the bases and stand as subject or object in a dump."""
    starts = tuple(f"<{base}".encode() for base in bases)
    found: set[bytes] = set()
    with gzip.open(dump) as lines:
        for line in lines:
            subject, _property, rest = line.split(b" ", 2)
            found.update(
                iri[1:-1]
                for iri in (subject, rest.split(b" ", 1)[0])
                if iri.startswith(starts) and iri.endswith(b">")
            )
    return {iri.decode() for iri in found}
