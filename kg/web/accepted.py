"""What a check accepts in a cell, in the language of the page.

A check answers in English, as text: it runs in a closed child and writes the files that stewards
load. So a page knows a text by its form, and says that form with the same values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from kg.language import alone, marked, message
from kg.web.language import language

__all__ = ["FORMS", "said_accepted"]

FORMS = (
    marked(
        "%(first)s. It is neither in these files nor in release %(release)s; a build refuses the "
        "row unless another file of %(tables)s has it"
    ),
    marked("%(first)s; the row with this key was refused"),
    marked("%(first)s; the first one is in %(place)s, row %(number)s"),
    marked("%(first)s; the first one is in %(place)s"),
    marked("%(first)s. Did you mean %(key)s?"),
    marked("a known %(class)s: %(keys)s"),
    marked("the %(names)s of a row in table %(table)s or %(keys)s"),
    marked("the %(names)s of a row in table %(table)s"),
    marked("the key or label of a concept"),
    marked("a key that means one %(class)s only; use its id"),
    marked("a key that no other row has"),
    marked("a filled cell, such as %(example)s"),
    marked("a filled cell"),
    marked("at least one of %(names)s filled"),
    marked("a value not before %(name)s of the same row"),
    marked("a country by code or full name: %(names)s"),
    marked("one of %(names)s"),
    marked("text that matches %(pattern)s"),
    marked("at least %(number)s characters"),
    marked("at most %(number)s characters"),
    marked("%(number)s or more"),
    marked("%(number)s or less"),
    marked("%(number)s is not enough: more"),
    marked("%(number)s is too much: less"),
    marked("which was replaced: read as %(name)s"),
    marked("read as the Hijri date %(date)s, %(day)s"),
    marked("read as %(name)s"),
    marked("%(first)s, or %(rest)s"),
    marked(
        "a web address that begins with http(s)://, in which spaces, brackets and other special "
        "characters are written with %, such as %20"
    ),
    marked("a web address"),
    marked("a date that exists, written YYYY-MM-DD"),
    marked("a month written YYYY-MM"),
    marked("a year written YYYY"),
    marked("a whole number"),
    marked("a whole number, zero or more"),
    marked("a whole number, one or more"),
    marked("a number with a decimal point, such as 12.5"),
    marked("true or false"),
    marked("text"),
    marked("a ROR id with right check digits, such as %(example)s or %(address)s"),
    marked("an ORCID iD with the right check digit, such as %(example)s"),
    marked("an ISNI of 16 characters without spaces, such as %(example)s"),
    marked("a Wikidata item, such as %(example)s"),
    marked("a DOI, such as %(example)s"),
    marked("a GRID id, such as %(example)s"),
    marked("an id of the Open Funder Registry, such as %(example)s or %(address)s"),
    marked("a participant identification code of nine digits, such as %(example)s"),
)
"""The forms of what a check says, those that hold others before what they hold."""

_SAID_TOO = ("first", "rest", "keys")  # values that are such texts themselves
_PLACE = re.compile(r"%\((\w+)\)s")
_NUMBER = r"[-+.0-9e]+"


def said_accepted(text: str) -> str:
    """Return what a check accepts in the language of the page; an unknown form stays English.

    Examples
    --------
    >>> from kg.language import speaking
    >>> with speaking("fr"):
    ...     print(said_accepted("one of Course, School"))
    l’un de ⁨Course, School⁩
    """
    code = language()
    if code == "en" or not text:
        return text
    if text in FORMS:
        return message(text, code)
    for form, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return _filled(message(form, code), found.groupdict())
    return text


def _filled(form: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: _value(place[1], values[place[1]]), form)


def _value(name: str, text: str) -> str:
    # What is typed as it stands keeps its direction to itself.
    return said_accepted(text) if name in _SAID_TOO else alone(text)


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(form, _pattern(form)) for form in FORMS if _PLACE.search(form)]


def _pattern(form: str) -> re.Pattern[str]:
    parts = _PLACE.split(form)  # text, name, text, name, …
    found = [
        f"(?P<{part}>{_NUMBER if part == 'number' else '.+?'})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    ]
    return re.compile("".join(found), re.DOTALL)
