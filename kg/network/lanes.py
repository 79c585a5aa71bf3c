"""Work over many sources: in threads, with progress, and with the same bits on every machine.

Sources are dealt to a fixed number of lanes. A lane adds its sources up in their order, whatever
thread it runs in, and lanes are added up in their order: so sums of floats do not depend on how
many processors there are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LANES", "Watch", "add_up", "in_threads", "steps", "watched"]

LANES = 8
"""Also the greatest number of threads that one piece of work uses."""

Watch = Callable[[int, int], None]
"""Told how many sources or draws are done, and of how many. What it raises ends the work."""

_watch: ContextVar[Watch | None] = ContextVar("_watch", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Tell ``watch`` of the progress of all-pairs work in this block.

    Examples
    --------
    >>> import networkx as nx
    >>> from kg.network import Network
    >>> seen = []
    >>> with watched(lambda done, of: seen.append((done, of))):
    ...     _ = Network.from_networkx(nx.path_graph(3)).centrality("betweenness")
    >>> seen[-1]
    (3, 3)
    """
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


@contextmanager
def steps(of: int) -> Iterator[Callable[[], None]]:
    """Give a function to call after each of so many pieces of work, for whoever watches.

    What runs inside a piece tells nothing of its own.

    Examples
    --------
    >>> seen = []
    >>> with watched(lambda done, of: seen.append((done, of))), steps(2) as step:
    ...     step()
    ...     step()
    >>> seen
    [(1, 2), (2, 2)]
    """
    watch, done, lock = _watch.get(), 0, Lock()
    token = _watch.set(None)

    def step() -> None:
        nonlocal done
        with lock:
            done += 1
            if watch is not None:
                watch(done, of)

    try:
        yield step
    finally:
        _watch.reset(token)


def add_up(
    work: Callable[..., None],
    sources: NDArray[Any],
    blank: Callable[[], tuple[NDArray[Any], ...]],
    *,
    chunk: int = 32,
) -> tuple[NDArray[Any], ...]:
    """Return the arrays of ``blank`` after ``work(some sources, *arrays)`` has added to them.

    ``work`` must let go of the interpreter's lock for threads to be of use; ``chunk`` is how many
    sources it is given at a time.
    """
    lanes = min(LANES, max(1, len(sources) // chunk))
    dealt = [sources[lane::lanes] for lane in range(lanes)]
    watch, lock = _watch.get(), Lock()
    done = 0

    def run(mine: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        nonlocal done
        arrays = blank()
        for start in range(0, len(mine), chunk):
            some = np.ascontiguousarray(mine[start : start + chunk])
            work(some, *arrays)
            with lock:
                done += len(some)
                if watch is not None:
                    watch(done, len(sources))
        return arrays

    return _summed(in_threads(run, dealt))


def in_threads(run: Callable[[Any], Any], dealt: Sequence[Any]) -> list[Any]:
    """Return what ``run`` gives for each piece, in their order, on all processors."""
    threads = min(len(dealt), len(os.sched_getaffinity(0)))
    if threads < 2:
        return [run(mine) for mine in dealt]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, dealt))


def _summed(found: list[tuple[NDArray[Any], ...]]) -> tuple[NDArray[Any], ...]:
    total = found[0]
    for arrays in found[1:]:
        for whole, part in zip(total, arrays, strict=True):
            whole += part
    return total
