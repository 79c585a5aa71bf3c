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
can do the work of some sources only, it is then told from those of a sample and marked ≈, as are
networkx and igraph at once where all pairs would take them an hour; nothing else is extrapolated.

With ``--record FOLDER`` each measurement is kept as it is made, and the next run goes on with
those that are missing; ``--minutes`` ends a run in good time (its exit status is 3 while something
is missing), ``--again`` measures anew. A ratio is of two measurements of one run: where others are
missing ours is measured again beside them, from a sample of its sources where it takes long.
``--table`` prints what is known.

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
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from network_calls import (
    ALL_PAIRS,
    COMMUNITY,
    ENGINES,
    EVERY,
    REFINED,
    VARIANTS,
    base_of,
    is_directed,
)
from network_engine import Engine
from network_record import Record, Timing
from network_table import printed

_NO_LIMIT = 3600.0
_LONG = 20  # seconds from which once is enough
_HOPELESS = 2e9  # nodes × edges from which networkx and igraph are told from a sample at once
_SAMPLE = {"ours": 500, "networkx": 20, "igraph": 200, "networkit": 200}
_UNFINISHED = 3


class LateError(Exception):
    """The run must end."""


class Run:
    """All engines, on one graph after the other."""

    def __init__(self, options: argparse.Namespace, record: Record) -> None:
        self.options, self.record = options, record
        self.engines = {name: Engine(name, record.folder) for name in options.engines}
        self._until = time.perf_counter() + options.minutes * 60
        self._work = 0.0  # nodes × edges

    def size(self, institutions: int) -> None:
        """Measure what is missing of one size."""
        graph = str(institutions)
        if self.options.again or self.record.get(graph, "projection", "ours") is None:
            self._projected(200, "small", record=False)
            self._projected(institutions, graph)
        matrix = self.record.matrix(graph)
        self._work = float(matrix.shape[0]) * matrix.nnz
        chosen = self.options.measures or [*EVERY, *VARIANTS]
        for measure in sorted(chosen, key=is_directed):
            missing = [name for name in self.engines if self._missing(graph, measure, name)]
            if not missing:
                continue
            if time.perf_counter() > self._until:
                raise LateError
            self.engines["ours"].ask(_NO_LIMIT, measure=measure, graph="small")
            for timing in self._timed(measure, graph, missing):
                self.record.add(timing)

    def end(self) -> None:
        """Kill what still runs."""
        for engine in self.engines.values():
            engine.end()

    def _missing(self, graph: str, measure: str, engine: str) -> bool:
        return self.options.again or self.record.get(graph, measure, engine) is None

    def _budget(self, measure: str) -> float:
        return float(self.options.budgets.get(measure, self.options.budgets[""]))

    def _projected(self, institutions: int, graph: str, *, record: bool = True) -> None:
        asked = {"measure": "projection", "graph": graph, "institutions": institutions,
                 "seed": self.options.seed, "largest": self.options.largest}  # fmt: skip
        mine = self.engines["ours"].ask(_NO_LIMIT, **asked)
        if not record:
            return
        more = f"{mine['peak'] - mine['before']:.2f} GB beside the columns"
        ours = mine[self.options.clock]
        self.record.add(Timing(graph, "projection", "ours", "exact", ours, said=more))
        for name in [e for e in self.engines if e not in ("ours", REFINED)]:
            timing = Timing(graph, "projection", name, "none", ours=ours, ours_how="exact")
            if name == "networkx":
                budget = self._budget("projection")
                found = self.engines[name].ask(budget, self.options.clock, **asked)
                timing.how = "over" if "killed" in found else "exact"
                timing.seconds = found.get("killed", found.get(self.options.clock, 0.0))
            self.record.add(timing)

    def _timed(self, measure: str, graph: str, missing: list[str]) -> list[Timing]:
        """Ask the engines in turn, round by round, ours beside the others."""
        found: dict[str, Timing] = {}
        known = self.record.get(graph, measure, "ours")
        brief = bool(known and "ours" not in missing and known.seconds > _LONG)
        asked = ["ours", *(name for name in missing if name != "ours")]
        for number in range(self.options.repeat):
            for name in asked:
                if number and (found[name].how != "exact" or found[name].seconds > _LONG):
                    continue
                sampled = brief if name == "ours" else self._hopeless(name, measure)
                timing = self._once(self.engines[name], measure, graph, sampled=sampled)
                if name not in found or timing.seconds < found[name].seconds:
                    found[name] = timing
        mine = found["ours"]
        for timing in found.values():
            timing.ours, timing.ours_how = mine.seconds, mine.how
        if brief:
            del found["ours"]
        return list(found.values())

    def _hopeless(self, engine: str, measure: str) -> bool:
        slow = engine in ("networkx", "igraph") and base_of(measure) in ALL_PAIRS
        return slow and self._work > _HOPELESS

    def _once(self, engine: Engine, measure: str, graph: str, *, sampled: bool) -> Timing:
        timing = Timing(graph, measure, engine.name, "none")
        if engine.name == REFINED and measure != COMMUNITY:
            return timing
        asked = {"measure": measure, "graph": graph}
        if sampled and self._sampled(engine, asked, timing):
            return timing
        answer = self._ask(engine, asked)
        timing.peak = engine.peak
        if "killed" in answer:
            timing.how, timing.seconds = "over", answer["killed"]
            self._sampled(engine, asked, timing)
        elif "failed" in answer:
            print(f"{engine.name}, {measure}: {answer['failed']}", file=sys.stderr)
            timing.how, timing.said = "failed", answer["failed"]
        elif answer["offers"]:
            timing.how, timing.seconds = "exact", answer[self.options.clock]
        return timing

    def _ask(self, engine: Engine, asked: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Ask within the budget. The end of the run is no answer."""
        engine.ask(_NO_LIMIT, **asked, build=True)  # its graph is no part of the time
        answer = engine.ask(
            self._budget(asked["measure"]), self.options.clock, self._until, **asked, **more
        )
        if answer.get("late"):
            raise LateError
        return answer

    def _sampled(self, engine: Engine, asked: dict[str, Any], timing: Timing) -> bool:
        """Write down the time as told from some sources; say whether that could be done."""
        sources = _SAMPLE.get(engine.name)
        if sources is None:
            return False
        answer = self._ask(engine, asked, sources=sources)
        if "killed" in answer or not answer["offers"] or "failed" in answer:
            return False
        nodes = self.record.matrix(asked["graph"]).shape[0]
        timing.seconds = answer[self.options.clock] * nodes / min(sources, nodes)
        timing.how, timing.peak = "sample", engine.peak
        return True


def _budgets(given: list[str]) -> dict[str, float]:
    """Return measure → seconds; "" for all that are not named."""
    found = {"": 120.0}
    for text in given:
        name, _, seconds = text.rpartition("=")
        if name and name not in (*EVERY, *VARIANTS, "projection"):
            raise SystemExit(f"--budget: no measure {name!r}.")
        found[name] = float(seconds)
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--institutions", type=int, nargs="+", default=[2000, 20_000])
    parser.add_argument("--largest", type=int, default=60, help="Most involvements of a training.")
    parser.add_argument("--measures", nargs="+", choices=(*EVERY, *VARIANTS))
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--budget", nargs="+", default=["120"], metavar="SECONDS|MEASURE=SECONDS",
                        help="Seconds of the clock for each engine and measure.")  # fmt: skip
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--clock", choices=("cpu", "wall"), default="cpu")
    parser.add_argument("--record", type=Path, help="Folder of what was measured before.")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="End after so many.")
    parser.add_argument("--again", action="store_true", help="Measure also what is recorded.")
    parser.add_argument("--table", action="store_true", help="Measure nothing, print the record.")
    options = parser.parse_args()
    options.engines = list(dict.fromkeys(["ours", *options.engines]))
    options.budgets = _budgets(options.budget)
    return options


def main() -> int:
    """Measure what was asked for, and print what is known; return the status of the process."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        record = Record(options.record or Path(folder))
        unfinished = not options.table and _run(options, record)
        for institutions in options.institutions:
            if record.of(str(institutions)):
                printed(record, str(institutions), ENGINES if options.table else options.engines)
    return _UNFINISHED if unfinished else 0


def _run(options: argparse.Namespace, record: Record) -> bool:
    """Measure; return whether something is missing."""
    run = Run(options, record)
    try:
        for institutions in options.institutions:
            run.size(institutions)
    except LateError:
        return True
    finally:
        run.end()
    return False


if __name__ == "__main__":
    sys.exit(main())
