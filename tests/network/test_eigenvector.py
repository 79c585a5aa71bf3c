from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from scipy.sparse import csr_array
from scipy.sparse.linalg import ArpackNoConvergence

from kg.network import Network, UndefinedMeasureError
from kg.network.measures import eigenvector as module
from kg.network.measures.eigenvector import _by_steps, eigenvector

from .graphs import assert_edge_cases, assert_same, checked, graphs, scores


@checked
@given(graphs(directed=False, least=3))
def test_agrees_with_networkx_on_connected_graphs(graph: Any) -> None:
    nx.add_path(graph, sorted(graph))
    for weighted, weight in ((False, None), (True, "weight")):
        theirs = nx.eigenvector_centrality_numpy(graph, weight=weight)
        assert_same(scores(graph, "eigenvector", weighted=weighted), theirs)


@checked
@given(graphs(directed=False))
def test_disconnected_is_the_projection_of_ones_on_the_principal_eigenspace(graph: Any) -> None:
    assume(graph.number_of_edges() > 0)
    nodes = sorted(graph)
    values, vectors = np.linalg.eigh(nx.to_numpy_array(graph, nodes, weight="weight"))
    space = vectors[:, values >= values[-1] * (1 - 1e-9)]
    limit = space @ (space.T @ np.ones(len(nodes)))
    limit /= np.linalg.norm(limit)
    ours = scores(graph, "eigenvector", weighted=True)
    assert_same(ours, dict(zip(nodes, limit, strict=True)))


@checked
@given(graphs(directed=True, least=3))
def test_agrees_with_networkx_on_strongly_connected_digraphs(graph: Any) -> None:
    nx.add_cycle(graph, sorted(graph))
    theirs = nx.eigenvector_centrality_numpy(graph, weight="weight")
    assert_same(scores(graph, "eigenvector", weighted=True), theirs)


def test_equal_components_share_the_score() -> None:
    graph = nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(3))
    assert_same(
        scores(graph, "eigenvector", weighted=False), dict.fromkeys(map(str, range(6)), 6**-0.5)
    )


def test_sparse_and_dense_solver_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = nx.barbell_graph(20, 3)  # a small gap between the first two eigenvalues
    dense = scores(graph, "eigenvector", weighted=False)
    monkeypatch.setattr(module, "_DENSE", 2)
    assert_same(scores(graph, "eigenvector", weighted=False), dense)


@pytest.mark.parametrize("dense", [1000, 2])
def test_two_dense_groups_far_apart_score_alike(
    monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    # Their eigenvalues differ by about 10⁻⁴⁰; by symmetry the scores are equal.
    monkeypatch.setattr(module, "_DENSE", dense)
    ours = scores(nx.barbell_graph(20, 30), "eigenvector", weighted=False)
    assert ours["0"] == pytest.approx(ours["69"], rel=1e-9)
    assert ours["0"] == pytest.approx(40**-0.5, rel=1e-2)


def test_a_solver_that_gives_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object, **__: object) -> None:
        raise ArpackNoConvergence("no", np.zeros(0), np.zeros((0, 0)))

    monkeypatch.setattr(module, "_DENSE", 2)
    monkeypatch.setattr(module, "PACES", 0)
    monkeypatch.setattr(module, "eigsh", give_up)
    with pytest.raises(UndefinedMeasureError, match="Use pagerank or strength"):
        scores(nx.path_graph(5), "eigenvector", weighted=False)


def test_bipartite_graphs_converge() -> None:
    star = scores(nx.star_graph(4), "eigenvector", weighted=False)
    assert_same(star, {"0": 0.5**0.5} | dict.fromkeys("1234", 0.125**0.5))


def test_a_directed_network_without_cycles_has_none_and_says_so() -> None:
    chain = Network.from_networkx(nx.path_graph(3, create_using=nx.DiGraph))
    with pytest.raises(UndefinedMeasureError, match="use pagerank"):
        chain.centrality("eigenvector")
    table = chain.centrality(["pagerank", "eigenvector"])
    assert table.column("eigenvector") == [None] * 3
    assert any("no cycles" in caveat for caveat in table.meta["caveats"])  # type: ignore[attr-defined]


def test_who_is_reached_from_no_cycle_has_exactly_0() -> None:
    graph = nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c"), ("x", "y"), ("y", "c")])
    graph.add_node("z")
    ours = scores(graph, "eigenvector", weighted=False)
    assert [ours[node] for node in "xyz"] == [0, 0, 0]
    assert min(ours[node] for node in "abc") > 0.5


def test_a_directed_network_without_edges_has_zeros() -> None:
    assert eigenvector(csr_array((3, 3)), directed=True).tolist() == [0, 0, 0]


def test_edge_cases() -> None:
    assert_edge_cases(eigenvector, one=0, two=0.5**0.5, apart=0)


@pytest.mark.parametrize("bipartite", [False, True])
def test_steps_and_the_solver_agree(bipartite: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if bipartite:
        graph = nx.bipartite.gnmk_random_graph(250, 200, 2000, seed=2)
    else:
        graph = nx.barabasi_albert_graph(450, 4, seed=2)
    graph = graph.subgraph(max(nx.connected_components(graph), key=len))
    adjacency = csr_array(nx.to_scipy_sparse_array(graph, format="csr").astype(float))
    assert _by_steps(adjacency) is not None
    by_steps = eigenvector(adjacency)
    monkeypatch.setattr("kg.network.measures.eigenvector.PACES", 0)
    assert _by_steps(adjacency) is None
    np.testing.assert_allclose(by_steps, eigenvector(adjacency), rtol=0, atol=1e-12)


def test_a_way_too_long_is_left_to_the_solver() -> None:
    path = csr_array(nx.to_scipy_sparse_array(nx.path_graph(400), format="csr").astype(float))
    assert _by_steps(path) is None
    expected = np.sin(np.arange(1, 401) * np.pi / 401)  # of a path, in closed form
    expected /= np.linalg.norm(expected)
    np.testing.assert_allclose(eigenvector(path), expected, rtol=0, atol=1e-9)
