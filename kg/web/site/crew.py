"""Several processes that write pages, each with an application of its own."""

from __future__ import annotations

import gc
import json
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from pathlib import Path

from flask import Flask

from kg.settings import Settings
from kg.store.release import Release
from kg.store.workers import PoolLimits
from kg.web.site.order import Order, Thing
from kg.web.site.writing import SiteError, Writer, Written

__all__ = ["Crew", "Task", "crew", "processors"]

_PATIENCE = 10  # times the limit for strangers' queries: whoever copies has time
_AHEAD = 3  # tasks that wait for each process
_FEW_MIB = 48
_GARBAGE = 100_000


@dataclass(frozen=True)
class Task:
    """Addresses to write, or pages (address, file) whose links are to be turned.

    ``known`` is a JSON file: whether it knows all there is, and address → file.
    """

    addresses: tuple[str, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()
    known: Path | None = None


@dataclass(frozen=True)
class _Kit:
    """What a process needs to write."""

    settings: Settings
    release: Release
    limits: PoolLimits
    order: Order
    folder: Path
    aside: Path
    things: tuple[Thing, ...]


class _Hand:
    """One who writes: an application, and what is known by now."""

    def __init__(self, app: Flask, kit: _Kit) -> None:
        self._writer = Writer(app, kit.order, kit.folder, kit.aside, frozenset(kit.things))
        self._known: Path | None = None

    def do(self, task: Task) -> list[Written]:
        """Do a task."""
        if task.known is not None and task.known != self._known:
            is_whole, known = json.loads(task.known.read_text("utf-8"))
            self._writer.know(known, is_whole)
            self._known = task.known
        written = [self._writer.write(address) for address in task.addresses]
        return written + [self._writer.turn(*page) for page in task.pages]


Crew = Callable[[Iterable[Task]], Iterator[list[Written]]]
"""Does tasks; the results come in the order in which they are ready."""


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def crew(
    app: Flask, order: Order, folder: Path, aside: Path, things: tuple[Thing, ...], count: int
) -> Iterator[Crew]:
    """Yield who does tasks: the given application alone, or ``count`` processes beside it."""
    current = app.extensions["rihla"]
    kit = _Kit(
        replace(current.settings, serve=replace(current.settings.serve, workers=1,
                                                cache_mib=_FEW_MIB)),
        current.release,
        replace(current.limits, timeout_s=_PATIENCE * current.limits.timeout_s),
        order, folder, aside, things,
    )  # fmt: skip
    if count == 1:
        hand = _Hand(app, kit)
        yield lambda tasks: (hand.do(task) for task in tasks)
        return
    with _threads_for(count):
        pool = ProcessPoolExecutor(count, get_context("spawn"), _begin, (kit,))
        try:
            yield lambda tasks: _shared(pool, count, tasks)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _threads_for(count: int) -> Iterator[None]:
    """Let the processes that start now share the processors.

    Polars looks at its environment once, when it is first imported.
    """
    name = "POLARS_MAX_THREADS"
    before = os.environ.get(name)
    os.environ[name] = before or str(max(1, processors() // count))
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]


def _shared(
    pool: ProcessPoolExecutor, count: int, tasks: Iterable[Task]
) -> Iterator[list[Written]]:
    waiting: deque[Task] = deque(tasks)
    running: set[Future[list[Written]]] = set()
    try:
        while waiting or running:
            while waiting and len(running) < _AHEAD * count:
                running.add(pool.submit(_do, waiting.popleft()))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BrokenProcessPool as error:
        raise SiteError(
            "A process that writes pages ended, most likely for want of memory. Run the command "
            "again: it goes on from here; with --processes 1 it takes the least."
        ) from error
    finally:
        for future in running:
            future.cancel()


_HANDS: list[_Hand] = []


def _begin(kit: _Kit) -> None:
    from kg.web.app import create_app  # each process has its own; this module loads without it

    gc.set_threshold(
        _GARBAGE
    )  # a page leaves a hundred thousand objects, and no cycles to speak of
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it says when it ends
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    _HANDS.append(_Hand(create_app(kit.settings, kit.release, kit.limits), kit))


def _end_with_the_first() -> None:
    """End this process when the one that started it was killed: no task would ever come."""
    first = parent_process()
    if first is not None:
        wait_for([first.sentinel])
        os._exit(1)


def _do(task: Task) -> list[Written]:
    return _HANDS[0].do(task)
