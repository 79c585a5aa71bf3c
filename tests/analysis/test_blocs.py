"""A set of countries stands wherever a bloc does."""

from __future__ import annotations

import pytest

from kg.analysis.blocs import country_set, is_country_set, members_of
from kg.analysis.graph import Graph
from kg.errors import QueryError


def test_one_set_has_one_name(graph: Graph) -> None:
    for text in ("countries:TR,SA", "SAU, Türkiye", "country:SA,TUR,TR", "countries: sa , tr "):
        assert country_set(text, graph.resolve, graph.prefixes) == "countries:SA,TR"
    assert is_country_set("countries:SA")
    assert not is_country_set("oic")


@pytest.mark.parametrize("text", ["", "countries:", " , ,", "countries:SA,Atlantis"])
def test_a_set_without_a_known_country_is_refused(graph: Graph, text: str) -> None:
    with pytest.raises(QueryError, match=r"countries|Atlantis"):
        country_set(text, graph.resolve, graph.prefixes)


def test_a_country_of_another_release_is_refused(graph: Graph) -> None:
    with pytest.raises(QueryError, match="XX"):
        members_of("countries:SA,XX", graph.columns("entities"))


def test_networks_and_analyses_take_a_set_for_a_bloc(graph: Graph) -> None:
    chosen = graph.network("partnership", level="country", bloc="countries:ZA,GB")
    named = graph.network("partnership", level="country", country=["ZA", "GB"])
    assert chosen.edge_frame().equals(named.edge_frame())
    assert chosen.meta["filters"] == {"bloc": ["countries:GB,ZA"]}
    flows = graph.analyse("flow-matrix", level="country", bloc="countries:ZA,GB").to_rows()
    assert flows == graph.analyse("flow-matrix", level="country", country=["ZA", "GB"]).to_rows()


def test_a_set_is_a_node_among_the_blocs(graph: Graph) -> None:
    shares = graph.analyse("bloc-shares", bloc="countries:ZA,GB").to_rows()
    assert {row["bloc"] for row in shares} == {"countries:GB,ZA"}
    assert {row["bloc_label"] for row in shares} == {"United Kingdom, South Africa"}
    assert "countries:GB,ZA" not in graph.columns("bloc_members")["bloc"].to_list()
