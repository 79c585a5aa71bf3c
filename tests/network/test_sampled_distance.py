from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from kg.errors import QueryError
from kg.network import GRAPH_MEASURES, Network

from .graphs import checked, graphs

SAMPLED = [name for name, measure in GRAPH_MEASURES.items() if measure.sampled]


def test_all_measures_of_all_pairs_have_a_sampled_form() -> None:
    assert [name for name, m in GRAPH_MEASURES.items() if m.all_pairs] == SAMPLED


@pytest.mark.parametrize("name", SAMPLED)
@pytest.mark.parametrize("weighted", [False, True])
@checked
@given(graph=graphs())
def test_a_sample_is_within_its_errors(name: str, weighted: bool, graph: Any) -> None:
    network, measure = Network.from_networkx(graph), GRAPH_MEASURES[name]
    adjacency = network.adjacency("weight" if weighted else "unweighted")
    exact = measure.function(adjacency, network.directed, None)
    assert measure.sampled is not None
    found, errors = measure.sampled(adjacency, network.directed, 80, 3)
    for quantity, value in exact.items():
        if value is None:
            assert found[quantity] is None
        else:
            assert abs(found[quantity] - value) <= (errors[quantity] or 0.0) + 1e-9
            assert np.isfinite(errors[quantity] or 0.0)


@pytest.mark.parametrize("directed", [False, True])
def test_a_large_sample_comes_close(directed: bool) -> None:
    graph = nx.gnm_random_graph(400, 6000, seed=1, directed=directed)
    network = Network.from_networkx(graph)
    exact = {row[1]: row[2] for row in network.summary("distance")}
    table = network.summary("distance", sample=20_000)
    assert table.columns == ("measure", "quantity", "value", "error")
    found = {row[1]: row[2:] for row in table}
    assert abs(found["mean distance"][0] - exact["mean distance"]) < 0.005
    assert found["mean distance"][1] < (0.2 if directed else 0.05)
    assert found["diameter"][0] == exact["diameter"]
    assert network.summary("distance", sample=20_000).rows == table.rows


def test_a_small_world_is_seen_in_a_sample() -> None:
    network = Network.from_networkx(nx.watts_strogatz_graph(600, 10, 0.1, seed=1))
    exact = {row[1]: row[2] for row in network.summary("small-world")}
    table = network.summary("small-world", sample=3000, seed=2)
    found = {row[1]: row[2:] for row in table}
    assert found["transitivity"] == (exact["transitivity"], None)
    assert abs(found["sigma"][0] - exact["sigma"]) <= found["sigma"][1] < exact["sigma"] / 2
    assert table.meta["sample"] == 3000
    assert "95%" in str(table.meta["errors"])


def test_what_has_no_sampled_form_says_so_and_is_exact_among_others() -> None:
    network = Network.from_networkx(nx.path_graph(5))
    with pytest.raises(QueryError, match="distance, small-world"):
        network.summary("size", sample=10)
    rows = network.summary(["size", "distance"], sample=10).rows
    assert {row[0] for row in rows if row[3] is not None} == {"distance"}
    assert network.summary(["size", "distance"]).columns == ("measure", "quantity", "value")
