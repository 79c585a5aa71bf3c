from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from hypothesis import given
from scipy.sparse import csr_array

from kg.network.measures import clustering as module
from kg.network.measures.clustering import clustering, triangles

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    assert_same(scores(graph, "clustering", weighted=False), nx.clustering(graph))
    theirs = nx.clustering(graph, weight="weight")
    assert_same(scores(graph, "clustering", weighted=True), theirs)


def test_strides_of_ranks_add_up(monkeypatch: Any) -> None:
    graph = nx.gnm_random_graph(90, 600, seed=1)
    matrix = csr_array(nx.to_scipy_sparse_array(graph, dtype=float))
    whole = triangles(matrix)
    monkeypatch.setattr(module, "_STRIDE", 7)
    assert (triangles(matrix) == whole).all()
    assert whole.tolist() == list(nx.triangles(graph).values())


def test_edge_cases() -> None:
    assert_edge_cases(clustering, one=0, two=0, apart=0)
    assert np.all(clustering(csr_array((3, 3))) == 0)
