"""Whether a text is a whole name of an organisation, and nothing but that name.

A bare name in a table may be anybody's; nobody reads a match before it counts. It is taken only
where no word of a name is missing, the words keep their order, and what is left over says no
more than where, in which legal form, or by which initials.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.reconcile.directory import AS_JOINED, AS_OTHER, LEGAL_FORMS, Directory, Name
from kg.reconcile.spans import Finding, Reading
from kg.reconcile.words import STOP_WORDS

__all__ = ["is_whole"]

_MORE_FORMS = "ggmbh mbh eg ev ek kft zrt sro spzoo tc lbg nfp cedex scarl scrl asbl vzw oy ab as"
_FORMS = LEGAL_FORMS | frozenset(_MORE_FORMS.split())
_GENERIC = 3.2  # logarithm of the countries that have a name's rarest word
_SHORTEST = 2  # letters of initials; one letter is a number or a slip


def is_whole(reading: Reading, finding: Finding, directory: Directory) -> bool:
    """Return whether a text is one of the names of the organisation that was found in it.

    The country and the city must not differ where they are known; a name of one word, or one
    that many have, needs its city.
    """
    country, city = finding.place
    if min(country, city) < 0 or finding.namesakes > 1:
        return False
    names = directory.names_of(finding.organisation)
    initials = _initials(names, directory)
    for name in names:
        used = _in_order(reading, name, directory)
        if used is None or name.acronym:
            continue
        weak = len(name.words) == 1 or finding.generic > _GENERIC
        if (city > 0 or not weak) and _leaves_nothing(reading, finding, used, initials, directory):
            return True
    return False


def _in_order(reading: Reading, name: Name, directory: Directory) -> set[int] | None:
    """Return the places of all words of a name, each after the last; None where one is not."""
    used: set[int] = set()
    halves: list[int] = []
    last, keys = -1, reading.words.keys
    for word in name.words:
        options = reading.meanings.get(word, ())
        # "Technical" may mean "technology", but two universities of a town may differ by it.
        later = [(p, s) for p, s in options if _follows(p, s, last)]
        if not later:
            return None
        place, sure = min(later)
        used.add(place)
        # Two words of the text may stand for one of the name, and one word for two.
        if sure == AS_JOINED and "".join(keys[place : place + 2]) == directory.vocabulary[word]:
            used.add(place + 1)
        elif sure == AS_JOINED:
            halves.append(place)
        last = max(used)
    return None if any(halves.count(place) == 1 for place in halves) else used


def _follows(place: int, sure: float, last: int) -> bool:
    return sure != AS_OTHER and (place > last or (place == last and sure == AS_JOINED))


def _leaves_nothing(
    reading: Reading, finding: Finding, used: set[int], initials: set[str], directory: Directory
) -> bool:
    keys = reading.words.keys
    own = directory.organisations[finding.organisation]
    known = STOP_WORDS | _FORMS | initials | {keys[p] for p in used}
    known |= set(own.city) | set(reading.stated_city if finding.place[1] > 0 else ())
    for mention in reading.countries:
        if own.country in mention.codes:
            known |= set(keys[mention.start : mention.end])
    return all(
        key in known or key.isdigit() or len(key) < _SHORTEST
        for place, key in enumerate(keys)
        if place not in used
    )


def _initials(names: Sequence[Name], directory: Directory) -> set[str]:
    """Return the acronyms of an organisation and the first letters of its names."""
    words = [[directory.vocabulary[w] for w in name.words] for name in names]
    letters = {"".join(word[0] for word in name) for name in words if len(name) > 1}
    return letters | {name[0] for name, n in zip(words, names, strict=True) if n.acronym}
