from __future__ import annotations

from typing import Any

from hypothesis import given

from kg.network.measures.strength import strength

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    ours = scores(graph, "strength", weighted=True)
    assert_same(ours, dict(graph.degree(weight="weight")))
    assert_same(scores(graph, "strength", weighted=False), dict(graph.degree()))


@checked
@given(graphs(directed=True))
def test_one_way_strengths_agree_with_networkx(graph: Any) -> None:
    assert_same(scores(graph, "in-strength", weighted=True), dict(graph.in_degree(weight="weight")))
    assert_same(
        scores(graph, "out-strength", weighted=True), dict(graph.out_degree(weight="weight"))
    )


def test_edge_cases() -> None:
    assert_edge_cases(strength, one=0, two=1, apart=0)
