"""Where names stand in a text.

A name's words need not stand together or in order; which of them stand where, and what lies
between them, is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kg.reconcile.directory import AS_JOINED, LEGAL_FORMS, Directory, Name
from kg.reconcile.places import Mention
from kg.reconcile.words import STOP_WORDS, Words

__all__ = ["Finding", "Reading", "best_span", "keep_best", "rank", "read_text"]

# Where these words stand in a name differs by language.
_MOVABLE_WORDS = (
    "university institute hospital college foundation laboratory center academy national"
)
_MOVABLE = frozenset(_MOVABLE_WORDS.split())
_UNKNOWN = 6.0  # rarity of a word that no name has
_ONE_WORD = 0.06  # share of a name of one word that may be unsure


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
    the words found, ``missing`` the share of the name's rarity that was not; ``whole`` says that
    the text is a name and no more (:mod:`kg.reconcile.whole`).
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
    whole: bool = False


def read_text(
    directory: Directory, words: Words, country: str | None = None, city: tuple[str, ...] = ()
) -> Reading:
    """Read a text against a directory; ``country`` and ``city`` are what is known besides."""
    meanings: dict[int, list[tuple[int, float]]] = {}
    rarity = [0.0 if k in STOP_WORDS or k in LEGAL_FORMS else _UNKNOWN for k in words.keys]
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
    return sum(b < a for a, b in pairwise(places))


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
    if len(name.words) == 1 and unsure > _ONE_WORD * total:
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
    breaks = [b for a, b in pairwise(places) if segments[a] != segments[b]]
    with_place = sum(b in reading.placed for b in breaks)
    return len(breaks) - with_place, with_place


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
