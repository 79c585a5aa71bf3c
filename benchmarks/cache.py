"""Requests per second of one lookup: run each time, kept in memory, and what the server takes.

Two servers over the same synthetic graph, one with ``cache_mib`` at its default and one with 0, and
a bare answer from the same event loop and parser, which is as fast as this server could ever be.
Their answers are compared, then wrk asks each in turn, round by round; medians count. Needs wrk.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from fairness import PROJECT, write_data

LOOKUP = "SELECT ?p ?o { <http://example.org/thing/7> ?p ?o }"
MEDIUM = 'SELECT ?s ?o { ?s <http://example.org/p1> ?o FILTER(STRSTARTS(?o, "value 1")) } LIMIT 500'
BARE = """
import asyncio, sys, httptools, uvloop
body = b"x" * int(sys.argv[1])
head = b"HTTP/1.1 200 OK\\r\\nContent-Type: text/csv\\r\\nContent-Length: %d\\r\\n\\r\\n"
answer = head % len(body) + body
class Bare(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.parser = transport, httptools.HttpRequestParser(self)
    def data_received(self, data):
        self.parser.feed_data(data)
    def on_message_complete(self):
        self.transport.write(answer)
async def main():
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
    await server.serve_forever()
uvloop.run(main())
"""


def serving(folder: Path, data: Path, cache_mib: int | None) -> subprocess.Popen[str]:
    project = folder / f"rihla-{cache_mib}.toml"
    more = "" if cache_mib is None else f"cache_mib = {cache_mib}\n"
    project.write_text(PROJECT.format(workers=2, timeout=10, long=1) + more)
    return subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", "--data", str(data), "--project", str(project),
         "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def bare(folder: Path, size: int) -> subprocess.Popen[str]:
    program = folder / "bare.py"
    program.write_text(BARE)
    command = [sys.executable, str(program), str(size)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().split()[-1]


def rate(url: str, seconds: int) -> float:
    done = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{seconds}", url], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in done:
        raise SystemExit(f"{url}: {done}")
    found = re.search(r"Requests/sec:\s+([0-9.]+)", done)
    assert found is not None
    return float(found[1])


def read(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        return bytes(answer.read())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--things", type=int, default=200_000, help="subjects of five triples each")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data.nt"
        write_data(data, asked.things)
        kept, run = serving(folder, data, None), serving(folder, data, 0)
        started = [kept, run]
        try:
            places = {"kept": address(kept), "run each time": address(run)}
            for what, query in (("lookup", LOOKUP), ("medium query", MEDIUM)):
                urls = {n: f"{a}sparql.csv?query={quote(query)}" for n, a in places.items()}
                answers = {read(url) for url in urls.values()}
                assert len(answers) == 1, "the answers differ"
                started.append(bare(folder, len(answers.pop())))
                urls["bare loop"] = address(started[-1])
                report(what, urls, lambda url: rate(url, asked.seconds), asked.rounds)
        finally:
            for process in started:
                process.terminate()
                process.wait()


def report(what: str, urls: dict[str, str], measure: Callable[[str], float], rounds: int) -> None:
    found: dict[str, list[float]] = {name: [] for name in urls}
    for _ in range(rounds):
        for name, url in urls.items():
            found[name].append(measure(url))
    rates = {name: statistics.median(values) for name, values in found.items()}
    slowest = min(rates.values())
    for name, value in rates.items():
        print(f"{what:14} {name:14} {value:9,.0f} requests/s   ×{value / slowest:.1f}")


if __name__ == "__main__":
    main()
