from __future__ import annotations

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


def test_blocks_cover_all_nodes_once() -> None:
    covered = np.concatenate(list(paths.blocks(10, paths.BLOCK_CELLS // 3)))
    assert covered.tolist() == list(range(10))
    assert list(paths.blocks(0, 5)) == []


def test_incoming_distances_run_towards_the_node() -> None:
    chain = csr_array(np.array([[0, 2.0, 0], [0, 0, 4.0], [0, 0, 0]]))
    away = np.vstack([rows for _, rows in paths.incoming_distances(chain)])
    assert away.tolist() == [[0, np.inf, np.inf], [0.5, 0, np.inf], [0.75, 0.25, 0]]
