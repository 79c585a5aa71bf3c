"""A message with values: English as it stands, and sayable in every language later.

The parts that compute do not know who reads. They tell in English; the message keeps its template
and its values, so that a page in French says the same with French words, plurals and numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.language.catalogue import message, plural
from kg.language.numbers import decimal, percent, whole

__all__ = ["Share", "Told", "alone", "both", "isolated", "marked", "spoken", "tell", "tell_number"]


class Share(float):
    """A share from 0 to 1 that is said as per cent."""

    digits: int = 0

    def __new__(cls, value: float, digits: int = 0) -> Share:
        """Make a share that is said with so many digits behind the point."""
        made = super().__new__(cls, value)
        made.digits = digits
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the digits where it goes to another process."""
        return Share, (float(self), self.digits)


class Told(str):
    """An English text that remembers how it was made; see :func:`tell`.

    Examples
    --------
    >>> told = tell("%(part)s of %(whole)s rows", part=3, whole=1200)
    >>> print(told)
    3 of 1,200 rows
    >>> told.template
    '%(part)s of %(whole)s rows'
    """

    template: str
    many: str | None
    values: Mapping[str, object]

    def __new__(
        cls, template: str, values: Mapping[str, object] | None = None, many: str | None = None
    ) -> Told:
        """Make the English text from a template and what stands in its ``%(name)s``."""
        made = super().__new__(cls, _filled(template, many, values or {}, "en"))
        made.template, made.many, made.values = template, many, values or {}
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep template and values where it goes to another process."""
        return Told, (self.template, dict(self.values), self.many)

    def spoken(self, code: str) -> str:
        """Return it in a language."""
        return str(self) if code == "en" else _filled(self.template, self.many, self.values, code)


def tell(template: str, **values: object) -> Told:
    """Return a message; whole numbers are told with their thousands, a year is given as text.

    The template stands as it is in the call: the tests look for it there, and for its translations.
    """
    return Told(template, values)


def tell_number(one: str, many: str, num: int, **values: object) -> Told:
    """Return a message about a number of things, ``%(num)s``."""
    return Told(one, {"num": num, **values}, many)


def marked(text: str) -> str:
    """Return a text that is put into words elsewhere; the tests look for its translations."""
    return text


def both(one: str, other: str) -> Told:
    """Return two messages as one."""
    return Told("%(one)s; %(other)s", {"one": Told(one), "other": Told(other)})


def isolated(text: str) -> str:
    """Return a message whose texts keep their direction to themselves: ids in an Arabic sentence.

    Examples
    --------
    >>> isolated(tell("no %(name)s", name="Oslo")) == "no \u2068Oslo\u2069"
    True
    """
    if not isinstance(text, Told):
        return text
    values = {name: _alone(value) for name, value in text.values.items()}
    return Told(text.template, values, text.many)


def _alone(value: object) -> object:
    if isinstance(value, Told):
        return isolated(value)
    return alone(value) if isinstance(value, str) else value


def alone(text: str) -> str:
    """Return a text that keeps its direction to itself, whatever stands around it."""
    return f"\u2068{text}\u2069"


def spoken(text: str, code: str) -> str:
    """Return a text in a language: a message by its template, another one by itself."""
    return text.spoken(code) if isinstance(text, Told) else message(text, code)


def _filled(template: str, many: str | None, values: Mapping[str, object], code: str) -> str:
    if isinstance(template, Told) and not values:
        return template.spoken(code)
    number = values.get("num")
    if many is None or not isinstance(number, int):
        text = message(template, code)
    else:
        text = plural(template, many, number, code)
    return text % {name: _said(value, code) for name, value in values.items()} if values else text


def _said(value: object, code: str) -> str:
    if isinstance(value, Told):
        return value.spoken(code)
    if isinstance(value, Share):
        return percent(value, code, value.digits)
    if isinstance(value, int) and not isinstance(value, bool):
        return whole(value, code)
    return decimal(value, code) if isinstance(value, float) else str(value)
