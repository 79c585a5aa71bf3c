"""The index of a release, made from its triples in the order in which the engine has them.

Terms are numbered: properties first, then other subjects, then whatever else stands in a triple.
Three arrays of pairs hold the triples, each in the engine's order of the triples that begin alike:

- by subject: property and object;
- by property and object: the subject; the objects of a property stand in the order of numbers;
- by object: subject and property.

The engine orders the properties of a subject by numbers of its own, the same for each subject. The
numbers here follow that order, as far as any subject shows it, so that a property of a subject is
found by halving.

So the rows of one pattern come in the very order in which the engine gives them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import numpy as np
import polars as pl

from kg.errors import ReleaseError
from kg.quads import TERM
from kg.store.indexed.arrays import write_arrays
from kg.store.indexed.fragments import fragments

__all__ = ["VERSION", "write_index"]

VERSION = 1
"""Of the arrays and their meaning: an index of another one is not used."""

_BLOCK = 1 << 26  # bytes of lines that are text in memory at a time
_TERMS = 200_000  # terms that are text in memory at a time


@dataclass(frozen=True)
class _Numbered:
    """Triples as numbers of terms, in their order; ``codes`` tells the term of each number.

    Terms up to ``subjects`` may be subjects, those behind never are.

    ``frame`` has the triples as terms: as long as it lives the process knows the codes.
    """

    s: np.ndarray
    p: np.ndarray
    o: np.ndarray
    codes: np.ndarray
    subjects: int
    frame: pl.DataFrame


def write_index(lines: Path, target: Path) -> int:
    """Write the index of triples, and return their number.

    Parameters
    ----------
    lines:
        N-Triples as the engine dumps a graph, and in that order.
    target:
        The file.

    Raises
    ------
    ReleaseError
        The lines are in another order.
    """
    triples = _numbered(lines)
    texts = _Texts(triples.codes)
    write_arrays(
        target,
        {
            "version": VERSION,
            "triples": len(triples.s),
            "terms": len(triples.codes),
            "subjects": triples.subjects,
        },
        # The texts come first: what is known of them when they are written is needed behind.
        {"texts": texts.parts(), **_pairs(triples), "ends": texts.ends(), **texts.hashed()},
    )
    return len(triples.s)


def _numbered(lines: Path) -> _Numbered:
    none = pl.DataFrame(schema=dict.fromkeys("spo", TERM))
    frame = pl.concat([none, *(_terms(block) for block in _blocks(lines))])
    s, p, o = (column.to_physical().to_numpy() for column in frame.iter_columns())
    properties = _in_order(s, p)
    subjects = _without(_once(s), properties)
    others = _without(_without(_once(o), properties), subjects)
    codes = np.concatenate([properties, subjects, others])
    number = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.uint32)
    number[codes] = np.arange(len(codes), dtype=np.uint32)
    known = len(properties) + len(subjects)
    return _Numbered(number[s], number[p], number[o], codes, known, frame)


def _once(codes: np.ndarray) -> np.ndarray:
    """Return each code once, in the order of their first places: codes differ from run to run."""
    found, places = np.unique(codes, return_index=True)
    return found[np.argsort(places)]


def _without(codes: np.ndarray, others: np.ndarray) -> np.ndarray:
    return codes[~np.isin(codes, others)]


def _in_order(s: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return the properties in an order that each subject's properties have."""
    properties = _once(p)
    place = np.zeros(int(p.max(initial=0)) + 1, dtype=np.int64)
    place[properties] = np.arange(len(properties))
    follows = (s[1:] == s[:-1]) & (p[1:] != p[:-1])
    pairs = np.unique(place[p[:-1][follows]] * len(properties) + place[p[1:][follows]])
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(len(properties)), ()))
    for before, after in zip(*divmod(pairs, max(1, len(properties))), strict=True):
        sorter.add(int(after), int(before))
    try:
        return properties[np.array(list(sorter.static_order()), dtype=np.int64)]
    except CycleError as error:
        raise ReleaseError(
            "The properties of two subjects stand in different orders, which the engine never "
            "writes. Nothing is published. Please report this."
        ) from error


def _blocks(lines: Path) -> Iterator[bytes]:
    with lines.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block + stream.readline()


def _terms(block: bytes) -> pl.DataFrame:
    text = pl.Series("line", block.decode().split("\n")[:-1], pl.String)
    parts = text.str.strip_suffix(" .").str.splitn(" ", 3).struct.rename_fields(list("spo"))
    return parts.struct.unnest().cast(TERM)


def _pairs(triples: _Numbered) -> dict[str, Iterator[np.ndarray]]:
    terms = len(triples.codes)
    by_subject = np.argsort(triples.s, kind="stable")
    by_property = np.argsort(triples.p.astype(np.uint64) * terms + triples.o, kind="stable")
    by_object = np.argsort(triples.o, kind="stable")
    properties, counts = np.unique(triples.p, return_counts=True)
    arrays = {
        "subject_starts": _starts(triples.s, triples.subjects),
        "subject_properties": triples.p[by_subject],
        "subject_objects": triples.o[by_subject],
        "properties": properties,
        "property_starts": np.concatenate([[0], np.cumsum(counts)]),
        "property_objects": triples.o[by_property],
        "property_subjects": triples.s[by_property],
        "object_starts": _starts(triples.o, terms),
        "object_subjects": triples.s[by_object],
        "object_properties": triples.p[by_object],
    }
    return {name: iter([array.astype(np.uint32)]) for name, array in arrays.items()}


def _starts(numbers: np.ndarray, count: int) -> np.ndarray:
    """Return where what belongs to each number begins, once it is sorted by them."""
    return np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=count))])


class _Texts:
    """The terms' texts, and what is to be known to find them; ``parts`` has to be read first."""

    def __init__(self, codes: np.ndarray) -> None:
        self._codes = codes
        self._lengths: list[np.ndarray] = []
        self._hashes: list[np.ndarray] = []

    def parts(self) -> Iterator[np.ndarray]:
        for start in range(0, len(self._codes), _TERMS):
            codes = pl.Series(self._codes[start : start + _TERMS], dtype=pl.UInt32)
            texts = fragments(codes.cat.to(TERM).cast(pl.String))
            encoded = [text.encode() for text in texts]
            self._lengths.append(np.array([len(text) for text in encoded], dtype=np.uint64))
            self._hashes.append(np.array([zlib.crc32(text) for text in encoded], dtype=np.uint32))
            yield np.frombuffer(b"".join(encoded), dtype=np.uint8)

    def ends(self) -> Iterator[np.ndarray]:
        """Yield where each text begins, and where the last one ends."""
        yield np.cumsum(np.concatenate([[0], *self._lengths])).astype(np.uint64)

    def hashed(self) -> dict[str, Iterator[np.ndarray]]:
        """Return the hashes of all texts, sorted, and the terms that they belong to."""
        return {"hashes": self._sorted(False), "hashed": self._sorted(True)}

    def _sorted(self, terms: bool) -> Iterator[np.ndarray]:
        hashes = np.concatenate([np.zeros(0, np.uint32), *self._hashes])
        order = np.argsort(hashes, kind="stable")
        yield order.astype(np.uint32) if terms else hashes[order]
