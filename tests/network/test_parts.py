from __future__ import annotations

from typing import Any

import networkx as nx
from hypothesis import given

from .graphs import assert_same, checked, graphs, scores


@checked
@given(graphs())
def test_articulation_counts_the_parts(graph: Any) -> None:
    plain = graph.to_undirected()
    before = nx.number_connected_components(plain)
    expected = {}
    for node in graph:
        without = plain.copy()
        without.remove_node(node)
        after = nx.number_connected_components(without) if len(without) else 0
        expected[node] = max(0, after - before)
    assert_same(scores(graph, "articulation", weighted=False), expected)
    cut = {node for node, more in expected.items() if more}
    assert cut == set(nx.articulation_points(plain))


@checked
@given(graphs())
def test_components_are_those_of_networkx(graph: Any) -> None:
    ours = scores(graph, "component", weighted=False)
    theirs = list(nx.connected_components(graph.to_undirected()))
    assert sorted(map(len, theirs), reverse=True) == [
        list(ours.values()).count(number) for number in range(1, len(theirs) + 1)
    ]
    for part in theirs:
        assert len({ours[node] for node in part}) == 1


@checked
@given(graphs())
def test_communities_hang_together(graph: Any) -> None:
    plain = graph.to_undirected()
    ours = scores(graph, "community", weighted=True)
    for number in set(ours.values()):
        members = [node for node, one in ours.items() if one == number]
        assert nx.is_connected(plain.subgraph(members))
