"""The endpoint against its peers over HTTP: the same release, the same queries, answers compared.

Servers are started one after another on this machine, each over the release of a project:

- ``rihla``: ``kg serve`` as a user runs it;
- ``oxigraph``: the engine's own server (``pip install oxigraph``), without any limit or guard;
- ``virtuoso``: Debian's ``virtuoso-opensource-7``, loaded by its bulk loader;
- ``rdflib-endpoint``: rdflib in memory under uvicorn (``rdflib-endpoint[cli]``).

Lookups and a medium query go through wrk. Each request carries a number as a comment, so that no
server answers from a cache; the cached ones repeat a few hundred texts. The processor's
milliseconds of a request are those of the server with all its processes. Answers are compared.
``--large`` asks for an answer near the cap, and for all statements by the way of exports.
``--memory`` sends large answers to slow readers. Servers that are much slower get a budget
(``--budget``), and count with as many connections as suit them best; ``--seconds 0`` leaves wrk
out.

    python -m venv peers && peers/bin/pip install oxigraph 'rdflib-endpoint[cli]'
    python benchmarks/world.py --participations 15000 --into world
    kg build --project world/rihla.toml
    python benchmarks/endpoint.py --project world/rihla.toml --peers peers/bin
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import itertools
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox

import kg
from kg.settings import load_settings
from kg.store.release import Release, current_release
from kg.store.remote.dialects import dialect_of

ENGINES = ("rihla", "oxigraph", "virtuoso", "rdflib-endpoint")
SLOW = ("rdflib-endpoint",)
CONNECTIONS = (2, 6)
"""How many ask at a time: the most; a slow server is asked by fewer too, and its best counts."""
MEDIUM = """PREFIX rihla: <https://w3id.org/rihla/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?training ?label ?start WHERE {
  ?training rihla:aboutTopic <%s> ; rdfs:label ?label ; rihla:startDate ?start }"""
LOOKUP = "SELECT ?p ?o WHERE { <%s> ?p ?o }"
JSON = "application/sparql-results+json"
ALL = "http://example.org/all"
# Requests are made beforehand; a number in a comment makes each of them new, in each run too: those
# of the run that warms a server up would otherwise be answered from memory in the one that counts.
_RUNS = itertools.count(1)
_MOST = 2_000_000  # requests of a run
SCRIPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local salt = %s
local number, id = 0, 0
function setup(thread) id = id + 1; thread:set("id", id) end
function init(args) math.randomseed(id * 7919 + %d) ; number = id * 100000000 + %d end
function request()
  local path = paths[math.random(#paths)]
  if salt then number = number + 1 ; path = path .. "%%0A%%23" .. number end
  return wrk.format("GET", path, { Accept = "application/sparql-results+json" })
end
"""


@dataclass
class Server:
    """A running peer: where it answers, and the process whose memory counts."""

    name: str
    address: str
    pid: int
    graph: str = ""
    load_seconds: float = 0.0
    named_graphs: tuple[str, ...] = ()

    def form(self, query: str) -> str:
        """Return the request's fields; the query comes last, so that a comment can follow it."""
        given = [("default-graph-uri", self.graph)] if self.graph else []
        if "GRAPH " in query:
            given += [("named-graph-uri", name) for name in self.named_graphs]
        if self.name == "virtuoso":
            given.append(("format", JSON))
            query = dialect_of(self.name).rewritten(query)
        return urlencode([*given, ("query", query)], quote_via=quote)

    def path(self, query: str) -> str:
        return f"{urlsplit(self.address).path}?{self.form(query)}"

    def ask(
        self,
        query: str,
        seconds: float = 600,
        tell: Callable[[http.client.HTTPConnection], object] = lambda _: None,
    ) -> tuple[float, list[tuple[str, ...]] | str]:
        """Return seconds and the sorted rows, or the status where there is no answer.

        ``tell`` is given the connection, for who would cut it.
        """
        place = urlsplit(self.address)
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=seconds)
        began = time.perf_counter()
        try:
            # several peers refuse long addresses
            sent = {"Accept": JSON, "Content-Type": "application/x-www-form-urlencoded"}
            connection.connect()
            tell(connection)
            connection.request("POST", place.path, self.form(query), sent)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            return time.perf_counter() - began, type(error).__name__
        finally:
            connection.close()
        taken = time.perf_counter() - began
        return taken, rows_of(body) if response.status == 200 else f"status {response.status}"


def rows_of(body: bytes) -> list[tuple[str, ...]]:
    """Return an answer's rows in an order and a spelling of their own: engines differ in both."""
    document = json.loads(body)
    if "boolean" in document:
        return [(str(document["boolean"]),)]
    names = document["head"]["vars"]
    return sorted(
        tuple(_spelt(row.get(name)) for name in names) for row in document["results"]["bindings"]
    )


def _spelt(value: dict[str, str] | None) -> str:
    if value is None:
        return ""
    if value["type"] == "bnode":
        return "_:"
    text = value["value"]
    if value.get("datatype", "").endswith("#boolean"):
        return str(int(text in ("true", "1")))  # one engine writes them as numbers
    if re.match(r"https?://\S+ https?://", text):  # things in one cell, in any order
        return " ".join(sorted(text.split()))
    with contextlib.suppress(ValueError):
        if re.fullmatch(r"[-+0-9.eE]+", text):
            return f"{float(text):.9g}"
    return text


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def await_answer(server: Server, process: subprocess.Popen[bytes], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"{server.name} ended with {process.returncode}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            if isinstance(server.ask("ASK { ?s ?p ?o }", 5)[1], list):
                return
        time.sleep(0.2)
    raise SystemExit(f"{server.name} does not answer")


def spawn(command: list[str], folder: Path, **options: object) -> subprocess.Popen[bytes]:
    log = (folder / "server.log").open("wb")
    return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True,
                            **options)  # fmt: skip


@contextlib.contextmanager
def running(name: str, data: Path, folder: Path, options: argparse.Namespace) -> Iterator[Server]:
    """Start a peer over the triples in ``data``; what it keeps, another start finds."""
    place = folder / name
    place.mkdir(exist_ok=True)
    process, server = STARTS[name](data, place, options)
    try:
        await_answer(server, process, 1800)
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(120)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


Started = tuple[subprocess.Popen[bytes], Server]


def start_rihla(_: Path, folder: Path, options: argparse.Namespace) -> Started:
    port = free_port()
    command = [sys.executable, "-m", "kg", "serve", "--project", str(options.project.resolve()),
               "--port", str(port)]  # fmt: skip
    root = str(Path(kg.__file__).parents[1])
    process = spawn(command, folder, env={**os.environ, "PYTHONPATH": root})
    return process, Server("rihla", f"http://127.0.0.1:{port}/sparql", process.pid)


def start_oxigraph(data: Path, folder: Path, options: argparse.Namespace) -> Started:
    program, port, store = str(options.peers / "oxigraph"), free_port(), str(folder / "store")
    began = time.perf_counter()
    if not Path(store).exists():
        subprocess.run([program, "load", "--location", store, "--file", str(data), "--lenient"],
                       check=True, capture_output=True)  # fmt: skip
    taken = time.perf_counter() - began
    command = [program, "serve-read-only", "--location", store, "--bind", f"127.0.0.1:{port}"]
    process = spawn(command, folder)
    return process, Server("oxigraph", f"http://127.0.0.1:{port}/query", process.pid,
                           load_seconds=taken)  # fmt: skip


def start_rdflib(data: Path, folder: Path, options: argparse.Namespace) -> Started:
    port = free_port()
    command = [str(options.peers / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port",
               str(port), str(data)]  # fmt: skip
    process = spawn(command, folder)
    return process, Server("rdflib-endpoint", f"http://127.0.0.1:{port}/", process.pid)


INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
Striping = 0
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
MaxCheckpointRemap = 2000
Striping = 0
[Parameters]
ServerPort = {isql}
ServerThreads = 20
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = {folder}
DefaultIsolation = 2
[HTTPServer]
ServerPort = {port}
ServerThreads = 20
KeepAliveTimeout = 10
MaxKeepAlives = 20
[SPARQL]
ResultSetMaxRows = 2000000
MaxQueryExecutionTime = 600
DefaultQuery = SELECT 1 WHERE {{}}
"""


def start_virtuoso(data: Path, folder: Path, options: argparse.Namespace) -> Started:
    """Start Virtuoso, with the union in one graph and the release's graphs beside it."""
    port, isql = free_port(), free_port()
    # As its manual has it for 4 and 2 GB.
    buffers = 340_000 if data.stat().st_size > 3e8 else 170_000
    text = INI.format(isql=isql, port=port, folder=folder, buffers=buffers, dirty=buffers * 3 // 4)
    (folder / "virtuoso.ini").write_text(text)
    loaded = folder / "loaded"
    (folder / "virtuoso.lck").unlink(missing_ok=True)  # of one that was killed
    process = spawn(["virtuoso-t", "-f", "-c", "virtuoso.ini"], folder)
    release = current_release(load_settings(options.project).project.releases)
    server = Server("virtuoso", f"http://127.0.0.1:{port}/sparql", process.pid, ALL,
                    named_graphs=tuple(release.manifest["graphs"]))  # fmt: skip
    await_answer(server, process, 600)
    if loaded.exists():
        server.load_seconds = float(loaded.read_text())
        return process, server
    shutil.copy(data, folder / "data.nt")
    shutil.copy(release.dump, folder / "data.nq.gz")
    began = time.perf_counter()
    _load_virtuoso(isql, f"ld_dir('{folder}', 'data.nt', '{ALL}');")
    server.load_seconds = time.perf_counter() - began  # of the union, as the others
    if getattr(options, "named_graphs", False):  # for benchmarks/questions.py
        _load_virtuoso(isql, f"ld_dir('{folder}', 'data.nq.gz', 'http://example.org/none');")
    (folder / "data.nt").unlink()
    loaded.write_text(str(server.load_seconds))
    return process, server


def _load_virtuoso(isql: int, listing: str) -> None:
    statements = (
        f"{listing} rdf_loader_run(); checkpoint; "
        "select ll_error from DB.DBA.load_list where ll_error is not null;"
    )
    done = subprocess.run(
        ["isql-vt", f"localhost:{isql}", "dba", "dba", "VERBOSE=OFF", "BANNER=OFF",
         f"EXEC={statements}"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    if done.stdout.strip():
        raise SystemExit(f"virtuoso's loader: {done.stdout.strip()[:500]}")


STARTS = {
    "rihla": start_rihla,
    "oxigraph": start_oxigraph,
    "virtuoso": start_virtuoso,
    "rdflib-endpoint": start_rdflib,
}


def write_triples(release: Release, target: Path) -> int:
    """Write the union of all graphs as N-Triples, each triple once; return how many."""
    if not target.exists():
        store = ox.Store.read_only(str(release.store))
        store.dump(str(target), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    with target.open("rb") as lines:
        return sum(1 for _ in lines)


@dataclass
class Load:
    """Texts that wrk sends, all of one shape."""

    name: str
    queries: list[str]
    salted: bool
    results: dict[str, tuple[float, float, float]] = field(default_factory=dict)


def loads(triples: Path, seed: int) -> list[Load]:
    chosen = random.Random(seed)
    subjects: set[str] = set()
    with triples.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("<https://w3id.org/rihla/id/") and chosen.random() < 0.05:
                subjects.add(line[1 : line.index(">")])
    things = chosen.sample(sorted(subjects), min(2000, len(subjects)))
    topics = sorted({
        line.split()[2][1:-1]
        for line in triples.open(encoding="utf-8")
        if "> <https://w3id.org/rihla/ontology#aboutTopic> <https://w3id.org/rihla/id/" in line
    })  # fmt: skip
    return [
        Load("lookup, uncached", [LOOKUP % s for s in things], True),
        Load("medium, uncached", [MEDIUM % t for t in topics], True),
        Load("lookup, cached", [LOOKUP % s for s in things[:200]], False),
    ]


def wrk(
    server: Server, load: Load, seconds: int, folder: Path, connections: int
) -> tuple[float, float, float]:
    """Return requests a second, milliseconds at the 99th percentile, and of processor each."""
    paths, script = folder / "paths.txt", folder / "wrk.lua"
    paths.write_text("\n".join(server.path(query) for query in load.queries))
    run = next(_RUNS)
    salted = "true" if load.salted else "false"
    script.write_text(SCRIPT % (paths, salted, run, run * _MOST))
    place = urlsplit(server.address)
    before = processor_seconds(server.pid)
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s",
         "-s", str(script), f"http://{place.netloc}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in done or "Socket errors" in done:
        print(f"  {server.name}, {load.name}: {done.splitlines()[-3:]}", flush=True)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", done)
    count = re.search(r"(\d+) requests in", done)
    assert rate and late and count, done
    used = 1000 * (processor_seconds(server.pid) - before) / max(1, int(count[1]))
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}[late[2]]
    return float(rate[1]), float(late[1]) * scale, used


def processes(pid: int) -> list[Path]:
    """Return a server's process and all that it started, workers in sessions of their own too."""
    parents, groups = {}, {}
    for found in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (found / "stat").read_text().rpartition(")")[2].split()
            parents[int(found.name)], groups[int(found.name)] = int(fields[1]), int(fields[2])
    mine = {each for each, group in groups.items() if group == pid}
    while more := {each for each, parent in parents.items() if parent in mine} - mine:
        mine |= more
    return [Path("/proc", str(each)) for each in sorted(mine)]


def processor_seconds(pid: int) -> float:
    """Return what a server and all its processes have used, those that ended too."""
    total = 0
    for found in processes(pid):
        with contextlib.suppress(OSError):
            fields = (found / "stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))  # its own, and that of children it has reaped
    return total / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> float:
    """Return the memory of a server, shared pages counted once, its memory files too."""
    total, files = 0, {}
    for found in processes(pid):
        with contextlib.suppress(OSError):
            rollup = (found / "smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1])  # type: ignore[index]
        for link in (found / "fd").glob("*"):
            with contextlib.suppress(OSError):
                if str(link.readlink()).startswith("/memfd:"):
                    kept = link.stat()
                    files[kept.st_ino] = kept.st_blocks * 512
    return total / 1024 + sum(files.values()) / 2**20


def slow_readers(server: Server, rows: int, readers: int, seconds: float) -> str:
    """Say what happens to memory while clients read a large answer slowly."""
    query = f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {rows}"
    before, stop = memory_mib(server.pid), threading.Event()
    place = urlsplit(server.address)
    statuses: list[str] = []

    def read() -> None:
        with (
            contextlib.suppress(OSError),
            socket.create_connection((str(place.hostname), int(place.port or 80))) as connection,
        ):
            request = f"GET {server.path(query)} HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n\r\n"
            connection.sendall(request.encode())
            statuses.append(connection.recv(4096)[9:12].decode())
            while not stop.is_set() and connection.recv(4096):
                time.sleep(0.02)

    threads = [threading.Thread(target=read, daemon=True) for _ in range(readers)]
    for thread in threads:
        thread.start()
    peak, until = before, time.monotonic() + seconds
    while time.monotonic() < until:
        peak = max(peak, memory_mib(server.pid))
        time.sleep(0.3)
    at_last = memory_mib(server.pid)  # all is evaluated, and they still read
    stop.set()
    counts = {status: statuses.count(status) for status in sorted(set(statuses))}
    return (
        f"{readers} slow readers of {rows:,} rows: {before:.0f} MiB before, {peak:.0f} at most, "
        f"{at_last:.0f} while they read, statuses {counts}"
    )


def all_statements(server: Server) -> str:
    """Say how long all statements take by the way that the server has for exports."""
    place = urlsplit(server.address)
    path = {"rihla": "/files/data.nq.gz", "oxigraph": "/store?default"}.get(server.name)
    if path is None:
        return "no export over HTTP"
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=600)
    began = time.perf_counter()
    connection.request("GET", path, headers={"Accept": "application/n-triples"})
    response = connection.getresponse()
    stream = gzip.GzipFile(fileobj=response) if path.endswith(".gz") else response
    lines = size = 0
    while block := stream.read(1 << 20):
        lines, size = lines + block.count(b"\n"), size + len(block)
    taken = time.perf_counter() - began
    connection.close()
    return f"{lines:,} statements in {taken:.1f} s ({lines / taken:,.0f}/s, {size >> 20} MiB)"


def at_the_cap(server: Server, patience: float) -> str:
    """Say how long an answer of 250,000 rows takes."""
    taken, answer = server.ask("SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 250000", patience)
    if isinstance(answer, str):
        return f"{answer} after {taken:.1f} s"
    return f"{len(answer):,} rows in {taken:.1f} s ({len(answer) / taken:,.0f}/s)"


def answers_of(server: Server, every: list[Load]) -> dict[str, object]:
    """Return the answers to a few queries of each load, to be compared."""
    return {query: server.ask(query)[1] for load in every for query in load.queries[:8]}


def report(load: Load) -> None:
    print(f"\n{load.name}\n| server | requests/s | p99 ms | processor ms | rihla: requests/s "
          "| processor |\n|---|---|---|---|---|---|")  # fmt: skip
    ours, _, cost = load.results.get("rihla", (0.0, 0.0, 0.0))
    for name, (rate, late, used) in load.results.items():
        ratio = f"{ours / rate:.2f} × | {cost / used:.2f} ×" if ours and used else "|"
        print(f"| {name} | {rate:,.0f} | {late:.1f} | {used:.3f} | {ratio} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, required=True, help="A project that was built.")
    parser.add_argument("--peers", type=Path, default=Path("peers/bin"))
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--seconds", type=int, default=10, help="Of each load.")
    parser.add_argument("--kept", type=Path, help="A folder that keeps what peers loaded.")
    parser.add_argument("--memory", action="store_true", help="Slow readers too.")
    parser.add_argument("--large", action="store_true", help="An answer at the cap, an export.")
    parser.add_argument("--budget", type=int, default=6, help="Seconds of a load, where slow.")
    options = parser.parse_args()
    options.peers = options.peers.resolve()
    release = current_release(load_settings(options.project).project.releases)
    with tempfile.TemporaryDirectory(prefix="endpoint-") as name:
        folder = options.kept.resolve() if options.kept else Path(name)
        folder.mkdir(exist_ok=True)
        compare_all(release, folder, options)


def compare_all(release: Release, folder: Path, options: argparse.Namespace) -> None:
    """Ask each engine all that is to be asked, and print what was found."""
    data = folder / "data.nt"
    print(f"Release {release.id}: {write_triples(release, data):,} triples.", flush=True)
    every = loads(data, 7) if options.seconds else []
    expected: dict[str, object] = {}
    for engine in options.engines:
        with running(engine, data, folder, options) as server:
            print(f"{engine}: loaded in {server.load_seconds:.1f} s, "
                  f"{memory_mib(server.pid):.0f} MiB", flush=True)  # fmt: skip
            measure(server, every, expected, options)
            more(server, options)
    for load in every:
        report(load)


def measure(
    server: Server, every: list[Load], expected: dict[str, object], options: argparse.Namespace
) -> None:
    """Send the loads to a server, and compare a few of its answers with the first server's."""
    seconds = options.budget if server.name in SLOW else options.seconds
    found = answers_of(server, every)
    expected.update({query: found[query] for query in found.keys() - expected.keys()})
    different = [query for query in found if found[query] != expected[query]]
    if different:
        print(f"{server.name} ANSWERS OTHERWISE: {different[0]}", flush=True)
    with tempfile.TemporaryDirectory(prefix="wrk-") as place:
        for load in every:
            wrk(server, load, min(2, seconds), Path(place), CONNECTIONS[0])
            found = {}
            for count in CONNECTIONS if server.name in SLOW else CONNECTIONS[-1:]:
                found[count] = wrk(server, load, seconds, Path(place), count)
            best = max(found, key=lambda count: found[count])
            load.results[server.name] = found[best]
            if len(found) > 1:
                rates = ", ".join(f"{rate:,.0f} by {count}" for count, (rate, *_) in found.items())
                print(f"  {server.name}, {load.name}, requests/s by connections: {rates}")


def more(server: Server, options: argparse.Namespace) -> None:
    """Ask for large answers, and read them slowly."""
    if options.large:
        patience = 120 if server.name in SLOW else 600
        print(f"{server.name}: {at_the_cap(server, patience)}", flush=True)
        print(f"{server.name}: {all_statements(server)}", flush=True)
    if options.memory and server.name not in SLOW:
        print(f"{server.name}: {slow_readers(server, 150_000, 8, 15)}", flush=True)


if __name__ == "__main__":
    main()
