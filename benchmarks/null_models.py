"""Networks of random bipartite graphs: our loops on reused memory against scipy's sparse products.

A world of institutions and trainings with heavy tails is drawn; the graphs with its degrees are the
same for both sides, and so must the networks be. Only processor time counts, so that other work on
the machine does not.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_array, diags_array

from kg.analysis.nullmodel import chain
from kg.network.meetings import Meetings, Sets


def world(institutions: int, trainings: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return who was at which training: codes, each pair once."""
    random = np.random.default_rng(seed)
    sizes = np.minimum(random.zipf(1.6, trainings) + 1, institutions // 5)
    weights = 1 / (np.arange(institutions) + 10.0)
    weights /= weights.sum()
    rows = [
        random.choice(institutions, size, replace=False, p=weights, shuffle=False) for size in sizes
    ]
    return np.concatenate(rows), np.repeat(np.arange(trainings), sizes)


def by_products(graph: Sets, worth: np.ndarray) -> Any:
    """Return the network as a product of sparse matrices, with its entries in order."""
    matrix = csr_array((np.ones(len(graph.members)), graph.members, graph.starts), graph.shape)
    met = (matrix @ diags_array(worth) @ matrix.T).tocoo()
    first, second = met.coords
    kept = first != second
    edges = csr_array((met.data[kept], (first[kept], second[kept])), shape=met.shape)
    edges.sort_indices()
    return edges


def seconds(work: Callable[[], Any]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--institutions", type=int, default=3000)
    parser.add_argument("--trainings", type=int, default=6000)
    parser.add_argument("--graphs", type=int, default=15)
    given = parser.parse_args()
    rows, columns = world(given.institutions, given.trainings, seed=1)
    shape = (given.institutions, given.trainings)
    sizes = np.bincount(columns, minlength=shape[1])
    meetings = Meetings(sizes, np.ones(shape[0], dtype=bool), both=False)
    worth = (sizes > 1) * 1.0
    times: dict[str, list[float]] = {"scipy": [], "network": [], "degrees": []}
    for number, graph in enumerate(chain(rows, columns, shape, given.graphs + 1, seed=1)):
        theirs, ours = by_products(graph, worth), meetings.adjacency(graph, worth)
        assert abs(theirs - ours).max() < 1e-9
        assert (np.diff(ours.indptr) == meetings.degrees(graph)).all()
        if number == 0:
            print(f"{len(rows)} attendances, {ours.nnz // 2} pairs")
            continue  # compiled here
        times["scipy"].append(seconds(lambda g=graph: by_products(g, worth)))
        times["network"].append(seconds(lambda g=graph: meetings.adjacency(g, worth)))
        times["degrees"].append(seconds(lambda g=graph: meetings.degrees(g)))
    base = float(np.median(times["scipy"]))
    for name, taken in times.items():
        median = float(np.median(taken))
        print(f"{name:8} {median * 1000:8.1f} ms of processor   {base / median:5.1f} times scipy")


if __name__ == "__main__":
    main()
