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

from kg.network import kernels

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
    count, universe = min(shape), max(shape)
    order = np.lexsort((other, own))
    starts = np.concatenate([[0], np.cumsum(np.bincount(own, minlength=count))]).astype(np.int64)
    members = other[order].astype(np.int64)
    state = np.random.default_rng(seed).integers(0, 2**64, 1, dtype=np.uint64)
    kernels.trades.trade(starts, members, universe, BURN_IN * count, state)
    first = np.repeat(np.arange(count), np.diff(starts))
    for _ in range(samples):
        kernels.trades.trade(starts, members, universe, THINNING * count, state)
        second = members.copy()
        ends = (second, first) if across else (first, second)
        yield csr_array((np.ones(len(first)), ends), shape=shape)
