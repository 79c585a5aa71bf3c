from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from kg.network.lean import lean

from .graphs import checked


def random_lengths(nodes: int, edges: int, seed: int, *, directed: bool) -> csr_array:
    graph = nx.gnm_random_graph(nodes, edges, seed=seed, directed=directed)
    random = np.random.default_rng(seed)
    for a, b in graph.edges:
        graph[a][b]["weight"] = float(random.integers(1, 30))
    return csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(nodes), format="csr"))


def back(found: object, shape: tuple[int, int]) -> csr_array:
    return csr_array((found.lengths, found.ends, found.starts), shape)  # type: ignore[attr-defined]  # a Lean


@checked
@given(st.integers(0, 1000), st.booleans())
def test_distances_stay_what_they_are(seed: int, directed: bool) -> None:
    lengths = random_lengths(14, 60, seed, directed=directed)
    found = lean(lengths, prune=True)
    there = dijkstra(back(found, lengths.shape))
    np.testing.assert_array_equal(there[found.place][:, found.place], dijkstra(lengths))
    # And no edge is left for which two others are a shorter way.
    dense = np.where(lengths.toarray() == 0, np.inf, lengths.toarray())
    two = (dense[:, :, None] + dense[None, :, :]).min(axis=1)
    assert len(found.ends) == np.sum((dense < np.inf) & (dense <= two))


def test_the_many_edged_come_first_and_everything_finds_its_way_back() -> None:
    star = csr_array(nx.to_scipy_sparse_array(nx.star_graph(4), format="csr").astype(float))
    star.data = np.arange(1.0, 9.0)
    turned = csr_array(star[::-1][:, ::-1])
    found = lean(turned, prune=False)
    assert found.order[0] == 4
    assert found.of_nodes(found.order).tolist() == list(range(5))
    assert found.of_entries(found.lengths, turned.nnz).tolist() == turned.data.tolist()
    assert found.of_entries(np.zeros(0), turned.nnz).tolist() == []


def test_edges_that_no_path_takes_have_nothing() -> None:
    lengths = csr_array([[0.0, 1, 5], [1, 0, 1], [5, 1, 0]])
    found = lean(lengths, prune=True)
    assert sorted(found.entries.tolist()) == [0, 2, 3, 5]
    assert found.of_entries(np.ones(4), 6).tolist() == [1, 0, 1, 1, 0, 1]


@pytest.mark.parametrize("prune", [False, True])
def test_edges_into_a_node(prune: bool) -> None:
    lengths = random_lengths(12, 40, 3, directed=True)
    found = lean(lengths, prune=prune)
    starts, ends = found.into()
    turned = back(found, lengths.shape).T.tocsr()
    turned.sort_indices()
    assert starts.tolist() == turned.indptr.tolist()
    assert ends.tolist() == turned.indices.tolist()
