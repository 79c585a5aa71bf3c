"""What pairs have in common, against the product of matrices."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from kg.network.lanes import watched
from kg.network.pairs import Counts, Pairs, counted, shared


def sets(height: int, width: int, seed: int) -> tuple[np.ndarray, csr_array]:
    matrix = (np.random.default_rng(seed).random((height, width)) < 0.4).astype(float)
    return matrix, csr_array(matrix)


def upper(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.triu_indices(nodes, 1)
    return first.astype(np.int64), second.astype(np.int64)


def arrays(graph: csr_array) -> tuple[np.ndarray, np.ndarray]:
    return graph.indptr.astype(np.int64), graph.indices.astype(np.int64)


@given(st.integers(1, 12), st.integers(1, 9), st.integers(0, 2**20))
def test_counts_are_those_of_the_product(nodes: int, width: int, seed: int) -> None:
    dense, graph = sets(nodes, width, seed)
    first, second = upper(nodes)
    found = counted(Pairs.of(first, second, nodes), *arrays(graph), width)
    assert found.tolist() == (dense @ dense.T)[first, second].astype(int).tolist()


def test_sums_over_several_graphs() -> None:
    first, second = upper(8)
    drawn = [sets(8, 5, seed) for seed in range(20)]
    seen = np.array([(d @ d.T)[first, second] for d, _ in drawn]).astype(int)
    counts = Counts(Pairs.of(first, second, 8), seen[0])
    for _, graph in drawn:
        counts.add(*arrays(graph), 5)
    assert counts.samples == 20
    assert counts.total.tolist() == seen.sum(axis=0).tolist()
    assert counts.squares.tolist() == (seen**2).sum(axis=0).tolist()
    assert counts.above.tolist() == (seen >= seen[0]).sum(axis=0).tolist()
    assert counts.below.tolist() == (seen <= seen[0]).sum(axis=0).tolist()


@given(st.integers(2, 12), st.integers(1, 9), st.integers(0, 2**20))
def test_worth_of_what_is_shared(nodes: int, width: int, seed: int) -> None:
    (mine, ours), (other, theirs) = sets(nodes, width, seed), sets(nodes, width, seed + 1)
    worth = np.random.default_rng(seed).random(width)
    random = np.random.default_rng(seed)
    first = np.sort(random.integers(0, nodes, 15))  # pairs in any order, some twice
    second = random.integers(0, nodes, 15)
    found = shared(ours, theirs, worth, Pairs.of(first, second, nodes))
    expected = (mine @ np.diag(worth) @ other.T)[first, second]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_the_same_bits_whatever_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    _, graph = sets(40, 30, 1)
    first, second = upper(40)
    worth = np.random.default_rng(2).random(30)
    both = shared(graph, graph, worth, Pairs.of(first, second, 40))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert (shared(graph, graph, worth, Pairs.of(first, second, 40)) == both).all()


def test_lanes_cover_each_node_once() -> None:
    first = np.repeat(np.arange(6), [100, 0, 1, 0, 0, 1])
    lanes = Pairs.of(first, first, 6).lanes()
    assert [node for begin, end in lanes for node in range(begin, end)] == list(range(6))
    assert Pairs.of(first[:0], first[:0], 0).lanes() == []


def test_no_pairs() -> None:
    none = np.zeros(0, np.int64)
    _, graph = sets(3, 4, 1)
    with watched(lambda *_: pytest.fail("nothing to tell")):
        assert len(shared(graph, graph, np.ones(4), Pairs.of(none, none, 3))) == 0
    assert len(counted(Pairs.of(none, none, 3), *arrays(graph), 4)) == 0
