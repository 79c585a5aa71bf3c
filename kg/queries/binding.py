"""Values bound into the text of a query: replaced between braces, never glued in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from kg.errors import QueryError
from kg.language import tell
from kg.queries.files import NamedQuery
from kg.queries.values import LITERALS, Parameter, refusal
from kg.terms import PREFIXES

_PARAMETER_LINE = r"(?m)^(\s*VALUES\s+\?{name}\s*\{{)([^}}\n]*)(\}}\s*#\s*parameter\b.*)$"
_LIMIT_LINE = r"(?m)^(\s*LIMIT\s+)([0-9]+)(\s*#\s*parameter\s+{name}\b.*)$"
_CURIE = re.compile(r"^([a-z][a-z0-9]*):([A-Za-z0-9._~-]+)$")
_IRI = re.compile(r"^https?://[^\s<>\"{}|\\^`]+$")

Resolver = Callable[[str, str | None], str]
"""Turns a text and a class IRI (or None) into the IRI of the thing that is meant."""


def bind(
    query: NamedQuery,
    values: Mapping[str, object],
    resolve: Resolver | None = None,
    prefixes: Mapping[str, str] = PREFIXES,
    usual: Mapping[str, str] | None = None,
) -> str:
    """Return the query's text with its parameters bound.

    Parameters
    ----------
    query:
        A named query.
    values:
        A value, or a list of values of which any may hold, for each parameter. IRIs may be
        given whole, as CURIE (``country:ZA``), or as a key or label that ``resolve`` knows.
    resolve:
        Finds the thing that a key or a label means.
    prefixes:
        What the prefix of a CURIE stands for.
    usual:
        Class IRI → what a parameter for its things means where nothing is given, in the place of
        what the query's own header says; see :func:`usual_value`.

    Raises
    ------
    QueryError
        A parameter is unknown, missing or badly formed; the message says what is accepted.
    """
    unknown = sorted(set(values) - set(query.parameters))
    if unknown:
        accepted = ", ".join(query.parameters) or "none"
        raise QueryError(
            tell(
                "%(name)s has no parameter %(key)s.%(hint)s Accepted: %(accepted)s.",
                name=query.id,
                key=", ".join(unknown),
                hint="",
                accepted=accepted,
            )
        )
    text = query.text
    for parameter in query.parameters.values():
        parameter = replace(parameter, default=usual_value(parameter, usual or {}))
        given = _given(query, parameter, values.get(parameter.name))
        terms = None if given is None else [_term(parameter, v, resolve, prefixes) for v in given]
        text = _with_values(text, parameter.name, terms)
    return text


def usual_value(parameter: Parameter, usual: Mapping[str, str]) -> str | None:
    """Return what a parameter means where nothing is given.

    ``usual`` (class IRI → value) says it of parameters that have a thing as their default;
    ``any`` and parameters that must be given stay as they are.
    """
    if parameter.default in (None, "any"):
        return parameter.default
    return usual.get(parameter.target or "", parameter.default)


def _given(query: NamedQuery, parameter: Parameter, value: object) -> list[object] | None:
    """Return the values of a parameter, or None where nothing restricts it."""
    if value is None or value == "" or value == []:
        value = parameter.default
    if value is None:
        raise QueryError(
            tell(
                "%(query)s needs a value for %(name)s (%(type)s), such as %(example)s.",
                query=query.id,
                name=parameter.name,
                type=parameter.type,
                example=parameter.example,
            )
        )
    values = list(value) if isinstance(value, list | tuple | set) else [value]
    if parameter.type == "count" and len(values) > 1:
        raise refusal(parameter, ", ".join(map(str, values)), "one number")
    return None if "any" in values else values


def _with_values(text: str, name: str, terms: Iterable[str] | None) -> str:
    joined = None if terms is None else " ".join(terms)
    text = _with_value(text, _PARAMETER_LINE.format(name=name), joined and f" {joined} ")
    return _with_value(text, _LIMIT_LINE.format(name=name), joined)


def _with_value(text: str, line: str, value: str | None) -> str:
    return re.sub(line, lambda m: "" if value is None else f"{m[1]}{value}{m[3]}", text)


def entity_iri(
    text: str,
    target: str | None,
    resolve: Resolver | None,
    prefixes: Mapping[str, str] = PREFIXES,
) -> str | None:
    """Return the IRI that a text means: an IRI, a CURIE, or what ``resolve`` finds.

    None where it is neither of the first two and there is no ``resolve``.
    """
    text = text.strip()
    if _IRI.match(text):
        return text
    curie = _CURIE.match(text)
    if curie and curie[1] in prefixes:
        return prefixes[curie[1]] + curie[2]
    return resolve(text, target) if resolve else None


def _term(
    parameter: Parameter,
    value: object,
    resolve: Resolver | None,
    prefixes: Mapping[str, str],
) -> str:
    if parameter.type != "iri":
        return LITERALS[parameter.type](parameter, value)
    try:
        iri = entity_iri(str(value), parameter.target, resolve, prefixes)
    except QueryError as error:
        message = tell("%(name)s: %(error)s", name=parameter.name, error=error.told)
        raise QueryError(message, candidates=error.candidates) from error
    if iri is None:
        raise refusal(parameter, value, "an IRI, or a CURIE such as country:ZA")
    return f"<{iri}>"
