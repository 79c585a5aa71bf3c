"""Quads in the order of their lines: each packed into a number, and back into text by parts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import polars as pl

from kg.quads import QUAD, TERM, lines

__all__ = ["OrderedQuads"]

_ROWS = 200_000  # quads that are text in memory at a time
_WORD = 64  # bits of a number
_TRIPLE = ("s", "p", "o")
_Ranks = dict[str, np.ndarray]  # by column, one a quad


class OrderedQuads:
    """Quads sorted by code point of their canonical lines.

    The distinct terms of each column are ranked once, and a quad is its four ranks, packed into
    one number where they fit (they do for hundreds of millions of quads), else into two. That is
    the order of the lines as text: where one term begins another, the blank after it sorts
    before any character of a term.

    Parameters
    ----------
    quads:
        Rows of :data:`kg.quads.QUAD`, in any order, without repetition. They may be let go of
        afterwards: eight bytes a quad are kept.
    """

    def __init__(self, quads: pl.DataFrame) -> None:
        codes = {name: quads[name].to_physical().to_numpy() for name in QUAD}
        self._texts, ranks = _ranked(codes)
        self._bits = {name: max(1, (len(t) - 1).bit_length()) for name, t in self._texts.items()}
        whole = sum(self._bits.values()) <= _WORD
        self._words = (tuple(QUAD),) if whole else (("s", "p"), ("o", "g"))
        packed = [self._packed(codes, ranks, word) for word in self._words]
        if len(packed) == 1:
            packed[0].sort()
        else:
            order = np.lexsort(packed[::-1])
            packed = [numbers[order] for numbers in packed]
        self._numbers = packed

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self._numbers[0])

    @cached_property
    def triples(self) -> int:
        """The number of distinct triples in them."""
        return sum(int(first.sum()) for _, first in self._parts())

    def parts(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield N-Quads, and the N-Triples that these state and no quad before them did."""
        for ranks, first in self._parts():
            rows = pl.DataFrame({name: self._texts[name].gather(ranks[name]) for name in QUAD})
            fresh = rows.select(_TRIPLE).filter(pl.Series(first))
            yield b"".join(lines(rows)), b"".join(lines(fresh))

    def _packed(self, codes: _Ranks, ranks: _Ranks, word: tuple[str, ...]) -> np.ndarray:
        numbers = np.zeros(len(codes["s"]), dtype=np.uint64)
        for name in word:
            numbers <<= np.uint64(self._bits[name])
            numbers |= ranks[name][codes[name]]
        return numbers

    def _parts(self) -> Iterator[tuple[_Ranks, np.ndarray]]:
        """Yield the ranks of some quads, and which of them state a triple for the first time."""
        for start in range(0, len(self), _ROWS):
            before = min(start, 1)  # the last quad of the part before
            ranks = self._unpacked(slice(start - before, start + _ROWS))
            changes = [ranks[name][1:] != ranks[name][:-1] for name in _TRIPLE]
            first = np.logical_or.reduce(changes)
            if not before:
                first = np.concatenate([[True], first])
            yield {name: values[before:] for name, values in ranks.items()}, first

    def _unpacked(self, rows: slice) -> _Ranks:
        ranks: _Ranks = {}
        for word, packed in zip(self._words, self._numbers, strict=True):
            numbers = packed[rows]
            for name in reversed(word):
                bits = np.uint64(self._bits[name])
                ranks[name] = (numbers & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.uint32)
                numbers = numbers >> bits
        return ranks


def _ranked(codes: _Ranks) -> tuple[dict[str, pl.Series], _Ranks]:
    """Return the distinct terms of each column in their order, and the rank of each code."""
    count = 1 + max((int(values.max()) for values in codes.values() if len(values)), default=-1)
    # Asking the categories for their texts takes a call of Python for each.
    terms = pl.arange(count, dtype=pl.UInt32, eager=True).cat.to(TERM).cast(pl.String)
    used = {name: np.zeros(len(terms), dtype=bool) for name in codes}
    for name, values in codes.items():
        used[name][values] = True
    found = np.flatnonzero(np.logical_or.reduce(list(used.values())))
    found = found[terms.gather(found).arg_sort().to_numpy()]
    texts: dict[str, pl.Series] = {}
    ranks: _Ranks = {}
    for name, mask in used.items():
        own = found[mask[found]]
        texts[name] = terms.gather(own)
        ranks[name] = np.zeros(len(terms), dtype=np.uint32)
        ranks[name][own] = np.arange(len(own), dtype=np.uint32)
    return texts, ranks
