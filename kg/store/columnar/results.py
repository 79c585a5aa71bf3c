"""Rows as a document of results, piece by piece, so that one too large is refused early."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import pyoxigraph as ox

from kg.store.base import JSON_RESULTS
from kg.store.columnar.values import XSD
from kg.store.explain import too_large
from kg.store.remote.answers import TABLES

__all__ = ["document", "integer", "term", "written"]

_ONE = 10**18


def document(
    names: Sequence[str],
    pieces: Iterable[Iterable[str]],
    media_type: str = JSON_RESULTS,
    max_bytes: int | None = None,
) -> bytes:
    """Return a table in one of :data:`kg.store.remote.answers.TABLES`.

    Parameters
    ----------
    names:
        Its variables.
    pieces:
        Some rows at a time, each as the object that it is in SPARQL's JSON.

    Raises
    ------
    LimitError
        It is larger than ``max_bytes``.
    """
    head, tail = _around(names, media_type)
    parts, size = [head], len(head) + len(tail)
    is_json = media_type == JSON_RESULTS
    for rows in pieces:
        raw = ",".join(rows).encode()
        if is_json:
            body = b"," * (len(parts) > 1) * bool(raw) + raw
        else:
            whole = _in_format(_json(names, raw), media_type)
            body = whole[len(head) : len(whole) - len(tail)]
        size += len(body)
        if max_bytes is not None and size > max_bytes:
            raise too_large(f"is larger than {max_bytes / 2**20:g} MiB")
        parts.append(body)
    return b"".join([*parts, tail])


def _json(names: Sequence[str], rows: bytes = b"") -> bytes:
    return b"".join(
        [b'{"head":{"vars":', json.dumps(list(names)).encode(), b'},"results":{"bindings":[',
         rows, b"]}}"]
    )  # fmt: skip


def _around(names: Sequence[str], media_type: str) -> tuple[bytes, bytes]:
    """Return what stands before the rows and what behind them."""
    empty = _json(names)
    if media_type == JSON_RESULTS:
        return empty[:-3], empty[-3:]
    whole = _in_format(empty, media_type)
    rows = whole.find(b"</results>")
    return (whole, b"") if rows < 0 else (whole[:rows], whole[rows:])


def _in_format(raw: bytes, media_type: str) -> bytes:
    solutions = ox.parse_query_results(io.BytesIO(raw), format=ox.QueryResultsFormat.JSON)
    assert isinstance(solutions, ox.QuerySolutions)
    made = solutions.serialize(format=TABLES[media_type])
    assert made is not None  # it goes to no file
    return made


def term(kind: str, text: str, language: str = "", datatype: str = "") -> str:
    """Return a term as SPARQL's JSON has it; ``kind`` is iri, literal or bnode."""
    value = json.dumps(text, ensure_ascii=False)
    if kind != "literal":
        named = "uri" if kind == "iri" else kind
        return f'{{"type":"{named}","value":{value}}}'
    if language:
        return f'{{"type":"literal","value":{value},"xml:lang":{json.dumps(language)}}}'
    if datatype and datatype != f"{XSD}string":
        shown = json.dumps(datatype, ensure_ascii=False)
        return f'{{"type":"literal","value":{value},"datatype":{shown}}}'
    return f'{{"type":"literal","value":{value}}}'


def integer(number: int) -> str:
    """Return a whole number as SPARQL's JSON has it."""
    return f'{{"type":"literal","value":"{number}","datatype":"{XSD}integer"}}'


def written(cell: Any, kind: str) -> str:
    """Return what was computed as SPARQL's JSON has it; ``kind`` as of a value of SQL."""
    if kind == "int":
        return integer(cell)
    if kind == "dec":
        return term("literal", _decimal(cell), datatype=f"{XSD}decimal")
    if kind == "bool":
        return term("literal", "true" if cell else "false", datatype=f"{XSD}boolean")
    return term("iri" if kind == "iri" else "literal", cell)


def _decimal(scaled: int) -> str:
    """Write a decimal as the engine of the store does: without zeros at its end."""
    sign, (whole, rest) = "-" * (scaled < 0), divmod(abs(int(scaled)), _ONE)
    return f"{sign}{whole}.{rest:018}".rstrip("0").rstrip(".")
