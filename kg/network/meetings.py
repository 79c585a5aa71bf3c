"""Networks of who meets: the projection of bipartite graphs, many of them on the same memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.lanes import add_up

__all__ = ["Meetings", "Sets"]

_AT_ONCE = 512  # sets whose pairs one call counts

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]


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
        """Return the same graph by its columns; each holds its rows in order."""
        rows, columns = self.shape
        into, members = np.empty(columns + 1, np.int64), np.empty(len(self.members), np.int64)
        kernels.meetings.turn(self.starts, self.members, into, members)
        return Sets(into, members, (columns, rows))


class Meetings:
    """Who meets whom in bipartite graphs whose columns all have the same sizes.

    Parameters
    ----------
    sizes:
        Of each column, how many rows it has.
    inside:
        Whether each row may link. A pair needs one such end, or two where ``both``.
    both:
        See above.

    Examples
    --------
    >>> graph = Sets.of(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), (3, 2))
    >>> meetings = Meetings(np.array([2, 2]), np.array([True] * 3), both=False)
    >>> meetings.degrees(graph)
    array([1., 2., 1.])
    >>> meetings.adjacency(graph, np.array([1.0, 0.5])).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.5], [0.0, 0.5, 0.0]]
    """

    def __init__(self, sizes: Codes, inside: NDArray[np.bool_], *, both: bool) -> None:
        nodes = len(inside)
        self.sizes, self.inside, self.both = sizes.astype(np.int64), inside, both
        pairs = int(np.sum(self.sizes * (self.sizes - 1)) // 2)
        self._most = min(pairs, nodes * (nodes - 1) // 2)  # whatever is drawn
        self._room: tuple[Codes, Codes, Floats] | None = None

    def degrees(self, graph: Sets) -> Floats:
        """Return how many others each row shares a column with, without making the network."""
        into = graph.turned()
        nodes = graph.shape[0]

        def count(some: Codes, found: Codes) -> None:
            begin, end = int(some[0]) * _AT_ONCE, min((int(some[0]) + 1) * _AT_ONCE, nodes)
            kernels.meetings.degrees(
                graph.starts, graph.members, into.starts, into.members, self.inside, self.both,
                begin, end, found,
            )  # fmt: skip

        blocks = np.arange(-(-nodes // _AT_ONCE))
        if not len(blocks):
            return np.zeros(0)
        (found,) = add_up(count, blocks, lambda: (np.zeros(nodes, np.int64),), chunk=1)
        return found.astype(np.float64)

    def adjacency(self, graph: Sets, worth: Floats) -> Any:
        """Return the network: rows × rows, the worth of the columns that two rows share.

        ``worth`` is 0 or more, one a column; a column worth 0 links nobody. The result is a
        ``csr_array`` whose entries are in order, with memory of its own.
        """
        nodes = graph.shape[0]
        into = graph.turned()
        if self._room is None:
            self._room = (
                np.empty(nodes + 1, np.int64),
                np.empty(self._most, np.int64),
                np.empty(self._most),
            )
        firsts, seconds, weights = self._room
        kernels.meetings.gather(
            graph.starts, graph.members, into.starts, into.members, worth, self.inside, self.both,
            *self._room,
        )  # fmt: skip
        entries = 2 * int(firsts[-1])
        indptr, indices = np.empty(nodes + 1, np.int64), np.empty(entries, np.int32)
        data = np.empty(entries)
        kernels.meetings.mirror(firsts, seconds, weights, indptr, indices, data)
        found = csr_array((data, indices, indptr), shape=(nodes, nodes))
        found.has_sorted_indices = True
        return found
