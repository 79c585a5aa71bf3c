from __future__ import annotations

from typing import Any

import networkx as nx
from hypothesis import given

from kg.network.measures.closeness import closeness

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
