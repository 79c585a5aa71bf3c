"""Bipartite graphs with the same degrees, drawn at random: the curveball algorithm.

A row is the set of columns that it touches. A trade takes two rows and deals the columns that
only one of them has anew, each keeping as many as it had. So every row keeps its size and every
column its number of rows, and after enough trades each such graph is equally likely: Strona et al.
(2014), doi:10.1038/ncomms5114; Carstens (2015), doi:10.1103/PhysRevE.91.042812 (uniformity).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network import kernels

__all__ = ["BURN_IN", "THINNING", "Sets", "chain", "curveball"]

BURN_IN = 10
"""Trades before the first sample, times the number of rows: with fewer it under-mixes."""

THINNING = 2
"""Trades between samples, times the number of rows."""

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Sets:
    """A bipartite graph by its rows: ``members[starts[i]:starts[i + 1]]`` are the columns of i."""

    starts: Codes
    members: Codes
    shape: tuple[int, int]

    @classmethod
    def of(cls, rows: Codes, columns: Codes, shape: tuple[int, int]) -> Sets:
        """Return the graph of these edges, each once."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
        members = columns[np.lexsort((columns, rows))]
        return cls(starts.astype(np.int64), members.astype(np.int64), shape)

    def turned(self) -> Sets:
        """Return the same graph by its columns."""
        rows, columns = self.shape
        into, members = np.empty(columns + 1, np.int64), np.empty(len(self.members), np.int64)
        kernels.meetings.turn(self.starts, self.members, into, members)
        return Sets(into, members, (columns, rows))


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
    for drawn in chain(rows, columns, shape, samples, seed):
        graph = csr_array((np.ones(len(drawn.members)), drawn.members, drawn.starts), shape=shape)
        graph.sort_indices()
        yield graph


def chain(
    rows: Codes, columns: Codes, shape: tuple[int, int], samples: int, seed: int
) -> Iterator[Sets]:
    """Yield the same graphs as :func:`curveball` by their rows, whose columns have no order."""
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
