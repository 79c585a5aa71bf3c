"""The organisations that names are matched with, as an index over the words of their names.

Each distinct name is filed once, under its rarest word. A text fetches the names whose rarest
word it has, then those of which it has nearly every word: a few for each text, out of hundreds
of thousands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kg.reconcile.places import Gazetteer, place_key
from kg.reconcile.words import COMMON_WORDS, STOP_WORDS, Words, domain_of, read_keys

__all__ = ["AS_JOINED", "AS_OTHER", "LEGAL_FORMS", "Directory", "Name", "Organisation"]

_PARENTHESES = re.compile(r"\s*\([^)]*\)")
_LEGAL_FORMS = "inc ltd gmbh llc plc sa ag srl spa bv nv co corporation limited kg"
LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())
"""What companies add to their name."""

_COMMON = 400  # a prefix that begins more words than this says nothing
_LARGE = 20_000  # organisations
_COMMON_SHARE = 30  # one name in so many has a common word
_KNOWN = 3  # names that have a word before it is taken to be written out
_LONGEST_ENDING = 10  # letters that an abbreviation leaves out
_SHORTEST_PREFIX = 3
_SHORTEST_FUZZY = 5
_ACRONYM = 7  # letters; a longer name of one word is a word

# How sure a word is when it was not written so.
_AS_PREFIX, AS_JOINED, _AS_SLIP, AS_OTHER = 0.92, 0.96, 0.88, 0.95
# What a word may also mean: the word, then the others.
_MEANINGS = """
st state street
nat natural
med medical medicine
technical technology
technology technical technological
science scientific
institute institution
institution institute
computer computing computation
center central
medical medicine
medicine medical
industry industrial
information informatic
physics physical
biology biological
academy academic
state st
col college
rep republic
"""
_OTHERS = {line.split()[0]: line.split()[1:] for line in _MEANINGS.strip().splitlines()}


@dataclass(frozen=True, slots=True)
class Organisation:
    """One entry: ``country`` in capitals, ``city`` as words, ``parents`` as numbers of entries."""

    id: str
    name: str
    country: str | None
    city: tuple[str, ...]
    city_key: str
    city_name: str | None
    domain: str | None
    parents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """One distinct name: its words as numbers, how rare they are, and who bears it."""

    text: str
    words: tuple[int, ...]
    rarity: tuple[float, ...]
    acronym: bool
    bearers: tuple[int, ...]
    main: frozenset[int]


class Directory:
    """Organisations by name.

    Parameters
    ----------
    organisations:
        ``id``, ``name``, ``country`` (ISO 3166), ``city``, ``url`` and ``parents`` (list of ids).
    names:
        ``id``, ``value``, and ``kind``: ``name`` (the one it goes by), ``alias`` or ``acronym``.
    """

    def __init__(self, organisations: pl.DataFrame, names: pl.DataFrame) -> None:
        self.organisations = _organisations(organisations)
        places = ((o.city_name, o.country) for o in self.organisations)
        self.gazetteer = Gazetteer((c, k) for c, k in places if c and k)
        number = {o.id: i for i, o in enumerate(self.organisations)}
        filed = _filed(names, number, self.organisations)
        self._number_words(filed)
        self._file_names(filed)
        self._ancestors: dict[int, frozenset[int]] = {}
        self._names_of: list[list[int]] = [[] for _ in self.organisations]
        for number_of_name, name in enumerate(self.names):
            for bearer in name.bearers:
                self._names_of[bearer].append(number_of_name)
        self.fetch_words = lru_cache(maxsize=200_000)(self._fetch_words)

    def __len__(self) -> int:
        """Return the number of organisations."""
        return len(self.organisations)

    def _number_words(self, filed: _Filed) -> None:
        counts: dict[str, int] = {}
        joined: dict[str, tuple[str, str]] = {}
        for key in filed:
            for word in set(key[1]):
                counts[word] = counts.get(word, 0) + len(filed[key][1])
            for first, second in zip(key[1], key[1][1:], strict=False):
                joined[first + second] = (first, second)
        self.vocabulary = sorted(counts)
        self.number = {word: i for i, word in enumerate(self.vocabulary)}
        # In a small directory "university" would be as rare as any name: there the words that
        # all registers are full of count as they would in a large one.
        total = max(len(self.organisations), _LARGE)
        common = total // _COMMON_SHARE if len(self.organisations) < _LARGE else 0
        counted = [
            max(counts[w], common) if w in COMMON_WORDS else counts[w] for w in self.vocabulary
        ]
        self.rarity = np.log1p(total / np.array(counted, dtype=np.float64))
        self._frequency = np.array([counts[w] for w in self.vocabulary])
        self.rarities = self.rarity.tolist()
        self.spreads = self._count_countries(filed).tolist()
        self._joined = {k: v for k, v in joined.items() if len(k) >= _SHORTEST_FUZZY}
        self._by_shape: dict[tuple[str, int], list[str]] = {}
        for word in self.vocabulary:
            if len(word) >= _SHORTEST_FUZZY - 1:
                self._by_shape.setdefault((word[0], len(word)), []).append(word)

    def _count_countries(self, filed: _Filed) -> np.ndarray:
        """Return, for each word, the logarithm of the number of countries whose names have it."""
        seen: list[set[str | None]] = [set() for _ in self.vocabulary]
        for (_, key), (_, bearers) in filed.items():
            countries = {self.organisations[b].country for b in bearers}
            for word in key:
                seen[self.number[word]] |= countries
        return np.log([max(len(s), 1) for s in seen])

    def _file_names(self, filed: _Filed) -> None:
        self.names = [
            Name(
                text,
                tuple(self.number[w] for w in key),
                tuple(float(self.rarity[self.number[w]]) for w in key),
                acronym,
                tuple(sorted(bearers)),
                frozenset(bearer for bearer, main in bearers.items() if main),
            )
            for (acronym, key), (text, bearers) in filed.items()
        ]
        rarest = [name.words[int(np.argmax(name.rarity))] for name in self.names]
        order = np.argsort(np.array(rarest, dtype=np.int64), kind="stable")
        self.filed = order
        self.file_start = np.searchsorted(
            np.array(rarest, dtype=np.int64)[order], np.arange(len(self.vocabulary) + 1)
        )
        lengths = np.array([len(n.words) for n in self.names], dtype=np.int64)
        self.name_start = np.concatenate([[0], np.cumsum(lengths)])
        self.name_words = np.array([w for n in self.names for w in n.words], dtype=np.int64)
        self.name_rarity = np.array([r for n in self.names for r in n.rarity])

    def names_of(self, organisation: int) -> list[Name]:
        """Return all names of the organisation with a number."""
        return [self.names[number] for number in self._names_of[organisation]]

    def ancestors(self, organisation: int) -> frozenset[int]:
        """Return the numbers of the organisations that one is part of, at any remove."""
        found = self._ancestors.get(organisation)
        if found is None:
            reached: set[int] = set()
            open_ = list(self.organisations[organisation].parents)
            while open_:
                parent = open_.pop()
                if parent not in reached and parent != organisation:
                    reached.add(parent)
                    open_ += self.organisations[parent].parents
            found = self._ancestors[organisation] = frozenset(reached)
        return found

    def read(self, words: Words) -> list[tuple[int, int, float]]:
        """Return word number, place in the text and sureness for all that the text may mean."""
        keys, found = words.keys, []
        for place, key in enumerate(keys):
            if key in STOP_WORDS:
                continue
            for word, sure in self.fetch_words(key, words.short[place]):
                found.append((word, place, sure))
            if place + 1 < len(keys):
                both = self.number.get(key + keys[place + 1])
                if both is not None:
                    found.append((both, place, AS_JOINED))
        return found

    def _fetch_words(self, key: str, short: bool) -> tuple[tuple[int, float], ...]:
        """Return the words of names that a word of a text may stand for."""
        found: dict[int, float] = {}
        exact = self.number.get(key)
        if exact is not None:
            found[exact] = 1.0
        for other in _OTHERS.get(key, ()):
            if other in self.number:
                found.setdefault(self.number[other], AS_OTHER)
        for part in self._joined.get(key, ()):
            found.setdefault(self.number[part], AS_JOINED)
        known = (
            exact is not None and self._frequency[exact] >= _KNOWN and len(key) >= _SHORTEST_FUZZY
        )
        if (short or exact is None) and not known and len(key) >= _SHORTEST_PREFIX:
            for word in self._beginning_with(key):
                found.setdefault(word, _AS_PREFIX)
        if exact is None and len(key) >= _SHORTEST_FUZZY and not any(c.isdigit() for c in key):
            for word in self._slips(key):
                found.setdefault(word, _AS_SLIP)
        return tuple(found.items())

    def _beginning_with(self, prefix: str) -> Iterable[int]:
        start = bisect_left(self.vocabulary, prefix)
        end = bisect_left(self.vocabulary, prefix + "\x7f")
        if end - start > _COMMON or prefix[0].isdigit():
            return ()
        longest = len(prefix) + _LONGEST_ENDING
        return [w for w in range(start, end) if len(self.vocabulary[w]) <= longest]

    def _slips(self, word: str) -> Iterable[int]:
        allowed = 1 if len(word) < 10 else 2
        near = [
            w
            for length in range(len(word) - allowed, len(word) + allowed + 1)
            for w in self._by_shape.get((word[0], length), ())
        ]
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=allowed, limit=4)
        return [self.number[w] for w, _, _ in found]


_Filed = dict[tuple[bool, tuple[str, ...]], tuple[str, dict[int, bool]]]


def _organisations(frame: pl.DataFrame) -> list[Organisation]:
    number = {key: i for i, key in enumerate(frame["id"])}
    return [
        Organisation(
            row["id"],
            row["name"],
            row["country"].upper() if row["country"] else None,
            city := place_key(row["city"]) if row["city"] else (),
            " ".join(city),
            row["city"],
            domain_of(row["url"]) if row["url"] else None,
            tuple(number[p] for p in row["parents"] or () if p in number),
        )
        for row in frame.iter_rows(named=True)
    ]


def _filed(
    names: pl.DataFrame, number: dict[str, int], organisations: Sequence[Organisation]
) -> _Filed:
    """Return each distinct name with its first spelling and its bearers."""
    filed: _Filed = {}
    for key, value, kind in names.select("id", "value", "kind").iter_rows():
        bearer = number.get(key)
        if bearer is None:
            continue
        for text in _variants(value, organisations[bearer]):
            words = _name_words(text)
            if not words:
                continue
            acronym = (
                len(words) == 1
                and len(words[0]) <= _ACRONYM
                and (kind == "acronym" or text.isupper())
            )
            bearers = filed.setdefault((acronym, words), (value, {}))[1]
            bearers[bearer] = bearers.get(bearer, False) or kind == "name"
    return filed


def _variants(name: str, bearer: Organisation) -> list[str]:
    """Return a name as it is, without what is in brackets, and without a place at its end."""
    found = [name]
    if not name.isascii():
        name = name.replace("（", "(").replace("）", ")")
    bare = _PARENTHESES.sub("", name).strip() if "(" in name else name
    if bare and bare != name:
        inside = " ".join(_PARENTHESES.findall(name)).strip(" ()")
        if place_key(inside) != bearer.city:
            found.append(bare)
    head, comma, tail = bare.rpartition(",")
    if comma and bearer.city and place_key(tail) == bearer.city:
        found.append(head)
    return found


def _name_words(text: str) -> tuple[str, ...]:
    keys = [k for k in read_keys(text) if k not in STOP_WORDS]
    plain = [k for k in keys if k not in LEGAL_FORMS]
    return tuple(plain or keys)
