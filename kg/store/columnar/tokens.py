"""The tokens of a query."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.store.columnar.values import UnsupportedError

__all__ = ["tokens"]

_TOKEN = re.compile(
    r"""
    (?P<skip>\s+|\#[^\n]*)
  | <(?P<iri>[^\s<>"{}|\\^`]*)>
  | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | [?$](?P<var>\w+)
  | @(?P<lang>[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<number>(?:\d+\.\d*|\.?\d+)(?:[eE][-+]?\d+)?)
  | (?P<name>(?:[A-Za-z][\w.-]*)?:(?:\w(?:[\w.-]*[\w-])?)?)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign>\^\^|&&|\|\||!=|<=|>=|[{}()\[\].,;=<>!*/+\-|^?])
    """,
    re.VERBOSE,
)


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of each token.

    Raises
    ------
    UnsupportedError
        Something is none that is known here.
    """
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise UnsupportedError(f"{text[at : at + 20]!r}")
        at = match.end()
        kind = str(match.lastgroup)
        if kind != "skip":
            yield kind, match[kind]
