"""HTTP servers under the same application: speed, and what slow clients do to the others.

``rihla`` is the event loop of ``kg serve`` (kg/web/front); all others run the same WSGI
application, in one process with 64 threads where they have threads. For each: requests per second
and milliseconds of processor per request of a kept answer and of a lookup that is run each time
(wrk), and how many probes are answered within a second while others send slowly, read slowly, or
hold connections open. Answers are compared.

    python -m venv servers
    servers/bin/pip install granian gunicorn cheroot uvicorn a2wsgi hypercorn waitress fastwsgi
    python benchmarks/servers.py --project world/rihla.toml --servers servers
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import kg

THREADS = 64
LOOKUP = "SELECT ?p ?o { <%s> ?p ?o }"
LARGE = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 60000"
SUBJECTS = "SELECT DISTINCT ?s { ?s a ?c FILTER(isIRI(?s)) } LIMIT 2000"
PROBE_SECONDS = 1.0
SCRIPT = """
local paths, number = {}, 0
for line in io.lines("%s") do paths[#paths + 1] = line end
local salt = %s
math.randomseed(os.time())
local run = math.random(1000000)
function request()
  number = number + 1
  local path = paths[number %% #paths + 1]
  if salt then path = path .. "%%0A%%23" .. run .. "-" .. number end
  return wrk.format("GET", path, { Accept = "application/sparql-results+json" })
end
"""


# --- the servers: each is run in a process of its own by ``--run NAME``


def application(project: Path) -> Any:
    from kg.web import create_app

    return create_app(project)


def run_rihla(project: Path, port: int) -> None:
    from kg.web import serve

    serve(application(project), "127.0.0.1", port)


def run_waitress(project: Path, port: int) -> None:
    from waitress import create_server

    create_server(
        application(project),
        host="127.0.0.1",
        port=port,
        threads=THREADS,
        connection_limit=10_000,
        asyncore_use_poll=True,
        backlog=2048,
        outbuf_high_watermark=100_000_000,
        channel_request_lookahead=1,
    ).run()


def run_granian(project: Path, port: int) -> None:
    import granian
    from granian.constants import Interfaces

    os.environ["BENCHMARK_PROJECT"] = str(project)
    granian.Granian(
        f"{Path(__file__).stem}:made",
        factory=True,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backlog=2048,
    ).serve()


def made() -> Any:
    return application(Path(os.environ["BENCHMARK_PROJECT"]))


def run_gunicorn(project: Path, port: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Application(BaseApplication):
        def load_config(self) -> None:
            for name, value in {
                "bind": f"127.0.0.1:{port}",
                "workers": 1,
                "worker_class": "gthread",
                "threads": THREADS,
                "worker_connections": 10_000,
                "keepalive": 60,
                "backlog": 2048,
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return application(project)

    Application().run()


def run_cheroot(project: Path, port: int) -> None:
    from cheroot.wsgi import Server

    Server(
        ("127.0.0.1", port), application(project), numthreads=THREADS, request_queue_size=2048
    ).start()


def run_uvicorn(project: Path, port: int) -> None:
    import uvicorn
    from a2wsgi import WSGIMiddleware

    app = WSGIMiddleware(application(project), workers=THREADS)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", backlog=2048)


def run_hypercorn(project: Path, port: int) -> None:
    import asyncio

    from a2wsgi import WSGIMiddleware
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind, config.backlog, config.worker_class = [f"127.0.0.1:{port}"], 2048, "uvloop"
    asyncio.run(serve(WSGIMiddleware(application(project), workers=THREADS), config))


def run_fastwsgi(project: Path, port: int) -> None:
    import fastwsgi

    fastwsgi.run(wsgi_app=application(project), host="127.0.0.1", port=port)


def run_bjoern(project: Path, port: int) -> None:
    import bjoern

    bjoern.run(application(project), "127.0.0.1", port)


SERVERS: dict[str, Callable[[Path, int], None]] = {
    "rihla": run_rihla,
    "waitress": run_waitress,
    "granian": run_granian,
    "gunicorn": run_gunicorn,
    "cheroot": run_cheroot,
    "uvicorn": run_uvicorn,
    "hypercorn": run_hypercorn,
    "fastwsgi": run_fastwsgi,
    "bjoern": run_bjoern,
}


# --- measuring


@contextlib.contextmanager
def running(name: str, options: argparse.Namespace, folder: Path) -> Iterator[tuple[int, int]]:
    """Start a server; yields its process group and its port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    here, root = Path(__file__).resolve(), Path(kg.__file__).parents[1]
    more = options.servers.resolve().glob("lib/python3*/site-packages")
    environment = {
        **os.environ,
        "PYTHONPATH": ":".join(map(str, [root, here.parent, *more])),
    }
    command = [sys.executable, str(here), "--run", name, "--port", str(port), "--project",
               str(options.project.resolve())]  # fmt: skip
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        until = time.monotonic() + 180
        while probe(port, 5) is None:
            if process.poll() is not None or time.monotonic() > until:
                last = (folder / f"{name}.log").read_text()[-500:]
                raise RuntimeError(f"{name} does not answer: {last}")
            time.sleep(0.3)
        yield process.pid, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def ask(port: int, query: str, seconds: float = 60) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", f"/sparql?format=csv&query={quote(query)}")
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise OSError(f"status {response.status}")
        return body
    finally:
        connection.close()


def probe(port: int, seconds: float = PROBE_SECONDS) -> float | None:
    """Return the seconds until a small answer, None where it does not come in time."""
    began = time.perf_counter()
    try:
        ask(port, f"ASK {{}} # {began}", seconds)
    except (OSError, http.client.HTTPException):
        return None
    return time.perf_counter() - began


def processor_seconds(group: int) -> float:
    """Return what a server and all that it started have used."""
    total = 0
    for found in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (found / "stat").read_text().rpartition(")")[2].split()
            session = int(fields[3])
            parent = int(fields[1])
            if group in (session, parent, int(fields[2])) or _started_by(parent, group):
                total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def _started_by(parent: int, group: int) -> bool:
    """Whether a process's parent is of the group: workers have sessions of their own."""
    try:
        fields = Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return group in (int(fields[2]), int(fields[3]))


def speed(group: int, port: int, queries: list[str], salted: bool, seconds: int,
          folder: Path) -> tuple[float, float]:  # fmt: skip
    """Return requests per second, and milliseconds of processor per request."""
    paths, script = folder / "paths.txt", folder / "wrk.lua"
    paths.write_text("\n".join(f"/sparql?query={quote(q)}" for q in queries))
    script.write_text(SCRIPT % (paths, "true" if salted else "false"))
    before = processor_seconds(group)
    done = subprocess.run(
        ["wrk", "-t1", "-c6", f"-d{seconds}s", "--timeout", "20s", "-s", str(script),
         f"http://127.0.0.1:{port}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    used = processor_seconds(group) - before
    if "Non-2xx" in done:
        print("   ", [line for line in done.splitlines() if "Non-2xx" in line])
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done)
    count = re.search(r"(\d+) requests in", done)
    assert rate and count, done
    return float(rate[1]), 1000 * used / max(1, int(count[1]))


def hold(port: int, count: int, first: bytes, more: bytes, stop: threading.Event) -> None:
    """Hold connections that send something now and then."""
    held = []
    for _ in range(count):
        with contextlib.suppress(OSError):
            held.append(socket.create_connection(("127.0.0.1", port), timeout=5))
    for each in held:
        with contextlib.suppress(OSError):
            each.sendall(first)
    while not stop.wait(1):
        for each in held:
            with contextlib.suppress(OSError):
                each.sendall(more)
    for each in held:
        each.close()


HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
BODY = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    b"Content-Length: 1000\r\n\r\n"
)
READ = f"GET /sparql?format=xml&query={quote(LARGE)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
COMPANY: dict[str, tuple[int, bytes, bytes]] = {
    "alone": (0, b"", b""),
    "200 slow heads": (200, HEAD, b"X-Slow: 1\r\n"),
    "200 slow bodies": (200, BODY, b"ASK {} # "),
    "100 slow readers": (100, READ, b""),
    "2,000 idle": (2000, b"", b""),
}


def in_company(port: int, count: int, first: bytes, more: bytes, probes: int) -> str:
    stop = threading.Event()
    thread = threading.Thread(target=hold, args=(port, count, first, more, stop))
    thread.start()
    time.sleep(2)
    found = [probe(port) for _ in range(probes)]
    stop.set()
    thread.join()
    answered = sorted(seconds for seconds in found if seconds is not None)
    middle = f", {answered[len(answered) // 2] * 1000:.0f} ms" if answered else ""
    time.sleep(0.5)
    return f"{100 * len(answered) // probes} %{middle}"


def measure(name: str, options: argparse.Namespace, folder: Path) -> tuple[list[str], bytes]:
    with running(name, options, folder) as (group, port):
        subjects = ask(port, SUBJECTS).decode().split()[1:]
        queries = [LOOKUP % subject for subject in subjects]
        cells = []
        for salted in (True, False):
            chosen = queries if salted else queries[:50]
            speed(group, port, chosen, salted, 1, folder)
            rate, cost = speed(group, port, chosen, salted, options.seconds, folder)
            cells += [f"{rate:,.0f}", f"{cost:.2f}"]
        cells += [in_company(port, *held, options.probes) for held in COMPANY.values()]
        return cells, ask(port, LOOKUP % sorted(subjects)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, required=True, help="A project that was built.")
    parser.add_argument("--servers", type=Path, default=Path("servers"), help="Their environment.")
    parser.add_argument("--only", nargs="+", choices=list(SERVERS), default=list(SERVERS))
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--probes", type=int, default=10)
    parser.add_argument("--run", choices=list(SERVERS), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        SERVERS[options.run](options.project, options.port)
        return
    columns = ["lookups/s", "processor ms", "kept/s", "processor ms", *COMPANY]
    print(f"| server | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    answers = {}
    with tempfile.TemporaryDirectory(prefix="servers-") as folder:
        for name in options.only:
            try:
                cells, answers[name] = measure(name, options, Path(folder))
            except (RuntimeError, OSError) as error:
                print(f"| {name} | {str(error)[-300:]!r} |", flush=True)
                continue
            print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print("answers are equal" if len(set(answers.values())) == 1 else "THE ANSWERS DIFFER")


if __name__ == "__main__":
    main()
