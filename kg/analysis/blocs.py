"""Sets of countries that somebody names, as if they were a bloc: ``countries:QA,TR``.

Such a set stands wherever a bloc does. Its members belong to it at all times.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kg.errors import QueryError
from kg.language import tell
from kg.network import Columns
from kg.queries import Resolver, entity_iri
from kg.terms import PREFIXES, VOCABULARY_BASE

__all__ = ["MARK", "WORLD", "country_set", "is_country_set", "members_of", "with_country_sets"]

WORLD = "world"
"""What is said in the place of a bloc where none is to count."""

MARK = "countries:"
"""What the name of a set begins with; the codes of its countries follow, with commas between."""

_MOST = 300
_NAMED = 4


def is_country_set(text: str) -> bool:
    """Return whether a text means a set of countries instead of a bloc."""
    return text.strip().lower().startswith(MARK)


def country_set(text: str, resolve: Resolver, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return the one name of a set of countries: their keys, sorted, each once.

    Parameters
    ----------
    text:
        Codes, names, CURIEs or IRIs with commas between; ``countries:`` may stand before them.

    Raises
    ------
    QueryError
        There is no country in it, one is not known, or there are more than 300.
    """
    listed = text.strip()[len(MARK) :] if is_country_set(text) else text
    parts = [part.strip() for part in listed.split(",") if part.strip()]
    if not parts or len(parts) > _MOST:
        raise QueryError(
            tell(
                "countries: found %(count)s of them. Accepted: 1 to %(most)s codes or names with "
                "commas between, such as QA,TR.",
                count=len(parts),
                most=_MOST,
            )
        )
    target = VOCABULARY_BASE + "Country"
    found = {entity_iri(part, target, resolve, prefixes) or part for part in dict.fromkeys(parts)}
    return MARK + ",".join(sorted(iri.rpartition("/")[2] for iri in found))


def members_of(name: str, entities: pl.DataFrame) -> pl.DataFrame:
    """Return (country, label) of the countries of a set, in the order of its name.

    Raises
    ------
    QueryError
        One of them is not a country of these entities.

    Examples
    --------
    >>> known = pl.DataFrame({"entity": ["x/QA", "x/TR"], "kind": ["country"] * 2,
    ...                       "label": ["Qatar", "Türkiye"]})
    >>> members_of("countries:QA,TR", known).rows()
    [('x/QA', 'Qatar'), ('x/TR', 'Türkiye')]
    """
    keys = name.removeprefix(MARK).split(",")
    key = pl.col("entity").str.split("/").list.last()
    found = (
        entities.filter(pl.col("kind") == "country", key.is_in(keys))
        .unique("entity")
        .sort("entity")
        .select(country="entity", label=pl.coalesce("label", "entity"))
    )
    known = {iri.rpartition("/")[2] for iri in found["country"]}
    if missing := [one for one in keys if one not in known]:
        raise QueryError(
            tell(
                "countries: %(missing)s is not a country of this release.", missing=repr(missing[0])
            )
        )
    return found


def with_country_sets(columns: Columns, blocs: object) -> Columns:
    """Return the tables with a bloc for each set of countries among the values of a filter."""
    values = [blocs] if isinstance(blocs, str) else blocs if isinstance(blocs, list) else []
    for name in (str(value) for value in values if is_country_set(str(value))):
        members = members_of(name, columns["entities"])
        no_date = pl.lit(None, pl.String)
        rows = members.select(bloc=pl.lit(name), country="country", start=no_date, end=no_date)
        labels = members["label"].to_list()
        more = f" + {len(labels) - _NAMED}" if len(labels) > _NAMED else ""
        entity = pl.DataFrame(
            {"entity": [name], "kind": ["bloc"], "label": [", ".join(labels[:_NAMED]) + more]}
        )
        columns = {
            **columns,
            "bloc_members": pl.concat([columns["bloc_members"], rows], how="diagonal"),
            "entities": pl.concat([columns["entities"], entity], how="diagonal"),
        }
    return columns
