from __future__ import annotations

from itertools import permutations
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import csr_array

from kg.network import Network, UndefinedMeasureError
from kg.network.groups import grouping
from kg.network.measures.brokerage import ROLES, broker_roles

from .graphs import checked, graphs, scores


def by_definition(graph: Any) -> dict[str, dict[str, int]]:
    """Look at every ordered triple."""
    found = {node: dict.fromkeys(ROLES, 0) for node in graph}
    group = nx.get_node_attributes(graph, "country")
    for a, v, b in permutations(graph, 3):
        linked = graph.has_edge(a, v) and graph.has_edge(v, b) and not graph.has_edge(a, b)
        if not linked or not {a, v, b} <= set(group):
            continue
        x, y, z = group[a], group[v], group[b]
        if x == y == z:
            role = "coordinator"
        elif x == z:
            role = "itinerant"
        elif y == z:
            role = "gatekeeper"
        elif x == y:
            role = "representative"
        else:
            role = "liaison"
        found[v][role] += 1
    return found


@checked
@given(graphs())
def test_agrees_with_the_definition(graph: Any) -> None:
    expected = by_definition(graph)
    for role in ROLES:
        ours = scores(graph, role, weighted=False)
        assert ours == {node: counts[role] for node, counts in expected.items()}
    total = scores(graph, "brokerage", weighted=True)
    assert total == {node: sum(counts.values()) for node, counts in expected.items()}


def test_a_larger_graph() -> None:
    for directed in (False, True):
        graph: Any = nx.gnm_random_graph(60, 400, seed=4, directed=directed)
        for node in graph:
            graph.nodes[node]["country"] = "XYZ"[node % 3]
        network = Network.from_networkx(graph)
        groups = grouping(network, "country").codes
        roles = broker_roles(network.adjacency(), directed, groups)
        expected = by_definition(nx.relabel_nodes(graph, str))
        for row, node in zip(roles, network.nodes["node"], strict=True):
            assert row.tolist() == list(expected[node].values())


def test_in_an_undirected_network_who_lets_in_sends_out() -> None:
    graph: Any = nx.path_graph(3)
    nx.set_node_attributes(graph, {0: "X", 1: "Y", 2: "Y"}, "country")
    assert scores(graph, "gatekeeper", weighted=False)["1"] == 1
    assert scores(graph, "representative", weighted=False)["1"] == 1


def test_without_groups_there_is_none() -> None:
    with pytest.raises(UndefinedMeasureError, match="choose groups"):
        broker_roles(csr_array((2, 2)), False, np.array([-1, -1]))
    assert broker_roles(csr_array((0, 0)), False, np.zeros(0, int)).shape == (0, 5)
