"""What speaks for an organisation being the one that a text names, and what against it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.reconcile.directory import AS_JOINED, LEGAL_FORMS, Directory, Name, Organisation
from kg.reconcile.places import Mention
from kg.reconcile.words import STOP_WORDS, Words

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

_UNITS = frozenset(
    "department school faculty division laboratory group unit section chair program programme "
    "center institute clinic service branch office college dep lehrstuhl klinik fachbereich cathedra "
    "kafedra chaire servicio servizio service unite umr".split()
)
# Where these words stand in a name differs by language.
_MOVABLE = frozenset(
    "university institute hospital college foundation laboratory center academy national".split()
)
_OF = frozenset("of for de fur di do da des der du".split())
_FAR = 10.0  # rarity of words beside a name beyond which more says no more
_PART_OF = {"CN": {"HK", "MO", "TW"}, "US": {"PR", "GU", "VI"}, "FR": {"RE", "GP", "MQ", "GF", "NC", "PF"},
            "DK": {"GL", "FO"}, "NL": {"AW", "CW"}, "GB": {"IM", "JE", "GG", "GI"}}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that was read: its words, what each may mean, and the places in it.

    ``meanings`` gives, for the number of a word of the directory, where it stands and how sure.
    """

    words: Words
    meanings: Mapping[int, list[tuple[int, float]]]
    rarity: Sequence[float]
    countries: Sequence[Mention]
    cities: Sequence[Mention]
    stated_country: str | None = None
    stated_city: tuple[str, ...] = ()
    placed: frozenset[int] = frozenset()


@dataclass(slots=True)
class Finding:
    """A name of an organisation in a text: which of its words stand where.

    ``span`` are the first and the last place, ``places`` all of them, ``matched`` the rarity of
    the words found, ``missing`` the share of the name's rarity that was not.
    """

    organisation: int
    name: Name
    places: frozenset[int]
    span: tuple[int, int]
    matched: float
    missing: float
    unsure: float
    inversions: int
    gaps: float
    across: tuple[int, int]
    generic: float
    values: list[float] = field(default_factory=list)
    score: float = 0.0
    acronym_too: bool = False
    word_missing: bool = False
    place: tuple[int, int] = (0, 0)
    namesakes: int = 1


def read_text(
    directory: Directory, words: Words, country: str | None = None, city: tuple[str, ...] = ()
) -> Reading:
    """Read a text against a directory; ``country`` and ``city`` are what is known besides."""
    meanings: dict[int, list[tuple[int, float]]] = {}
    rarity = [0.0 if k in STOP_WORDS or k in LEGAL_FORMS else 6.0 for k in words.keys]
    for word, place, sure in directory.read(words):
        meanings.setdefault(word, []).append((place, sure))
        if sure == 1.0 and rarity[place]:
            rarity[place] = directory.rarities[word]
    countries, cities = directory.gazetteer.mentions(words)
    countries = [m for m in countries if m.alone or _ends_segment(words, m)]
    placed = frozenset(p for m in (*countries, *cities) for p in range(m.start, m.end))
    return Reading(words, meanings, rarity, countries, cities, country, city, placed)


def _ends_segment(words: Words, mention: Mention) -> bool:
    end = mention.end
    return end == len(words.keys) or words.segments[end] != words.segments[end - 1]


def best_span(reading: Reading, name: Name, directory: Directory) -> Finding | None:
    """Return where a name stands in a text: the words nearest to its rarest one."""
    found = [reading.meanings.get(word) for word in name.words]
    present = [i for i, f in enumerate(found) if f]
    if not present:
        return None
    rarest = max(present, key=name.rarity.__getitem__)
    best: tuple[float, list[int], list[float]] | None = None
    for anchor, _ in found[rarest] or ():
        places, sures = _nearest(found, present, rarest, anchor)
        width = max(places) - min(places) + 1 - len(set(places))
        value = sum(sures) * 4 - width - _inversions(places)
        if best is None or value > best[0]:
            best = (value, places, sures)
    assert best is not None  # the rarest word has a place
    return _finding(reading, name, present, best[1], best[2], directory)


def _nearest(
    found: Sequence[list[tuple[int, float]] | None],
    present: Sequence[int],
    rarest: int,
    anchor: int,
) -> tuple[list[int], list[float]]:
    places, sures = [], []
    taken: set[int] = set()
    for i in present:
        options = found[i] or []
        if i == rarest:
            options = [o for o in options if o[0] == anchor]
        if len(options) == 1:
            place, sure = options[0]
        else:
            wanted = anchor + i - rarest
            place, sure = min(options, key=lambda o: (o[0] in taken, abs(o[0] - wanted) - 2 * o[1]))
        taken.add(place)
        places.append(place)
        sures.append(sure)
    return places, sures


def _inversions(places: Sequence[int]) -> int:
    return sum(b < a for a, b in zip(places, places[1:], strict=False))


def _finding(
    reading: Reading,
    name: Name,
    present: Sequence[int],
    places: list[int],
    sures: list[float],
    directory: Directory,
) -> Finding | None:
    total = sum(name.rarity)
    # A word of the text stands for one word of the name, unless they were written as one.
    used: dict[int, float] = {}
    matched = unsure = 0.0
    generic = 10.0
    fixed = []
    for i, place, sure in zip(present, places, sures, strict=True):
        if place in used and AS_JOINED not in (sure, used[place]):
            continue
        used[place] = sure
        matched += name.rarity[i] * sure
        unsure += name.rarity[i] * (1 - sure)
        word = name.words[i]
        generic = min(generic, directory.spreads[word])
        if directory.vocabulary[word] not in _MOVABLE:
            fixed.append(place)
    low, high = min(used), max(used)
    between = sum(reading.rarity[p] for p in range(low, high + 1) if p not in used)
    if len(name.words) == 1 and unsure > 0.06 * total:
        return None  # one word has to be that word
    return Finding(
        -1,
        name,
        frozenset(used),
        (low, high),
        matched,
        max(0.0, 1 - (matched + unsure) / total),
        unsure / total,
        _inversions(fixed),
        between,
        _across(reading, sorted(used)),
        generic,
        word_missing=any(r > 1.5 for i, r in enumerate(name.rarity) if i not in present),
    )


def _across(reading: Reading, places: Sequence[int]) -> tuple[int, int]:
    """Return how often a name goes on in the next part of a text: with words, with a place."""
    segments = reading.words.segments
    breaks = [b for a, b in zip(places, places[1:], strict=False) if segments[a] != segments[b]]
    with_place = sum(b in reading.placed for b in breaks)
    return len(breaks) - with_place, with_place


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
        city = 1 if reading.stated_city == own.city else -1
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


def keep_best(findings: Iterable[Finding]) -> list[Finding]:
    """Return the best finding of each organisation, in order of first mention."""
    best: dict[int, Finding] = {}
    for finding in findings:
        old = best.get(finding.organisation)
        if old is None:
            best[finding.organisation] = finding
            continue
        if old.name.acronym != finding.name.acronym:
            old.acronym_too = finding.acronym_too = True
        if rank(finding) > rank(old):
            finding.acronym_too = finding.acronym_too or old.acronym_too
            best[finding.organisation] = finding
    return list(best.values())


def rank(finding: Finding) -> float:
    """Return how much of a text a name explains, less what it leaves unexplained."""
    loose = finding.gaps + 6 * finding.across[0] + 2 * finding.inversions
    return finding.matched * (1 - finding.missing) - 12 * finding.missing - 0.7 * loose
