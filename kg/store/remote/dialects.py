"""What servers do in their own way, known by the name that they give themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["DIALECTS", "STANDARD", "Dialect", "dialect_of"]


@dataclass(frozen=True)
class Dialect:
    """How a kind of server is to be asked.

    Attributes
    ----------
    name:
        What it is called.
    cuts_graphs:
        It may give a part of a CONSTRUCT query's graph without a word, so that has to be checked.
    nested_pages:
        It sorts for far pages only in a query inside another.
    rewritings:
        From a query that it gets wrong to one of the same meaning that it gets right.
    """

    name: str = "standard"
    cuts_graphs: bool = False
    nested_pages: bool = False
    rewritings: Sequence[Callable[[str], str]] = ()

    def rewritten(self, sparql: str) -> str:
        """Return a query as this server is to be asked."""
        for rewriting in self.rewritings:
            sparql = rewriting(sparql)
        return sparql


STANDARD = Dialect()
DIALECTS: Mapping[str, Dialect] = {
    "virtuoso": Dialect("virtuoso", cuts_graphs=True, nested_pages=True),
}
"""Kinds of servers by the first word of their Server header, in small letters."""


def dialect_of(server: str) -> Dialect:
    """Return the dialect of a server by its Server header.

    Examples
    --------
    >>> dialect_of("Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu").name
    'virtuoso'
    >>> dialect_of("nginx").name
    'standard'
    """
    return DIALECTS.get(server.strip().partition("/")[0].lower(), STANDARD)
