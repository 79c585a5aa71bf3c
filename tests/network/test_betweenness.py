from __future__ import annotations

import os
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from kg.network import Network, paths
from kg.network.measures.betweenness import betweenness, sampled_betweenness

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    theirs = nx.betweenness_centrality(graph, normalized=False)
    for many in (0, 8, 10**9):  # edges a node from which several sources go at once
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(paths, "_MANY", many)
            assert_same(scores(graph, "betweenness", weighted=False), theirs)


@checked
@given(graphs())
def test_weighted_agrees_with_networkx_on_exact_lengths(graph: Any) -> None:
    # Fractions, because networkx takes two float sums that differ in the last bit as no tie.
    theirs = nx.betweenness_centrality(graph, normalized=False, weight="length")
    assert_same(scores(graph, "betweenness", weighted=True), theirs)


@checked
@given(graphs())
def test_lengths_as_floats_give_the_same(graph: Any) -> None:
    exact = scores(graph, "betweenness", weighted=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "_INTEGERS", 0)
        assert_same(scores(graph, "betweenness", weighted=True), exact)


def test_paths_of_equal_length_tie() -> None:
    # Two ways from a to d of length 1/2: 1/3 + 1/6 by b, and 1/4 + 1/4 by c.
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 3), ("b", "d", 6), ("a", "c", 4), ("c", "d", 4)])
    ours = scores(graph, "betweenness", weighted=True)
    assert ours["b"] == ours["c"] == 0.5


def test_lanes_and_threads_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = nx.gnm_random_graph(400, 900, seed=3)
    for a, b in graph.edges:
        graph[a][b]["weight"] = 1 + (a * b) % 4
    both = [scores(graph, "betweenness", weighted=w) for w in (False, True)]
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert [scores(graph, "betweenness", weighted=w) for w in (False, True)] == both


@checked
@given(graphs(least=3))
def test_a_sample_is_within_its_errors(graph: Any) -> None:
    network = Network.from_networkx(graph)
    adjacency = network.adjacency("weight")
    exact = betweenness(adjacency, network.directed)
    found, errors = sampled_betweenness(adjacency, network.directed, 60, seed=5)
    assert np.all(np.abs(found - exact) <= errors + 1e-9)


def test_a_large_sample_comes_close() -> None:
    graph = nx.barabasi_albert_graph(300, 3, seed=1)
    adjacency = Network.from_networkx(graph).adjacency()
    exact = betweenness(adjacency)
    found, errors = sampled_betweenness(adjacency, False, 20_000, seed=1)
    assert np.abs(found - exact).max() < 0.05 * exact.max()
    assert errors.max() < 0.1 * 300 * 299 / 2
    again, _ = sampled_betweenness(adjacency, False, 20_000, seed=1)
    assert (again == found).all()


@pytest.mark.parametrize("weighted", [False, True])
def test_leaves_are_exactly_zero(weighted: bool) -> None:
    graph = nx.random_labeled_tree(30, seed=1)
    for number, (a, b) in enumerate(graph.edges):
        graph[a][b]["weight"] = 1 + number % 3
    ours = scores(graph, "betweenness", weighted=weighted)
    assert all(ours[str(n)] == 0 for n, k in graph.degree() if k == 1)


def test_scores_sum_to_the_inner_nodes_of_shortest_paths() -> None:
    graph = nx.gnm_random_graph(60, 150, seed=5)
    inner = sum(
        steps - 1
        for a, away in nx.shortest_path_length(graph)
        for b, steps in away.items()
        if a < b
    )
    ours = scores(graph, "betweenness", weighted=False)
    assert sum(ours.values()) == pytest.approx(inner)


def test_edge_cases() -> None:
    assert_edge_cases(betweenness, one=0, two=0, apart=0)
    assert np.all(np.isfinite(betweenness(nx.to_scipy_sparse_array(nx.path_graph(3)).tocsr())))
