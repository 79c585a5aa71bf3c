"""Point lookups beside endless queries: how long they take, alone and in bad company.

A server of its own is started over a synthetic graph. Side by side in one run: lookups alone, then
while clients loop an endless query. For comparison the same with all queries in one queue, as
with ``long_seconds`` above the limit of time. Each endless client has an address of its own.
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?h) }"
LOOKUP = "SELECT ?p ?o { <http://example.org/thing/%d> ?p ?o }"
PROJECT = """
[[source]]
id = "none"
kind = "tables"
path = "none"
title = "none"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
retrieved = 2026-01-01

[serve]
workers = {workers}
timeout_seconds = {timeout}
long_seconds = {long}
"""


def write_data(path: Path, things: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for i in range(things):
            subject = f"<http://example.org/thing/{i}>"
            for p in range(5):
                stream.write(f'{subject} <http://example.org/p{p}> "value {i * p % 997}" .\n')


def start(folder: Path, data: Path, workers: int, timeout: float, long: float) -> tuple:
    project = folder / "rihla.toml"
    project.write_text(PROJECT.format(workers=workers, timeout=timeout, long=long))
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", "--data", str(data), "--project", str(project),
         "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout.readline().split()[-1]


class Client:
    def __init__(self, address: str, seconds: float = 60, source: str = "127.0.0.1") -> None:
        place = urlsplit(address)
        self.connection = http.client.HTTPConnection(
            str(place.hostname), place.port, timeout=seconds, source_address=(source, 0)
        )

    def ask(self, query: str) -> int:
        self.connection.request("GET", f"/sparql?format=csv&query={quote(query)}")
        response = self.connection.getresponse()
        response.read()
        return response.status


def lookups(address: str, seconds: float, things: int) -> list[float]:
    """Return the milliseconds of lookups, one after another; a refusal counts as infinite."""
    client, taken = Client(address), []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        status = client.ask(LOOKUP % random.randrange(things))
        taken.append((time.perf_counter() - began) * 1000 if status == 200 else float("inf"))
    return taken


def hog(address: str, source: str, stop: threading.Event, statuses: list[int]) -> None:
    client = Client(address, source=source)
    while not stop.is_set():
        statuses.append(client.ask(ENDLESS))


def row(name: str, taken: list[float]) -> None:
    ordered = sorted(taken)
    p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    print(f"| {name} | {len(ordered)} | {p50:.1f} | {p95:.1f} | {ordered[-1]:.1f} |", flush=True)


def measure(options: argparse.Namespace, folder: Path, data: Path, long: float, name: str) -> None:
    process, address = start(folder, data, options.workers, options.timeout, long)
    try:
        lookups(address, 1, options.things)
        row(f"{name}, alone", lookups(address, options.seconds, options.things))
        stop, statuses = threading.Event(), []
        hogs = [
            threading.Thread(target=hog, args=(address, f"127.0.0.{2 + i}", stop, statuses))
            for i in range(options.hogs)
        ]
        for thread in hogs:
            thread.start()
        time.sleep(2)
        row(f"{name}, beside {options.hogs}", lookups(address, options.seconds, options.things))
        stop.set()
        for thread in hogs:
            thread.join()
        print(f"  endless queries: { {s: statuses.count(s) for s in set(statuses)} }")
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--things", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--hogs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--timeout", type=float, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_data(folder / "data.nt", options.things)
        print("| server | lookups | p50 ms | p95 ms | worst ms |\n|---|---|---|---|---|")
        measure(options, folder, folder / "data.nt", 1.0, "places")
        measure(options, folder, folder / "data.nt", options.timeout * 2, "one queue")


if __name__ == "__main__":
    main()
