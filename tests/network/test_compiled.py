"""Compiled or not, the numbers are the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.network.compiled import compiled

SCRIPT = """
import json, networkx as nx
from kg.network import Network
graph = nx.gnm_random_graph(30, 70, seed=1)
for a, b in graph.edges:
    graph[a][b]["weight"] = 1 + (a * b) % 5
for node in graph:
    graph.nodes[node]["country"] = "XY"[node % 2]
net = Network.from_networkx(graph)
tables = [net.centrality(), net.centrality(weight="unweighted"), net.edges("edge-betweenness"),
          net.edges(["overlap", "bridge"]), net.summary()]
print(json.dumps([table.rows for table in tables]))
"""


def answers(environment: dict[str, str]) -> object:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        check=True,
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[2],
    )
    return json.loads(done.stdout)


@pytest.mark.slow
def test_the_numbers_are_those_of_the_interpreter() -> None:
    assert answers({"NUMBA_DISABLE_JIT": "1"}) == answers({})


def test_without_numba_a_function_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def double(x: int) -> int:
        return 2 * x

    monkeypatch.setitem(sys.modules, "numba", None)
    assert compiled(double) is double


def test_without_a_folder_for_the_cache_it_compiles_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import numba

    real, seen = numba.njit, []

    def njit(**options: bool):  # type: ignore[no-untyped-def]
        seen.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr(numba, "njit", njit)

    def double(x: int) -> int:
        return 2 * x

    assert compiled(double)(4) == 8
    assert seen == [{"nogil": True, "cache": True}, {"nogil": True}]
