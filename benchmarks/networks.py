"""Measures of networks against networkx, igraph, rustworkx and networkit, results compared.

A partnership network with heavy tails is made from flat columns, as from a release: the line
``projection`` is that step, for networkx by its own bipartite projection. Then every library
computes each measure on the same graph; those of directed networks on the knowledge flow of the
same trainings. Every measure of the registries has its line; those that no library has stand
alone.

Each engine has a process of its own and all are asked in turn, measure by measure and round by
round, after a small graph has compiled what is compiled; the best of ``--repeat`` counts, in
seconds of processors, all threads together (``--clock cpu``, which is what can be compared on a
machine that others use), or by the clock on the wall. What takes longer than the ``--budget``, by
the same clock, is killed: "> 12" says that it was more than 12 times till then. Where an engine
can do the work of some sources only, it is then told from those of a sample and marked ≈; nothing
else is extrapolated.

Iterations end at the same accuracy: where a peer's own tolerance means something else
(networkit's eigenvector) it is set so that its scores are as near. Communities are compared by
their modularity, which stands in brackets: networkit's with one thread, as with more they differ
from run to run. At the end stands the memory that each process had at most.

igraph is GPL: it is measured, and used nowhere else.

    pip install igraph rustworkx networkit
    python benchmarks/networks.py --institutions 2000 20000 --budget 120 betweenness=1800
"""

from __future__ import annotations

import argparse
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from network_calls import DIRECTED, EVERY, ONE_NUMBER, PEERS, components

from kg.network.leiden import modularity, numbered

ENGINES = ("ours", *PEERS, *(["networkit, refined"] if "networkit" in PEERS else []))
COMMUNITY = "community"
_NO_LIMIT = 3600.0
_LONG = 20  # seconds from which once is enough
_SAMPLE = {"ours": 500, "networkx": 20, "igraph": 200, "networkit": 200}


class Engine:
    """A process that is asked for measures, killed when it takes too long, and begun anew."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.peak = name, folder, 0.0
        self._process: subprocess.Popen[str] | None = None

    def ask(self, budget: float, clock: str = "wall", **asked: Any) -> dict[str, Any]:
        """Return what it answers; ``{"killed": seconds}`` after ``budget`` seconds of the clock."""
        process = self._process or self._begin()
        assert process.stdin is not None
        assert process.stdout is not None
        began = {"wall": time.perf_counter(), "cpu": _processor(process.pid)}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        spent = 0.0
        while not select.select([process.stdout], [], [], min(1.0, budget))[0] and spent < budget:
            now = {"wall": time.perf_counter(), "cpu": _processor(process.pid)}
            spent = now[clock] - began[clock]
        if spent >= budget:
            self.end()
            return {"killed": spent}
        line = process.stdout.readline()
        if not line:
            self.end()
            return {"offers": True, "failed": "its process died"}
        found: dict[str, Any] = json.loads(line)
        self.peak = max(self.peak, found.get("peak", 0.0))
        return found

    def _begin(self) -> subprocess.Popen[str]:
        script = str(Path(__file__).with_name("network_worker.py"))
        self._process = subprocess.Popen(
            [sys.executable, script, self.name, str(self.folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return self._process

    def end(self) -> None:
        """Kill the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _processor(pid: int) -> float:
    """Return the seconds of processors that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Timing:
    """What one engine took for one measure."""

    seconds: float
    result: np.ndarray | None = None
    estimated: bool = False
    over: bool = False
    failed: str = ""


class Run:
    """All engines on one graph."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.engines = {name: Engine(name, folder) for name in options.engines}

    def size(self, institutions: int) -> None:
        """Print the tables of one size."""
        options, name = self.options, str(institutions)
        self._projected(200, "small", quiet=True)
        for measure in options.measures or EVERY:
            self.engines["ours"].ask(_NO_LIMIT, measure=measure, graph="small")
        line = self._projected(institutions, name)
        matrix = sp.csr_array(sp.load_npz(self.folder / f"{name}-partnership.npz"))
        flow = sp.load_npz(self.folder / f"{name}-flow.npz")
        peers = [engine for engine in self.engines if engine not in ("ours", ENGINES[-1])]
        print(f"\n{matrix.shape[0]:,} institutions, {matrix.nnz // 2:,} edges; flow: {flow.nnz:,} "
              f"edges; seconds by {options.clock}\n")  # fmt: skip
        print("| measure | ours, s | " + " | ".join(f"{p} ×" for p in peers)
              + " | apart by more than 1e-9 |")  # fmt: skip
        print("|" + "---|" * (3 + len(peers)))
        print(line, flush=True)
        chosen = options.measures or list(EVERY)
        for measure in sorted(chosen, key=lambda name: name in DIRECTED):
            found = self._timed(measure, name)
            print(_line(measure, found, peers, matrix), flush=True)
        said = ", ".join(f"{e.name} {e.peak:.2f}" for e in self.engines.values() if e.peak)
        print(f"\nGB at most: {said}", flush=True)

    def end(self) -> None:
        """Kill what still runs."""
        for engine in self.engines.values():
            engine.end()

    def _budget(self, measure: str) -> float:
        return float(self.options.budgets.get(measure, self.options.budgets[""]))

    def _projected(self, institutions: int, name: str, *, quiet: bool = False) -> str:
        asked = {"measure": "projection", "graph": name, "institutions": institutions,
                 "seed": self.options.seed, "largest": self.options.largest}  # fmt: skip
        mine = self.engines["ours"].ask(3600, **asked)
        if quiet:
            return ""
        cells = []
        for engine in [e for e in self.engines if e not in ("ours", ENGINES[-1])]:
            found = {} if engine != "networkx" else self.engines[engine].ask(
                self._budget("projection"), self.options.clock, **asked
            )  # fmt: skip
            ratio = found.get(self.options.clock, 0) / mine[self.options.clock]
            cells.append("not in time" if "killed" in found else f"{ratio:.1f}" if ratio else "–")
        more = mine["peak"] - mine["before"]
        return (f"| projection | {mine[self.options.clock]:.3f} | {' | '.join(cells)} | "
                f"{more:.2f} GB beside the columns |")  # fmt: skip

    def _timed(self, measure: str, graph: str) -> dict[str, Timing]:
        """Ask all engines in turn, round by round."""
        found: dict[str, Timing] = {}
        for number in range(self.options.repeat):
            for name, engine in self.engines.items():
                if number and (
                    name not in found or found[name].over or found[name].seconds > _LONG
                ):
                    continue
                timing = self._once(engine, measure, graph)
                if timing is None:
                    continue
                if name in found and found[name].seconds <= timing.seconds:
                    continue
                found[name] = timing
        return found

    def _once(self, engine: Engine, measure: str, graph: str) -> Timing | None:
        if "refined" in engine.name and measure != COMMUNITY:
            return None
        budget, clock = self._budget(measure), self.options.clock
        asked = {"measure": measure, "graph": graph}
        engine.ask(_NO_LIMIT, **asked, build=True)  # its graph is no part of the time
        answer = engine.ask(budget, clock, **asked)
        if "killed" in answer:
            return self._sampled(engine, asked, answer["killed"])
        if not answer["offers"]:
            return None
        if "failed" in answer:
            print(f"{engine.name}, {measure}: {answer['failed']}", file=sys.stderr)
            return Timing(budget, over=True, failed=answer["failed"])
        result = np.load(answer["result"])
        return Timing(answer[self.options.clock], result)

    def _sampled(self, engine: Engine, asked: dict[str, Any], spent: float) -> Timing:
        """Return the time told from some sources, or that what was spent was not enough."""
        sources = _SAMPLE.get(engine.name)
        if sources is None:
            return Timing(spent, over=True)
        engine.ask(_NO_LIMIT, **asked, build=True)
        budget = self._budget(asked["measure"])
        answer = engine.ask(budget, self.options.clock, **asked, sources=sources)
        if "killed" in answer or not answer["offers"] or "failed" in answer:
            return Timing(spent, over=True)
        nodes = sp.load_npz(self.folder / f"{asked['graph']}-partnership.npz").shape[0]
        seconds = answer[self.options.clock] * nodes / min(sources, nodes)
        return Timing(seconds, estimated=True, over=True)


def _line(measure: str, found: dict[str, Timing], peers: list[str], matrix: sp.csr_array) -> str:
    mine = found["ours"]
    cells, apart = [], {}
    for peer in peers:
        theirs = found.get(peer)
        cells.append(_cell(mine, theirs) + _quality(measure, theirs, matrix))
        if theirs is not None and theirs.result is not None and mine.result is not None:
            apart[peer] = 0.0 if measure == COMMUNITY else difference(
                measure, mine.result, theirs.result
            )  # fmt: skip
    refined = found.get(ENGINES[-1]) if measure == COMMUNITY else None
    if refined is not None:
        cells[-1] += f"; refined {_cell(mine, refined)}" + _quality(measure, refined, matrix)
    far = ", ".join(f"{peer} {d:.0e}" for peer, d in apart.items() if d > 1e-9) or "–"
    about = "≈ " if mine.estimated else "> " if mine.over else ""
    own = f"{about}{mine.seconds:.4f}" + _quality(measure, mine, matrix)
    return f"| {measure} | {own} | {' | '.join(cells)} | {far} |"


def _cell(mine: Timing, theirs: Timing | None) -> str:
    if theirs is None:
        return "–"
    if theirs.failed:
        return "failed"
    ratio = theirs.seconds / mine.seconds
    if theirs.over and not theirs.estimated:
        known = mine.estimated or not mine.over
        return f"> {ratio:,.1f}" if known else f"> {theirs.seconds:.0f} s"
    said = f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2f}"
    return f"≈ {said}" if theirs.estimated else said


def _quality(measure: str, timing: Timing | None, matrix: sp.csr_array) -> str:
    if timing is None or timing.result is None:
        return ""
    if measure == "modularity":
        return f" ({timing.result[0]:.4f})"
    if measure == COMMUNITY:
        return f" ({modularity(matrix, numbered(timing.result.astype(np.int64))):.4f})"
    return ""


def difference(measure: str, left: np.ndarray, right: np.ndarray) -> float:
    """Return the greatest relative difference; eigenvectors are compared up to their length."""
    if measure == "katz":
        left = left + 1  # peers count the walk of no steps
    if measure in ("hub", "authority", "katz", "eigenvector"):  # of one length
        left, right = left / np.linalg.norm(left), right / np.linalg.norm(right)
    if measure == "eigenvector":
        right = right * np.sign(right[np.argmax(np.abs(right))])
        left = left * np.sign(left[np.argmax(np.abs(left))])
    if measure == "component":
        left, right = components(left), components(right)
    if measure in ONE_NUMBER:
        left, right = np.atleast_1d(left), np.atleast_1d(right)
    scale = max(float(np.abs(left).max()), 1e-300)
    return float(np.abs(left - right).max()) / scale


def _budgets(given: list[str]) -> dict[str, float]:
    """Return measure → seconds; "" for all that are not named."""
    found = {"": 120.0}
    for text in given:
        name, _, seconds = text.rpartition("=")
        if name and name not in (*EVERY, "projection"):
            raise SystemExit(f"--budget: no measure {name!r}.")
        found[name] = float(seconds)
    return found


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--institutions", type=int, nargs="+", default=[2000, 20_000])
    parser.add_argument("--largest", type=int, default=60, help="Most involvements of a training.")
    parser.add_argument("--measures", nargs="+", choices=tuple(EVERY))
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--budget", nargs="+", default=["120"], metavar="SECONDS|MEASURE=SECONDS",
                        help="Seconds of the clock for each engine and measure.")  # fmt: skip
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--clock", choices=("cpu", "wall"), default="cpu")
    options = parser.parse_args()
    options.engines = list(dict.fromkeys(["ours", *options.engines]))
    options.budgets = _budgets(options.budget)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(options, Path(folder))
        began = time.perf_counter()
        try:
            for institutions in options.institutions:
                run.size(institutions)
        finally:
            run.end()
        print(f"\n{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    main()
