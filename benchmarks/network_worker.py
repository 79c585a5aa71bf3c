"""One engine in a process of its own, so that it can be killed and its memory seen.

Part of networks.py. Reads requests from standard input, one JSON a line, and answers likewise.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from network_calls import (
    ONE_NUMBER,
    Graphs,
    base_of,
    calls,
    estimate,
    graphs_of,
    has_lengths,
    is_directed,
    lengths_for,
    listed,
    nk,
    ours,
)
from network_record import result_path
from network_world import columns_of, projected_by_networkx

from kg.network import project


def main(engine: str, folder: Path) -> None:
    """Answer requests until the input ends."""
    warnings.simplefilter("ignore")
    if nk is not None:
        nk.setNumberOfThreads(2)
    worker = _Worker(engine, folder)
    for line in sys.stdin:
        print(json.dumps(worker.answer(json.loads(line))), flush=True)


class _Worker:
    def __init__(self, engine: str, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self._graphs: dict[tuple[str, bool, str], Graphs] = {}

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Time one call; ``sources`` asks for the work of so many of them only."""
        if asked["measure"] == "projection":
            return self._projection(asked)
        g = self._graph(asked["graph"], asked["measure"])
        if asked.get("build"):
            return {"peak": _peak()}
        call = self._call(asked, g)
        if call is None:
            return {"offers": False}
        try:
            found, spent = _timed(call)
        except Exception as error:  # noqa: BLE001  # whatever a library raises is said in its cell
            return {"offers": True, "failed": f"{type(error).__name__}: {error}"}
        if asked.get("sources"):
            return {"offers": True, **spent}
        path = result_path(self.folder, asked["graph"], asked["measure"], self.engine)
        np.save(path, comparable(asked["measure"], self.engine, found, g.ones.shape[0]))
        return {"offers": True, **spent}

    def _call(self, asked: dict[str, Any], g: Graphs) -> Any:
        name = self.engine.partition(",")[0]
        if asked.get("sources"):
            return estimate(name, asked["measure"], g, asked["sources"])
        if self.engine == "ours":
            return ours(asked["measure"], g)
        return calls(asked["measure"], g).get(self.engine)

    def _graph(self, size: str, measure: str) -> Graphs:
        directed, lengths = is_directed(measure), measure if has_lengths(measure) else ""
        if (size, directed, lengths) not in self._graphs:
            kind = "flow" if directed else "partnership"
            matrix = sp.csr_array(sp.load_npz(self.folder / f"{size}-{kind}.npz"))
            name = self.engine.partition(",")[0]
            made = graphs_of(matrix, name, directed=directed, lengths=lengths_for(measure))
            self._graphs = {(size, directed, lengths): made}
        return self._graphs[size, directed, lengths]

    def _projection(self, asked: dict[str, Any]) -> dict[str, Any]:
        columns = columns_of(asked["institutions"], asked["seed"], asked["largest"])
        before = _peak()
        make = {
            "ours": lambda: project(columns, "partnership"),
            "networkx": lambda: projected_by_networkx(columns),
        }.get(self.engine)
        if make is None:
            return {"offers": False}
        network, spent = _timed(make)
        if self.engine == "ours":
            self._keep(asked["graph"], network, project(columns, "knowledge-flow"))
        return {"offers": True, **spent, "before": before}

    def _keep(self, size: str, partnership: Any, flow: Any) -> None:
        for kind, network in (("partnership", partnership), ("flow", flow)):
            sp.save_npz(self.folder / f"{size}-{kind}.npz", network.adjacency(), compressed=False)


def _timed(call: Any) -> tuple[Any, dict[str, float]]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = call()
    return found, {
        "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "peak": _peak()
    }  # fmt: skip


def _peak() -> float:
    """Return the most memory that this process has had, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def comparable(measure: str, engine: str, found: Any, nodes: int) -> np.ndarray:
    """Return an answer in a form that is the same whoever gave it."""
    mine, measure = engine == "ours", base_of(measure)
    if measure == "bridge":
        return np.array([float((found > 0).sum() / 2) if mine else float(found)])
    if measure in ONE_NUMBER:
        return np.array([float(found[ONE_NUMBER[measure]] if mine else found)])
    if measure in ("edge-betweenness", "shared-partners"):  # each has its own order of edges
        values = list(found.values()) if hasattr(found, "values") else found
        ordered = np.sort(np.asarray(values, dtype=float))
        return ordered[::2] if mine else ordered
    if measure == "modularity":
        return np.array([float(found["modularity"])])
    if isinstance(found, dict) and not all(isinstance(key, int) for key in found):
        return np.zeros(0)  # quantities that no other library has
    return listed(found, nodes)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
