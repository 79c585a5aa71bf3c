"""The engine's complaints, said so that a person can act on them."""

from __future__ import annotations

import re

from kg.errors import LimitError, QueryError
from kg.store.grammar import fault_of, undeclared

__all__ = ["BY_KEY", "out_of_memory", "syntax_error", "too_large"]

BY_KEY = (
    'some keys first, then their rows: { SELECT DISTINCT ?key { … FILTER(STR(?key) > "the last '
    'one") } ORDER BY STR(?key) LIMIT 1000 } …'
)
"""How to have a large answer in pages: IRIs have no order of their own, but their texts have."""

_MIB = 1024 * 1024
_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected )?(?:one of )?(.*)", re.DOTALL)
_CHARACTER_CLASS = re.compile(r"\[(?:'(?:\\.[^']*|[^'])'|[^\]'])*\]")
_QUOTED = re.compile(r'"((?:\\.|[^"\\])+)"')
_KEYWORD = re.compile(r"\b[A-Z_]{2,}\b")
_SENTENCE = re.compile(r"\b[A-Z][a-z]+ [^,\"]*|\bThe [^,\"]*")
_PREFIX = re.compile(r"([\w.-]*:)[^\s:]*$")
_EXCERPT = 40  # characters shown on either side of the place
_TAIL = 200  # characters in which an undeclared prefix is looked for
_SHOWN = 12  # alternatives named at most: the engine may list some hundred


def syntax_error(message: str, query: str) -> QueryError:
    """Turn the engine's "error at 2:8: expected one of …" into an error with its place.

    The text names the line, what stands there and what would be accepted: by the grammar where it
    finds the fault, which is never behind the place that the engine came to, else by the engine.
    """
    match = _PLACE.match(message)
    if match is None:
        return QueryError(f"The query is not valid SPARQL: {message}")
    line, column = int(match[1]), int(match[2])
    fault = fault_of(query)
    if fault and (fault.line, fault.column) <= (line, column):
        line, column = fault.line, fault.column
    else:
        fault = None
    before, after = _around(query, line, column)
    places = [
        f"after {before[-_EXCERPT:]!r}" if before else "",
        f"before {after[:_EXCERPT]!r}" if after else "",
    ]
    here = f" This is {' and '.join(filter(None, places))}." if any(places) else ""
    reason = fault.reason if fault else _reason(match[3], before)
    return QueryError(
        f"Not valid SPARQL at line {line}, column {column}: {reason}{here}", line, column
    )


def _around(query: str, line: int, column: int) -> tuple[str, str]:
    """Return what stands on the line before and after a place."""
    lines = re.split(r"\r\n|\r|\n", query)
    text = lines[line - 1] if line <= len(lines) else ""
    return text[: column - 1].strip(), text[column - 1 :].strip()


def _reason(expected: str, before: str) -> str:
    plain = _CHARACTER_CLASS.sub("", expected)
    unquoted = _QUOTED.sub("", plain)
    prefix = _PREFIX.search(before[-_TAIL:])
    if "Prefix not found" in plain and prefix:
        return undeclared(prefix[1])
    sentences = [s.strip().removesuffix(".") for s in _SENTENCE.findall(unquoted)]
    if sentences:
        return f"{'; '.join(dict.fromkeys(sentences))}."
    return _alternatives([*_KEYWORD.findall(unquoted), *map(_unescaped, _QUOTED.findall(plain))])


def _alternatives(names: list[str]) -> str:
    distinct = list(dict.fromkeys(names))
    if not distinct:
        return "this cannot stand here."
    more = f" or {len(distinct) - _SHOWN} more" if len(distinct) > _SHOWN else ""
    one_of = "one of " if len(distinct) > 1 else ""
    return f"expected {one_of}{' '.join(distinct[:_SHOWN])}{more}."


def _unescaped(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token)


def out_of_memory(limit: int) -> LimitError:
    """Return the error for a query that wanted more memory than ``limit`` bytes."""
    return LimitError(
        f"The query needed more than {limit / _MIB:,.0f} MiB of memory and was stopped. Ask for "
        "less: sort, group or join fewer rows.",
        status=413,
    )


def too_large(most: str) -> LimitError:
    """Return the error for an answer that is larger than what is sent; ``most`` says how."""
    return LimitError(
        f"The answer {most}, the most sent this way. Nothing was cut off: there is no answer. Ask "
        f"for less (LIMIT, fewer variables, a filter), for a named query in pages (limit=1000 and "
        f"offset= in its address), page by key ({BY_KEY}), or take the files of the release, "
        "which /files lists.",
        status=413,
    )
