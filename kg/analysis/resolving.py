"""What a text means: exactly, else by its folded spelling; else what it may mean, for the error."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from kg.errors import Candidate, QueryError
from kg.language import tell
from kg.queries import Resolver, entity_resolver, the_one
from kg.search import KINDS, Hit, SearchIndex, searchable
from kg.store.base import Store
from kg.terms import VOCABULARY_BASE

__all__ = ["NameTable", "forgiving_resolver", "name_resolver"]

_OFFERED = 6
_LANGUAGES = ("en", "ar", "fr")
_CLASSES = {kind: kind.title() for kind in KINDS} | {"series": "TrainingSeries"}
_KINDS = {name: (kind,) for kind, name in _CLASSES.items()} | {"Topic": ("topic", "sector")}


class NameTable:
    """All names and codes of a release as they are written, to look one up whole.

    A store answers the same (``queries/lookup/entity.rq``) by comparing every value that it has:
    seconds for a registry, where this takes milliseconds.

    Parameters
    ----------
    names, details:
        The flat tables of those names.
    """

    def __init__(self, names: pl.DataFrame, details: pl.DataFrame) -> None:
        kinds = names.select("entity", "kind").unique()
        items = details.filter(pl.col("field") == "wikidata").select("entity", text="value")
        codes = items.join(kinds, on="entity", maintain_order="left")
        found = pl.concat(
            [names.select("entity", "kind", "text"), codes.select("entity", "kind", "text")]
        )
        self._found = found.with_columns(pl.col("text").str.to_lowercase())
        self._labels = names.filter(pl.col("use") == "label")

    def find(self, text: str, kinds: Sequence[str] = ()) -> list[Candidate]:
        """Return the things of some kinds (none: all) that have a text as a name or code."""
        wanted = pl.col("text") == pl.lit(text).str.to_lowercase()
        rows = self._found.filter(wanted).filter(pl.col("kind").is_in(list(kinds or KINDS)))
        rows = rows.unique("entity").select("entity", "kind")
        language = pl.col("language").fill_null("")
        labels = (
            self._labels.filter(pl.col("entity").is_in(rows["entity"].implode()))
            .sort((language == "en").not_(), language, "text")
            .unique("entity", keep="first", maintain_order=True)
            .select("entity", label="text")
        )
        named = rows.join(labels, on="entity", how="left")
        named = named.with_columns(pl.col("label").fill_null(pl.col("entity")))
        ordered = named.sort(pl.col("label").str.to_lowercase(), "entity")
        return [
            Candidate(label, VOCABULARY_BASE + _CLASSES[kind], iri)
            for iri, kind, label in ordered.select("entity", "kind", "label").iter_rows()
        ]


def name_resolver(store: Store, table: Callable[[], NameTable]) -> Resolver:
    """Return a resolver that looks a key, code or name up in the table of names.

    Things of kinds that are not in it (roles, grades) are looked up in the store.
    """
    elsewhere = entity_resolver(store)

    def resolve(text: str, target: str | None) -> str:
        kinds = _kinds(target)
        if target and not kinds:
            return elsewhere(text, target)
        return the_one(table().find(text, kinds), text, target)

    return resolve


def forgiving_resolver(exact: Resolver, names: Callable[[], SearchIndex | None]) -> Resolver:
    """Return a resolver that also knows names without their accents, capitals and vowel signs.

    It raises QueryError for a text that means nothing, or several things, with what it may mean
    as ``candidates`` and in the message. ``exact`` is asked first; ``names`` gives the index of
    names, None where there is none that could be searched in the time of an error.
    """

    def resolve(text: str, target: str | None) -> str:
        try:
            return exact(text, target)
        except QueryError as error:
            index = None if error.candidates else names()
            if index is None:
                raise
            same = _same(index, text, target)
            if len(same) == 1:
                return same[0].iri
            raise _with_candidates(error, same or _near(index, text, target)) from None

    return resolve


def _same(index: SearchIndex, text: str, target: str | None) -> list[Hit]:
    """Return the things that have the text as a name, spelling aside."""
    wanted = searchable(text)
    found: dict[str, Hit] = {}
    for language in _LANGUAGES:
        for hit in index.find(text, _kinds(target), language, _OFFERED):
            if wanted in (searchable(hit.label), searchable(hit.matched or "")):
                found.setdefault(hit.iri, hit)
    return list(found.values()) if wanted else []


def _near(index: SearchIndex, text: str, target: str | None) -> list[Hit]:
    kinds = _kinds(target)
    return index.find(text, kinds, "en", _OFFERED) or index.similar(text, kinds, "en", _OFFERED)


def _kinds(target: str | None) -> tuple[str, ...]:
    return _KINDS.get((target or "").removeprefix(VOCABULARY_BASE), ())


def _with_candidates(error: QueryError, hits: list[Hit]) -> QueryError:
    if not hits:
        return error
    found = [Candidate(h.label, VOCABULARY_BASE + _CLASSES[h.kind], h.iri) for h in hits]
    named = "; ".join(f"{label} <{iri}>" for label, _, iri in found)
    said = tell("%(error)s Close: %(close)s.", error=error.told, close=named)
    return QueryError(said, candidates=found)
