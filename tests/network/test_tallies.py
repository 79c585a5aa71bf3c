from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from kg.network.tallies import tally


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_sums_by_source(directed: bool, weighted: bool) -> None:
    graph = nx.gnm_random_graph(120, 200, seed=1, directed=directed)  # not connected
    for a, b in graph.edges:
        graph[a][b]["weight"] = 0.5 * (1 + (a + b) % 3) if weighted else 0.5
    lengths = csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(120), format="csr"))
    sources = np.random.default_rng(1).integers(0, 120, 150)  # more than a word, some twice
    away = dijkstra(lengths)[sources]
    others = np.isfinite(away) & (away > 0)
    found = tally(lengths, sources)
    assert found.reached.tolist() == others.sum(axis=1).tolist()
    np.testing.assert_allclose(found.far, np.where(others, away, 0).sum(axis=1))
    near = np.divide(1, away, out=np.zeros_like(away), where=others)
    np.testing.assert_allclose(found.near, near.sum(axis=1))
    assert found.widest == away[others].max()


def test_no_edges() -> None:
    found = tally(csr_array((3, 3)), np.array([0, 1]))
    assert found.far.tolist() == [0, 0]
    assert found.widest == 0
