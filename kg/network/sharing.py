"""Who shares most: the strongest pairs of nodes and their meetings, without making all meetings.

A few large trainings make most of the meetings, and most pairs meet once. Counting pairs as a
product of sparse matrices takes a fraction of the memory that one row a meeting does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy import sparse

__all__ = ["attendance", "meetings_of", "most_shared"]

_NODES = 256  # whose pairs are counted at a time
_PAIRS = 8_192  # whose meetings are looked up at a time


def attendance(side: pl.DataFrame) -> sparse.csr_array:
    """Return nodes × trainings, one where the node was there, from rows of codes."""
    rows = side.select("node", "training").unique().sort("node", "training")
    node, training = rows["node"].to_numpy(), rows["training"].to_numpy()
    shape = (int(node.max()) + 1, int(training.max()) + 1) if rows.height else (0, 0)
    return sparse.csr_array((np.ones(rows.height, dtype=np.int32), (node, training)), shape=shape)


def most_shared(there: sparse.csr_array, number: int) -> pl.DataFrame:
    """Return the pairs (source < target) that share the most trainings.

    There are ``number`` of them, more where others share as many as the last, fewer where no
    more share any.
    """
    kept = _Kept(number)
    others = there.T.tocsc()
    for start in range(0, there.shape[0] if number else 0, _NODES):
        shared = (there[start : start + _NODES] @ others).tocoo()
        kept.add(shared.row + start, shared.col, shared.data)
    return pl.DataFrame(
        {"source": kept.source, "target": kept.target},
        schema={"source": pl.UInt32, "target": pl.UInt32},
    )


class _Kept:
    """The pairs with the greatest counts so far."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._least = 1
        self.source = np.zeros(0, dtype=np.uint32)
        self.target = np.zeros(0, dtype=np.uint32)
        self._count = np.zeros(0, dtype=np.int32)

    def add(self, source: np.ndarray, target: np.ndarray, count: np.ndarray) -> None:
        """Take pairs in, once each, and let go of those that are too weak."""
        new = (source < target) & (count >= self._least)
        self.source = np.concatenate([self.source, source[new].astype(np.uint32)])
        self.target = np.concatenate([self.target, target[new].astype(np.uint32)])
        self._count = np.concatenate([self._count, count[new]])
        surplus = len(self._count) - self._number
        if surplus > 0:
            self._least = int(np.partition(self._count, surplus)[surplus])
            strong = self._count >= self._least
            self.source, self.target = self.source[strong], self.target[strong]
            self._count = self._count[strong]


def meetings_of(there: sparse.csr_array, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each (training, source, target) in which both of a pair were."""
    parts = [pl.DataFrame(schema=dict.fromkeys(("training", "source", "target"), pl.UInt32))]
    return pl.concat([*parts, *_meetings(there, pairs)])


def _meetings(there: sparse.csr_array, pairs: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for part in pairs.iter_slices(_PAIRS):
        source, target = part["source"].to_numpy(), part["target"].to_numpy()
        both = there[source].multiply(there[target]).tocoo()
        yield pl.DataFrame(
            {
                "training": both.col.astype(np.uint32),
                "source": source[both.row],
                "target": target[both.row],
            }
        )
