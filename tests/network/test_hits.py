from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from scipy.sparse import csr_array

from kg.network.measures.hits import authority, hub

from .graphs import checked, graphs, scores


@checked
@given(graphs(directed=True))
def test_are_leading_singular_vectors(graph: Any) -> None:
    order = sorted(graph)
    dense = nx.to_numpy_array(graph, nodelist=order)
    hub = np.array([scores(graph, "hub", weighted=True)[n] for n in order])
    authority = np.array([scores(graph, "authority", weighted=True)[n] for n in order])
    if not dense.any():
        assert not hub.any()
        assert not authority.any()
        return
    greatest = np.linalg.svd(dense, compute_uv=False)[0]
    assert hub.min() >= 0
    assert authority.min() >= 0
    np.testing.assert_allclose(dense @ authority, greatest * hub, atol=1e-8 * greatest)
    np.testing.assert_allclose(dense.T @ hub, greatest * authority, atol=1e-8 * greatest)


def test_agrees_with_networkx_where_one_component_leads() -> None:
    graph = nx.gnm_random_graph(40, 200, seed=1, directed=True)
    hubs, authorities = nx.hits(graph, tol=1e-14, max_iter=10_000)
    for name, theirs in (("hub", hubs), ("authority", authorities)):
        ours = scores(graph, name, weighted=False)
        total = sum(ours.values())
        np.testing.assert_allclose(
            [ours[str(n)] / total for n in graph], list(theirs.values()), rtol=1e-9, atol=1e-12
        )


@checked
@given(graphs(directed=True, least=3))
def test_agrees_with_networkx_where_the_first_singular_value_stands_alone(graph: Any) -> None:
    dense = nx.to_numpy_array(graph, nodelist=sorted(graph))
    values = np.linalg.svd(dense, compute_uv=False)
    assume(values[0] > 0 and values[1] < 0.95 * values[0])  # else networkx's iteration crawls
    hubs, authorities = nx.hits(graph, tol=1e-15, max_iter=10_000)
    for name, theirs in (("hub", hubs), ("authority", authorities)):
        ours = scores(graph, name, weighted=True)
        total = sum(ours.values())
        for node, score in theirs.items():
            np.testing.assert_allclose(ours[node] / total, score, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("twins", [False, True])
def test_steps_and_the_solver_agree(twins: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # Twins tie; without them a second, weaker component has nothing.
    one = nx.gnm_random_graph(60, 400, seed=4, directed=True)
    other = one if twins else nx.gnm_random_graph(40, 90, seed=5, directed=True)
    adjacency = csr_array(nx.to_scipy_sparse_array(nx.disjoint_union(one, other), format="csr"))
    adjacency = adjacency.astype(float)
    found = hub(adjacency), authority(adjacency)
    assert (hub(adjacency)[60:] > 0).any() == twins
    monkeypatch.setattr("kg.network.measures.hits.PACES", 0)
    np.testing.assert_allclose(found[0], hub(adjacency), rtol=0, atol=1e-12)
    np.testing.assert_allclose(found[1], authority(adjacency), rtol=0, atol=1e-12)
