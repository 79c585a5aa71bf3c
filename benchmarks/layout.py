"""Measure how fast networks are placed for drawing, against networkx's ForceAtlas2.

Both settle the same random network of communities for the same number of rounds, from places of
their own. Compared is how well the communities stand together: the mean distance of nodes from
the middle of their community over that from the middle of all (smaller is better).

    python benchmarks/layout.py --nodes 1000 --rounds 100
    python benchmarks/layout.py --nodes 5000 --only kg
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import networkx as nx
import numpy as np

from kg.network import Network
from kg.network import layout as places

SIZE = 50  # nodes of a community


def network(nodes: int) -> nx.Graph:
    """Return a network with about six edges a node, most of them inside communities."""
    groups = nodes // SIZE
    graph = nx.random_partition_graph([SIZE] * groups, 0.2, 1.5 / nodes, seed=1)
    return nx.relabel_nodes(graph, {i: f"n{i:06}" for i in graph})


def together(names: list[str], x: np.ndarray, y: np.ndarray) -> float:
    """Return how far nodes are from the middle of their community, over that of all."""
    group = np.array([int(name[1:]) // SIZE for name in names])
    away = np.empty(len(x))
    for one in np.unique(group):
        inside = group == one
        away[inside] = np.hypot(x[inside] - x[inside].mean(), y[inside] - y[inside].mean())
    return float(away.mean() / np.hypot(x - x.mean(), y - y.mean()).mean())


def ours(graph: nx.Graph, rounds: int) -> Callable[[], tuple[list[str], np.ndarray, np.ndarray]]:
    made = Network.from_networkx(graph)
    places._rounds = lambda *_: rounds
    places.layout(made)  # compiles

    def run() -> tuple[list[str], np.ndarray, np.ndarray]:
        found = places.layout(made)
        return made.nodes["node"].to_list(), found.x, found.y

    return run


def theirs(graph: nx.Graph, rounds: int) -> Callable[[], tuple[list[str], np.ndarray, np.ndarray]]:
    def run() -> tuple[list[str], np.ndarray, np.ndarray]:
        found = nx.forceatlas2_layout(graph, max_iter=rounds, linlog=True, seed=1)
        at = np.array([found[name] for name in graph])
        return list(graph), at[:, 0], at[:, 1]

    return run


def main() -> None:
    """Measure both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--only", choices=("kg", "networkx"))
    given = parser.parse_args()
    graph = network(given.nodes)
    print(
        f"{graph.number_of_nodes()} nodes, {graph.number_of_edges()} edges, {given.rounds} rounds"
    )
    seconds = {}
    for name, make in (("kg", ours), ("networkx", theirs)):
        if given.only in (None, name):
            run = make(graph, given.rounds)
            start = time.perf_counter()
            found = run()
            seconds[name] = time.perf_counter() - start
            print(f"{name}: {seconds[name]:.2f} s, communities {together(*found):.3f}")
    if len(seconds) == 2:
        print(f"networkx takes {seconds['networkx'] / seconds['kg']:.0f} times as long")


if __name__ == "__main__":
    main()
