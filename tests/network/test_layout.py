"""Places of nodes: the same each time, communities together, components apart; and the cut."""

from __future__ import annotations

import networkx as nx
import numpy as np

from kg.network import Network
from kg.network.kernels import forces
from kg.network.layout import layout, strongest


def blocks(groups: int = 6, size: int = 20, between: float = 0.01) -> Network:
    graph = nx.random_partition_graph([size] * groups, 0.4, between, seed=3)
    return Network.from_networkx(nx.relabel_nodes(graph, {i: f"n{i:04}" for i in graph}))


def test_the_same_network_stands_at_the_same_places() -> None:
    one, other = layout(blocks()), layout(blocks())
    assert np.array_equal(one.x, other.x)
    assert np.array_equal(one.y, other.y)
    assert max(np.abs(one.x).max(), np.abs(one.y).max()) == 1000
    assert np.array_equal(one.x, np.round(one.x, 1))


def test_what_is_linked_stands_together() -> None:
    network = blocks()
    placed = layout(network)
    group = np.array([int(name[1:]) // 20 for name in network.nodes["node"]])
    spread = np.hypot(placed.x - placed.x.mean(), placed.y - placed.y.mean()).mean()
    within = []
    for number in np.unique(group):
        x, y = placed.x[group == number], placed.y[group == number]
        within.append(np.hypot(x - x.mean(), y - y.mean()).mean())
    assert np.mean(within) < spread / 2


def test_components_do_not_overlap_and_stay_near() -> None:
    graph = nx.union(nx.complete_graph(30), nx.relabel_nodes(nx.path_graph(3), lambda i: 100 + i))
    graph = nx.union(graph, nx.relabel_nodes(nx.path_graph(2), lambda i: 200 + i))
    network = Network.from_networkx(nx.relabel_nodes(graph, {i: f"n{i:04}" for i in graph}))
    placed = layout(network)
    part = np.array([int(name[1:]) // 100 for name in network.nodes["node"]])
    main = part == 0
    radius = np.hypot(
        placed.x[main] - placed.x[main].mean(), placed.y[main] - placed.y[main].mean()
    ).max()
    for number in (1, 2):
        away = np.hypot(
            placed.x[part == number] - placed.x[main].mean(),
            placed.y[part == number] - placed.y[main].mean(),
        )
        assert radius < away.min() < 3 * radius


def test_few_nodes_have_places_too() -> None:
    for nodes in (1, 2, 3):
        graph = nx.relabel_nodes(nx.path_graph(nodes), str)
        placed = layout(Network.from_networkx(graph))
        assert len(placed.x) == nodes
        assert np.isfinite(placed.x).all()
        assert len({*zip(placed.x.tolist(), placed.y.tolist(), strict=True)}) == nodes


def test_nodes_at_one_place_are_no_trouble() -> None:
    x, y = np.zeros(50), np.zeros(50)
    x[25:] = 1e-14
    starts, ends = np.zeros(51, np.int64), np.zeros(0, np.int32)
    forces.settle(x, y, np.ones(50), starts, ends, np.zeros(0), 20, 2.0, 1.0)
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()


def test_repulsion_by_boxes_is_near_the_exact_one() -> None:
    random = np.random.default_rng(5)
    x, y, mass = random.normal(size=300), random.normal(size=300), random.uniform(1, 5, 300)
    child, heavy = np.zeros((2000, 4), np.int32), np.zeros(2000)
    mx, my, body = np.zeros(2000), np.zeros(2000), np.full(2000, -1)
    half = forces._planted(x, y, mass, child, heavy, mx, my, body)
    assert heavy[0] == np.float64(mass.sum()) or abs(heavy[0] - mass.sum()) < 1e-9
    stack, widths = np.zeros(400, np.int64), np.zeros(400)
    errors = []
    for v in range(0, 300, 7):
        fx, fy = forces._pushed(v, x, y, half, child, heavy, mx, my, body, stack, widths)
        dx, dy = np.delete(x[v] - x, v), np.delete(y[v] - y, v)
        square, others = dx**2 + dy**2, np.delete(mass, v)
        exact = np.array([(dx * others / square).sum(), (dy * others / square).sum()])
        errors.append(np.hypot(fx - exact[0], fy - exact[1]) / np.hypot(*exact))
    assert np.median(errors) < 0.05


def test_the_cut_keeps_the_strongest_nodes_and_the_heaviest_edges() -> None:
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 9), ("b", "c", 8), ("a", "c", 1), ("c", "d", 0.5)])
    network = Network.from_networkx(graph)
    assert strongest(network) is network
    part = strongest(network, nodes=3, edges=2)
    assert part.edge_frame().select("source", "target").rows() == [("a", "b"), ("b", "c")]
    assert strongest(network, nodes=3).edges_by_code.height == 3
