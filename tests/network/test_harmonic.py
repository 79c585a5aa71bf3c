from __future__ import annotations

from typing import Any

import networkx as nx
from hypothesis import given

from kg.network.measures.harmonic import harmonic

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    assert_same(scores(graph, "harmonic", weighted=False), nx.harmonic_centrality(graph))
    for _, _, data in graph.edges(data=True):
        data["length"] = float(data["length"])
    lengths = nx.harmonic_centrality(graph, distance="length")
    assert_same(scores(graph, "harmonic", weighted=True), lengths)


def test_edge_cases() -> None:
    assert_edge_cases(harmonic, one=0, two=1, apart=0)
