"""Pages of a named query's answer: the query with an order that leaves no ties, and its rows.

A named query is SELECT … ORDER BY …, and it is ordered for its readers: rows may tie. With every
column behind that order there is one order only, so pages neither overlap nor leave gaps.
"""

from __future__ import annotations

import re

__all__ = ["columns_of", "counted", "paged"]

_SELECT = re.compile(r"(?m)^SELECT\b")
_ORDER = re.compile(r"(?m)^ORDER BY\b")
_TOKEN = re.compile(
    r"\bAS\s+\?(?P<named>\w+)|\?(?P<plain>\w+)|(?P<open>\()|(?P<close>\))|(?P<end>\bWHERE\b|\{)"
)


def columns_of(text: str) -> tuple[str, ...]:
    r"""Return the variables that a SELECT query answers with, in order.

    Examples
    --------
    >>> columns_of("PREFIX a: <urn:a>\nSELECT DISTINCT ?x (MAX(?y) AS ?z)\nWHERE { ?x a:b ?y }")
    ('x', 'z')
    """
    start = _SELECT.search(text)
    found: list[str] = []
    depth = 0
    for token in _TOKEN.finditer(text, start.end() if start else 0):
        if token["end"]:
            break
        depth += bool(token["open"]) - bool(token["close"])
        name = token["named"] if depth == 1 else token["plain"] if not depth else None
        if name:
            found.append(name)
    return tuple(found)


def paged(text: str, limit: int | None, offset: int) -> str:
    r"""Return a query for some rows of another one's answer; without a limit, for all that follow.

    Examples
    --------
    >>> print(paged("SELECT ?a ?b { ?a ?p ?b }\nORDER BY ?b", 10, 20))
    SELECT ?a ?b { ?a ?p ?b }
    ORDER BY ?b
      ?a ?b
    LIMIT 10
    OFFSET 20
    """
    every = " ".join(f"?{name}" for name in columns_of(text))
    lead = "  " if _ORDER.search(text) else "ORDER BY "
    lines = [text.rstrip(), f"{lead}{every}", *([f"LIMIT {limit}"] if limit is not None else [])]
    return "\n".join([*lines, f"OFFSET {offset}"])


def counted(text: str) -> str:
    r"""Return a query that counts another one's rows, as ``total``.

    Examples
    --------
    >>> print(counted("PREFIX a: <urn:a>\nSELECT ?x { ?x a:b ?y }"))
    PREFIX a: <urn:a>
    SELECT (COUNT(*) AS ?total) WHERE {
    {
    SELECT ?x { ?x a:b ?y }
    } }
    """
    start = _SELECT.search(text)
    place = start.start() if start else 0
    return f"{text[:place]}SELECT (COUNT(*) AS ?total) WHERE {{\n{{\n{text[place:].rstrip()}\n}} }}"
