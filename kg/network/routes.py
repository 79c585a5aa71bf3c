"""The shortest path between two nodes, with the trainings behind each of its edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.paths import arrays, measured
from kg.network.ranking import significant
from kg.results import ResultTable, Value

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["PATH_COLUMNS", "table"]

PATH_COLUMNS = (
    "step",
    "source",
    "source_label",
    "target",
    "target_label",
    "weight",
    "shared_trainings",
    "first_year",
    "last_year",
    "trainings",
)


def table(network: Network, a: str, b: str, weight: str) -> ResultTable:
    """Return the shortest path; see :meth:`kg.network.graph.Network.path`."""
    source, target = network.code(a), network.code(b)
    adjacency = network.adjacency(weight)
    lengths, tolerance = measured(adjacency)
    away = kernels.dijkstra.tree(*arrays(lengths), lengths.data, source)
    meta = {**network.meta, "weight": weight, "source": a, "target": b}
    if not np.isfinite(away[target]):
        meta |= {
            "length": None,
            "shortest_paths": 0,
            "reason": "No path leads from one to the other.",
        }
        return ResultTable(PATH_COLUMNS, [], meta)
    before = _before(lengths, away, tolerance, target)
    steps = _steps(before, source, target)
    rows = [_row(network, number, u, v, weight) for number, (u, v) in enumerate(steps, start=1)]
    weights = [adjacency[u, v] for u, v in steps]
    meta |= {
        "length": significant(float(sum(1.0 / w for w in weights))),
        "shortest_paths": _count(before, away, source)[target],
    }
    return ResultTable(PATH_COLUMNS, rows, meta)


def _before(
    lengths: Any, away: NDArray[np.float64], tolerance: float, target: int
) -> dict[int, list[int]]:
    """Return for each node on a shortest path to the target the nodes that come before it there."""
    into = csr_array(lengths.T)
    into.sort_indices()
    found: dict[int, list[int]] = {}
    waiting = [target]
    while waiting:
        v = waiting.pop()
        if v in found:
            continue
        some = slice(into.indptr[v], into.indptr[v + 1])
        nodes, reached = into.indices[some], away[into.indices[some]] + into.data[some]
        tight = (away[nodes] < away[v]) & (np.abs(reached - away[v]) <= tolerance * away[v])
        found[v] = sorted(nodes[tight].tolist())
        waiting += found[v]
    return found


def _steps(before: dict[int, list[int]], source: int, target: int) -> list[tuple[int, int]]:
    """Return the edges of one shortest path: from the end, always the first node in order."""
    steps: list[tuple[int, int]] = []
    v = target
    while v != source:
        steps.append((before[v][0], v))
        v = before[v][0]
    return steps[::-1]


def _count(before: dict[int, list[int]], away: NDArray[np.float64], source: int) -> dict[int, int]:
    paths = {source: 1}
    for v in sorted(before, key=lambda node: float(away[node])):
        if v != source:
            paths[v] = sum(paths[u] for u in before[v])
    return paths


def _row(network: Network, number: int, u: int, v: int, weight: str) -> tuple[Value, ...]:
    ends = (u, v) if network.directed else (min(u, v), max(u, v))
    edge = network.weighted(weight).filter(pl.col("source") == ends[0], pl.col("target") == ends[1])
    found = edge.row(0, named=True)
    a, b = network.nodes.row(u, named=True), network.nodes.row(v, named=True)
    trainings = network.evidence(a["node"], b["node"]).column("training") if network.pairing else []
    return (
        number,
        a["node"],
        a["label"],
        b["node"],
        b["label"],
        found["weight"],
        found["shared_trainings"],
        found["first_year"],
        found["last_year"],
        " ".join(map(str, trainings)) or None,
    )
