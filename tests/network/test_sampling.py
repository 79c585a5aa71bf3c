from __future__ import annotations

import numpy as np
import pytest

from kg.errors import QueryError
from kg.network.measures.harmonic import harmonic, sampled_harmonic
from kg.network.sampling import bernstein, draw, hoeffding

from .graphs import checked  # noqa: F401  # the settings of hypothesis, as everywhere here


def test_draws_repeat_by_seed() -> None:
    assert (draw(50, 20, 1) == draw(50, 20, 1)).all()
    assert (draw(50, 20, 1) != draw(50, 20, 2)).any()
    with pytest.raises(QueryError, match="sample=1"):
        draw(50, 1, 1)


def test_errors_cover_the_truth_more_often_than_promised() -> None:
    random = np.random.default_rng(1)
    values = random.random((40, 40)) ** 3  # what source s adds to node v
    truth = values.sum(axis=0)
    missed = 0
    for seed in range(200):
        some = values[draw(40, 400, seed)]
        sums, squares = some.sum(axis=0), (some**2).sum(axis=0)
        for found, errors in (
            bernstein(sums, squares, 400, greatest=1.0),
            hoeffding(sums, 400, greatest=1.0),
        ):
            missed += int(np.any(np.abs(found - truth) > errors))
    assert missed <= 0.05 * 400


def test_little_variance_gives_small_errors() -> None:
    sums = np.full(3, 5000.0)
    _, narrow = bernstein(sums, sums, 10_000, greatest=100.0)  # each source adds 0 or 1
    _, wide = hoeffding(sums, 10_000, greatest=100.0)
    assert narrow.max() < wide.max() / 5


def test_harmonic() -> None:
    import networkx as nx
    from scipy.sparse import csr_array

    graph = csr_array(
        nx.to_scipy_sparse_array(nx.barabasi_albert_graph(200, 3, seed=1), dtype=float)
    )
    exact = harmonic(graph)
    found, errors = sampled_harmonic(graph, False, 4000, seed=1)
    assert np.all(np.abs(found - exact) <= errors)
    assert np.abs(found - exact).max() < 0.1 * exact.max()
    assert sampled_harmonic(csr_array((3, 3)), False, 10, seed=1)[0].tolist() == [0, 0, 0]
