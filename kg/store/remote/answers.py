"""Answers as they come from servers elsewhere: counted, joined from pages, in another format."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from typing import Any, BinaryIO

import pyoxigraph as ox

from kg.store.base import JSON_RESULTS
from kg.store.rows import RowCounter

__all__ = ["TABLES", "as_format", "count_rows", "joined", "read_rows"]

XML_RESULTS = "application/sparql-results+xml"
TABLES: dict[str, ox.QueryResultsFormat] = {
    JSON_RESULTS: ox.QueryResultsFormat.JSON,
    XML_RESULTS: ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
"""Formats of tables by media type."""

_PARSED = (JSON_RESULTS, XML_RESULTS)
_CHUNK = 1024 * 1024
_NO_LABEL = re.compile(r"[^A-Za-z0-9_.]")


def count_rows(file: BinaryIO, media_type: str) -> int:
    """Return the number of rows of a table in one of TABLES; the file stands at its start again.

    Raises
    ------
    ValueError
        It is no such table.
    """
    file.seek(0)
    try:
        if media_type in _PARSED:
            return _parsed_count(file, media_type)
        counter = RowCounter(media_type)
        rows = 0
        while data := file.read(_CHUNK):
            rows = counter.take(data)
        return max(rows, 0)
    finally:
        file.seek(0)


def _parsed_count(file: BinaryIO, media_type: str) -> int:
    try:
        found = ox.parse_query_results(file, format=TABLES[media_type])
        return sum(1 for _ in found) if isinstance(found, ox.QuerySolutions) else 1
    except SyntaxError:
        # Labels of blank nodes such as Virtuoso's are none by the letter of SPARQL.
        file.seek(0)
        raw = file.read()
        if media_type == JSON_RESULTS:
            return len(read_rows(raw)["results"]["bindings"])
        return raw.count(b"<result>")


def read_rows(raw: bytes) -> dict[str, Any]:
    """Return a SPARQL JSON document of rows.

    Raises
    ------
    ValueError
        It is none.
    """
    document = json.loads(raw)
    try:
        names, rows = document["head"]["vars"], document["results"]["bindings"]
    except (LookupError, TypeError) as error:
        raise ValueError("this is no table in SPARQL's JSON") from error
    if not isinstance(names, list) or not isinstance(rows, list):
        raise ValueError("this is no table in SPARQL's JSON")
    return dict(document)


def joined(columns: Iterable[str], pages: Iterable[list[Any]]) -> dict[str, Any]:
    """Return one document of the rows of several pages."""
    rows = [row for page in pages for row in page]
    return {"head": {"vars": list(columns)}, "results": {"bindings": rows}}


def as_format(document: dict[str, Any], media_type: str) -> bytes:
    """Return a SPARQL JSON document in one of TABLES."""
    if media_type == JSON_RESULTS:
        return json.dumps(document, ensure_ascii=False).encode()
    plain = [
        {name: _plain_term(term) for name, term in row.items()}
        for row in document["results"]["bindings"]
    ]
    text = json.dumps({**document, "results": {"bindings": plain}}).encode()
    solutions = ox.parse_query_results(io.BytesIO(text), format=ox.QueryResultsFormat.JSON)
    assert isinstance(solutions, ox.QuerySolutions)
    written = solutions.serialize(format=TABLES[media_type])
    assert written is not None  # it goes to no file
    return written


def _plain_term(term: dict[str, Any]) -> dict[str, Any]:
    if term["type"] == "bnode":
        return {"type": "bnode", "value": "b" + _NO_LABEL.sub("_", str(term["value"]))}
    return {**term, "type": "literal"} if term["type"] == "typed-literal" else term
