from __future__ import annotations

from typing import Any

import networkx as nx
import pytest
from hypothesis import given

from kg.network.measures.pagerank import pagerank

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    for weighted, weight in ((False, None), (True, "weight")):
        theirs = nx.pagerank(graph, alpha=0.85, weight=weight, tol=1e-15, max_iter=2000)
        assert_same(scores(graph, "pagerank", weighted=weighted), theirs)


@checked
@given(graphs())
def test_scores_are_shares(graph: Any) -> None:
    ours = scores(graph, "pagerank", weighted=True)
    assert sum(ours.values()) == pytest.approx(1, abs=1e-12)
    assert min(ours.values()) > 0


def test_edge_cases() -> None:
    assert_edge_cases(pagerank, one=1, two=0.5, apart=0.5)
