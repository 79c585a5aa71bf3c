"""Sums over pairs of nodes, in threads: what both have in common, once or over many random graphs.

Pairs are dealt to lanes by their first node. Each pair has its place and is written by one lane
only, so that the numbers do not depend on the threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.network import kernels
from kg.network.lanes import LANES, in_threads
from kg.network.paths import arrays

__all__ = ["Counts", "Pairs", "counted", "shared"]

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Pairs of nodes sorted by the first of each.

    Attributes
    ----------
    firsts:
        Where the pairs of each node begin, nodes + 1 places.
    seconds:
        The second node of each pair.
    """

    firsts: Codes
    seconds: Codes

    @classmethod
    def of(cls, first: Codes, second: Codes, nodes: int) -> Pairs:
        """Return pairs whose first nodes do not fall."""
        firsts = np.zeros(nodes + 1, np.int64)
        np.cumsum(np.bincount(first, minlength=nodes), out=firsts[1:])
        return cls(firsts, np.ascontiguousarray(second, dtype=np.int64))

    def lanes(self) -> list[tuple[int, int]]:
        """Return ranges of first nodes that have about as many pairs each."""
        nodes = len(self.firsts) - 1
        bounds = np.searchsorted(self.firsts, np.linspace(0, self.firsts[-1], LANES + 1)[1:-1])
        ends = [0, *bounds.tolist(), nodes]
        return [(a, b) for a, b in pairwise(ends) if b > a]


class Counts:
    """What pairs have in common over many random graphs, as sums of whole numbers.

    Parameters
    ----------
    pairs:
        The pairs, each first below its second.
    observed:
        What each has in common in the graph that is tested.
    """

    def __init__(self, pairs: Pairs, observed: Codes) -> None:
        self.pairs = pairs
        self.observed = observed.astype(np.int64)
        self.samples = 0
        self.total, self.squares, self.above, self.below = (
            np.zeros(len(observed), np.int64) for _ in range(4)
        )
        self._lanes = pairs.lanes()

    def add(self, starts: Codes, members: Codes, universe: int) -> None:
        """Count one graph: the sets of the nodes, numbers below ``universe``."""
        self.samples += 1
        into, turned = np.empty(universe + 1, np.int64), np.empty(len(members), np.int64)
        kernels.meetings.turn(starts, members, into, turned)
        sums = (self.observed, self.total, self.squares, self.above, self.below)

        def count(lane: tuple[int, int]) -> None:
            kernels.meetings.tally(
                starts, members, into, turned, self.pairs.firsts, self.pairs.seconds, *lane, *sums
            )

        in_threads(count, self._lanes)


def counted(pairs: Pairs, starts: Codes, members: Codes, universe: int) -> Codes:
    """Return what each pair of sets has in common; each first must be below its second.

    Examples
    --------
    >>> pairs = Pairs.of(np.array([0, 0]), np.array([1, 2]), nodes=3)
    >>> counted(pairs, np.array([0, 2, 4, 5]), np.array([0, 1, 1, 0, 1]), universe=2).tolist()
    [2, 1]
    """
    counts = Counts(pairs, np.zeros(len(pairs.seconds), np.int64))
    counts.add(starts, members, universe)
    return counts.total


def shared(
    mine: Any, theirs: Any, worth: Floats, pairs: Pairs, tell: Callable[[], None] | None = None
) -> Floats:
    """Return ``Σ worth[z]`` over what the first of each pair has in ``mine`` and the second has.

    Parameters
    ----------
    mine, theirs:
        ``scipy.sparse.csr_array``, nodes × things; entries count as 1, in the order of the things.
    worth:
        One number a thing.
    tell:
        Called as each lane is done.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> graph = csr_array(np.ones((3, 3)) - np.eye(3))
    >>> shared(graph, graph, np.array([1.0, 2, 4]), Pairs.of(np.array([0]), np.array([1]), 3))
    array([4.])
    """
    found = np.zeros(len(pairs.seconds))
    own, other = arrays(mine), arrays(theirs)

    def add(lane: tuple[int, int]) -> None:
        kernels.meetings.share(*own, *other, worth, pairs.firsts, pairs.seconds, *lane, found)
        if tell is not None:
            tell()

    in_threads(add, pairs.lanes())
    return found
