from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from kg.errors import QueryError
from kg.network import MEASURES, Network, project

from .worlds import world


def test_one_measure() -> None:
    table = project(world()).centrality("strength")
    assert table.columns == ("node", "label", "country", "score", "rank")
    assert table.rows == [
        ("A", "Ankh University", "ZA", 7.0, 1),
        ("C", "Camden College", "GB", 7.0, 1),
        ("B", "Bauchi Institute", "NG", 6.0, 3),
        ("D", "Denizli University", "TR", 6.0, 3),
    ]


def test_all_measures_have_a_column_each() -> None:
    undirected = project(world()).centrality()
    assert undirected.columns[3:] == tuple(n for n, m in MEASURES.items() if not m.directed_only)
    directed = project(world(), "knowledge-flow").centrality()
    assert directed.columns[3:] == tuple(MEASURES)
    assert len(directed) == 4


def test_several_measures_stand_in_the_order_of_the_first() -> None:
    table = project(world(), "knowledge-flow").centrality(["in-strength", "degree"])
    assert [row[0] for row in table] == ["A", "B", "D", "C"]
    assert table.column("degree") == [2.0, 1.0, 2.0, 3.0]


def test_weights_in_their_usual_form_and_as_asked() -> None:
    def used(**arguments: Any) -> dict[str, str]:
        meta: Any = project(world()).centrality(**arguments).meta
        return {name: described["weight"] for name, described in meta["measures"].items()}

    usual = used()
    assert usual["degree"] == usual["betweenness"] == usual["clustering"] == "unweighted"
    assert usual["strength"] == usual["pagerank"] == usual["constraint"] == "count"
    assert used(weight="newman")["betweenness"] == "newman"
    assert set(used(weight="newman").values()) == {"newman", "unweighted"}
    assert used(measure="degree", weight="newman") == {"degree": "unweighted"}
    assert set(used(weight="unweighted").values()) == {"unweighted"}


def test_top_says_what_it_leaves_out() -> None:
    table = Network.from_networkx(nx.star_graph(5)).centrality("degree", top=3)
    assert [row[0] for row in table] == ["0", "1", "2"]
    assert table.meta["left_out"] == 3
    assert table.meta["left_out_tied_with_last"] == 3
    centre = Network.from_networkx(nx.star_graph(5)).centrality("degree", top=1)
    assert (centre.meta["left_out"], centre.meta["left_out_tied_with_last"]) == (5, 0)
    assert project(world()).centrality("degree", top=99).meta["left_out"] == 0


def test_normalised() -> None:
    table = Network.from_networkx(nx.star_graph(5)).centrality(
        ["betweenness", "degree", "harmonic", "pagerank"], normalised=True, top=1
    )
    assert table.rows[0][3:6] == (1.0, 1.0, 1.0)
    measures: Any = table.meta["measures"]
    assert measures["degree"]["normalised"]
    assert not measures["pagerank"]["normalised"]
    single = Network.from_networkx(nx.empty_graph(1))
    assert single.centrality("betweenness", normalised=True).column("score") == [0.0]


def test_meta_explains_the_numbers() -> None:
    meta: Any = project(world(), bloc="OIC").centrality("closeness").meta
    assert meta["measures"]["closeness"]["formula"].startswith("C(v) =")
    assert "Wasserman" in meta["measures"]["closeness"]["reference"]
    assert meta["filters"] == {"bloc": ["OIC"]}
    assert (meta["nodes"], meta["edges"], meta["components"]) == (4, 5, 1)
    assert meta["caveats"] == []


def test_components_are_a_caveat() -> None:
    apart = nx.disjoint_union(nx.path_graph(3), nx.path_graph(2))
    meta: Any = Network.from_networkx(apart).centrality("eigenvector").meta
    assert len(meta["caveats"]) == 1
    assert "2 components; eigenvector: only the component" in meta["caveats"][0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measure": "fame"}, "Unknown measure 'fame'; accepted: degree, in-degree"),
        ({"measure": []}, "accepted: degree"),
        ({"weight": "gold"}, "Unknown weight 'gold'; accepted: count"),
        ({"top": 0}, "whole number from 1"),
    ],
)
def test_what_is_not_accepted(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        project(world()).centrality(**arguments)


def test_scores_have_twelve_digits() -> None:
    scores = Network.from_networkx(nx.path_graph(7)).centrality("closeness").column("score")
    assert all(float(f"{score:.12g}") == score for score in scores)


def test_a_sample_brings_errors() -> None:
    network = Network.from_networkx(nx.path_graph(30))
    table = network.centrality("betweenness", sample=50, seed=3)
    assert table.columns == ("node", "label", "country", "score", "error", "rank")
    assert (table.meta["sample"], table.meta["seed"]) == (50, 3)
    assert "95%" in str(table.meta["errors"])
    several = network.centrality(["harmonic", "degree"], sample=50)
    assert several.columns[3:] == ("harmonic", "harmonic-error", "degree")


def test_a_measure_without_a_sampled_form_is_refused() -> None:
    with pytest.raises(QueryError, match="degree has no sampled form; those that have: betw"):
        project(world()).centrality("degree", sample=10)
    with pytest.raises(QueryError, match="sample=1 is not accepted"):
        project(world()).centrality("harmonic", sample=1)


def test_parts_have_numbers_and_no_rank() -> None:
    graph = nx.Graph([("a", "b"), ("c", "d"), ("d", "e")])
    table = Network.from_networkx(graph).centrality("component")
    assert table.columns == ("node", "label", "country", "component")
    assert [(row[0], row[3]) for row in table] == [
        ("c", 1), ("d", 1), ("e", 1), ("a", 2), ("b", 2),
    ]  # fmt: skip


def test_groups_are_told() -> None:
    table = project(world()).centrality("liaison", groups="bloc")
    assert table.meta["groups"] == {"by": "bloc", "groups": 4, "nodes_without_group": 0}
    nobody = Network.from_networkx(nx.path_graph(3))
    assert any("brokerage" in str(c) for c in nobody.centrality().meta["caveats"])  # type: ignore[union-attr,attr-defined]
