from __future__ import annotations

from typing import Any

import networkx as nx
from hypothesis import given

from kg.network.measures.core import core

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    # Directions are ignored; networkx counts a reciprocal pair of a directed graph twice.
    theirs = nx.core_number(graph.to_undirected())
    assert_same(scores(graph, "core", weighted=False), theirs)


def test_a_larger_graph() -> None:
    graph = nx.barabasi_albert_graph(500, 6, seed=2)
    graph.remove_edges_from(list(graph.edges)[::5])
    theirs = {str(node): float(k) for node, k in nx.core_number(graph).items()}
    assert scores(graph, "core", weighted=False) == theirs


def test_edge_cases() -> None:
    assert_edge_cases(core, one=0, two=1, apart=0)
