"""Filters as people write them: keys, codes and names, turned into the IRIs of the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from kg.errors import QueryError
from kg.network import FILTERS, Filters
from kg.queries import Resolver
from kg.terms import PREFIXES, VOCABULARY_BASE

__all__ = ["FILTER_CLASSES", "resolve_filters"]

FILTER_CLASSES: dict[str, str] = {
    "bloc": "Bloc",
    "country": "Country",
    "held_in": "Country",
    "method": "Method",
    "programme": "Programme",
    "sector": "Sector",
    "series": "TrainingSeries",
    "topic": "Topic",
}
"""Filter → the class of the things that its values mean."""


def resolve_filters(
    filters: Mapping[str, object],
    resolve: Resolver,
    prefixes: Mapping[str, str] = PREFIXES,
) -> Filters:
    """Return filters with IRIs for values; empty ones are left out.

    Raises
    ------
    QueryError
        A filter is unknown, or a value means nothing or more than one thing.
    """
    unknown = sorted(set(filters) - set(FILTERS))
    if unknown:
        raise QueryError(
            f"There is no filter {', '.join(unknown)}. Accepted: {', '.join(FILTERS)}."
        )
    given = {name: value for name, value in filters.items() if value not in (None, "", [], ())}
    return cast("Filters", _all_resolved(given, resolve, prefixes))


def _all_resolved(
    filters: Mapping[str, object], resolve: Resolver, prefixes: Mapping[str, str]
) -> dict[str, object]:
    resolved = dict(filters)
    for name in filters.keys() & {*FILTER_CLASSES, "format"}:
        value = filters[name]
        values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        resolved[name] = [_iri(name, str(v), resolve, prefixes) for v in values]
    return resolved


def _iri(name: str, text: str, resolve: Resolver, prefixes: Mapping[str, str]) -> str:
    if text.startswith(("http://", "https://")):
        return text
    prefix, colon, key = text.partition(":")
    if colon and prefix in prefixes:
        return prefixes[prefix] + key
    if name == "format":
        # A format is a class; its key is the class's name.
        return VOCABULARY_BASE + "".join(w[:1].upper() + w[1:] for w in text.split("-"))
    return resolve(text, VOCABULARY_BASE + FILTER_CLASSES[name])
