"""Who meets whom, against the product of matrices."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.network.meetings import Meetings, Sets


def sets_of(matrix: np.ndarray) -> Sets:
    rows, columns = (ends.astype(np.int64) for ends in np.nonzero(matrix))
    return Sets.of(rows, columns, matrix.shape)


def expected(
    matrix: np.ndarray, worth: np.ndarray, inside: np.ndarray, *, both: bool
) -> np.ndarray:
    met = matrix @ np.diag(worth) @ matrix.T
    ours = np.logical_and.outer(inside, inside) if both else np.logical_or.outer(inside, inside)
    return np.where(ours & ~np.eye(len(matrix), dtype=bool), met, 0.0)


@given(st.integers(0, 9), st.integers(1, 9), st.booleans(), st.integers(0, 2**20))
def test_the_network_is_that_of_the_product(nodes: int, width: int, both: bool, seed: int) -> None:
    random = np.random.default_rng(seed)
    matrix = (random.random((nodes, width)) < 0.4).astype(float)
    worth = random.random(width) * (random.random(width) < 0.8)
    inside = random.random(nodes) < 0.6
    meetings = Meetings(matrix.sum(axis=0), inside, both=both)
    found = meetings.adjacency(sets_of(matrix), worth)
    dense = expected(matrix, worth, inside, both=both)
    np.testing.assert_allclose(found.toarray(), dense, rtol=1e-12)
    assert (abs(found - found.T).max() if nodes else 0) == 0
    for row in range(nodes):
        ends = found.indices[found.indptr[row] : found.indptr[row + 1]]
        assert ends.tolist() == np.flatnonzero(dense[row]).tolist()
    every = expected(matrix, np.ones(width), inside, both=both)
    assert meetings.degrees(sets_of(matrix)).tolist() == (every > 0).sum(axis=1).tolist()


def test_a_network_keeps_its_numbers_when_the_next_is_made() -> None:
    first, second = np.eye(3)[:, [0, 0, 1]], np.eye(3)[:, [2, 2, 1]]
    first[1, 0] = second[0, 0] = 1
    meetings = Meetings(first.sum(axis=0), np.ones(3, bool), both=False)
    one = meetings.adjacency(sets_of(first), np.ones(3))
    kept = one.toarray()
    assert meetings.adjacency(sets_of(second), np.ones(3)).toarray().tolist() != kept.tolist()
    assert one.toarray().tolist() == kept.tolist()


def test_the_same_degrees_whatever_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.random.default_rng(1).random((1500, 300)) < 0.01
    meetings = Meetings(matrix.sum(axis=0), np.ones(1500, bool), both=False)
    found = meetings.degrees(sets_of(matrix))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert meetings.degrees(sets_of(matrix)).tolist() == found.tolist()


def test_sets_turned_twice_are_the_same() -> None:
    graph = sets_of(np.random.default_rng(3).random((7, 5)) < 0.5)
    twice = graph.turned().turned()
    assert twice.starts.tolist() == graph.starts.tolist()
    assert twice.members.tolist() == graph.members.tolist()
