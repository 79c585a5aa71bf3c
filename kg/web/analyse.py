"""Analyses over HTTP: the names, parameters and numbers of Python and the command line."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request, url_for

from kg.analysis.analyses import ANALYSES
from kg.analysis.base import Analysis, Parameter
from kg.analysis.naming import renamed
from kg.analysis.result import Result
from kg.errors import LimitError, NotFoundError, QueryError
from kg.language import LANGUAGES, speaking, tell
from kg.web import headers
from kg.web.sending import not_modified, send_text
from kg.web.service import service

__all__ = ["SUFFIXES", "answered", "asked_language", "blueprint", "in_words"]

blueprint = Blueprint("analyse", __name__, url_prefix="/api/analyse")

_PATIENCE_S = 20  # how long a request waits for the one before it
_RETRY_S = 10
_HEAVY = BoundedSemaphore(1)
_KEPT_ROWS = 5_000  # larger answers are not kept


def _parquet(result: Result) -> bytes:
    buffer = io.BytesIO()
    result.to_polars().write_parquet(buffer)
    return buffer.getvalue()


SUFFIXES: Mapping[str, tuple[str, Callable[[Result], str | bytes]]] = {
    "json": ("application/json", lambda result: result.to_json()),
    "csv": ("text/csv; charset=utf-8", lambda result: result.to_csv()),
    "parquet": ("application/vnd.apache.parquet", _parquet),
    "svg": ("image/svg+xml", lambda result: result.plot().svg),
}
"""Suffix of an address → media type, and how the result is written."""


@blueprint.get("")
def analyses() -> Response:
    """List the analyses with their parameters, columns and addresses."""
    document = {
        "release": service().release.id,
        "analyses": {name: _described(name, analysis) for name, analysis in ANALYSES.items()},
    }
    response = jsonify(document)
    return headers.revalidated(response, headers.etag(response.get_data(as_text=True)))


@blueprint.get("/<name>.<suffix>")
def answer(name: str, suffix: str) -> Response:
    """Answer an analysis as json (with method and coverage), csv, parquet or svg.

    ``language``: of the names of things, and of the words in a drawing and beside the numbers.
    """
    if suffix not in SUFFIXES:
        raise NotFoundError(
            tell(
                "There is no analysis as .%(suffix)s. Accepted: .%(accepted)s.",
                suffix=suffix,
                accepted=", .".join(SUFFIXES),
            )
        )
    given = sorted(f"{k}={v}" for k, v in request.args.items(multi=True))
    tag = headers.etag(service().release.id, str(service().graph.policy), name, suffix, given)
    if headers.is_known(tag):
        return not_modified(tag)
    media_type, write = SUFFIXES[suffix]
    code, values = _asked()
    result = in_words(answered(name, values), code)
    with speaking(code):
        return send_text(write(result), media_type, tag)


@blueprint.get("/<name>/<kind>.svg")
def drawing(name: str, kind: str) -> Response:
    """Draw an analysis in another way, such as ``flow-matrix`` as ``heatmap``."""
    given = sorted(f"{k}={v}" for k, v in request.args.items(multi=True))
    tag = headers.etag(service().release.id, str(service().graph.policy), name, kind, given)
    if headers.is_known(tag):
        return not_modified(tag)
    code, values = _asked()
    result = in_words(answered(name, values), code)
    with speaking(code):
        return send_text(result.plot(kind).svg, SUFFIXES["svg"][0], tag)


def _asked() -> tuple[str, dict[str, list[str]]]:
    """Return the language that is asked for, and the parameters of the analysis."""
    values = dict(request.args.lists())
    values.pop("language", None)
    return asked_language(), values


def asked_language() -> str:
    """Return the language that the address asks for; English where it asks for none.

    Raises
    ------
    QueryError
        It is none of ours.
    """
    code = request.args.getlist("language")[-1:] or ["en"]
    if code[0] not in LANGUAGES:
        raise QueryError(
            tell(
                "%(key)s: found %(value)s. Accepted: %(accepted)s.",
                key="language",
                value=repr(code[0][:40]),
                accepted=", ".join(LANGUAGES),
            )
        )
    return code[0]


def in_words(result: Result, code: str) -> Result:
    """Return a result with the names of things in a language, where the data have them."""
    return result if code == "en" else renamed(result, service().labels(code), code)


def answered(name: str, given: Mapping[str, list[str]], patience_s: float | None = None) -> Result:
    """Answer an analysis with the parameters of an address; the last answers are kept.

    A page asks for the same answer as its drawing and its downloads do a moment later. A heavy
    one waits up to ``patience_s`` for the one before it; None is what a request has.

    Raises
    ------
    KgError
        As :meth:`kg.analysis.graph.Graph.analyse`; LimitError where a long one keeps running.
    """
    kept, parts = service().analyses, sorted((key, tuple(values)) for key, values in given.items())
    key = (name, tuple(parts))
    found = kept.get(key)
    if found is not None:
        return found
    with _one_at_a_time(name, patience_s):
        values = {k: v[0] if len(v) == 1 else v for k, v in given.items()}
        result = service().graph.analyse(name, **values)
    if len(result) <= _KEPT_ROWS:
        kept.keep(key, result)
    return result


@contextmanager
def _one_at_a_time(name: str, patience_s: float | None = None) -> Iterator[None]:
    """Let heavy analyses wait for each other, so that they leave a processor to the others."""
    if name not in ANALYSES or not ANALYSES[name].heavy:
        yield
        return
    if not _HEAVY.acquire(timeout=_PATIENCE_S if patience_s is None else patience_s):
        raise LimitError(
            tell(
                "Another long analysis is running. Try again in a while, or run it on your own "
                "machine: kg analyse %(name)s.",
                name=name,
            ),
            retry_after=_RETRY_S,
        )
    try:
        yield
    finally:
        _HEAVY.release()


def _described(name: str, analysis: Analysis) -> dict[str, Any]:
    query = urlencode(analysis.example)
    return {
        "title": analysis.title,
        "definition": analysis.definition,
        "formula": analysis.formula,
        "reference": analysis.reference,
        "columns": dict(analysis.columns),
        "parameters": {key: _parameter(p) for key, p in analysis.parameters.items()},
        "filters": list(analysis.filters),
        "example": dict(analysis.example),
        "links": {
            suffix: f"{url_for('analyse.answer', name=name, suffix=suffix)}?{query}"
            for suffix in SUFFIXES
            if suffix != "svg" or analysis.chart
        },
        "drawings": {
            chart.kind: f"{url_for('analyse.drawing', name=name, kind=chart.kind)}?{query}"
            for chart in analysis.charts
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "kind": parameter.kind,
        "help": parameter.help,
        "default": parameter.default,
        "choices": list(parameter.choices),
        "least": parameter.least,
        "most": parameter.most,
    }
