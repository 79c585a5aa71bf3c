"""Which language is spoken while something is written, such as a drawing or a report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from kg.language.catalogue import LANGUAGES, RIGHT_TO_LEFT, message, plural
from kg.language.numbers import whole
from kg.language.told import spoken

__all__ = [
    "gettext",
    "language",
    "named",
    "ngettext",
    "right_to_left",
    "said",
    "speaking",
    "spoken_word",
    "words",
]

_T = TypeVar("_T")

_CODE = re.compile(r"[a-z][a-z0-9]*(?:(?:[_ -]|, )[a-z0-9]+)*")
_SPOKEN: ContextVar[str] = ContextVar("rihla_language", default="en")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say what is said inside in a language: en, ar or fr."""
    if code not in LANGUAGES:
        raise ValueError(f"language: found {code!r}. Accepted: {', '.join(LANGUAGES)}.")
    before = _SPOKEN.set(code)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def language() -> str:
    """Return the language that is spoken: en, ar or fr."""
    return _SPOKEN.get()


def right_to_left() -> bool:
    """Return whether the language that is spoken is written from right to left."""
    return language() in RIGHT_TO_LEFT


def gettext(text: str, **values: object) -> str:
    """Return a text in the language that is spoken, with ``%(name)s`` filled in."""
    return message(text, language()) % values


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return the text that fits a number of things; ``%(num)s`` is the number."""
    code = language()
    return plural(one, many, num, code) % {"num": whole(num, code), **values}


def said(text: str) -> str:
    """Return a message or a text that stands elsewhere: nothing is filled in."""
    return spoken(text, language())


def spoken_word(value: _T) -> _T | str:
    """Return a code word, such as ``common_neighbours``, in the language that is spoken.

    Everything else, such as a name, stays as it is.
    """
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        return value
    known = words(value)
    text = said(known)
    return text if text != known or "_" in value else value


def words(name: str) -> str:
    """Return a column's or class's name as words: ``first_year`` → first year."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name)
    return spaced.replace("_", " ").replace("-", " ").strip()


def named(name: str) -> str:
    """Return a name as words in the language that is spoken."""
    return said(words(name))
