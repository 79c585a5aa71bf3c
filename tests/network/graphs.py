"""Random graphs, and how their scores are compared with those of networkx."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import networkx as nx
import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from kg.network import MEASURES, Network
from kg.network.groups import grouping

checked = settings(deadline=None, max_examples=40, derandomize=True)

# Few values with sums that tie exactly as fractions and not as floats (1/3 + 1/6 = 1/2).
WEIGHTS = [Fraction(1), Fraction(2), Fraction(3), Fraction(6), Fraction(1, 3), Fraction(5, 6)]


@st.composite
def graphs(draw: st.DrawFn, directed: bool | None = None, least: int = 1) -> Any:
    """Draw a graph with weights (float), lengths (Fraction), often disconnected."""
    size = draw(st.integers(least, 11))
    kind = draw(st.booleans()) if directed is None else directed
    graph: Any = nx.DiGraph() if kind else nx.Graph()
    for i in range(size):
        country = draw(st.sampled_from(["X", "Y", "Z", None]))
        graph.add_node(f"n{i:02d}", **({"country": country} if country else {}))
    graph.nodes["n00"]["country"] = "X"  # or brokerage has no groups at all
    nodes = st.sampled_from(sorted(graph))
    for a, b in draw(st.lists(st.tuples(nodes, nodes), max_size=30)):
        if a != b:
            weight = draw(st.sampled_from(WEIGHTS))
            graph.add_edge(a, b, weight=float(weight), length=1 / weight)
    return graph


def scores(graph: Any, measure: str, *, weighted: bool) -> dict[str, float]:
    """Return our score of every node of a networkx graph, unrounded."""
    network = Network.from_networkx(graph)
    adjacency = network.adjacency("weight" if weighted else "unweighted")
    function, grouped = MEASURES[measure].function, MEASURES[measure].grouped
    groups = (grouping(network, "country").codes,) if grouped else ()
    values = function(adjacency, network.directed, *groups)
    return dict(zip(network.nodes["node"].to_list(), values.tolist(), strict=True))


def assert_same(ours: Mapping[str, float], theirs: Mapping[str, float]) -> None:
    """Fail unless both have the same nodes, and scores equal to 1e-9."""
    assert set(ours) == set(theirs)
    for node, score in theirs.items():
        assert np.isfinite(ours[node])
        np.testing.assert_allclose(ours[node], float(score), rtol=1e-9, atol=1e-9)


def assert_edge_cases(
    function: Callable[[Any, bool], Any], one: float, two: float, apart: float
) -> None:
    """Fail unless no node, one node, a pair and two isolates have the scores given."""
    from scipy.sparse import csr_array

    def of(matrix: Any) -> list[float]:
        return [float(v) for v in function(csr_array(np.array(matrix, dtype=float)), False)]

    assert len(function(csr_array((0, 0)), False)) == 0
    assert of([[0]]) == [one]
    np.testing.assert_allclose(of([[0, 1], [1, 0]]), [two, two], rtol=1e-12)
    np.testing.assert_allclose(of([[0, 0], [0, 0]]), [apart, apart], rtol=1e-12)
