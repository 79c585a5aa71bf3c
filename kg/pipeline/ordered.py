"""Quads in the order of their lines: each packed into a number, and back into text by parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from kg.quads import QUAD, TERM, joined, lines

__all__ = ["OrderedQuads", "Part"]

_ROWS = 200_000  # quads that are text in memory at a time
_WORD = 64  # bits of a number
_TRIPLE = ("s", "p", "o")
_Ranks = dict[str, np.ndarray]  # by column, one a quad


@dataclass(frozen=True)
class Part:
    """Some quads in a row.

    Attributes
    ----------
    text:
        Their N-Quads, in their order.
    named:
        What a store takes: the N-Quads, and the N-Triples that these state and no quad before
        them did.
    anonymous:
        The same of those with blank nodes, which are not in ``named``.
    ranks:
        These triples once more: each term as its rank in its column.
    """

    text: bytes
    named: tuple[bytes, ...]
    anonymous: tuple[bytes, ...]
    ranks: _Ranks


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

    Attributes
    ----------
    terms:
        The distinct terms, sorted by code point.
    positions:
        For each column, where in ``terms`` its distinct terms are, in their order.
    """

    def __init__(self, quads: pl.DataFrame) -> None:
        codes = {name: quads[name].to_physical().to_numpy() for name in QUAD}
        self.terms, self.positions, ranks = _ranked(codes)
        # A line's end is put together once for each graph.
        self._ends = self.terms.gather(self.positions["g"]) + " ."
        self._blank = len(self.terms) - int(self.terms.str.starts_with("_").sum())
        sizes = {name: len(own) for name, own in self.positions.items()}
        self._bits = {name: max(1, (size - 1).bit_length()) for name, size in sizes.items()}
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

    def parts(self) -> Iterator[Part]:
        """Yield all quads in their order, some at a time."""
        for ranks, first in self._parts():
            rows = pl.DataFrame({name: self._texts(name, ranks[name]) for name in _TRIPLE})
            rows = rows.with_columns(self._ends.gather(ranks["g"]))
            blank = pl.Series(self._is_blank("s", ranks) | self._is_blank("o", ranks))
            fresh = pl.Series(first)
            text = joined(rows)
            own = {name: ranks[name][first] for name in _TRIPLE}
            if blank.any():
                named, anonymous = (
                    (joined(rows.filter(which)), _triples(rows, fresh & which))
                    for which in (~blank, blank)
                )
                yield Part(text, named, anonymous, own)
            else:
                yield Part(text, (text, _triples(rows, fresh)), (), own)

    def _is_blank(self, name: str, ranks: _Ranks) -> np.ndarray:
        """Return which terms are blank nodes: sorted by code point, these come last."""
        return self.positions[name][ranks[name]] >= self._blank

    def _texts(self, name: str, ranks: np.ndarray) -> pl.Series:
        return self.terms.gather(self.positions[name][ranks])

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


def _triples(rows: pl.DataFrame, which: pl.Series) -> bytes:
    return b"".join(lines(rows.select(_TRIPLE).filter(which)))


def _ranked(codes: _Ranks) -> tuple[pl.Series, _Ranks, _Ranks]:
    """Return the distinct terms, where those of each column are, and the rank of each code."""
    count = 1 + max((int(values.max()) for values in codes.values() if len(values)), default=-1)
    # Asking the categories for their texts takes a call of Python for each.
    known = pl.arange(count, dtype=pl.UInt32, eager=True).cat.to(TERM).cast(pl.String)
    used = {name: np.zeros(count, dtype=bool) for name in codes}
    for name, values in codes.items():
        used[name][values] = True
    found = np.flatnonzero(np.logical_or.reduce(list(used.values())))
    found = found[known.gather(found).arg_sort().to_numpy()]
    positions: _Ranks = {}
    ranks: _Ranks = {}
    for name, mask in used.items():
        positions[name] = np.flatnonzero(mask[found]).astype(np.uint32)
        ranks[name] = np.zeros(count, dtype=np.uint32)
        ranks[name][found[positions[name]]] = np.arange(len(positions[name]), dtype=np.uint32)
    return known.gather(found), positions, ranks
