"""All query files by id, and which of them a text is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from kg.errors import NotFoundError
from kg.files import shipped_folder
from kg.language import tell
from kg.queries.files import NamedQuery, parse_query

INTERNAL_GROUPS = frozenset({"columns", "endpoint", "lookup", "pages"})
"""Groups that serve the software; the catalogue shows people the others."""

_DECLARED_LINE = re.compile(
    r"(?m)^\s*(?:VALUES\s+\?\w+\s*\{[^}\n]*\}|LIMIT\s+[0-9]+)\s*#\s*parameter\b.*$"
)


def catalogue(folder: Path | None = None) -> Mapping[str, NamedQuery]:
    """Return all query files by id, such as ``people/learned-method``.

    Raises
    ------
    QueryError
        A file's header is malformed; the message names the file.
    """
    return _catalogue(folder or shipped_folder("queries"))


@lru_cache(maxsize=4)
def _catalogue(root: Path) -> Mapping[str, NamedQuery]:
    found = (parse_query(path, root) for path in sorted(root.glob("*/*.rq")))
    return {query.id: query for query in found}


def get_query(query_id: str, folder: Path | None = None) -> NamedQuery:
    """Return one named query.

    Raises
    ------
    NotFoundError
        There is none of this id; the message lists close ones.
    """
    known = catalogue(folder)
    if query_id in known:
        return known[query_id]
    close = difflib.get_close_matches(query_id, known, n=3, cutoff=0.4)
    hint = tell(" Close: %(close)s.", close=", ".join(close)) if close else ""
    raise NotFoundError(
        tell(
            "There is no query %(query_id)s.%(hint)s 'kg query' lists all.",
            query_id=repr(query_id),
            hint=hint,
        )
    )


def origin(sparql: str) -> str:
    """Return the text of the named query that a query is, whatever its parameters; else none.

    Comments and the lines of parameters do not count.
    """
    return _origins().get(_essence(sparql), "")


@lru_cache(maxsize=1)
def _origins() -> Mapping[str, str]:
    return {_essence(query.text): query.text for query in catalogue().values()}


def _essence(sparql: str) -> str:
    lines = _DECLARED_LINE.sub("", sparql).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip() and line[0] != "#")
