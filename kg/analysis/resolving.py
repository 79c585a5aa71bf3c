"""What a text means: exactly, else by its folded spelling; else what it may mean, for the error."""

from __future__ import annotations

from collections.abc import Callable

from kg.errors import Candidate, QueryError
from kg.queries import Resolver, entity_resolver
from kg.search import KINDS, Hit, SearchIndex, searchable
from kg.store.base import Store
from kg.terms import VOCABULARY_BASE

__all__ = ["forgiving_resolver"]

_OFFERED = 6
_LANGUAGES = ("en", "ar", "fr")
_CLASSES = {kind: kind.title() for kind in KINDS} | {"series": "TrainingSeries"}
_KINDS = {name: (kind,) for kind, name in _CLASSES.items()} | {"Topic": ("topic", "sector")}


def forgiving_resolver(store: Store, names: Callable[[], SearchIndex | None]) -> Resolver:
    """Return a resolver that also knows names without their accents, capitals and vowel signs.

    It raises QueryError for a text that means nothing, or several things, with what it may mean
    as ``candidates`` and in the message. ``names`` gives the index of names, None where there is
    none that could be searched in the time of an error.
    """
    exact = entity_resolver(store)

    def resolve(text: str, target: str | None) -> str:
        try:
            return exact(text, target)
        except QueryError as error:
            index = names()
            if index is None:
                raise
            same = [] if error.candidates else _same(index, text, target)
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
    if error.candidates or not hits:
        return error
    found = [Candidate(h.label, VOCABULARY_BASE + _CLASSES[h.kind], h.iri) for h in hits]
    named = "; ".join(f"{label} <{iri}>" for label, _, iri in found)
    return QueryError(f"{error} Close: {named}.", candidates=found)
