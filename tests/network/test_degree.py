from __future__ import annotations

from typing import Any

from hypothesis import given

from kg.network.measures.degree import degree

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    for weighted in (False, True):
        assert_same(scores(graph, "degree", weighted=weighted), dict(graph.degree()))


@checked
@given(graphs(directed=True))
def test_one_way_degrees_agree_with_networkx(graph: Any) -> None:
    assert_same(scores(graph, "in-degree", weighted=True), dict(graph.in_degree()))
    assert_same(scores(graph, "out-degree", weighted=True), dict(graph.out_degree()))


def test_edge_cases() -> None:
    assert_edge_cases(degree, one=0, two=1, apart=0)
