from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import csr_array

from kg.network import Network
from kg.network.leiden import adjusted_rand, leiden, modularity, undirected

from .graphs import checked, graphs


def matrix(graph: Any) -> Any:
    network = Network.from_networkx(graph)
    return undirected(network.adjacency("weight"), network.directed)


@checked
@given(graphs(directed=False))
def test_modularity_agrees_with_networkx(graph: Any) -> None:
    if not graph.number_of_edges():
        return
    labels = np.arange(len(graph)) % 3
    nodes = sorted(graph)
    sets = [{n for n, label in zip(nodes, labels, strict=True) if label == c} for c in set(labels)]
    assert modularity(matrix(graph), labels) == pytest.approx(
        nx.community.modularity(graph, sets), abs=1e-12
    )


@checked
@given(graphs())
def test_no_single_move_is_better(graph: Any) -> None:
    weights = matrix(graph)
    labels = leiden(weights, 3)
    best = modularity(weights, labels)
    for node in range(len(labels)):
        for other in range(labels.max() + 2):
            moved = labels.copy()
            moved[node] = other
            assert modularity(weights, moved) <= best + 1e-9


@pytest.mark.parametrize(
    ("graph", "best", "source"),
    [
        (nx.Graph(nx.karate_club_graph().edges), 0.4198, "Brandes et al. (2008), table 2"),
        (nx.les_miserables_graph(), 0.5667, "Aloise et al. (2010), doi:10.1103/PhysRevE.82.046112"),
    ],
)
def test_finds_the_best_known_partition(graph: Any, best: float, source: str) -> None:
    weights = matrix(graph)
    found = max(modularity(weights, leiden(weights, seed)) for seed in range(1, 11))
    assert found == pytest.approx(best, abs=5e-5), source


def test_finds_planted_groups_and_repeats_itself() -> None:
    graph = nx.planted_partition_graph(8, 40, 0.5, 0.01, seed=1)
    weights = csr_array(nx.to_scipy_sparse_array(graph, dtype=float))
    planted = np.repeat(np.arange(8), 40)
    one = leiden(weights, 1)
    assert adjusted_rand(one, planted) == pytest.approx(1)
    assert (leiden(weights, 1) == one).all()


def test_is_no_worse_than_louvain() -> None:
    graph = nx.powerlaw_cluster_graph(400, 4, 0.4, seed=2)
    weights = csr_array(nx.to_scipy_sparse_array(graph, dtype=float))
    louvain = nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=1))
    assert modularity(weights, leiden(weights, 1)) > louvain - 0.01


def test_rand_of_chance_is_near_0() -> None:
    random = np.random.default_rng(1)
    assert abs(adjusted_rand(random.integers(0, 5, 2000), random.integers(0, 5, 2000))) < 0.01


def test_without_edges_everybody_is_alone() -> None:
    assert leiden(csr_array((3, 3)), 1).tolist() == [0, 1, 2]
    assert modularity(csr_array((3, 3)), np.arange(3)) == 0
