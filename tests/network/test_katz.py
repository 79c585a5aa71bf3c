from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from hypothesis import given

from kg.network.measures.katz import DAMPING, katz, spectral_radius

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    dense = nx.to_numpy_array(graph, nodelist=sorted(graph))
    if not dense.any():
        return
    radius = spectral_radius(nx.to_scipy_sparse_array(graph, nodelist=sorted(graph), format="csr"))
    alpha = DAMPING / (radius or dense.sum(axis=0).max())
    theirs = nx.katz_centrality_numpy(graph, alpha, 1.0, normalized=False, weight="weight")
    # networkx counts the walk of no steps too.
    assert_same(
        scores(graph, "katz", weighted=True), {node: score - 1 for node, score in theirs.items()}
    )


@checked
@given(graphs())
def test_the_radius_is_that_of_the_whole_matrix(graph: Any) -> None:
    dense = nx.to_numpy_array(graph, nodelist=sorted(graph))
    matrix = nx.to_scipy_sparse_array(graph, nodelist=sorted(graph), format="csr")
    expected = np.abs(np.linalg.eigvals(dense)).max()
    if nx.is_directed(graph) and nx.is_directed_acyclic_graph(graph):
        expected = 0  # what eigvals makes of a nilpotent matrix is rounding
    np.testing.assert_allclose(spectral_radius(matrix), expected, rtol=1e-6, atol=1e-9)


def test_beyond_the_dense_solver() -> None:
    graph = nx.gnm_random_graph(500, 2000, seed=1)
    dense = nx.to_numpy_array(graph)
    alpha = DAMPING / np.linalg.eigvalsh(dense)[-1]
    expected = np.linalg.solve(np.eye(500) - alpha * dense, np.ones(500)) - 1
    ours = scores(graph, "katz", weighted=False)
    assert_same(ours, {str(n): float(s) for n, s in enumerate(expected)})


def test_edge_cases() -> None:
    assert_edge_cases(katz, one=0, two=0.85 / 0.15, apart=0)
