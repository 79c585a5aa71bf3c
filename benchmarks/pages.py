"""How long the server takes for each kind of page: a median over many things of each kind.

Every page is made anew: no answer is asked for twice, and nothing is asked before the clock runs.
The targets are those of the project: a median under 300 ms on the world of one million triples.
Beside the time on the clock stand the processor times of the server's process with all its threads,
and of its query processes: on a machine that others use too, they say what a page costs.

    python benchmarks/world.py --participations 100000 --into /tmp/world
    kg build --project /tmp/world/rihla.toml
    python benchmarks/pages.py --project /tmp/world/rihla.toml --each 15
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import polars as pl
from flask import Flask
from flask.testing import FlaskClient

from kg.analysis.graph import Graph
from kg.settings import load_settings
from kg.web import close_app, create_app

TARGET_MS = 300
NAMED = ("person", "organisation", "country", "bloc", "series", "programme", "topic", "method")


def things(graph: Graph, each: int) -> dict[str, list[str]]:
    """Return kind → places (``kind/key``): half of them the busiest, half drawn by lot."""
    names = graph.columns("names").select("entity", "kind").unique().sort("entity")
    rows = graph.columns("involvements")
    found = {}
    for kind in (*NAMED, "training", "outcome"):
        of_kind = names.filter(pl.col("kind") == kind)["entity"]
        busiest = [
            rows.filter(pl.col(column).is_in(of_kind.implode()))[column].value_counts(sort=True)
            for column in ("organisation", "person", "country", "training")
        ]
        first = [iri for counts in busiest for iri in counts[: each // 2].to_series().to_list()]
        drawn = of_kind.sample(min(each, of_kind.len()), seed=1).to_list()
        chosen = list(dict.fromkeys([*first, *drawn]))[:each]
        found[kind] = ["/".join(iri.rsplit("/", 2)[-2:]) for iri in chosen]
    return found


def addresses(graph: Graph, each: int) -> Iterator[tuple[str, list[str]]]:
    """Yield what is measured with its addresses."""
    places = things(graph, each)
    for kind, found in places.items():
        yield kind, [f"/page/{quote(place)}" for place in found]
    for kind in ("organisation", "country"):
        pairs = zip(places[kind], places[kind][1:], strict=False)
        yield f"pair of {kind}s", [f"/pair/{quote(a)}/{quote(b)}" for a, b in pairs]
    mixed = zip(places["country"], places["topic"], strict=False)
    yield "country and topic", [f"/pair/{quote(a)}/{quote(b)}" for a, b in mixed]
    for kind in ("organisation", "country"):
        five = [places[kind][n : n + 5] for n in range(0, len(places[kind]) - 4, 5)]
        yield (
            f"comparison of {kind}s",
            ["/compare?" + "&".join(f"with={quote(place)}" for place in group) for group in five],
        )


Times = tuple[float, float, float]


def seconds_of(pids: list[int]) -> float:
    """Return what query processes have used, to the nanosecond."""
    used = 0.0
    for task in (each for pid in pids for each in Path(f"/proc/{pid}/task").glob("*/schedstat")):
        with contextlib.suppress(OSError):
            used += int(task.read_text().split()[0]) / 1e9
    return used


def milliseconds(client: FlaskClient, address: str, pids: list[int]) -> Times:
    """Return how long a page takes: on the clock, of this process, of the query processes."""
    asked = seconds_of(pids)
    begun, worked = time.perf_counter(), time.process_time()
    response = client.get(address)
    taken, worked = time.perf_counter() - begun, time.process_time() - worked
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status_code}")
    return 1000 * taken, 1000 * worked, 1000 * max(0.0, seconds_of(pids) - asked)


def measure(app: Flask, each: int) -> bool:
    """Print a line for each kind of page; return whether every median is below the target."""
    client, good = app.test_client(), True
    with app.test_request_context():
        service = app.extensions["rihla"].enter()
        graph, pids = service.graph, service.pool.process_ids()
    client.get("/page/country/ZZ")  # opens what a server has open
    client.get("/compare?with=bloc/oic")
    print(f"{'page':28}{'pages':>6}{'median':>9}{'worst':>9}{'processor':>11}{'queries':>9}  ms")
    for name, found in addresses(graph, each):
        times = [milliseconds(client, address, pids) for address in found]
        if not times:
            continue
        clock, processor, queries = zip(*times, strict=True)
        median = statistics.median(clock)
        good = good and median < TARGET_MS
        worked, asked = statistics.median(processor), statistics.median(queries)
        print(
            f"{name:28}{len(times):>6}{median:>9.0f}{max(clock):>9.0f}{worked:>11.0f}{asked:>9.0f}"
        )
    print(f"Load: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--project", type=Path, required=True, help="Project file of a world.")
    parser.add_argument("--each", type=int, default=15, help="Things of each kind.")
    given = parser.parse_args()
    app = create_app(load_settings(given.project))
    try:
        good = measure(app, given.each)
    finally:
        close_app(app)
    print(f"Every median is {'' if good else 'NOT '}below {TARGET_MS} ms.")


if __name__ == "__main__":
    main()
