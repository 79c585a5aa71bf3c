"""Bipartite graphs with the same degrees, drawn at random: the curveball algorithm.

A row is the set of columns that it touches. A trade takes two rows and deals the columns that
only one of them has anew, each keeping as many as it had. So every row keeps its size and every
column its number of rows, and after enough trades each such graph is equally likely: Strona et al.
(2014), doi:10.1038/ncomms5114; Carstens (2015), doi:10.1103/PhysRevE.91.042812 (uniformity).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["BURN_IN", "THINNING", "curveball"]

BURN_IN = 10
"""Trades before the first sample, times the number of rows: with fewer it under-mixes."""

THINNING = 2
"""Trades between samples, times the number of rows."""

Codes = NDArray[np.int64]


def curveball(
    rows: Codes, columns: Codes, shape: tuple[int, int], samples: int, seed: int
) -> Iterator[csr_array]:
    """Yield random bipartite graphs with the degrees of the one given.

    Parameters
    ----------
    rows, columns:
        The edges, as codes; each edge once.
    shape:
        Number of rows and of columns.
    samples:
        How many graphs.
    seed:
        The same seed gives the same graphs.

    Yields
    ------
    scipy.sparse.csr_array
        ``shape``, with 1.0 for an edge.

    Examples
    --------
    >>> drawn = list(curveball(np.array([0, 1, 1]), np.array([0, 0, 1]), (2, 2), 3, seed=1))
    >>> [g.sum(axis=1).tolist() for g in drawn]
    [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]
    """
    # Trades run over the shorter side: fewer, larger sets mix in fewer steps.
    across = shape[0] > shape[1]
    own, other = (columns, rows) if across else (rows, columns)
    count = min(shape)
    sets = _sets(own, other, count)
    random = np.random.default_rng(seed)
    _trade(sets, BURN_IN * count, random)
    for _ in range(samples):
        _trade(sets, THINNING * count, random)
        first, second = _edges(sets)
        ends = (second, first) if across else (first, second)
        yield csr_array((np.ones(len(first)), ends), shape=shape)


def _sets(own: Codes, other: Codes, count: int) -> list[set[int]]:
    sets: list[set[int]] = [set() for _ in range(count)]
    for row, column in zip(own.tolist(), other.tolist(), strict=True):
        sets[row].add(column)
    return sets


def _trade(sets: list[set[int]], trades: int, random: np.random.Generator) -> None:
    """Deal anew what only one of two rows has, so many times, in place."""
    if len(sets) < 2:
        return
    firsts = random.integers(0, len(sets), trades)
    seconds = random.integers(0, len(sets) - 1, trades)
    seconds += seconds >= firsts  # another row, each alike
    for a, b in zip(firsts.tolist(), seconds.tolist(), strict=True):
        only_a, only_b = sets[a] - sets[b], sets[b] - sets[a]
        if not only_a or not only_b:
            continue  # nothing can change hands, and this too is a step of the chain
        pool = np.array(sorted(only_a | only_b))
        random.shuffle(pool)
        dealt = pool.tolist()
        shared = sets[a] & sets[b]
        sets[a] = shared | set(dealt[: len(only_a)])
        sets[b] = shared | set(dealt[len(only_a) :])


def _edges(sets: list[set[int]]) -> tuple[Codes, Codes]:
    sizes = [len(one) for one in sets]
    first = np.repeat(np.arange(len(sets)), sizes)
    second = np.fromiter((c for one in sets for c in sorted(one)), dtype=np.int64, count=sum(sizes))
    return first, second
