"""Breadth-first searches: paths that count steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["depend", "spread", "tally"]

_ONE = np.uint64(1)
_TWO = np.uint64(2)
_FOUR = np.uint64(4)
_TOP = np.uint64(56)
_PAIRS = np.uint64(0x5555555555555555)
_FOURS = np.uint64(0x3333333333333333)
_EIGHTS = np.uint64(0x0F0F0F0F0F0F0F0F)
_BYTES = np.uint64(0x0101010101010101)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@compiled
def depend(
    starts: Any,
    ends: Any,
    sources: Any,
    total: Any,
    squares: Any,
    by_edge: Any,
    edge_squares: Any,
) -> None:
    """Do as ``waves.depend``, a source after the other: for nodes of few edges and long ways."""
    nodes = len(starts) - 1
    steps = np.full(nodes, -1, np.int32)
    paths = np.zeros(nodes)
    share = np.zeros(nodes)
    order = np.empty(nodes, np.int32)
    edges = len(by_edge) > 0
    for source in sources:
        steps[source] = 0
        paths[source] = 1.0
        order[0] = source
        head, tail = 0, 1
        while head < tail:
            v = order[head]
            head += 1
            after = steps[v] + 1
            ways = paths[v]
            for e in range(starts[v], starts[v + 1]):
                w = ends[e]
                if steps[w] < 0:
                    steps[w] = after
                    paths[w] = ways
                    order[tail] = w
                    tail += 1
                elif steps[w] == after:
                    paths[w] += ways
        last = steps[order[tail - 1]]
        for place in range(tail - 1, -1, -1):
            v = order[place]
            after = steps[v] + 1
            if after > last:  # nothing lies behind
                share[v] = 1.0 / paths[v]
                continue
            passed = 0.0
            if edges:
                for e in range(starts[v], starts[v + 1]):
                    if steps[ends[e]] == after:
                        passed += share[ends[e]]
                        part = paths[v] * share[ends[e]]
                        by_edge[e] += part
                        edge_squares[e] += part * part
            else:
                for e in range(starts[v], starts[v + 1]):
                    if steps[ends[e]] == after:
                        passed += share[ends[e]]
            depending = paths[v] * passed
            share[v] = (1.0 + depending) / paths[v]
            if v != source:
                total[v] += depending
                squares[v] += depending * depending
        for place in range(tail):
            steps[order[place]] = -1


@compiled
def spread(
    starts: Any,
    ends: Any,
    sources: Any,
    reached: Any,
    far: Any,
    near: Any,
    far_squares: Any,
    near_squares: Any,
    widest: Any,
) -> None:
    """Add up the steps from the sources to each node, 64 sources to a word.

    ``starts`` and ``ends`` hold the edges *into* each node. For each node v:
    ``reached[v] += 1``, ``far[v] += d`` and ``near[v] += 1/d`` for each other source that
    reaches v in d steps, ``far_squares`` and ``near_squares`` likewise of d² and 1/d²;
    ``widest[0]`` becomes the greatest d. Then et al. (2014), The More the
    Merrier: Efficient Multi-Source Graph Traversal, doi:10.14778/2735496.2735507.
    """
    nodes = len(starts) - 1
    words = (len(sources) + 63) // 64
    seen = np.zeros((nodes, words), np.uint64)
    front = np.zeros((nodes, words), np.uint64)
    following = np.zeros((nodes, words), np.uint64)
    everyone = np.full(words, _ALL, np.uint64)
    if len(sources) % 64:
        everyone[words - 1] = (_ONE << np.uint64(len(sources) % 64)) - _ONE
    for i in range(len(sources)):
        bit = _ONE << np.uint64(i % 64)
        seen[sources[i], i // 64] |= bit
        front[sources[i], i // 64] |= bit
    missing = np.empty(words, np.uint64)
    level, growing = 0, True
    while growing:
        level += 1
        growing = False
        for v in range(nodes):
            lacks = False
            for k in range(words):
                missing[k] = everyone[k] & ~seen[v, k]
                lacks |= missing[k] != 0
                following[v, k] = 0
            if not lacks:
                continue
            for e in range(starts[v], starts[v + 1]):
                u = ends[e]
                open_still = False
                for k in range(words):
                    following[v, k] |= front[u, k]
                    open_still |= (missing[k] & ~following[v, k]) != 0
                if not open_still:
                    break
            found = 0
            for k in range(words):
                x = following[v, k] & missing[k]
                following[v, k] = x
                if x != 0:
                    x = x - ((x >> _ONE) & _PAIRS)
                    x = (x & _FOURS) + ((x >> _TWO) & _FOURS)
                    x = (x + (x >> _FOUR)) & _EIGHTS
                    found += int((x * _BYTES) >> _TOP)
            if found:
                growing = True
                reached[v] += found
                far[v] += found * level
                near[v] += found / level
                far_squares[v] += found * level * level
                near_squares[v] += found / (level * level)
        for v in range(nodes):
            for k in range(words):
                seen[v, k] |= following[v, k]
        front, following = following, front
        if growing:
            widest[0] = max(widest[0], level)


@compiled
def tally(starts: Any, ends: Any, sources: Any, reached: Any, far: Any, near: Any) -> Any:
    """Put into each place what the source there reaches: how many others, Σ d, and Σ 1/d.

    ``starts`` and ``ends`` hold the edges *into* each node. Returns the greatest d. As ``spread``,
    64 sources at a time, with sums for each source instead of each node.
    """
    nodes = len(starts) - 1
    seen = np.empty(nodes, np.uint64)
    front = np.empty(nodes, np.uint64)
    following = np.empty(nodes, np.uint64)
    count = np.empty(64, np.int64)
    widest = 0
    for first in range(0, len(sources), 64):
        some = sources[first : first + 64]
        everyone = _ALL if len(some) == 64 else (_ONE << np.uint64(len(some))) - _ONE
        seen[:] = 0
        front[:] = 0
        for b in range(len(some)):
            seen[some[b]] |= _ONE << np.uint64(b)
            front[some[b]] |= _ONE << np.uint64(b)
        level, growing = 0, True
        while growing:
            level += 1
            growing = False
            count[:] = 0
            for v in range(nodes):
                missing = everyone & ~seen[v]
                got = np.uint64(0)
                if missing:
                    for e in range(starts[v], starts[v + 1]):
                        got |= front[ends[e]]
                        if (missing & ~got) == 0:
                            break
                    got &= missing
                following[v] = got
                if got:
                    growing = True
                    for b in range(64):
                        count[b] += (got >> np.uint64(b)) & _ONE
            for v in range(nodes):
                seen[v] |= following[v]
            front, following = following, front
            for b in range(len(some)):
                reached[first + b] += count[b]
                far[first + b] += count[b] * level
                near[first + b] += count[b] / level
            if growing:
                widest = max(widest, level)
    return widest
