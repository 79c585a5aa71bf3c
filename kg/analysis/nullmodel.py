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

from kg.network import kernels
from kg.network.meetings import Sets

__all__ = ["BURN_IN", "THINNING", "chain"]

BURN_IN = 10
"""Trades before the first sample, times the number of rows: with fewer it under-mixes."""

THINNING = 2
"""Trades between samples, times the number of rows."""

Codes = NDArray[np.int64]


def chain(
    rows: Codes, columns: Codes, shape: tuple[int, int], samples: int, seed: int
) -> Iterator[Sets]:
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
    Sets
        The graph by its rows, whose columns have no order.

    Examples
    --------
    >>> drawn = list(chain(np.array([0, 1, 1]), np.array([0, 0, 1]), (2, 2), 3, seed=1))
    >>> [np.diff(graph.starts).tolist() for graph in drawn]
    [[1, 2], [1, 2], [1, 2]]
    """
    # Trades run over the shorter side: fewer, larger sets mix in fewer steps.
    across = shape[0] > shape[1]
    graph = Sets.of(columns, rows, shape[::-1]) if across else Sets.of(rows, columns, shape)
    count, universe = graph.shape
    state = np.random.default_rng(seed).integers(0, 2**64, 1, dtype=np.uint64)
    kernels.trades.trade(graph.starts, graph.members, universe, BURN_IN * count, state)
    for _ in range(samples):
        kernels.trades.trade(graph.starts, graph.members, universe, THINNING * count, state)
        drawn = Sets(graph.starts, graph.members.copy(), graph.shape)
        yield drawn.turned() if across else drawn
