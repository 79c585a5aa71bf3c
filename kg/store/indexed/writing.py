"""The index of a release, from the triples that are written into its store, while they are.

Terms are numbered by code point: properties first, then other subjects, then whatever else stands
in a triple. Three arrays of pairs hold the triples, each in the order of these numbers:

- by subject: property and object;
- by property and object: the subject;
- by object: subject and property.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from kg.store.columnar.numbering import as_kept
from kg.store.indexed.arrays import write_arrays
from kg.store.indexed.fragments import fragments

__all__ = ["VERSION", "TripleIndex"]

VERSION = 1
"""Of the arrays and their meaning: an index of another one is not used."""

_TERMS = 200_000  # terms that are text in memory at a time
_TRIPLE = ("s", "p", "o")


class TripleIndex:
    """The index in the making: twelve bytes of memory a triple, thrice that at its end.

    Parameters
    ----------
    terms:
        The terms of all triples (others may be among them), each once, sorted by code point.
    positions:
        For ``s``, ``p`` and ``o`` where in ``terms`` the terms of the column are, in their order.
    """

    def __init__(self, terms: pl.Series, positions: Mapping[str, np.ndarray]) -> None:
        is_literal = terms.str.starts_with('"')
        at = is_literal.arg_true()
        # What the engine keeps in one form is one term: the first that is written so.
        self._terms = terms.clone().scatter(at, as_kept(terms.filter(is_literal)))
        first = _first_places(self._terms)
        self._places = {name: first[positions[name]] for name in _TRIPLE}
        self._is_merged = bool((first != np.arange(len(first))).any())
        self._parts: dict[str, list[np.ndarray]] = {name: [] for name in _TRIPLE}

    def add(self, ranks: Mapping[str, np.ndarray]) -> None:
        """Take in triples, sorted, none of which came before: terms as ranks in their columns."""
        for name, parts in self._parts.items():
            parts.append(self._places[name][ranks[name]])

    def finish(self, target: Path) -> None:
        """Write the index into a file."""
        none = np.zeros(0, dtype=np.uint32)
        s, p, o = (np.concatenate([none, *self._parts.pop(name)]) for name in _TRIPLE)
        if self._is_merged:
            s, p, o = np.unique(np.stack([s, p, o]), axis=1)
        properties = np.unique(p)
        subjects = np.setdiff1d(s, properties)
        others = np.setdiff1d(np.setdiff1d(o, properties), subjects)
        terms = np.concatenate([properties, subjects, others])
        number = np.zeros(len(self._terms), dtype=np.uint32)
        number[terms] = np.arange(len(terms), dtype=np.uint32)
        texts = _Texts(self._terms, terms)
        known = len(properties) + len(subjects)
        about = {"version": VERSION, "triples": len(s), "terms": len(terms), "subjects": known}
        pairs = _pairs(number[s], number[p], number[o], known, len(terms))
        # The texts come first: what is known of them when they are written is needed behind.
        arrays = {"texts": texts.parts(), **pairs, "ends": texts.ends(), **texts.hashed()}
        write_arrays(target, about, arrays)


def _first_places(terms: pl.Series) -> np.ndarray:
    """Return for each term where it stands for the first time."""
    frame = pl.DataFrame({"term": terms}).with_row_index("place")
    places: np.ndarray = frame.select(pl.col("place").min().over("term"))["place"].to_numpy()
    return places


def _pairs(
    s: np.ndarray, p: np.ndarray, o: np.ndarray, subjects: int, terms: int
) -> dict[str, Iterator[np.ndarray]]:
    # Triples come sorted, so that what begins alike keeps its order in a stable sort.
    by_subject = np.argsort(s, kind="stable")
    by_property = np.argsort(p.astype(np.uint64) * terms + o, kind="stable")
    by_object = np.argsort(o, kind="stable")
    properties, counts = np.unique(p, return_counts=True)
    arrays = {
        "subject_starts": _starts(s, subjects),
        "subject_properties": p[by_subject],
        "subject_objects": o[by_subject],
        "properties": properties,
        "property_starts": np.concatenate([[0], np.cumsum(counts)]),
        "property_objects": o[by_property],
        "property_subjects": s[by_property],
        "object_starts": _starts(o, terms),
        "object_subjects": s[by_object],
        "object_properties": p[by_object],
    }
    return {name: iter([array.astype(np.uint32)]) for name, array in arrays.items()}


def _starts(numbers: np.ndarray, count: int) -> np.ndarray:
    """Return where what belongs to each number begins, once it is sorted by them."""
    return np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=count))])


class _Texts:
    """The terms' texts, and what is to be known to find them; ``parts`` has to be read first.

    The text of a blank node is empty: the engine gives it a name of its own.
    """

    def __init__(self, texts: pl.Series, terms: np.ndarray) -> None:
        self._texts = texts
        self._terms = terms
        self._lengths: list[np.ndarray] = []
        self._hashes: list[np.ndarray] = []

    def parts(self) -> Iterator[np.ndarray]:
        for start in range(0, len(self._terms), _TERMS):
            some = self._texts.gather(self._terms[start : start + _TERMS])
            encoded = [text.encode() for text in fragments(some)]
            self._lengths.append(np.array([len(text) for text in encoded], dtype=np.uint64))
            self._hashes.append(np.array([zlib.crc32(text) for text in encoded], dtype=np.uint32))
            yield np.frombuffer(b"".join(encoded), dtype=np.uint8)

    def ends(self) -> Iterator[np.ndarray]:
        """Yield where each text begins, and where the last one ends."""
        none = np.zeros(1, dtype=np.uint64)
        yield np.cumsum(np.concatenate([none, *self._lengths]), dtype=np.uint64)

    def hashed(self) -> dict[str, Iterator[np.ndarray]]:
        """Return the hashes of all texts, sorted, and the terms that they belong to."""
        return {"hashes": self._sorted(False), "hashed": self._sorted(True)}

    def _sorted(self, terms: bool) -> Iterator[np.ndarray]:
        hashes = np.concatenate([np.zeros(0, np.uint32), *self._hashes])
        order = np.argsort(hashes, kind="stable")
        yield order.astype(np.uint32) if terms else hashes[order]
