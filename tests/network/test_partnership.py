"""Partnerships of the four trainings (worlds.py), reckoned by hand."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from kg.network import project

from .worlds import ROWS, frames, world

# Nodes of each training: t1 A B C D, t2 A B C, t3 A C D, t4 B D.
# edge: count, newman Σ 1/(k−1), size-normalised Σ 2/(k(k−1)), first and last year
INSTITUTIONS = {
    ("A", "B"): (2, 1 / 3 + 1 / 2, 1 / 6 + 1 / 3, 2012, 2014),
    ("A", "C"): (3, 1 / 3 + 1 / 2 + 1 / 2, 1 / 6 + 1 / 3 + 1 / 3, 2012, 2019),
    ("A", "D"): (2, 1 / 3 + 1 / 2, 1 / 6 + 1 / 3, 2012, 2019),
    ("B", "C"): (2, 1 / 3 + 1 / 2, 1 / 6 + 1 / 3, 2012, 2014),
    ("B", "D"): (2, 1 / 3 + 1, 1 / 6 + 1, 2012, 2021),
    ("C", "D"): (2, 1 / 3 + 1 / 2, 1 / 6 + 1 / 3, 2012, 2019),
}


def edges(**arguments: Any) -> dict[tuple[str, str], tuple[Any, ...]]:
    columns = arguments.pop("columns", None) or world()
    frame = project(columns, "partnership", **arguments).edge_frame()
    chosen = frame.select(
        "source", "target", "count", "newman", "size-normalised", "first_year", "last_year"
    )
    return {(row[0], row[1]): row[2:] for row in chosen.rows()}


def shared(**arguments: Any) -> dict[tuple[str, str], int]:
    return {pair: row[0] for pair, row in edges(**arguments).items()}


def test_institutions() -> None:
    found = edges()
    assert set(found) == set(INSTITUTIONS)
    for pair, expected in INSTITUTIONS.items():
        assert found[pair] == pytest.approx(expected, abs=1e-11), pair


def test_sums_of_weights() -> None:
    network = project(world(), "partnership")
    # Newman: the strength of a node is the number of its trainings with a partner.
    assert network.centrality("strength", weight="newman").to_records()[0]["score"] == 3
    total = network.edge_frame()["size-normalised"].sum()
    assert total == pytest.approx(4)  # trainings with two nodes


def test_funders_only_by_role() -> None:
    with_funder = shared(roles=["host", "funder"])
    assert with_funder == {("A", "F"): 1}
    assert ("A", "F") not in shared()


def test_countries() -> None:
    # The learners of t4 have a country (NG) and no organisation; its host is of NG too.
    assert shared(level="country") == {
        ("GB", "NG"): 2,
        ("GB", "TR"): 2,
        ("GB", "ZA"): 3,
        ("NG", "TR"): 2,
        ("NG", "ZA"): 2,
        ("TR", "ZA"): 2,
    }


def test_persons() -> None:
    assert shared(level="person") == {("p2", "p3"): 1, ("p2", "p4"): 1, ("p3", "p4"): 1}


def test_blocs_meet_by_way_of_two_countries() -> None:
    # t1 ZA NG GB TR, t2 ZA NG GB, t3 ZA GB TR, t4 NG TR; the EU left with GB in 2020.
    assert shared(level="bloc") == {("AU", "EU"): 3, ("AU", "OIC"): 4, ("EU", "OIC"): 3}
    nigeria = [("t1", "host", "host", "B", None, "NG", None)]
    network = project(world(involvements=nigeria), "partnership", level="bloc")
    assert len(network) == 0


def test_sector() -> None:
    assert set(shared(sector="sector:technology")) == {("A", "B"), ("A", "C"), ("B", "C")}


def test_bloc_with_one_end_inside() -> None:
    # B (NG) and D (TR) are of the OIC.
    assert shared(bloc="OIC") == {
        ("A", "B"): 2,
        ("A", "D"): 2,
        ("B", "C"): 2,
        ("B", "D"): 2,
        ("C", "D"): 2,
    }
    # The size of a training is its true size, so weights do not change.
    assert edges(bloc="OIC")[("B", "D")][1] == pytest.approx(1 / 3 + 1)


def test_bloc_with_both_ends_inside() -> None:
    assert shared(bloc="OIC", within=True) == {("B", "D"): 2}


def test_bloc_at_the_time_of_the_training() -> None:
    assert shared(bloc="EU")[("A", "C")] == 3
    later = [
        row if row[0] != "t3" else ("t3", "", "2020-02-03", None, 2020) for row in ROWS["trainings"]
    ]
    assert shared(bloc="EU", columns=world(trainings=later)) == {
        ("A", "C"): 2,
        ("B", "C"): 2,
        ("C", "D"): 1,
    }


def test_country_of_the_nodes() -> None:
    assert shared(country="GB") == {("A", "C"): 3, ("B", "C"): 2, ("C", "D"): 2}


def test_davis_southern_women() -> None:
    """Davis, Gardner and Gardner (1941), Deep South: 18 women at 14 events.

    Oracle: the bipartite projections of networkx. Of the 153 pairs of women 139 met.
    """
    graph = nx.davis_southern_women_graph()
    women = graph.graph["top"]
    columns = frames(
        trainings=[(event, event, "1936", None, 1936) for event in graph.graph["bottom"]],
        involvements=[
            (event, "learner", "learner", None, woman, None, 1)
            for woman in women
            for event in graph[woman]
        ],
    )
    ours = project(columns, "partnership", level="person").to_networkx()
    assert ours.number_of_edges() == 139
    counted = nx.bipartite.weighted_projected_graph(graph, women)
    newman = nx.bipartite.collaboration_weighted_projected_graph(graph, women)
    for a, b, data in ours.edges(data=True):
        assert data["count"] == counted[a][b]["weight"]
        assert data["newman"] == pytest.approx(newman[a][b]["weight"], abs=1e-11)
    assert counted.number_of_edges() == 139
