from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import csr_array

from kg.errors import QueryError
from kg.network import Network
from kg.network.measures.closeness import closeness, sampled_closeness

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    steps = nx.closeness_centrality(graph, wf_improved=True)
    assert_same(scores(graph, "closeness", weighted=False), steps)
    lengths = nx.closeness_centrality(graph, distance="length", wf_improved=True)
    assert_same(scores(graph, "closeness", weighted=True), lengths)


def test_equal_weights_scale_the_distances() -> None:
    graph = nx.path_graph(4)
    nx.set_edge_attributes(graph, 4.0, "weight")
    plain = scores(graph, "closeness", weighted=False)
    assert_same(
        scores(graph, "closeness", weighted=True), {n: 4 * value for n, value in plain.items()}
    )


def test_edge_cases() -> None:
    assert_edge_cases(closeness, one=0, two=1, apart=0)


@checked
@given(graphs(least=2))
def test_a_sample_is_within_its_errors(graph: Any) -> None:
    network = Network.from_networkx(graph)
    for weight in ("weight", "unweighted"):
        adjacency = network.adjacency(weight)
        exact = closeness(adjacency, network.directed)
        found, errors = sampled_closeness(adjacency, network.directed, 60, seed=5)
        assert np.all(np.isfinite(found))
        assert np.all(np.abs(found - exact) <= errors + 1e-9)


@pytest.mark.parametrize("directed", [False, True])
def test_errors_cover_the_truth_more_often_than_promised(directed: bool) -> None:
    graph: Any = nx.gnp_random_graph(40, 0.08, seed=3, directed=directed)
    network = Network.from_networkx(graph)
    adjacency = network.adjacency()
    exact = closeness(adjacency, directed)
    missed = 0
    for seed in range(200):
        found, errors = sampled_closeness(adjacency, directed, 400, seed)
        missed += bool(np.any(np.abs(found - exact) > errors))
        assert errors.min() >= 0
    assert missed <= 0.05 * 200


@pytest.mark.parametrize("directed", [False, True])
def test_a_large_sample_comes_close(directed: bool) -> None:
    graph: Any = nx.barabasi_albert_graph(300, 3, seed=1)
    graph = nx.DiGraph(graph) if directed else graph
    adjacency = Network.from_networkx(graph).adjacency()
    exact = closeness(adjacency, directed)
    found, errors = sampled_closeness(adjacency, directed, 20_000, seed=1)
    assert np.abs(found - exact).max() < 0.02 * exact.max()
    assert errors.max() < (0.25 if directed else 0.15) * exact.max()
    again, _ = sampled_closeness(adjacency, directed, 20_000, seed=1)
    assert (again == found).all()


def test_a_node_that_no_source_reaches_is_bounded_all_the_same() -> None:
    # Two nodes apart from a hundred: no draw of three need see them.
    graph = nx.disjoint_union(nx.cycle_graph(100), nx.path_graph(2))
    adjacency = Network.from_networkx(graph).adjacency()
    exact = closeness(adjacency)
    found, errors = sampled_closeness(adjacency, False, 3, seed=1)
    assert np.all(np.abs(found - exact) <= errors)
    pair = exact < 0.02
    assert found[pair] == pytest.approx(exact[pair])  # nobody can be nearer than 1
    assert errors[pair].max() < 0.005  # nor farther than the two are


def test_samples_of_nothing() -> None:
    assert sampled_closeness(csr_array((3, 3)), False, 10, seed=1)[0].tolist() == [0, 0, 0]
    with pytest.raises(QueryError, match="sample=1"):
        Network.from_networkx(nx.path_graph(3)).centrality("closeness", sample=1)
