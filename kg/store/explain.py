"""The engine's complaints, said so that a person can act on them."""

from __future__ import annotations

import re

from kg.errors import LimitError, QueryError

__all__ = ["out_of_memory", "syntax_error"]

_MIB = 1024 * 1024
_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected )?(?:one of )?(.*)", re.DOTALL)
_CHARACTER_CLASS = re.compile(r"\[(?:'(?:\\.[^']*|[^'])'|[^\]'])*\]")
_QUOTED = re.compile(r'"((?:\\.|[^"\\])+)"')
_KEYWORD = re.compile(r"\b[A-Z_]{2,}\b")
_SENTENCE = re.compile(r"\b(?:The|Prefix|Invalid|Unexpected|Duplicate|[A-Z][a-z]+)\b[^,\"]*")
_EXCERPT = 40  # characters shown on either side of the place
_SHOWN = 12  # alternatives named at most: the engine may list some hundred


def syntax_error(message: str, query: str) -> QueryError:
    """Turn the engine's "error at 2:8: expected one of …" into an error with its place.

    The text names the line, what stands there and what the engine would have accepted.
    """
    match = _PLACE.match(message)
    if match is None:
        return QueryError(f"The query is not valid SPARQL: {message}")
    line, column = int(match[1]), int(match[2])
    return QueryError(
        f"Not valid SPARQL at line {line}, column {column}: {_reason(match[3])}"
        f"{_around(query, line, column)}",
        line,
        column,
    )


def _reason(expected: str) -> str:
    plain = _CHARACTER_CLASS.sub("", expected)
    sentences = [
        s.strip().removesuffix(".") for s in _SENTENCE.findall(_QUOTED.sub("", plain)) if " " in s
    ]
    if sentences:
        return f"{'; '.join(dict.fromkeys(sentences))}."
    names = [*_KEYWORD.findall(_QUOTED.sub("", plain)), *map(_unescaped, _QUOTED.findall(plain))]
    names = list(dict.fromkeys(names))
    if not names:
        return "this cannot stand here."
    more = f" or {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"expected {'one of ' if names[1:] else ''}{' '.join(names[:_SHOWN])}{more}."


def _unescaped(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token)


def _around(query: str, line: int, column: int) -> str:
    lines = re.split(r"\r\n|\r|\n", query)
    text = lines[line - 1] if line <= len(lines) else ""
    before, after = text[: column - 1].strip()[-_EXCERPT:], text[column - 1 :].strip()[:_EXCERPT]
    places = [f"after {before!r}" if before else "", f"before {after!r}" if after else ""]
    return f" This is {' and '.join(filter(None, places))}." if any(places) else ""


def out_of_memory(limit: int) -> LimitError:
    """Return the error for a query that wanted more memory than ``limit`` bytes."""
    return LimitError(
        f"The query needed more than {limit / _MIB:,.0f} MiB of memory and was stopped. Ask for "
        "less: sort, group or join fewer rows.",
        status=413,
    )
