from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from kg.errors import QueryError
from kg.network import Network, project

from .worlds import world


def test_measures_of_edges_are_columns_and_the_first_gives_the_order() -> None:
    network = Network.from_networkx(nx.les_miserables_graph())
    table = network.edges(["disparity", "overlap"], top=5)
    assert table.columns[-2:] == ("disparity", "overlap")
    assert table.column("disparity") == sorted(table.column("disparity"))  # type: ignore[type-var]
    assert (table.rows[0][0], table.rows[0][2]) == ("Cosette", "Valjean")
    assert table.meta["left_out"] == 254 - 5
    measures: Any = table.meta["measures"]
    assert "Serrano" in measures["disparity"]["reference"]


def test_a_loop_has_no_score() -> None:
    graph = nx.Graph([("a", "a"), ("a", "b")])
    table = Network.from_networkx(graph).edges("edge-betweenness")
    assert [(r[0], r[2], r[-1]) for r in table] == [("a", "b", 1.0), ("a", "a", None)]


def test_a_backbone_keeps_the_evidence() -> None:
    network = project(world())
    most = max(map(float, network.edges("disparity").column("disparity")))  # type: ignore[arg-type]
    one = network.backbone("disparity", threshold=most)
    told: Any = one.meta["backbone"]
    assert told["edges_before"] == 6
    assert told["threshold"] == most
    assert 0 < one.edges_by_code.height < 6
    for row in one.edges():
        assert len(one.evidence(str(row[0]), str(row[2]))) == row[5]
    assert one.centrality("degree").meta["backbone"] == told


def test_backbones_of_les_miserables() -> None:
    network = Network.from_networkx(nx.les_miserables_graph())
    kept = network.backbone("disparity")
    assert kept.edges_by_code.height == sum(
        1
        for v in network.edges("disparity").column("disparity")
        if float(v) < 0.05  # type: ignore[arg-type]
    )
    assert len(network.backbone("disparity", isolates=True)) == 77
    stricter = network.backbone("noise-corrected", threshold=3)
    assert stricter.edges_by_code.height < network.backbone("noise-corrected").edges_by_code.height


def test_an_empty_backbone_says_why() -> None:
    pair = Network.from_networkx(nx.path_graph(2)).backbone()
    assert len(pair) == 0
    assert "No edge passes the threshold 0.05" in str(pair.meta["reason"])


def test_an_unknown_backbone_is_refused() -> None:
    with pytest.raises(QueryError, match="accepted: disparity, noise-corrected"):
        project(world()).backbone("overlap")
    with pytest.raises(QueryError, match="Unknown measure 'degree'; accepted: edge-betweenness"):
        project(world()).edges("degree")
