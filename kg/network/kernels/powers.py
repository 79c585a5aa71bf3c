"""Repeated steps along the edges of a network, until nothing changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["principal", "walk"]

_FLOOR = 4e-16  # what rounding moves
_TRIAL = 6  # steps after which the pace is known


@compiled
def _step(starts: Any, ends: Any, weights: Any, x: Any, into: Any) -> Any:
    """Put ``Σ_e weight · x[end]`` of each node's edges into ``into``; return the greatest."""
    greatest = 0.0
    for v in range(len(starts) - 1):
        whole = 0.0
        for e in range(starts[v], starts[v + 1]):
            whole += weights[e] * x[ends[e]]
        into[v] = whole
        greatest = max(greatest, whole)
    return greatest


@compiled
def principal(
    starts: Any,
    ends: Any,
    weights: Any,
    back_starts: Any,
    back_ends: Any,
    back_weights: Any,
    x: Any,
    near: Any,
    most: Any,
) -> Any:
    """Turn a positive vector into the limit of BAx, greatest entry 1; return whether it was found.

    A is the first matrix and B the second: twice the same, so that bipartite networks have a limit
    too, or a matrix and its transpose. Every few steps the pace tells how far the second eigenvalue
    lies off, and with that what was one step before speeds the next one up: De Sa et al. (2018),
    Accelerated Stochastic Power Iteration, PMLR 84. Where ``most`` steps would not do, few are
    taken. Ends when less than ``near`` is left of the way for each entry.
    """
    once = np.empty_like(x)
    twice = np.empty_like(x)
    older = np.zeros_like(x)
    speed = 0.0
    marked = np.inf
    rate = 1.0
    for step in range(1, most + 1):
        _step(starts, ends, weights, x, once)
        greatest = _step(back_starts, back_ends, back_weights, once, twice)
        top = 0.0
        for v in range(len(x)):
            twice[v] = twice[v] / greatest - speed * older[v]
            top = max(top, twice[v])
        change = 0.0
        for v in range(len(x)):
            now = twice[v] / top
            change = max(change, abs(now - x[v]))
            older[v] = x[v] / top
            x[v] = now
        if change <= _FLOOR:
            return True
        if step % _TRIAL == 0:
            if marked < np.inf:
                pace = (change / marked) ** (1.0 / _TRIAL)
                if pace >= 1.0:
                    return False
                second = pace + speed / pace if pace * pace > speed else 2.0 * np.sqrt(speed)
                speed = min(second, 0.999999) ** 2 / 4.0
                rate = max(pace, np.sqrt(speed))
                if step > 2 * _TRIAL and np.log(near / change) / np.log(rate) > most - step:
                    return False
            marked = change
        if change * rate < near * (1.0 - rate):
            return True
    return False


@compiled
def walk(
    starts: Any, ends: Any, shares: Any, dangling: Any, x: Any, damping: Any, near: Any, most: Any
) -> None:
    """Turn a distribution into that of a walker with jumps, after ``most`` steps or fewer.

    ``starts`` and ``ends`` hold the edges *into* each node, ``shares`` the chance to take each;
    ``dangling`` says from which nodes none leads. Ends when a step changes less than ``near`` in
    all.
    """
    nodes = len(x)
    following = np.empty_like(x)
    for _ in range(most):
        lost = 0.0
        for v in range(nodes):
            if dangling[v]:
                lost += x[v]
        jump = (1.0 - damping + damping * lost) / nodes
        _step(starts, ends, shares, x, following)
        whole = 0.0
        for v in range(nodes):
            following[v] = damping * following[v] + jump
            whole += following[v]
        change = 0.0
        for v in range(nodes):
            now = following[v] / whole
            change += abs(now - x[v])
            x[v] = now
        if change < near:
            break
