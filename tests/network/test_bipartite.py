"""Bipartite projections on the world of four trainings."""

from __future__ import annotations

from kg.network import project

from .worlds import teaching, world


def test_attendance_links_institutions_with_trainings() -> None:
    network = project(world(), "attendance")
    assert {(r[0], r[2]) for r in network.edges()} == {
        *(("A", "t1"), ("B", "t1"), ("C", "t1"), ("D", "t1")),
        *(("A", "t2"), ("B", "t2"), ("C", "t2")),
        *(("A", "t3"), ("C", "t3"), ("D", "t3")),
        *(("B", "t4"), ("D", "t4")),
    }
    kinds = dict(network.nodes.select("node", "kind").rows())
    assert (kinds["A"], kinds["t1"]) == ("organisation", "training")
    labels = dict(network.nodes.select("node", "label").rows())
    assert labels["t3"] == "School in London"
    heads = project(world(), "attendance", weight="headcount").edges()
    assert {(r[0], r[2]): r[4] for r in heads}[("D", "t1")] == 12


def test_topics_and_methods_of_an_institution() -> None:
    network = project(teaching(), "method-use")
    shared = {
        (r[2], r[0]) if str(r[0]).startswith("m") else (r[0], r[2]): r[4] for r in network.edges()
    }
    assert shared[("A", "m2")] == 3
    assert shared[("D", "m1")] == 2
    assert ("B", "m3") not in shared
    half = project(teaching(), "topic-use", weight="fractional")
    assert {(r[0], r[2]): r[4] for r in half.edges()}[("A", "topic:genomics")] == 0.5


def test_the_evidence_is_found_from_either_end() -> None:
    network = project(teaching(), "method-use")
    forth, back = network.evidence("A", "m1"), network.evidence("m1", "A")
    assert forth.rows == back.rows
    assert [row[0] for row in forth] == ["t1", "t3"]


def test_an_undirected_edge_begins_at_the_smaller_name_whichever_kind_it_is() -> None:
    columns = world(facets=[("t1", "method", "0-method")])
    assert all(row[0] == "0-method" for row in project(columns, "method-use").edges())


def test_filters_on_nodes_are_about_the_first_kind() -> None:
    network = project(teaching(), "method-use", country="TR")
    assert set(network.nodes.filter(kind="organisation")["node"]) == {"D"}
    within = project(teaching(), "method-use", country="TR", within=True)
    assert within.edges().rows == network.edges().rows


def test_an_empty_one_says_why() -> None:
    assert "both kinds of nodes" in str(project(world(), "method-use").meta["reason"])
