"""What both halves of the compiler speak of: terms, variables, and typed pieces of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from kg.errors import KgError

__all__ = [
    "FIRST_INTEGER",
    "XSD",
    "Term",
    "UnsupportedError",
    "Value",
    "Var",
    "quoted",
]

XSD = "http://www.w3.org/2001/XMLSchema#"
FIRST_INTEGER = 1 << 60
"""The number of the integer 0: each integer stands at its own distance from it."""


class UnsupportedError(KgError):
    """The query says something that the column engine does not know: ask the store."""


class Term(NamedTuple):
    """An IRI (``iri``) or a literal (``literal``)."""

    kind: str
    text: str
    language: str = ""
    datatype: str = ""


class Var(NamedTuple):
    """A variable."""

    name: str


@dataclass(frozen=True)
class Value:
    """A piece of SQL and what it yields.

    Attributes
    ----------
    sql:
        The text.
    kind:
        ``term`` (a number of the dictionary), ``int``, ``dec`` (a decimal times 10^18, whole),
        ``text`` (a plain string), ``iri`` (its text), ``bool``, or ``none`` (nothing, ever).
    types:
        What a term may be, as letters: I an IRI, B a blank node, N an integer, M another number,
        L another literal.
    is_sure:
        Whether it is never unbound.
    constant:
        The term that it always is.
    """

    sql: str
    kind: str = "term"
    types: str = "IBNML"
    is_sure: bool = False
    constant: Term | None = None


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    if "\0" in text:
        raise UnsupportedError("a text with NUL")
    return "'" + text.replace("'", "''") + "'"
