"""Ways through graphs without cycles."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["longest"]


@compiled
def longest(starts: Any, ends: Any, lengths: Any, within: Any) -> Any:
    """Return the length of the longest way that ends in each node of a directed acyclic graph.

    A way is as long as its edges and its nodes, which add ``within`` each. Nodes are taken in
    topological order; Kahn (1962), doi:10.1145/368996.369025.
    """
    nodes = len(starts) - 1
    waits = np.zeros(nodes, np.int64)
    for e in range(len(ends)):
        waits[ends[e]] += 1
    found = within.copy()
    order = np.empty(nodes, np.int64)
    size = 0
    for v in range(nodes):
        if waits[v] == 0:
            order[size] = v
            size += 1
    done = 0
    while done < size:
        v = order[done]
        done += 1
        for e in range(starts[v], starts[v + 1]):
            w = ends[e]
            found[w] = max(found[w], found[v] + lengths[e] + within[w])
            waits[w] -= 1
            if waits[w] == 0:
                order[size] = w
                size += 1
    return found
