"""Random networks with the degrees of a given one."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from kg.network import kernels

__all__ = ["SWAPS", "rewired"]

SWAPS = 10
"""Trials to swap, for each edge."""

_AT_ONCE = 1_000_000
_BITS = 2**31  # of a network of 46,000 nodes: 256 MB


def rewired(linked: Any, seed: int) -> Any:
    """Return a random symmetric pattern of 1s with the same degrees, without loops.

    The ends of random pairs of edges are swapped, ten trials an edge, where no loop or double edge
    arises. Maslov and Sneppen (2002), doi:10.1126/science.1065103; that ten an edge suffice: Milo
    et al. (2004), arXiv:cond-mat/0312028. For networks of ties, not of trainings: it keeps nobody's
    trainings together.
    """
    nodes = linked.shape[0]
    tails = np.repeat(np.arange(nodes), np.diff(linked.indptr))
    once = tails < linked.indices
    tails, heads = tails[once], linked.indices[once].astype(np.int64)
    random = np.random.default_rng(seed)
    left = SWAPS * len(tails)
    few = nodes * nodes <= _BITS
    marks = np.zeros(nodes * nodes // 64 + 1 if few else 0, np.uint64)
    kernels.swaps.enter(tails[: len(tails) if few else 0], heads, nodes, marks)
    while left > 0 and len(tails) > 1:
        trials = min(left, _AT_ONCE)
        first, second = random.integers(0, len(tails), (2, trials))
        turn = random.integers(0, 2, trials).astype(bool)
        if few:
            kernels.swaps.rewire_marked(tails, heads, nodes, marks, first, second, turn)
        else:
            kernels.swaps.rewire(tails, heads, nodes, first, second, turn)
        left -= trials
    both = (np.concatenate([tails, heads]), np.concatenate([heads, tails]))
    found = csr_array((np.ones(2 * len(tails)), both), linked.shape)
    found.sort_indices()
    return found
