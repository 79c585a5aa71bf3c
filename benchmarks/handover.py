"""What the guard and the way to a worker and back cost a small query.

The same lookups are asked in turn, of the engine in this process, of a worker by a thread that
waits (as the application does), of a worker by the steps that the event loop takes, and of the
release's index. A worker says how long it evaluated and wrote; what is above that is the guard
and the way there and back, with the frames, the lanes and the bookkeeping. Where other work takes
the machine, time on the wall says little: what counts then is the processor's time, of this
process and the workers together, that a lookup takes above the engine's own. Answers are compared.

    python benchmarks/world.py --participations 15000 --into world
    kg build --project world/rihla.toml
    python benchmarks/handover.py --project world/rihla.toml
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import select
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from kg.settings import load_settings
from kg.store.guard import inspect_query
from kg.store.indexed import IndexAnswers
from kg.store.release import Release, current_release
from kg.store.workers import WorkerPool

LOOKUP = "SELECT ?p ?o WHERE { <%s> ?p ?o }"
JSON = "application/sparql-results+json"
ROUNDS = 5
Timed = tuple[float, bytes]


def things_of(release: Release, count: int) -> list[str]:
    chosen = random.Random(7)
    subjects: set[str] = set()
    with gzip.open(release.dump, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("<https://w3id.org/rihla/id/") and chosen.random() < 0.05:
                subjects.add(line[1 : line.index(">")])
    return chosen.sample(sorted(subjects), min(count, len(subjects)))


def by_engine(store: ox.Store, query: str) -> Timed:
    began = time.perf_counter()
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    body = found.serialize(format=ox.QueryResultsFormat.JSON)
    assert body is not None
    return time.perf_counter() - began, body


def by_thread(pool: WorkerPool, query: str) -> tuple[float, float, bytes]:
    """Return seconds in all, those of the worker, and the answer."""
    began = time.perf_counter()
    with pool.run(query, JSON) as answer:
        body = answer.read()
    return time.perf_counter() - began, answer.seconds, body


def by_loop(pool: WorkerPool, query: str) -> tuple[float, float, bytes]:
    began = time.perf_counter()
    shape = inspect_query(query)
    begun = pool.begin(query, JSON, shape=shape)
    while not begun.try_start():
        time.sleep(0.001)
    arrived = select.epoll()
    arrived.register(begun.fileno(), select.EPOLLIN)
    while not (arrived.poll() and begun.try_receive()):
        pass
    with begun.finish() as answer:
        body = answer.read()
    taken = time.perf_counter() - began
    arrived.close()
    return taken, answer.seconds, body


def rows_of(body: bytes) -> list[str]:
    """Return rows in an order of their own: engine and index have different ones."""
    return sorted(json.dumps(row) for row in json.loads(body)["results"]["bindings"])


def processor_seconds(pids: list[int]) -> float:
    """Return what this process and others have used, to the nanosecond."""
    used = time.process_time()
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            used += int((task / "schedstat").read_text().split()[0]) / 1e9
    return used


def processor_table(pool: WorkerPool, store: ox.Store, things: list[str]) -> dict[str, float]:
    """Return the processor's seconds of a lookup by each way, the least of a few rounds."""
    ways: dict[str, Callable[[str], object]] = {
        "engine, here": lambda query: by_engine(store, query),
        "worker, by a thread": lambda query: by_thread(pool, query),
        "worker, by the loop": lambda query: by_loop(pool, query),
    }
    least = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, ask in ways.items():
            pids = pool.process_ids()
            before = processor_seconds(pids)
            for thing in things:
                ask(LOOKUP % thing)
            least[name] = min(least[name], (processor_seconds(pids) - before) / len(things))
    return least


def microseconds(values: list[float]) -> str:
    ordered = sorted(values)
    late = ordered[int(len(ordered) * 0.95)]
    return f"{statistics.median(ordered) * 1e6:,.0f} | {late * 1e6:,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, required=True, help="A project that was built.")
    parser.add_argument("--lookups", type=int, default=2000)
    options = parser.parse_args()
    release = current_release(load_settings(options.project).project.releases)
    things = things_of(release, options.lookups)
    store = ox.Store.read_only(str(release.store))
    index = IndexAnswers.of(release.index, 100_000, 1 << 20, 1_000_000)
    taken: dict[str, list[float]] = {
        name: []
        for name in ("guard", "engine, here", "engine, in a worker", "worker, by a thread: in all",
                     "worker, by a thread: guard and hand-over", "worker, by the loop: in all",
                     "worker, by the loop: guard and hand-over", "index")
    }  # fmt: skip
    with WorkerPool(release.store, 2) as pool:
        for number, thing in enumerate(things):
            query = LOOKUP % thing
            began = time.perf_counter()
            inspect_query(query)
            taken["guard"].append(time.perf_counter() - began)
            seconds, expected = by_engine(store, query)
            taken["engine, here"].append(seconds)
            ways: list[tuple[str, Callable[..., tuple[float, float, bytes]]]]
            ways = [("thread", by_thread), ("loop", by_loop)]
            for way, ask in ways if number % 2 else ways[::-1]:
                in_all, inside, body = ask(pool, query)
                by = "a thread" if way == "thread" else "the loop"
                taken[f"worker, by {by}: in all"].append(in_all)
                taken[f"worker, by {by}: guard and hand-over"].append(in_all - inside)
                taken["engine, in a worker"].append(inside)
                assert body == expected, query
            if index is not None:
                began = time.perf_counter()
                answer = index.answer(query)
                taken["index"].append(time.perf_counter() - began)
                assert answer is None or rows_of(answer) == rows_of(expected), query
        least = processor_table(pool, store, things)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{len(things):,} lookups, {release.manifest['triples']:,} triples, load {load}\n")
    print("| processor's time of a lookup | µs | above the engine's own, µs |\n|---|---|---|")
    for name, seconds in least.items():
        print(f"| {name} | {seconds * 1e6:,.0f} | {(seconds - least['engine, here']) * 1e6:,.0f} |")
    print("\n| part | median, µs | 95 % under, µs |\n|---|---|---|")
    for name, values in taken.items():
        if values:
            print(f"| {name} | {microseconds(values)} |")


if __name__ == "__main__":
    main()
