"""The interface that every store has, and how answers in SPARQL's JSON become values."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from kg.results import ResultTable, Value

__all__ = ["JSON_RESULTS", "WHOLE_NUMBERS", "XSD", "Store", "table_from_json"]

JSON_RESULTS = "application/sparql-results+json"
XSD = "http://www.w3.org/2001/XMLSchema#"
WHOLE_NUMBERS = (
    "integer",
    "int",
    "long",
    "short",
    "byte",
    "nonNegativeInteger",
    "positiveInteger",
    "nonPositiveInteger",
    "negativeInteger",
    "unsignedInt",
    "unsignedLong",
    "unsignedShort",
    "unsignedByte",
)


class Store(Protocol):
    """Something that answers SPARQL queries over one state of the graph.

    The default graph is the union of all named graphs.
    """

    @property
    def release_id(self) -> str:
        """Name the state that answers; for an endpoint elsewhere, its address."""
        ...

    def serialise(self, sparql: str, media_type: str) -> bytes:
        """Answer a query in a media type.

        Raises
        ------
        QueryError
            The query is malformed, or its form has no answer in this media type.
        LimitError
            The answer met a limit.
        """
        ...

    def table(self, sparql: str) -> ResultTable:
        """Answer a SELECT or ASK query as a table; an ASK gives one cell under ``answer``."""
        ...


def table_from_json(document: bytes, meta: Mapping[str, object]) -> ResultTable:
    """Return the table in a SPARQL 1.1 Query Results JSON document."""
    answer = json.loads(document)
    if "boolean" in answer:
        return ResultTable(("answer",), [(bool(answer["boolean"]),)], meta)
    columns = tuple(answer["head"]["vars"])
    rows = [
        tuple(_value(binding.get(name)) for name in columns)
        for binding in answer["results"]["bindings"]
    ]
    return ResultTable(columns, rows, meta)


def _value(term: Mapping[str, Any] | None) -> Value:
    """Return a Python value for a term; a literal that its datatype forbids stays text."""
    if term is None:
        return None
    text = str(term["value"])
    convert = _CONVERSIONS.get(term.get("datatype", ""))
    try:
        return convert(text) if convert else text
    except ValueError:
        return text


def _boolean(text: str) -> bool:
    return text in ("true", "1")


_CONVERSIONS: dict[str, Callable[[str], Value]] = {
    XSD + "boolean": _boolean,
    XSD + "date": dt.date.fromisoformat,
    XSD + "decimal": float,
    XSD + "double": float,
    XSD + "float": float,
    **{XSD + name: int for name in WHOLE_NUMBERS},
}
