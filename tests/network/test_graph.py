from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from kg.errors import NotFoundError, QueryError
from kg.network import Network, project

from .worlds import ROWS, world


def test_adjacency_is_symmetric_and_follows_the_nodes() -> None:
    matrix = project(world()).adjacency("newman").toarray()
    np.testing.assert_array_equal(matrix, matrix.T)
    assert matrix[0, 2] == pytest.approx(4 / 3)
    assert np.all(np.diag(matrix) == 0)


def test_adjacency_of_a_directed_network() -> None:
    matrix = project(world(), "knowledge-flow").adjacency()
    assert matrix.toarray().tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [2, 1, 0, 1], [1, 0, 0, 0]]


def test_unweighted_and_loops() -> None:
    network = project(world(), "knowledge-flow", level="bloc", loops=True)
    matrix = network.adjacency("unweighted")
    assert set(matrix.data) == {1.0}
    assert np.all(matrix.diagonal() == 0)
    assert network.edges_by_code.filter(source=2, target=2).height == 1


def test_edges_the_heaviest_first() -> None:
    table = project(world()).edges(top=2)
    assert table.columns == (
        "source",
        "source_label",
        "target",
        "target_label",
        "weight",
        "shared_trainings",
        "first_year",
        "last_year",
    )
    assert table.rows == [
        ("A", "Ankh University", "C", "Camden College", 3.0, 3, 2012, 2019),
        ("A", "Ankh University", "B", "Bauchi Institute", 2.0, 2, 2012, 2014),
    ]
    assert table.meta["left_out"] == 4


def test_edges_by_another_weight() -> None:
    table = project(world()).edges(weight="size-normalised", top=1)
    assert table.rows[0][:5] == (
        "B",
        "Bauchi Institute",
        "D",
        "Denizli University",
        1.16666666667,
    )
    assert {row[4] for row in project(world()).edges(weight="unweighted")} == {1.0}


@pytest.mark.parametrize("top", [0, -1])
def test_top_is_a_number_of_rows(top: int) -> None:
    with pytest.raises(QueryError, match="whole number from 1"):
        project(world()).edges(top=top)


def test_an_unknown_weight_names_those_that_are() -> None:
    network = project(world())
    for call in (network.adjacency, network.edges):
        with pytest.raises(
            QueryError, match="accepted: count, newman, size-normalised, unweighted"
        ):
            call(weight="gold")


def test_evidence_oldest_first_and_undated_last() -> None:
    undated = [
        row if row[0] != "t1" else ("t1", "Genomics", None, None, None) for row in ROWS["trainings"]
    ]
    assert project(world(trainings=undated)).evidence("C", "A").rows == [
        ("t2", "Python in Cape Town", 2014),
        ("t3", "School in London", 2019),
        ("t1", "Genomics", None),
    ]


def test_no_evidence_says_so() -> None:
    network = project(world(), sector="sector:health", isolates=True, roles=["host", "organiser"])
    table = network.evidence("A", "C")
    assert table.rows == []
    assert table.meta["reason"] == "No training links the two under these filters."


def test_evidence_of_a_stranger() -> None:
    with pytest.raises(NotFoundError, match="'organisation/AA' is not a node"):
        project(world()).evidence("organisation/AA", "B")
    with pytest.raises(NotFoundError, match="closest: A"):
        project(world()).evidence("AA", "B")


def test_evidence_needs_trainings() -> None:
    with pytest.raises(QueryError, match="not made from trainings"):
        Network.from_networkx(nx.path_graph(2)).evidence("0", "1")


def test_components() -> None:
    assert (
        Network.from_networkx(nx.disjoint_union(nx.path_graph(3), nx.path_graph(2))).components == 2
    )
    assert Network.from_networkx(nx.Graph()).components == 0


def test_repr_and_length() -> None:
    network = project(world())
    assert len(network) == 4
    assert repr(network) == "Network(4 nodes, 6 edges, undirected, weight 'count')"


def test_write_by_suffix(tmp_path: Path) -> None:
    network = project(world())
    written = network.write(tmp_path / "net.GraphML")
    assert written.read_bytes() == network.export("graphml")
    with pytest.raises(QueryError, match="'xlsx'; accepted: graphml, gexf, csv, json"):
        network.write(tmp_path / "net.xlsx")
