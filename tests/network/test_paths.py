from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array

from kg.network import paths


@pytest.mark.parametrize(
    ("weights", "lengths"),
    [
        ([1, 2, 3], [6, 3, 2]),
        ([1 / 3, 1 / 6, 1 / 2], [3, 6, 2]),
        ([5 / 6, 4 / 3], [24, 15]),
        ([7, 7], [1, 1]),
    ],
)
def test_lengths_are_whole_numbers(weights: list[float], lengths: list[float]) -> None:
    got, tolerance = paths.exact_lengths(np.array(weights, dtype=float), nodes=10)
    assert tolerance == 0
    assert got.tolist() == lengths


def test_sums_that_differ_in_the_last_bit_are_one_weight() -> None:
    # 0.1 + 0.2 is not 0.3 as a float, and both are 3/10 as a fraction.
    got, tolerance = paths.exact_lengths(np.array([0.1 + 0.2, 0.3]), nodes=10)
    assert tolerance == 0
    assert got[0] == got[1]


@pytest.mark.parametrize("weights", [[np.pi, 1.0], np.arange(1.0, 60.0), [1e-300, 1.0]])
def test_lengths_that_do_not_fit_are_floats_with_a_tolerance(weights: list[float]) -> None:
    given = np.array(weights)
    got, tolerance = paths.exact_lengths(given, nodes=10)
    assert tolerance > 0
    np.testing.assert_array_equal(got, 1 / given)


def test_distances_run_towards_the_node() -> None:
    chain = csr_array(np.array([[0, 2.0, 0], [0, 0, 4.0], [0, 0, 0]]))
    found = paths.reach(paths.with_lengths(chain))
    assert found.reached.tolist() == [0, 1, 2]
    assert found.far.tolist() == [0, 0.5, 0.75 + 0.25]
    assert found.near.tolist() == [0, 2, 1 / 0.75 + 4]
    assert found.widest == 0.75


def test_equal_lengths_are_counted_in_steps_and_come_out_the_same() -> None:
    ring = np.roll(np.eye(150), 1, axis=1)
    same = paths.reach(csr_array(ring * 0.5))
    tilted = ring * 0.5
    tilted[0, 1] *= 1 + 1e-15  # no longer uniform, so by lengths
    other = paths.reach(csr_array(tilted))
    np.testing.assert_allclose(same.far, other.far, rtol=1e-12)
    np.testing.assert_allclose(same.near, other.near, rtol=1e-12)
    assert same.widest == pytest.approx(149 * 0.5)
    assert same.far[0] == pytest.approx(0.5 * 149 * 150 / 2)


def test_some_sources_only() -> None:
    star = csr_array(np.array([[0, 1.0, 1], [1, 0, 0], [1, 0, 0]]))
    found = paths.dependencies(star, sources=np.array([1]))
    assert found.total.tolist() == [1, 0, 0]
    assert found.squares.tolist() == [1, 0, 0]
    assert paths.reach(star, sources=np.array([1, 2])).reached.tolist() == [2, 1, 1]


def test_more_sources_than_one_word_holds() -> None:
    rng = np.random.default_rng(2)
    dense = np.triu((rng.random((333, 333)) < 0.02).astype(float), 1)
    linked = csr_array(dense + dense.T)
    bits = paths.reach(linked)
    one = paths.reach(linked, sources=np.arange(0, 100))
    other = paths.reach(linked, sources=np.arange(100, 333))
    assert (bits.reached == one.reached + other.reached).all()
    np.testing.assert_allclose(bits.near, one.near + other.near, rtol=1e-12)
    assert bits.widest == max(one.widest, other.widest)


def test_no_nodes() -> None:
    nothing = csr_array((0, 0))
    assert len(paths.reach(nothing).far) == 0
    assert len(paths.dependencies(nothing).total) == 0


@pytest.fixture(params=["several at once", "one by one"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Count steps from eight sources at once, or from one after the other."""
    monkeypatch.setattr(paths, "_MANY", 0 if request.param == "several at once" else 10**9)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("nodes", [3, 70, 300])
def test_sums_over_sources_are_those_of_one_after_the_other(
    nodes: int, directed: bool, weighted: bool
) -> None:
    graph = nx.gnm_random_graph(nodes, 3 * nodes, seed=nodes, directed=directed)
    for a, b in graph.edges:
        graph[a][b]["weight"] = 1.0 + (a * b) % 4 if weighted else 1.0
    lengths = csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(nodes), format="csr"))
    sources = np.random.default_rng(1).integers(0, nodes, 50)  # some of them twice
    found = paths.dependencies(lengths, sources=sources, edges=True)
    one = [paths.dependencies(lengths, sources=np.array([s]), edges=True) for s in sources]
    np.testing.assert_allclose(found.total, sum(o.total for o in one), rtol=1e-12)
    np.testing.assert_allclose(found.squares, sum(o.total**2 for o in one), rtol=1e-12)
    np.testing.assert_allclose(found.by_edge, sum(o.by_edge for o in one), rtol=1e-12)
    np.testing.assert_allclose(found.edge_squares, sum(o.by_edge**2 for o in one), rtol=1e-12)
    alone = paths.dependencies(lengths, sources=sources)
    np.testing.assert_allclose(alone.total, found.total, rtol=1e-12)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("nodes", [9, 40, 1000])
def test_long_ways_and_hubs(nodes: int) -> None:
    # From step to step as far as it goes, and everybody at once: both ways to take a step.
    for graph in (nx.path_graph(nodes), nx.star_graph(nodes), nx.cycle_graph(nodes)):
        linked = csr_array(nx.to_scipy_sparse_array(graph, format="csr").astype(float))
        theirs = nx.betweenness_centrality(graph, normalized=False)
        ours = paths.dependencies(linked).total / 2
        np.testing.assert_allclose(ours, [theirs[v] for v in graph], rtol=1e-12)
