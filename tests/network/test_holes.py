from __future__ import annotations

from typing import Any

import networkx as nx
from hypothesis import given

from kg.network.measures.holes import constraint, effective_size

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


def _no_nan(found: dict[Any, float]) -> dict[Any, float]:
    """Networkx has not a number for isolates, and 0 here."""
    return {node: 0.0 if score != score else score for node, score in found.items()}


@checked
@given(graphs())
def test_constraint_agrees_with_networkx(graph: Any) -> None:
    assert_same(scores(graph, "constraint", weighted=False), _no_nan(nx.constraint(graph)))
    theirs = _no_nan(nx.constraint(graph, weight="weight"))
    assert_same(scores(graph, "constraint", weighted=True), theirs)


@checked
@given(graphs())
def test_effective_size_agrees_with_networkx(graph: Any) -> None:
    # With nodes: without, networkx 3.6 divides by the strongest tie of the wrong node.
    theirs = _no_nan(nx.effective_size(graph, nodes=list(graph), weight="weight"))
    if graph.is_directed():
        # With nodes, it takes a node without exits for an isolate.
        theirs = {n: s for n, s in theirs.items() if graph.out_degree(n) or not graph.degree(n)}
    ours = scores(graph, "effective-size", weighted=True)
    assert_same({n: ours[n] for n in theirs}, theirs)


@checked
@given(graphs(directed=False))
def test_unweighted_effective_size_is_degree_less_mean_ties_of_partners(graph: Any) -> None:
    ours = scores(graph, "effective-size", weighted=False)
    for node, triangles in nx.triangles(graph).items():
        degree = graph.degree(node)
        expected = degree - 2 * triangles / degree if degree else 0
        assert abs(ours[node] - expected) < 1e-9


def test_edge_cases() -> None:
    assert_edge_cases(constraint, one=0, two=1, apart=0)
    assert_edge_cases(effective_size, one=0, two=1, apart=0)
