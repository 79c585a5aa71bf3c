"""Filters as people write them: keys, codes and names, turned into the IRIs of the columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from kg.analysis.blocs import country_set, is_country_set
from kg.errors import QueryError
from kg.language import tell
from kg.network import FILTERS, Filters
from kg.queries import Resolver, entity_iri
from kg.terms import PREFIXES, VOCABULARY_BASE

__all__ = ["FILTER_CLASSES", "LEVEL_CLASSES", "parse_years", "resolve_filters"]

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

LEVEL_CLASSES: dict[str, str] = {
    "bloc": VOCABULARY_BASE + "Bloc",
    "country": VOCABULARY_BASE + "Country",
    "institution": VOCABULARY_BASE + "Organisation",
    "method": VOCABULARY_BASE + "Method",
    "person": VOCABULARY_BASE + "Person",
    "sector": VOCABULARY_BASE + "Sector",
    "topic": VOCABULARY_BASE + "Topic",
    "training": VOCABULARY_BASE + "Training",
}
"""Level of a network → the class of its nodes."""


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
            tell(
                "There is no filter %(unknown)s. Accepted: %(accepted)s.",
                unknown=", ".join(unknown),
                accepted=", ".join(FILTERS),
            )
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
    if name == "format":
        # A format is a class; its key is the class's name, so nothing needs to be looked up.
        return entity_iri(text, None, _format_iri, prefixes) or text
    if name == "bloc" and is_country_set(text):
        return country_set(text, resolve, prefixes)
    return entity_iri(text, VOCABULARY_BASE + FILTER_CLASSES[name], resolve, prefixes) or text


def _format_iri(text: str, _target: str | None) -> str:
    return VOCABULARY_BASE + "".join(word[:1].upper() + word[1:] for word in text.split("-"))


def parse_years(text: str) -> tuple[int | None, int | None]:
    """Read a period as people write it: ``2015``, ``2012-2020``, ``2012-`` or ``-2020``.

    Raises
    ------
    QueryError
        It is none of these.
    """
    first, hyphen, last = text.strip().partition("-")
    years = [year for year in (first, last) if year]
    if not years or not all(re.fullmatch("[0-9]{1,4}", year) for year in years):
        raise QueryError(
            tell(
                "years: found %(text)s. Accepted: 2015, 2012-2020, 2012- or -2020.", text=repr(text)
            )
        )
    return (
        int(first) if first else None,
        int(last) if last else None if hyphen else int(first),
    )
