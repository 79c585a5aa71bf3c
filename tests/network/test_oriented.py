"""Each edge once, and where its other half stands."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
from hypothesis import given

from kg.network import Network
from kg.network.measures.parts import component
from kg.network.oriented import mates, oriented
from tests.network.graphs import graphs


@given(graphs(directed=False))
def test_each_edge_stands_once_at_the_node_of_fewer_edges(graph: Any) -> None:
    matrix = Network.from_networkx(graph).adjacency()
    tails = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    back = mates(matrix)
    assert (tails[back] == matrix.indices).all()
    assert (matrix.indices[back] == tails).all()
    edges = oriented(matrix)
    low = np.repeat(np.arange(len(edges.order)), np.diff(edges.starts))
    assert (low < edges.ends).all()
    assert (tails[edges.up] == edges.order[low]).all()
    assert (matrix.indices[edges.up] == edges.order[edges.ends]).all()
    assert (edges.down == back[edges.up]).all()
    degree = np.diff(matrix.indptr)[edges.order]
    assert (np.diff(degree) >= 0).all()
    assert all((np.diff(edges.ends[a:b]) > 0).all() for a, b in pairwise(edges.starts))


@given(graphs())
def test_components_are_those_of_networkx(graph: Any) -> None:
    network = Network.from_networkx(graph)
    found = component(network.adjacency(), network.directed)
    nodes = network.nodes["node"].to_list()
    ours = {frozenset(n for n, c in zip(nodes, found, strict=True) if c == k) for k in set(found)}
    parts = nx.weakly_connected_components if graph.is_directed() else nx.connected_components
    assert ours == {frozenset(part) for part in parts(graph)}
