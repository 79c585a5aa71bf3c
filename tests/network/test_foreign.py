from __future__ import annotations

from typing import Any

import networkx as nx
import pytest
from hypothesis import given

from kg.errors import InputError
from kg.network import Network, project

from .graphs import checked, graphs
from .worlds import world


@checked
@given(graphs())
def test_there_and_back(graph: Any) -> None:
    back = Network.from_networkx(graph).to_networkx()
    assert back.is_directed() == graph.is_directed()
    assert set(back) == set(graph)
    assert back.number_of_edges() == graph.number_of_edges()
    for a, b, data in graph.edges(data=True):
        assert back[a][b]["weight"] == pytest.approx(data["weight"], rel=1e-11)


def test_a_network_of_ours_survives() -> None:
    network = project(world(), weight="newman")
    graph = network.to_networkx()
    assert graph.graph == {"projection": "partnership", "level": "institution", "weight": "newman"}
    again = Network.from_networkx(graph)
    assert again.nodes.equals(network.nodes)
    assert again.edges().rows == network.edges().rows
    assert again.centrality("strength").rows == network.centrality("strength").rows
    counted = Network.from_networkx(graph, weight="count")
    assert counted.edges().rows == network.edges(weight="count").rows


def test_parallel_edges_are_added_up() -> None:
    graph = nx.MultiGraph([(0, 1, {"weight": 2}), (1, 0, {"weight": 3}), (0, 2)])
    assert [row[4] for row in Network.from_networkx(graph).edges()] == [5.0, 1.0]


def test_an_undirected_edge_begins_at_the_smaller_name() -> None:
    assert Network.from_networkx(nx.Graph([("b", "a")])).edges().rows[0][0] == "a"


def test_loops_stay_edges_and_measures_ignore_them() -> None:
    graph = nx.Graph([(0, 0), (0, 1)])
    network = Network.from_networkx(graph)
    assert len(network.edges()) == 2
    assert network.centrality("degree").column("score") == [1.0, 1.0]


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_weights_are_positive(weight: float) -> None:
    graph = nx.Graph([(0, 1, {"weight": weight})])
    with pytest.raises(InputError, match="weights are above 0"):
        Network.from_networkx(graph)


def test_names_are_unique() -> None:
    with pytest.raises(InputError, match="same name"):
        Network.from_networkx(nx.Graph([(1, "1")]))


def test_an_empty_graph() -> None:
    network = Network.from_networkx(nx.DiGraph())
    assert len(network) == 0
    assert network.centrality().rows == []
