"""Named queries over HTTP against Virtuoso, and against the release's own engine alone.

All of them are asked, one after another, of one engine after another:

- ``rihla``: ``kg serve`` as a user runs it, at /sparql;
- ``virtuoso``: Debian's ``virtuoso-opensource-7`` with the union of all graphs and each graph by
  itself, asked as ``kg.store.remote`` asks it, with its rewritings;
- ``pyoxigraph``: a process a question that opens the release's store.

A question has ``--budget`` seconds of processor, all of an engine's processes together, so that
other work on the machine decides nothing; wall time is written down beside it. Where the budget
is spent our server is left (which stops the query), the child killed, and Virtuoso, which would go
on, started anew. Rows are compared in an order and a spelling of their own, by their hash.

Each answer is printed and written down as it comes (``--record``); a run with the same file goes
on where another one stopped. ``--kept`` keeps what Virtuoso loaded for the next run. ``--minutes``
ends a run early, with no question begun after that.

Parameters that must be given are what the world has most of, so that answers have rows.

    python benchmarks/world.py --participations 300000 --into world
    kg build --project world/rihla.toml
    python benchmarks/questions.py --project world/rihla.toml --kept kept --record answers.jsonl

Limits of the project's ``[serve]`` hold: set timeout_seconds well above the budget.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import endpoint
import polars as pl
import pyoxigraph as ox

from kg.analysis.graph import Graph
from kg.queries import INTERNAL_GROUPS, NamedQuery, bind, catalogue
from kg.search import KINDS
from kg.settings import load_settings
from kg.store.release import Release, current_release

ENGINES = ("rihla", "virtuoso", "pyoxigraph")
OVER = "over budget"
ENDED = "server ended"  # of itself, by a fault of its own
REQUIRED_TOO = ("Bloc",)  # the default is a bloc of the demo
UNTYPED = {"of": "organisation", "subject": "training"}
PREFIX = "PREFIX rihla: <https://w3id.org/rihla/ontology#> SELECT ?found WHERE"
PICKED = {
    ("outcomes/attributed", "outcome"): "{ ?a rihla:outcome ?found ; rihla:attributedTo ?t }",
    ("outcomes/credited", "thing"): "{ ?outcome rihla:creditedTo ?found }",
    ("outcomes/of-training", "training"): "{ ?found rihla:hasOutcome ?outcome }",
    ("programmes/fellowships", "format"): """{ VALUES ?found { rihla:Fellowship rihla:Workshop }
      FILTER EXISTS { ?training a ?found } }""",
    ("quality/loads", "source"): "{ ?load rihla:loadedFrom ?found }",
}
"""Parameters for which any value will not do: the first one that the world has."""
GIVEN = {
    "countries/gap-map": {"from_year": "2000", "to_year": "2000"},
    "institutions/bridges": {"max_institutions": "20"},
}
"""In a world where everybody meets everybody all would be none."""
LEAST = ("people/teachers-for-institution", "institution")
"""The one for which those with most to do have no answer: their people learned all there is."""

CHILD = """
import resource, sys, time
import pyoxigraph as ox
store, text = ox.Store.read_only(sys.argv[1]), sys.stdin.read()
began = time.perf_counter()
answer = store.query(text).serialize(format=ox.QueryResultsFormat.JSON)
print(time.perf_counter() - began, file=sys.stderr)
sys.stdout.buffer.write(answer)
"""


@dataclass
class Answer:
    """What came of a question: seconds on the wall and of processor, and the rows or why none."""

    seconds: float
    processor: float
    rows: list[tuple[str, ...]] | str


@dataclass
class Record:
    """Answers, one a line of JSON in a file: what a run has, another need not ask."""

    path: Path
    rows: Path | None = None
    answers: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                found = json.loads(line)
                self.answers[found["question"], found["engine"]] = found

    def add(self, question: str, engine: str, answer: Answer) -> None:
        """Write an answer down: its rows' number and hash, or why there are none."""
        found: dict[str, object] = {"question": question, "engine": engine}
        found |= {"seconds": answer.seconds, "processor": answer.processor}
        if isinstance(answer.rows, list):
            digest = hashlib.sha256(json.dumps(answer.rows).encode()).hexdigest()[:16]
            found |= {"rows": len(answer.rows), "hash": digest}
            self.keep(f"{question.replace('/', '-')}.{engine}.json", answer.rows)
        else:
            found["status"] = answer.rows
        self.answers[question, engine] = found
        with self.path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(found) + "\n")
        print(f"  {engine} {question}: {answer.processor:.2f} s of processor, "
              f"{answer.seconds:.2f} s, {found.get('rows', found.get('status'))}",
              flush=True)  # fmt: skip

    def keep(self, name: str, rows: list[tuple[str, ...]]) -> None:
        """Write rows into the folder for them, for who looks for a difference."""
        if self.rows:
            self.rows.mkdir(exist_ok=True)
            text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
            (self.rows / name).write_text(text, encoding="utf-8")


def texts_of(release: Release, chosen: list[str] | None) -> dict[str, str]:
    """Return the named queries bound to what the release has most of, so that they have answers."""
    graph, found = Graph.of_release(release), {}
    common = {kind: most_used(graph, kind) for kind in KINDS}
    store = ox.Store.read_only(str(release.store))
    for query in catalogue().values():
        if query.group not in INTERNAL_GROUPS and query.id in (chosen or [query.id]):
            try:
                found[query.id] = bind(query, values_for(query, common, store))
            except StopIteration:
                print(f"{query.id}: the world has nothing to ask it about", flush=True)
    return {name: found[name] for name in chosen or found if name in found}


def most_used(graph: Graph, kind: str) -> list[str]:
    """Return things of a kind, those with the most trainings first."""
    involved, facets = graph.columns("involvements"), graph.columns("facets")
    if kind in ("organisation", "person", "country", "training"):
        used = involved.drop_nulls(kind).group_by(kind).len().sort(["len", kind], descending=True)
        return used[kind].to_list()
    used = facets.filter(pl.col("facet") == kind).group_by("value").len()
    known = used.sort(["len", "value"], descending=True)["value"].to_list()
    rest = graph.columns("entities").filter(pl.col("kind") == kind)["entity"].sort().to_list()
    return known or rest


def values_for(query: NamedQuery, common: dict[str, list[str]], store: ox.Store) -> dict[str, str]:
    """Return a value for each parameter that is needed: StopIteration where the world has none."""
    left = {kind: iter(things) for kind, things in common.items()}
    given = {}
    for p in query.parameters.values():
        target = (p.target or "").rpartition("#")[2]
        kind = UNTYPED.get(p.name, target.lower())
        if pattern := PICKED.get((query.id, p.name)):
            given[p.name] = next(store.query(f"{PREFIX} {pattern} LIMIT 1"))["found"].value
        elif (query.id, p.name) == LEAST:
            given[p.name] = common[kind][-1]
        elif p.required or (target in REQUIRED_TOO and p.default != "any"):
            given[p.name] = next(left.get(kind, iter([p.example])))
    return given | GIVEN.get(query.id, {})


def of_server(server: endpoint.Server, text: str, budget: float) -> Answer:
    """Ask a server, and leave it when it has used its budget."""
    before, done, over = endpoint.processor_seconds(server.pid), threading.Event(), []
    connections: list[object] = []

    def watch() -> None:
        while not done.wait(0.2):
            if endpoint.processor_seconds(server.pid) - before > budget:
                over.append(True)
                for connection in connections:
                    with contextlib.suppress(OSError, AttributeError):
                        connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]
                return

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        seconds, rows = server.ask(text, 12 * budget, connections.append)
    finally:
        done.set()
        watching.join()
    used = endpoint.processor_seconds(server.pid) - before
    if rows in ("RemoteDisconnected", "ConnectionResetError") and not over:
        rows = ENDED
    return Answer(seconds, used, OVER if over else rows)


def in_child(store: Path, text: str, budget: float) -> Answer:
    """Ask the engine alone, in a process that the kernel ends when its budget is spent."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(store)],
        input=text.encode(),
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (int(budget), int(budget))),
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if done.returncode < 0:
        return Answer(time.perf_counter() - began, used, OVER)
    if done.returncode:
        return Answer(time.perf_counter() - began, used, done.stderr.decode()[-60:].strip())
    return Answer(float(done.stderr), used, endpoint.rows_of(done.stdout))


def asked(record: Record, question: str, engine: str, tries: Iterator[Answer]) -> bool:
    """Write down the median of some tries; False where the engine works on, or no more."""
    found = list(tries)
    last = found[-1]
    record.add(
        question,
        engine,
        Answer(
            statistics.median(one.seconds for one in found),
            statistics.median(one.processor for one in found),
            last.rows,
        ),
    )
    return isinstance(last.rows, list) or last.rows.startswith("status")


def ask_engine(
    engine: str, texts: dict[str, str], record: Record, folder: Path, options: argparse.Namespace
) -> None:
    """Ask an engine all that is not yet written down."""
    left = [name for name in texts if (name, engine) not in record.answers]
    release = current_release(load_settings(options.project).project.releases)
    if engine == "pyoxigraph":
        while left and is_time(options):
            name = left.pop(0)
            answer = in_child(release.store, texts[name], options.budget)
            asked(record, name, engine, iter([answer]))
        return
    while left and is_time(options):
        with endpoint.running(engine, folder / "data.nt", folder, options) as server:
            print(f"{engine}: loaded in {server.load_seconds:.1f} s, "
                  f"{endpoint.memory_mib(server.pid):.0f} MiB", flush=True)  # fmt: skip
            settle(server)
            goes_on = True
            while left and (goes_on or engine == "rihla") and is_time(options):
                name = left.pop(0)
                goes_on = asked(record, name, engine, tries_of(server, texts[name], options))


def settle(server: endpoint.Server) -> None:
    """Wait until a server that has just started has nothing left to do, for a minute at most."""
    for _ in range(60):
        before = endpoint.processor_seconds(server.pid)
        time.sleep(1)
        if endpoint.processor_seconds(server.pid) - before < 0.05:
            return


def is_time(options: argparse.Namespace) -> bool:
    """Whether another question may be begun."""
    return time.monotonic() < options.until


def tries_of(server: endpoint.Server, text: str, options: argparse.Namespace) -> Iterator[Answer]:
    """Ask several times where that is quick; a comment makes each try new to a cache."""
    for number in range(options.repeat):
        answer = of_server(server, f"{text}\n# {number}", options.budget)
        yield answer
        if answer.processor > options.budget / 10 or isinstance(answer.rows, str):
            return


def compare(record: Record, names: list[str]) -> None:
    """Print seconds by question and engine, how they compare, and whether answers differ."""
    print("\n| question | rows | " + " | ".join(f"{n}, s (of processor)" for n in names) + " | "
          + " | ".join(f"{n} ÷ {names[0]}" for n in names[1:]) + " | answers |")  # fmt: skip
    print(f"|{'---|' * (2 * len(names) + 2)}")
    for question in sorted({question for question, _ in record.answers}):
        found = [record.answers.get((question, n), {"status": "–"}) for n in names]
        ours = found[0]
        other = [n for n, each in zip(names, found, strict=True)
                 if "hash" in each and each["hash"] != ours.get("hash")]  # fmt: skip
        cells = [
            f"{each['seconds']:.2f} ({each['processor']:.2f})" if "hash" in each else each["status"]
            for each in found
        ]
        cells += [_ratio(each, ours) for each in found[1:]]
        said = "–" if "hash" not in ours else f"differ: {', '.join(other)}" if other else "equal"
        print(f"| {question} | {ours.get('rows', '–')} | {' | '.join(map(str, cells))} | {said} |")
    for name in names[1:]:
        pairs = [(record.answers.get((q, name), {}), record.answers.get((q, names[0]), {}))
                 for q in sorted({question for question, _ in record.answers})]  # fmt: skip
        pairs = [(a, b) for a, b in pairs if "hash" in a and a["hash"] == b.get("hash")]
        for what in ("seconds", "processor") if pairs else ():
            each = [_floored(a[what]) / _floored(b[what]) for a, b in pairs]
            mean = statistics.geometric_mean(each)
            print(f"{name}, {what}: {mean:.2f} times those of {names[0]} "
                  f"(geometric mean of {len(each)} equal answers), from {min(each):.2f} to "
                  f"{max(each):.0f}; slower in {sum(r > 1 for r in each)}")  # fmt: skip


def _floored(seconds: object) -> float:
    """Return seconds as a number that a ratio can be made of: clocks tell no less."""
    return max(0.01, float(str(seconds)))


def _ratio(theirs: dict[str, object], ours: dict[str, object]) -> str:
    """Say how many times the processor a peer took; ``>`` where it was stopped."""
    if "hash" not in ours or "processor" not in theirs:
        return "–"
    over = ">" if theirs.get("status") == OVER else ""
    if "hash" not in theirs and not over:
        return "–"
    ratio = _floored(theirs["processor"]) / _floored(ours["processor"])
    return f"{over}{ratio:.1f}" if ratio < 10 else f"{over}{ratio:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, required=True, help="A project that was built.")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--only", nargs="+", help="Questions that are asked; all without it.")
    parser.add_argument("--budget", type=float, default=20, help="Seconds of processor.")
    parser.add_argument("--repeat", type=int, default=3, help="Of each quick question.")
    parser.add_argument("--record", type=Path, help="Where answers are written.")
    parser.add_argument("--rows", type=Path, help="A folder that keeps the rows, to compare.")
    parser.add_argument("--minutes", type=float, default=1e6, help="After them it begins nothing.")
    parser.add_argument("--kept", type=Path, help="A folder that keeps what Virtuoso loaded.")
    options = parser.parse_args()
    options.named_graphs, options.until = True, time.monotonic() + 60 * options.minutes
    release = current_release(load_settings(options.project).project.releases)
    with tempfile.TemporaryDirectory(prefix="questions-") as name:
        folder = options.kept.resolve() if options.kept else Path(name)
        folder.mkdir(exist_ok=True)
        triples = endpoint.write_triples(release, folder / "data.nt")
        print(f"Release {release.id}: {triples:,} triples.", flush=True)
        record = Record(options.record or folder / "answers.jsonl", options.rows)
        texts = texts_of(release, options.only)
        for engine in options.engines:
            ask_engine(engine, texts, record, folder, options)
    compare(record, options.engines)


if __name__ == "__main__":
    main()
