"""What servers do in their own way, known by the name that they give themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kg.store.guard import tokens

__all__ = ["DIALECTS", "STANDARD", "Dialect", "bound_by_text", "dialect_of", "flattened"]

_BIND = re.compile(r"\bBIND\s*\(", re.IGNORECASE)
_SIMPLE = re.compile(
    r"\{\s*SELECT\s+DISTINCT(?P<columns>(?:\s+\?\w+)+)\s+WHERE\s*\{(?P<pattern>[^{}]*)\}\s*\}",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"\?\w+")
_BOUND = re.compile(r"\bBOUND\s*\(\s*([?$]\w+)\s*\)", re.IGNORECASE)


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
    needs_union:
        A triple of several graphs counts several times there, unless the default graph is one.
    graph_store:
        The path of its graph store, where that is always the same.
    rewritings:
        From a query that it gets wrong to one of the same meaning that it gets right.
    """

    name: str = "standard"
    cuts_graphs: bool = False
    nested_pages: bool = False
    needs_union: bool = False
    graph_store: str | None = None
    rewritings: Sequence[Callable[[str], str]] = ()

    def rewritten(self, sparql: str) -> str:
        """Return a query as this server is to be asked."""
        for rewriting in self.rewritings:
            sparql = rewriting(sparql)
        return sparql


def bound_by_text(sparql: str) -> str:
    r"""Return a query in which BIND asks for a variable's text and not whether it is BOUND.

    Virtuoso (seen in 7.2.5) may hold a variable of OPTIONAL for bound where it is not, in BIND and
    where the OPTIONAL stands in a UNION or beside others; of its text it knows that there is none.

    Examples
    --------
    >>> bound_by_text("BIND(IF(BOUND(?x), 1, 0) AS ?n) FILTER(BOUND(?x))")
    'BIND(IF((COALESCE(STR(?x), "\\uFFFF") != "\\uFFFF"), 1, 0) AS ?n) FILTER(BOUND(?x))'
    """
    parts, done = [], 0
    for start in (match.end() for match in _BIND.finditer(sparql)):
        if start < done:
            continue
        end = _closing(sparql, start)
        parts += [sparql[done:start], _BOUND.sub(_has_text, sparql[start:end])]
        done = end
    return "".join([*parts, sparql[done:]])


def flattened(sparql: str) -> str:
    """Return a query in which a SELECT DISTINCT has no simple SELECT DISTINCT inside.

    Virtuoso (seen in 7.2.5) loses rows where two subqueries with alternatives are joined. One whose
    pattern has no braces and no further variables says no more than its pattern does, where the
    query around it is DISTINCT too.

    Examples
    --------
    >>> flattened("SELECT DISTINCT ?s { { SELECT DISTINCT ?s ?t WHERE { ?s a ?t } } }")
    'SELECT DISTINCT ?s { { ?s a ?t } }'
    >>> flattened("SELECT (COUNT(?s) AS ?n) { { SELECT DISTINCT ?s WHERE { ?s a ?t } } }")
    'SELECT (COUNT(?s) AS ?n) { { SELECT DISTINCT ?s WHERE { ?s a ?t } } }'
    """
    parts, done = [], 0
    for match in _SIMPLE.finditer(sparql):
        columns = set(_VARIABLE.findall(match["columns"]))
        if columns >= set(_VARIABLE.findall(match["pattern"])) and _is_distinct(
            sparql[: match.start()]
        ):
            parts += [sparql[done : match.start()], f"{{{match['pattern']}}}"]
            done = match.end()
    return "".join([*parts, sparql[done:]])


def _is_distinct(before: str) -> bool:
    """Whether the innermost SELECT around the end of a text is DISTINCT."""
    depth, selects = 0, [(0, False)]
    words = [(token[0].upper(), token.lastgroup) for token in tokens(before)]
    for (word, kind), (following, _) in zip(words, [*words[1:], ("", "")], strict=True):
        depth += (word == "{") - (word == "}")
        if word == "SELECT" and kind == "word":
            selects.append((depth, following == "DISTINCT"))
        while word == "}" and selects[-1][0] > depth:
            selects.pop()
    return selects[-1][1]


def _has_text(match: re.Match[str]) -> str:
    return f'(COALESCE(STR({match[1]}), "\\uFFFF") != "\\uFFFF")'


def _closing(text: str, start: int) -> int:
    """Return where the bracket closes whose inside begins at ``start``."""
    depth = 1
    for token in tokens(text[start:]):
        depth += (token[0] == "(") - (token[0] == ")")
        if depth == 0:
            return start + token.start()
    return len(text)


STANDARD = Dialect()
DIALECTS: Mapping[str, Dialect] = {
    "virtuoso": Dialect(
        "virtuoso",
        cuts_graphs=True,
        nested_pages=True,
        needs_union=True,
        graph_store="/sparql-graph-crud-auth",
        rewritings=(bound_by_text, flattened),
    )
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
