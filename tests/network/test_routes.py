from __future__ import annotations

from typing import Any

import networkx as nx
import pytest
from hypothesis import given

from kg.errors import NotFoundError
from kg.network import Network, project

from .graphs import checked, graphs
from .worlds import ROWS, world


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    network = Network.from_networkx(graph)
    nodes = sorted(graph)
    a, b = nodes[0], nodes[-1]
    for weight, length in (("unweighted", None), ("weight", "length")):
        table = network.path(a, b, weight=weight)
        if not nx.has_path(graph, a, b):
            assert table.meta["shortest_paths"] == 0
            assert "No path" in str(table.meta["reason"])
            continue
        theirs = list(nx.all_shortest_paths(graph, a, b, weight=length))
        walk = [a, *(str(row[3]) for row in table)] if a != b else [a]
        assert walk in theirs
        assert table.meta["shortest_paths"] == len(theirs)
        expected = float(nx.shortest_path_length(graph, a, b, weight=length))
        assert table.meta["length"] == pytest.approx(expected, rel=1e-9)


def test_each_step_has_its_trainings() -> None:
    network = project(world(trainings=[ROWS["trainings"][1], ROWS["trainings"][3]]))
    table = network.path("A", "D")
    assert [(r[1], r[3], r[9]) for r in table] == [("A", "B", "t2"), ("B", "D", "t4")]
    for row in table:
        trainings = str(row[9]).split()
        assert trainings == network.evidence(str(row[1]), str(row[3])).column("training")
        assert len(trainings) == row[6]


def test_against_the_flow_there_is_no_way() -> None:
    chain = Network.from_networkx(nx.DiGraph([("a", "b"), ("b", "c")]))
    assert [row[0] for row in chain.path("a", "c")] == [1, 2]
    assert chain.path("c", "a").rows == []


def test_an_unknown_node_is_refused() -> None:
    with pytest.raises(NotFoundError, match="not a node"):
        project(world()).path("A", "Z")
