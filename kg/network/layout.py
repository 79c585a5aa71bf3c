"""Where nodes stand in a drawing: the same network gives the same places.

Nodes begin community by community on a spiral and settle by forces (kg.network.kernels.forces).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from kg.network import kernels
from kg.network.leiden import leiden, undirected
from kg.network.paths import arrays
from kg.network.ties import restricted

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["MOST_EDGES", "MOST_NODES", "Layout", "layout", "prepare", "strongest"]

MOST_NODES, MOST_EDGES = 5_000, 30_000
"""What a drawing holds: of more, the nodes of greatest strength and their heaviest edges."""

_SIDE = 1000.0  # the greatest coordinate, either way
_SEED = 1
_GOLDEN = np.pi * (3 - np.sqrt(5))

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """Places of the nodes of a network, in its order.

    Attributes
    ----------
    x, y:
        From −1000 to 1000, to a tenth; y grows upwards.
    community:
        Number from 1, the largest community first (Leiden, by the weight of the layout).
    """

    x: Floats
    y: Floats
    community: NDArray[np.int64]


def layout(network: Network, weight: str | None = None) -> Layout:
    """Return the places of the nodes; heavier edges pull more, by the logarithm of their weight.

    Takes about half a second for 5,000 nodes and 30,000 edges.
    """
    adjacency = undirected(network.adjacency(weight), network.directed)
    community = leiden(adjacency, _SEED) + 1
    nodes = len(network)
    if nodes < 2:
        return Layout(np.zeros(nodes), np.zeros(nodes), community)
    starts, ends = arrays(adjacency)
    degree = np.diff(starts).astype(np.float64)
    x, y = _spiral(community, degree)
    usual = np.median(adjacency.data) if adjacency.nnz else 1.0
    pull = 1.0 + np.log1p(adjacency.data / usual)
    mass = 1.0 + degree
    rounds = _rounds(nodes, len(ends))
    kernels.forces.settle(x, y, mass, starts, ends, pull, rounds, 2.0, 1.0 + nodes / 500)
    _gather(x, y, connected_components(adjacency, directed=False)[1])
    return Layout(*_fitted(x, y), community)


def prepare() -> None:
    """Load the compiled loops of :func:`layout`, or compile them: some seconds, once a machine."""
    triangle = csr_array(np.ones((3, 3)) - np.eye(3))
    leiden(triangle, _SEED)
    starts, ends = arrays(triangle)
    x, y = _spiral(np.ones(3, dtype=np.int64), np.full(3, 2.0))
    kernels.forces.settle(x, y, np.full(3, 3.0), starts, ends, triangle.data, 1, 2.0, 1.0)


def strongest(
    network: Network, nodes: int = MOST_NODES, edges: int = MOST_EDGES, weight: str | None = None
) -> Network:
    """Return the network of the nodes with the greatest strength and of their heaviest edges.

    A network within both bounds comes back as it is.
    """
    if len(network) <= nodes and network.edges_by_code.height <= edges:
        return network
    matrix = undirected(network.adjacency(weight), network.directed)
    strength = np.asarray(matrix.sum(axis=1)).ravel()
    chosen = np.zeros(len(network), dtype=bool)
    chosen[np.argsort(-strength, kind="stable")[:nodes]] = True
    ends = network.weighted(network.weight_name(weight))
    source, target = ends["source"].to_numpy(), ends["target"].to_numpy()
    inside = chosen[source] & chosen[target]
    order = np.argsort(-np.where(inside, ends["weight"].to_numpy(), -np.inf), kind="stable")
    kept = np.zeros(len(inside), dtype=bool)
    kept[order[:edges]] = True
    return restricted(network, kept & inside, isolates=False)


def _rounds(nodes: int, entries: int) -> int:
    """Return how long to settle: about a third of a second, and not less than is needed."""
    microseconds = 0.55 * nodes + 0.018 * entries  # of one round, measured
    return int(np.clip(300_000 / max(microseconds, 1), 100, 600))


def _spiral(community: NDArray[np.int64], degree: Floats) -> tuple[Floats, Floats]:
    """Return where nodes begin: communities on a spiral, in each the best linked in the middle."""
    nodes = len(community)
    order = np.lexsort((np.arange(nodes), -degree, community))
    sizes = np.bincount(community)[1:]
    before = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    within = np.arange(nodes) - np.repeat(before, sizes)
    number = np.repeat(np.arange(len(sizes)), sizes)
    far = 2.0 * np.sqrt(before + sizes / 2)[number]
    x, y = np.empty(nodes), np.empty(nodes)
    x[order] = far * np.cos(number * _GOLDEN) + np.sqrt(within + 0.5) * np.cos(within * _GOLDEN)
    y[order] = far * np.sin(number * _GOLDEN) + np.sqrt(within + 0.5) * np.sin(within * _GOLDEN)
    return x * 10.0, y * 10.0


def _gather(x: Floats, y: Floats, part: NDArray[np.int32]) -> None:
    """Put the smaller components around the largest one, ring by ring, in place."""
    sizes = np.bincount(part)
    order = np.argsort(-sizes, kind="stable")
    centre, radius = _extent(x, y, part == order[0])
    x -= centre[0]
    y -= centre[1]
    gap = max(radius / 12, 1.0)
    ring, angle, widest = radius, 0.0, 0.0
    for number in order[1:].tolist():
        members = part == number
        (cx, cy), own = _extent(x, y, members)
        shrink = min(1.0, radius / 3 / max(own, 1e-9))
        own = own * shrink + gap / 2
        if angle and angle + 2 * own / (ring + own) > 2 * np.pi:
            ring, angle, widest = ring + 2 * widest, 0.0, 0.0
        angle += own / (ring + own)
        away = ring + own + gap / 2
        x[members] = (x[members] - cx) * shrink + away * np.cos(angle)
        y[members] = (y[members] - cy) * shrink + away * np.sin(angle)
        angle += own / (ring + own)
        widest = max(widest, own)


def _extent(x: Floats, y: Floats, members: NDArray[np.bool_]) -> tuple[tuple[float, float], float]:
    """Return the middle of some nodes and how far the farthest is from it."""
    cx = float(x[members].max() + x[members].min()) / 2
    cy = float(y[members].max() + y[members].min()) / 2
    return (cx, cy), float(np.hypot(x[members] - cx, y[members] - cy).max())


def _fitted(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the places in the middle of the square, as large as it allows."""
    x, y = x - (x.max() + x.min()) / 2, y - (y.max() + y.min()) / 2
    side = max(float(np.abs(x).max()), float(np.abs(y).max()), 1e-9)
    return np.round(x * (_SIDE / side), 1), np.round(y * (_SIDE / side), 1)
