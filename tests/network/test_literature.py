"""Whole networks of the literature, from the trainings (or events, or scenes) up."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from kg.network import Network, project

from .worlds import frames


def southern_women() -> Any:
    """Return the 18 women and 14 events of Davis, Gardner and Gardner (1941) as trainings."""
    graph = nx.davis_southern_women_graph()
    events = [node for node, side in graph.nodes(data="bipartite") if side == 1]
    return frames(
        involvements=[
            (event, "learner", "learner", None, woman, None, 1)
            for event in events
            for woman in graph[event]
        ],
        trainings=[(event, event, None, None, None) for event in events],
    )


def test_women_who_met() -> None:
    network = project(southern_women(), "partnership", level="person")
    assert len(network) == 18
    shared = {frozenset((r[0], r[2])): r[4] for r in network.edges()}
    # Freeman (2003), Finding Social Groups, figure 1: columns that both women attended.
    assert shared[frozenset(("Evelyn Jefferson", "Theresa Anderson"))] == 7
    assert shared[frozenset(("Evelyn Jefferson", "Laura Mandeville"))] == 6
    assert frozenset(("Olivia Carleton", "Laura Mandeville")) not in shared
    assert len(shared) == 139  # of 153 pairs; Borgatti & Everett (1997)


def test_weights_are_those_of_networkx() -> None:
    graph = nx.davis_southern_women_graph()
    women = [node for node, side in graph.nodes(data="bipartite") if side == 0]
    theirs = nx.bipartite.collaboration_weighted_projected_graph(graph, women)
    network = project(southern_women(), "partnership", level="person")
    for row in network.edges(weight="newman"):
        assert row[4] == pytest.approx(theirs[row[0]][row[2]]["weight"])


def test_newmans_own_example() -> None:
    # Newman (2001), Scientific collaboration networks II, doi:10.1103/PhysRevE.64.016132, on the
    # strength of ties: three papers of four, two and three authors, A and B among those of each,
    # give the two 1/3 + 1 + 1/2 = 11/6.
    papers = {"1": "ABCD", "2": "AB", "3": "ABE"}
    table = frames(
        involvements=[
            (paper, "learner", "learner", None, author, None, 1)
            for paper, authors in papers.items()
            for author in authors
        ],
        trainings=[(paper, paper, None, None, None) for paper in papers],
    )
    network = project(table, "partnership", level="person")
    weights = {(row[0], row[2]): row[4] for row in network.edges(weight="newman")}
    assert weights["A", "B"] == pytest.approx(11 / 6)
    assert weights["A", "E"] == pytest.approx(1 / 2)
    assert weights["C", "D"] == pytest.approx(1 / 3)
    # And an author's strength is the number of papers written with others.
    strengths = {row[0]: row[3] for row in network.centrality("strength", weight="newman")}
    assert strengths == pytest.approx({"A": 3, "B": 3, "C": 1, "D": 1, "E": 1})


def test_events_of_a_woman() -> None:
    network = project(southern_women(), "attendance", level="person")
    degrees = {row[0]: row[3] for row in network.centrality("degree")}
    assert degrees["Evelyn Jefferson"] == 8  # Davis et al. (1941), table
    assert degrees["E8"] == 14
    assert sum(float(d) for d in degrees.values()) == 2 * 89  # type: ignore[arg-type]


def test_the_medici_stand_between() -> None:
    # Padgett & Ansell (1993), doi:10.1086/230190; Jackson (2008), section 1.2.1.
    florence = Network.from_networkx(nx.florentine_families_graph())
    assert florence.centrality("betweenness", top=1).rows[0][0] == "Medici"
    assert florence.centrality("constraint").rows[-1][0] == "Medici"  # the least constrained
    route = florence.path("Pazzi", "Strozzi")
    assert [row[3] for row in route] == ["Salviati", "Medici", "Ridolfi", "Strozzi"]


def test_valjean_leads_les_miserables() -> None:
    # Knuth (1993); betweenness of Newman & Girvan (2004), doi:10.1103/PhysRevE.69.026113.
    novel = Network.from_networkx(nx.les_miserables_graph())
    for measure in ("betweenness", "degree", "strength", "pagerank"):
        assert novel.centrality(measure, top=1).rows[0][0] == "Valjean"
    found = {row[0]: row[3] for row in novel.centrality("betweenness", normalised=True)}
    assert found["Valjean"] == pytest.approx(0.5699890527836184)


def test_the_club_splits_where_zachary_says() -> None:
    graph: Any = nx.karate_club_graph()
    for node, club in graph.nodes(data="club"):
        graph.nodes[node]["country"] = club
    club = Network.from_networkx(graph)
    mixing = {row[1]: row[2] for row in club.summary("e-i", weight="unweighted")}
    assert (mixing["outside"], mixing["inside"]) == (11, 67)
    heaviest = club.edges("edge-betweenness", weight="unweighted", top=1).rows[0]
    assert (heaviest[0], heaviest[2]) == ("0", "31")  # Girvan & Newman (2002) cut here first
