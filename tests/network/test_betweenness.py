from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from kg.network import paths
from kg.network.measures import betweenness as module
from kg.network.measures.betweenness import betweenness

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    theirs = nx.betweenness_centrality(graph, normalized=False)
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


def test_blocks_of_sources_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = nx.gnm_random_graph(40, 80, seed=3)
    for a, b in graph.edges:
        graph[a][b]["weight"] = 1 + (a * b) % 4
    whole = [scores(graph, "betweenness", weighted=w) for w in (False, True)]
    monkeypatch.setattr(module, "_SOURCES_AT_ONCE", 7)
    monkeypatch.setattr(paths, "BLOCK_CELLS", 500)
    for weighted, before in zip((False, True), whole, strict=True):
        assert_same(scores(graph, "betweenness", weighted=weighted), before)


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
