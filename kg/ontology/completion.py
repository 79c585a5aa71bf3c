"""Complete what somebody is typing to a class, property or concept: what an editor asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import QueryError
from kg.folding import folded
from kg.ontology.docs.model import Concept, Documentation, Ref, in_language
from kg.ontology.docs.words import LANGUAGES
from kg.results import ResultTable

__all__ = ["COLUMNS", "MOST", "Completions", "complete"]

COLUMNS = ("iri", "curie", "kind", "label", "matched", "definition", "deprecated")
MOST = 200
"""The most rows that one call gives."""

_WHOLE, _BEGINNING, _WORD, _PART, _NOT = range(5)
_BEFORE_WORDS = (" ", " ال", ":", "'", "(")
_KINDS = ("class", "object-property", "datatype-property", "annotation-property", "concept")


@dataclass(frozen=True)
class _Name:
    """One way to call a term: as written, folded, and its language (none for short names)."""

    text: str
    key: str
    language: str


@dataclass(frozen=True)
class _Entry:
    ref: Ref
    names: tuple[_Name, ...]
    definitions: dict[str, str]
    deprecated: bool


class Completions:
    """The names of an ontology's terms, folded once; see :func:`complete`."""

    def __init__(self, docs: Documentation) -> None:
        self.entries: tuple[_Entry, ...] = tuple(_entries(docs))

    def find(self, text: str, language: str = "en", limit: int = 20) -> ResultTable:
        """Return the terms that a text may be the beginning of; see :func:`complete`."""
        _refuse(language, limit)
        wanted = folded(text) + (" " if text.endswith(("-", "_")) else "")  # more is to come
        hits = ((_match(entry, wanted, language), entry) for entry in self.entries)
        found = [(*hit, entry) for hit, entry in hits if hit[0] < _NOT]
        found.sort(key=lambda f: _place(f[2], f[0], f[1], language))
        rows = [_row(entry, name, language) for _, name, entry in found[:limit]]
        return ResultTable(COLUMNS, rows, {"text": text, "language": language, "found": len(found)})


def complete(
    docs: Documentation | Completions, text: str, language: str = "en", limit: int = 20
) -> ResultTable:
    """Return the classes, properties and concepts whose name begins with or contains a text.

    Labels in every language, local names and short names (``rihla:Training``) are compared,
    without regard to case, accents and the variants of Arabic spelling. Best first: whole names,
    then beginnings, beginnings of words, other parts; among these own terms before those of
    other vocabularies, what is in use before what is deprecated, labels in ``language`` before
    others, classes before properties before concepts, short names before long ones. An empty
    text is the beginning of everything.

    Parameters
    ----------
    docs:
        From :func:`kg.ontology.docs.read_documentation`; for many calls make
        :class:`Completions` once.
    text:
        What was typed.
    language:
        Of the labels and definitions in the answer: ``en``, ``ar`` or ``fr``.
    limit:
        The most rows, from 1 to :data:`MOST`.

    Returns
    -------
    ResultTable
        ``iri``, ``curie``, ``kind`` (``class``, ``object-property``, ``datatype-property``,
        ``annotation-property``, ``concept``), ``label``, ``matched`` (the name that fits),
        ``definition``, ``deprecated``; ``meta["found"]`` counts all that fit.

    Raises
    ------
    QueryError
        The language or the limit is not accepted.
    """
    index = docs if isinstance(docs, Completions) else Completions(docs)
    return index.find(text, language, limit)


def _refuse(language: str, limit: int) -> None:
    if language not in LANGUAGES:
        raise QueryError(f"lang: found {language!r}. Accepted: {', '.join(LANGUAGES)}.")
    if not 1 <= limit <= MOST:
        raise QueryError(f"limit: found {limit}. Accepted: 1 to {MOST}.")


def _entries(docs: Documentation) -> Iterator[_Entry]:
    for term in docs.terms.values():
        yield _entry(term.ref, (), dict(term.definitions), term.deprecated)
    for scheme in docs.schemes.values():
        for concept in scheme.concepts():
            yield _concept(concept)
    for ref in docs.outside:
        yield _entry(ref, (), {}, deprecated=False)


def _concept(concept: Concept) -> _Entry:
    others = (*concept.alternatives, ("", concept.key))
    return _entry(concept.ref, others, dict(concept.definitions), concept.deprecated)


def _entry(
    ref: Ref, others: tuple[tuple[str, str], ...], definitions: dict[str, str], deprecated: bool
) -> _Entry:
    local = ref.curie.rpartition(":")[2]
    said = [*ref.labels.items(), *others, ("", local), ("", ref.curie)]
    names = dict.fromkeys(_Name(text, folded(text), language) for language, text in said if text)
    return _Entry(ref, tuple(names), definitions, deprecated)


def _match(entry: _Entry, wanted: str, language: str) -> tuple[int, _Name]:
    """Return how well the best name fits, and that name."""
    return min(
        ((_rank(name.key, wanted), name) for name in entry.names),
        key=lambda hit: (hit[0], hit[1].language != language, len(hit[1].key)),
    )


def _rank(key: str, wanted: str) -> int:
    place = key.find(wanted)
    if place < 0:
        return _NOT
    if key == wanted:
        return _WHOLE
    if place == 0:
        return _BEGINNING
    # Of several places, one at the beginning of a word is the best; an article may stand before.
    begins = any(f"{sign}{wanted}" in f" {key}" for sign in _BEFORE_WORDS)
    return _WORD if begins else _PART


def _place(entry: _Entry, rank: int, name: _Name, language: str) -> tuple[object, ...]:
    kind = entry.ref.kind
    return (
        rank,
        kind == "outside",
        entry.deprecated,
        name.language not in (language, ""),
        _KINDS.index(kind) if kind in _KINDS else len(_KINDS),
        len(name.key),
        name.key,
        entry.ref.iri,
    )


def _row(entry: _Entry, name: _Name, language: str) -> tuple[str | bool, ...]:
    return (
        entry.ref.iri,
        entry.ref.curie,
        entry.ref.kind,
        entry.ref.label(language),
        name.text,
        in_language(entry.definitions, language),
        entry.deprecated,
    )
