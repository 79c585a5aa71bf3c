"""What speaks for an organisation being the one that a text names, and what against it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from kg.reconcile.directory import Directory, Organisation
from kg.reconcile.spans import Finding, Reading
from kg.reconcile.words import STOP_WORDS

__all__ = ["FEATURES", "features", "place_of", "relate"]

FEATURES = (
    "constant",
    "missing words",
    "rarity",
    "generic",
    "generic without place",
    "gaps",
    "order",
    "across words",
    "across place",
    "words before",
    "words before in a unit",
    "unit of",
    "words after",
    "of after",
    "whole part",
    "whole text",
    "country agrees",
    "country differs",
    "no country",
    "city agrees",
    "city differs",
    "city differs, namesakes",
    "acronym",
    "acronym in small letters",
    "acronym without place",
    "acronym letters",
    "one word",
    "namesakes",
    "unsure words",
    "parent named",
    "child named",
    "inside another",
    "domain",
    "late",
    "also by acronym",
    "alias",
    "another before",
    "a word missing",
    "a word between",
)
"""What a score is made of, in the order of the weights."""

_UNIT_WORDS = """
department school faculty division laboratory group unit section chair program programme center
institute clinic service branch office college dep lehrstuhl klinik fachbereich cathedra kafedra
chaire servicio servizio unite umr
"""
_UNITS = frozenset(_UNIT_WORDS.split())
_OF = frozenset({"of", "for", "de", "fur", "di", "do", "da", "des", "der", "du"})
_FAR = 10.0  # rarity of words beside a name beyond which more says no more
# Addresses name the state; registers name what has a code of its own.
_PART_OF = {
    "CN": {"HK", "MO", "TW"},
    "US": {"PR", "GU", "VI"},
    "FR": {"RE", "GP", "MQ", "GF", "NC", "PF"},
    "DK": {"GL", "FO"},
    "NL": {"AW", "CW"},
    "GB": {"IM", "JE", "GG", "GI"},
}


def features(reading: Reading, finding: Finding, directory: Directory) -> list[float]:
    """Return the values of FEATURES but for those that other findings decide (0 for now)."""
    words, (low, high) = reading.words, finding.span
    before, in_unit, unit_of = _before(reading, low)
    after, of_after = _after(reading, high)
    country, city = finding.place
    name = finding.name
    own = directory.organisations[finding.organisation]
    whole = before == 0 and after == 0 and not unit_of and not finding.gaps
    alone = whole and low <= 1 and high >= len(words.keys) - 2
    generic = finding.generic / 4
    nowhere = country <= 0 and city <= 0
    domain = bool(own.domain) and any(
        d == own.domain or d.endswith(f".{own.domain}") for d in words.domains
    )
    return [
        1.0,
        finding.missing,
        min(finding.matched, 30.0) / 10,
        generic,
        generic * nowhere,
        min(finding.gaps, _FAR) / _FAR,
        float(finding.inversions > 0),
        float(min(finding.across[0], 2)),
        float(min(finding.across[1], 2)),
        0.0 if in_unit else min(before, _FAR) / _FAR,
        min(before, _FAR) / _FAR if in_unit else 0.0,
        float(unit_of),
        min(after, _FAR) / _FAR,
        float(of_after),
        float(whole),
        float(alone),
        float(country > 0),
        float(country < 0),
        float(country == 0),
        float(city > 0),
        float(city < 0),
        float(city < 0 and len(name.bearers) > 1),
        float(name.acronym),
        float(name.acronym and not words.upper[low]),
        float(name.acronym and nowhere),
        min(len(words.keys[low]) - 2, 5) / 5 if name.acronym else 0.0,
        float(len(name.words) == 1 and not name.acronym),
        math.log(finding.namesakes),
        finding.unsure,
        0.0,
        0.0,
        0.0,
        float(domain),
        0.0,
        float(finding.acronym_too),
        float(finding.organisation not in name.main and not name.acronym),
        0.0,
        float(finding.word_missing),
        float(finding.gaps > 1.5),
    ]


def _before(reading: Reading, low: int) -> tuple[float, bool, bool]:
    """Return the rarity of the words before a name in its part, and what unit they belong to."""
    keys, segments = reading.words.keys, reading.words.segments
    place, total, steps = low - 1, 0.0, 0
    while place >= 0 and segments[place] == segments[low]:
        key = keys[place]
        if key in _UNITS:
            only_of = all(k in STOP_WORDS for k in keys[place + 1 : low])
            return total, True, only_of and place + 1 < low
        if place not in reading.placed and not key.isdigit():
            total += reading.rarity[place]
        place -= 1
        steps += 1
    return total, False, False


def _after(reading: Reading, high: int) -> tuple[float, bool]:
    """Return the rarity of the words after a name in its part, and whether they begin with *of*."""
    keys, segments = reading.words.keys, reading.words.segments
    place, total, of_after = high + 1, 0.0, False
    while place < len(keys) and segments[place] == segments[high]:
        key = keys[place]
        if key in _UNITS and not of_after:
            break
        if place == high + 1 and key in _OF:
            of_after = True
        if place not in reading.placed and not any(c.isdigit() for c in key):
            total += reading.rarity[place]
        place += 1
    return total, of_after and total > 0


def place_of(reading: Reading, finding: Finding, own: Organisation) -> tuple[int, int]:
    """Return 1 where country (city) agree, -1 where another one is named, else 0."""
    inside = finding.places
    countries = [m for m in reading.countries if m.start not in inside]
    cities = [m for m in reading.cities if m.start not in inside]
    city = 0
    if reading.stated_city:
        city = _same_city(reading.stated_city, own.city)
    elif own.city:
        named = own.city_key
        if any(m.city == named for m in cities):
            city = 1
        elif any(m.alone and own.country in m.codes for m in cities):
            city = -1
    if reading.stated_country:
        return (1 if _in(own.country, (reading.stated_country,)) else -1), city
    if countries:
        return (1 if any(_in(own.country, m.codes) for m in countries) else -1), city
    alone = [m for m in cities if m.alone]
    if alone and not city and not any(_in(own.country, m.codes) for m in alone):
        return -1, city
    return 0, city


def _same_city(stated: tuple[str, ...], own: tuple[str, ...]) -> int:
    """Return 1 where one names the other: districts and post codes stand beside cities."""
    one = {key for key in stated if not any(c.isdigit() for c in key)} - STOP_WORDS - {"cedex"}
    other = set(own) - STOP_WORDS
    if not one or not other:
        return 0
    return 1 if one <= other or other <= one else -1


def _in(country: str | None, codes: Iterable[str]) -> bool:
    return any(country == code or country in _PART_OF.get(code, ()) for code in codes)


def relate(findings: list[Finding], reading: Reading, directory: Directory) -> None:
    """Fill in what the findings of a text say of each other."""
    by_organisation = {f.organisation: f for f in findings}
    ancestors = {o: directory.ancestors(o) for o in by_organisation}
    length = max(len(reading.words.keys), 1)
    parents = {
        a for o in by_organisation if by_organisation[o].missing <= 0.1 for a in ancestors[o]
    }
    firm = [f for f in findings if _is_firm(f)]
    for finding in findings:
        values = finding.values
        own = ancestors[finding.organisation]
        values[_PARENT] = float(
            any(
                not (by_organisation[a].places & finding.places)
                for a in own
                if a in by_organisation
            )
        )
        values[_CHILD] = float(finding.organisation in parents)
        inside = 0.0
        for other in findings:
            if finding.places < other.places:
                inside = max(inside, _inside(finding, other))
        values[_INSIDE] = inside
        values[_LATE] = finding.span[0] / length
        values[_BEFORE] = float(
            any(o.span[1] < finding.span[0] and o.organisation not in own for o in firm)
        )


_PARENT, _CHILD = FEATURES.index("parent named"), FEATURES.index("child named")
_WHOLE, _BEFORE = FEATURES.index("whole part"), FEATURES.index("another before")
_INSIDE, _LATE = FEATURES.index("inside another"), FEATURES.index("late")


def _is_firm(finding: Finding) -> bool:
    """Return whether a name is wholly there, is not everybody's, and is in its place."""
    if finding.missing >= 0.05 or finding.name.acronym or finding.generic >= 2:
        return False
    return bool(finding.values[_WHOLE]) and min(finding.place) >= 0


def _inside(finding: Finding, other: Finding) -> float:
    """Return 1 where a name is part of another, better filled one; 0 where it is not."""
    if (
        other.missing > 0.25
        or other.inversions > finding.inversions
        or other.across[0] > finding.across[0]
    ):
        return 0.0
    return 1.0 - other.missing - min(other.gaps, _FAR) / _FAR
