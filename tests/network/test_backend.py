"""An analyst's own networkx calls run on our kernels, by the entry point in pyproject.toml."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given

from kg.network import backend

from .graphs import checked, graphs

ROOT = Path(__file__).parents[2]

# function: arguments by which it is called
CALLS: dict[str, list[dict[str, Any]]] = {
    "betweenness_centrality": [{}, {"normalized": False}, {"weight": "length"}],
    "edge_betweenness_centrality": [{}, {"normalized": False}, {"weight": "length"}],
    "closeness_centrality": [{}, {"wf_improved": False}, {"distance": "weight"}],
    "harmonic_centrality": [{}, {"distance": "weight"}],
    "clustering": [{}, {"weight": "weight"}],
    "triangles": [{}],
    "constraint": [{}, {"weight": "weight"}],
    "effective_size": [{}],
    "pagerank": [{"tol": 1e-13, "max_iter": 1000}],
    "core_number": [{}],
    "articulation_points": [{}],
    "bridges": [{}],
}

DISPATCHED = """
import json, sys
import networkx as nx
assert "kg" not in sys.modules, "importing networkx must not load us"
graph = nx.karate_club_graph()
theirs = nx.betweenness_centrality(graph)
assert "kg" not in sys.modules
from kg.network import kernels, paths
calls = []
real = paths.dependencies
import kg.network.backend as backend
def counted(*args, **kwargs):
    calls.append("dependencies")
    return real(*args, **kwargs)
backend.dependencies = counted
by_name = nx.betweenness_centrality(graph, backend="rihla")
nx.config.warnings_to_ignore.add("cache")
with nx.config(backend_priority=["rihla"]):
    by_config = nx.betweenness_centrality(graph)
    left = nx.betweenness_centrality(graph, k=5, seed=1)  # sampled: networkx does it itself
    multi = nx.betweenness_centrality(nx.MultiGraph([(0, 1), (1, 2)]))
print(json.dumps([calls, list(theirs.values()), list(by_name.values()), list(by_config.values()),
                  len(left), multi[1]]))
"""


def test_dispatch_really_happens(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ((name, module),) = project["entry-points"]["networkx.backends"].items()
    info = tmp_path / "rihla_backend_of_a_test-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: rihla-backend-of-a-test\nVersion: 0\n"
    )
    (info / "entry_points.txt").write_text(f"[networkx.backends]\n{name} = {module}\n")
    found = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", DISPATCHED],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": found},
    )
    assert done.returncode == 0, done.stderr
    calls, theirs, by_name, by_config, left, multi = json.loads(done.stdout)
    assert calls == ["dependencies"] * 2
    assert by_name == pytest.approx(theirs, abs=1e-12)
    assert by_config == pytest.approx(theirs, abs=1e-12)
    assert (left, multi) == (34, 1.0)


def call(name: str, graph: Any, **arguments: Any) -> Any:
    assert backend.can_run(name, (graph,), arguments) is True
    converted = backend.convert_from_nx(graph, edge_attrs={"weight": 1, "length": 1})
    found = getattr(backend, name)(converted, **arguments)
    return found if isinstance(found, dict) else list(found)


def test_every_function_has_a_call() -> None:
    theirs = {name for name in backend.__all__ if hasattr(nx, name)}
    assert set(CALLS) == theirs


@pytest.mark.parametrize("name", CALLS)
@checked
@given(graph=graphs())
def test_results_are_those_of_networkx(name: str, graph: Any) -> None:
    if name in backend._UNDIRECTED:
        graph = nx.Graph(graph)
    for arguments in CALLS[name]:
        ours = call(name, graph, **arguments)
        theirs = getattr(nx, name)(graph, **arguments)
        if isinstance(ours, dict):
            expected = {key: float(value) for key, value in theirs.items()}
            assert ours == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)
        else:
            assert set(map(_plain, ours)) == set(map(_plain, theirs))


def _plain(found: Any) -> Any:
    return frozenset(found) if isinstance(found, tuple) else found


@pytest.mark.parametrize(
    ("name", "graph", "arguments", "reason"),
    [
        ("clustering", nx.MultiGraph([(0, 1)]), {}, "parallel"),
        ("clustering", nx.Graph([(0, 0)]), {}, "loops"),
        ("clustering", nx.Graph([(0, 1)]), {"nodes": [0]}, "nodes"),
        ("triangles", nx.DiGraph([(0, 1)]), {}, "directions"),
        ("clustering", nx.Graph([(0, 1, {"weight": 0})]), {"weight": "weight"}, "above 0"),
        ("betweenness_centrality", nx.Graph([(0, 1)]), {"weight": len}, "function"),
        ("pagerank", nx.Graph([(0, 1)]), {"alpha": 0.5}, "alpha"),
    ],
)
def test_what_a_kernel_does_not_know_is_left_to_networkx(
    name: str, graph: Any, arguments: dict[str, Any], reason: str
) -> None:
    assert reason in str(backend.can_run(name, (graph,), arguments))


def test_graphs_come_back_as_they_were() -> None:
    graph = nx.path_graph(3)
    assert backend.convert_to_nx(backend.convert_from_nx(graph)) is graph
    assert backend.convert_to_nx(5) == 5
