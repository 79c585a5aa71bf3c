"""What measures that look at all pairs cost: told before they run, and beside what they found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from kg.language import Told, tell, tell_number
from kg.network.edge_measures import EDGE_MEASURES
from kg.network.graph_measures import GRAPH_MEASURES
from kg.network.lanes import watched
from kg.network.measures import MEASURES

__all__ = ["LARGE", "SAMPLE", "all_pairs", "forecast", "offer", "sampled", "spoken"]

LARGE = 500_000_000
"""Nodes × edges from which the sampled form is offered: about a second of betweenness."""

SAMPLE = 1000
"""Sources of the sample that is offered."""

_PATIENCE = 0.3  # seconds that a forecast watches the work for
_EVERY: dict[str, Any] = {**MEASURES, **EDGE_MEASURES, **GRAPH_MEASURES}


class _SeenError(Exception):
    """Enough was seen of the work."""


def all_pairs(names: Iterable[str]) -> list[str]:
    """Return those of the measures that look at all pairs of nodes.

    Examples
    --------
    >>> all_pairs(["degree", "betweenness"])
    ['betweenness']
    """
    return [name for name in names if _EVERY[name].all_pairs]


def sampled(names: Iterable[str]) -> list[str]:
    """Return those of the measures that can be estimated from some sources.

    Examples
    --------
    >>> sampled(["degree", "closeness", "edge-betweenness", "distance"])
    ['closeness', 'edge-betweenness', 'distance']
    """
    return [name for name in names if getattr(_EVERY[name], "sampled", None)]


def forecast(work: Callable[[], object]) -> float:
    """Return the seconds that all-pairs work will take here, from its first ones.

    The work is begun, watched for a third of a second, and left. Work of several passes (small
    worlds) is taken for one, so that it is a lower bound there.
    """
    began = time.perf_counter()
    first: list[tuple[float, int]] = []
    seen = [0.0, 0.0]

    def watch(done: int, of: int) -> None:
        now = time.perf_counter()
        first.append((now, done))  # what is compiled or loaded first is no part of it
        spent, more = now - first[0][0], done - first[0][1]
        if spent > _PATIENCE and more:
            seen[:] = spent / more * of, 1.0
            raise _SeenError

    try:
        with watched(watch):
            work()
    except _SeenError:
        return seen[0]
    return time.perf_counter() - began


def offer(names: Iterable[str], nodes: int, edges: int) -> list[str]:
    """Say of exact all-pairs measures of a large network that they have a sampled form.

    Examples
    --------
    >>> offer(["betweenness"], 30, 100)
    []
    """
    able = sampled(names)
    if not able or nodes * edges < LARGE or nodes <= SAMPLE:
        return []
    return [
        tell(
            "%(measures)s: exact, over all pairs of %(nodes)s nodes. sample=%(sample)s estimates "
            "this from so many sources, each score with a bound on its error.",
            measures=", ".join(able),
            nodes=nodes,
            sample=str(SAMPLE),
        )
    ]


def spoken(seconds: float) -> Told:
    """Return a time as one says it.

    Examples
    --------
    >>> print(spoken(0.3), "/", spoken(42), "/", spoken(400), "/", spoken(9000))
    1 second / 42 seconds / 7 minutes / 2 hours
    """
    if seconds < 90:
        return tell_number("%(num)s second", "%(num)s seconds", max(1, round(seconds)))
    if seconds < 5400:
        return tell_number("%(num)s minute", "%(num)s minutes", round(seconds / 60))
    return tell_number("%(num)s hour", "%(num)s hours", round(seconds / 3600))
