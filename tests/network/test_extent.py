"""Bounds on distances hold for every pair, and cost one search."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import csr_array

from kg.network import Network
from kg.network.extent import component_sizes, farthest
from kg.network.paths import with_lengths

from .graphs import checked, graphs


@checked
@given(graphs())
def test_no_node_is_farther_than_its_bound(graph: Any) -> None:
    network = Network.from_networkx(graph)
    bounds = farthest(with_lengths(network.adjacency("weight")), network.directed)
    place = {node: n for n, node in enumerate(network.nodes["node"])}
    for _, away in nx.all_pairs_dijkstra_path_length(graph, weight="length"):
        for node, distance in away.items():
            assert distance <= bounds[place[str(node)]] * (1 + 1e-12)


@checked
@given(graphs())
def test_sizes_are_those_of_the_components(graph: Any) -> None:
    network = Network.from_networkx(graph)
    sizes = component_sizes(network.adjacency())
    for part in nx.connected_components(nx.Graph(graph)):
        for node in part:
            assert sizes[network.code(str(node))] == len(part)


def test_the_bound_is_close_on_what_is_common() -> None:
    star = nx.to_scipy_sparse_array(nx.star_graph(9), dtype=float, format="csr")
    assert farthest(star, directed=False).tolist() == [2.0] * 10  # the diameter
    ring = nx.to_scipy_sparse_array(nx.cycle_graph(9, nx.DiGraph), dtype=float, format="csr")
    assert farthest(ring, directed=True).tolist() == [16.0] * 9  # twice the diameter


def test_ways_from_component_to_component_add_up() -> None:
    # a ⇄ b → c → d ⇄ e, all of length 2
    edges = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "d")]
    graph = nx.to_scipy_sparse_array(nx.DiGraph(edges), "abcde", dtype=float, format="csr")
    found = farthest(csr_array((graph.data * 2, graph.indices, graph.indptr)), directed=True)
    assert found == pytest.approx([4, 4, 6, 12, 12])


def test_nothing_and_isolates() -> None:
    assert len(farthest(csr_array((0, 0)), directed=True)) == 0
    assert farthest(csr_array((3, 3)), directed=True).tolist() == [0, 0, 0]
    assert farthest(csr_array((3, 3)), directed=False).tolist() == [0, 0, 0]
    assert np.all(component_sizes(csr_array((3, 3))) == 1)
