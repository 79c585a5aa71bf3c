"""The registry of measures of whole networks: documented, known answers, invariants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import csr_array

from kg.network import GRAPH_MEASURES, Network, UndefinedMeasureError
from kg.network.graph_measures.mixing import assortativity, e_i
from kg.network.graph_measures.rich_club import density_above, levels
from kg.network.graph_measures.size import components
from kg.network.lanes import watched
from kg.network.rewired import rewired

from .graphs import checked, graphs

DOCUMENT = Path(__file__).parents[2] / "docs" / "networks.md"
KARATE = nx.Graph(nx.karate_club_graph().edges)
CLUBS: Any = nx.karate_club_graph()
for _node, _club in CLUBS.nodes(data="club"):
    CLUBS.nodes[_node]["country"] = _club
LES = nx.les_miserables_graph()
FLOW = nx.DiGraph([("a", "b", {"weight": 3}), ("b", "a"), ("a", "c")])
CLIQUES = nx.ring_of_cliques(20, 6)
KONECT = "KONECT, moreno_lesmis: clustering coefficient, assortativity, diameter, mean distance"
BY_HAND = "by hand"

# measure: (graph, quantity, weighted, value, tolerance, source)
KNOWN: dict[str, list[tuple[Any, str, bool, float, float, str]]] = {
    "size": [
        (KARATE, "density", False, 78 / 561, 0, "Zachary (1977): 34 members, 78 ties"),
        (LES, "total weight", True, 820, 0, "Knuth (1993): 820 encounters"),
    ],
    "components": [(nx.Graph([(0, 1), (2, 3), (3, 4)]), "largest", False, 3, 0, BY_HAND)],
    "reciprocity": [
        (FLOW, "reciprocity", False, 2 / 3, 0, BY_HAND),
        (FLOW, "weighted reciprocity", True, 2 / 5, 0, BY_HAND),
    ],
    "transitivity": [
        (KARATE, "mean clustering", False, 0.5706, 5e-5, "Watts & Strogatz's c; KONECT, networkx"),
        (KARATE, "transitivity", False, 0.2557, 5e-5, "KONECT, ucidata-zachary: 25.6 %"),
        (LES, "transitivity", False, 0.4989, 5e-5, KONECT),
    ],
    "assortativity": [
        (KARATE, "degree assortativity", False, -0.475613, 5e-7, "Newman (2003): −0.476"),
        (LES, "degree assortativity", False, -0.165225, 5e-7, KONECT),
        (CLUBS, "group assortativity", False, 0.7175, 5e-5, "11 of 78 ties between the clubs"),
    ],
    "e-i": [
        (CLUBS, "e-i index", False, (11 - 67) / 78, 0, "Zachary (1977): 11 ties between the clubs"),
        (CLUBS, "expected e-i index", False, (2 * 289 - 2 * 272) / 1122, 0, BY_HAND + ": 17 each"),
    ],
    "modularity": [
        (KARATE, "modularity", False, 0.4198, 5e-5, "Brandes et al. (2008), table 2: the greatest"),
        (KARATE, "communities", False, 4, 0, "Brandes et al. (2008)"),
        (CLIQUES, "communities", False, 20, 0, BY_HAND + ": the cliques"),
        (CLIQUES, "stability", False, 1, 0, BY_HAND),
    ],
    "rich-club": [(KARATE, "density above 5", False, 22 / 42, 0, "networkx")],
    "distance": [
        (KARATE, "mean distance", False, 2.4082, 5e-5, "KONECT, ucidata-zachary: 2.41"),
        (KARATE, "diameter", False, 5, 0, "KONECT, ucidata-zachary"),
        (LES, "mean distance", False, 2.6411, 5e-5, KONECT),
        (nx.path_graph(3), "efficiency", False, (4 + 2 / 2) / 6, 0, BY_HAND),
    ],
    "small-world": [
        (nx.complete_graph(6), "sigma", False, 1, 0, BY_HAND + ": there is one such graph"),
        (KARATE, "transitivity", False, 0.2557, 5e-5, "KONECT"),
    ],
}


def quantities(graph: Any, name: str, *, weighted: bool) -> dict[str, float | None]:
    network = Network.from_networkx(graph)
    table = network.summary(name, weight="weight" if weighted else "unweighted")
    return {str(row[1]): row[2] for row in table}  # type: ignore[misc]


@pytest.mark.parametrize("name", GRAPH_MEASURES)
def test_known_answers(name: str) -> None:
    assert KNOWN.get(name), f"{name} needs a known answer with its source in KNOWN"
    for graph, quantity, weighted, expected, tolerance, source in KNOWN[name]:
        got = quantities(graph, name, weighted=weighted)[quantity]
        assert got == pytest.approx(expected, abs=tolerance or 1e-9), source


@pytest.mark.parametrize("name", GRAPH_MEASURES)
def test_every_measure_is_documented(name: str) -> None:
    measure = GRAPH_MEASURES[name]
    assert f"| `{name}` |" in DOCUMENT.read_text(encoding="utf-8")
    assert measure.definition
    assert measure.quantities
    assert "doi:" in measure.reference
    assert ">>>" in (measure.function.__doc__ or "")


# What all weights times 4 does; lengths are 1/weight.
GROWTH = {
    "total weight": 4,
    "mean distance": 1 / 4,
    "diameter": 1 / 4,
    "efficiency": 4,
    "outside": 4,
    "inside": 4,
}
RANDOM = {"rich-club", "small-world", "modularity"}  # seeds meet nodes in their order


@pytest.mark.parametrize("name", sorted(set(GRAPH_MEASURES) - RANDOM))
@checked
@given(graph=graphs())
def test_relabelling_and_scaling(name: str, graph: Any) -> None:
    before = quantities(graph, name, weighted=True)
    names = dict(zip(sorted(graph), sorted(graph)[::-1], strict=True))
    after = quantities(nx.relabel_nodes(graph, names), name, weighted=True)
    assert after.keys() == before.keys()
    for _, _, data in graph.edges(data=True):
        data["weight"] *= 4
    scaled = quantities(graph, name, weighted=True)
    for quantity, value in before.items():
        if value is None:
            assert after[quantity] is scaled[quantity] is None
            continue
        assert after[quantity] == pytest.approx(value, rel=1e-9, abs=1e-9)
        grown = value * GROWTH.get(quantity, 1)
        assert scaled[quantity] == pytest.approx(grown, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", sorted(RANDOM))
@checked
@given(graph=graphs())
def test_scaling_where_seeds_decide(name: str, graph: Any) -> None:
    before = quantities(graph, name, weighted=True)
    for _, _, data in graph.edges(data=True):
        data["weight"] *= 4  # a power of two: the same bits
    assert quantities(graph, name, weighted=True) == before


# What one isolate more does to n nodes; everything else stays. Its group is not known.
ISOLATE: dict[str, Any] = {
    "nodes": lambda v, _: v + 1,
    "isolates": lambda v, _: v + 1,
    "components": lambda v, _: v + 1,
    "strong components": lambda v, _: v + 1,
    "density": lambda v, n: v * (n - 1) / (n + 1),
    "efficiency": lambda v, n: v * (n - 1) / (n + 1),
    "reachable": lambda v, n: v * (n - 1) / (n + 1),
    "mean degree": lambda v, n: v * n / (n + 1),
    "mean clustering": lambda v, n: v * n / (n + 1),
    "share in largest": lambda v, n: v * n / (n + 1),
}


# Seeds meet other nodes in another order, and a club is a share of the nodes.
@pytest.mark.parametrize("name", sorted(set(GRAPH_MEASURES) - RANDOM))
@checked
@given(graph=graphs(least=2))
def test_adding_an_isolate(name: str, graph: Any) -> None:
    before = quantities(graph, name, weighted=True)
    graph.add_node("zz")
    after = quantities(graph, name, weighted=True)
    assert after.keys() == before.keys()
    for quantity, value in before.items():
        expected = ISOLATE.get(quantity, lambda v, _: v)
        if value is None:
            assert after[quantity] is None
        else:
            assert after[quantity] == pytest.approx(expected(value, len(graph) - 1), abs=1e-9)


@checked
@given(graphs())
def test_distances_agree_with_networkx(graph: Any) -> None:
    for weighted, length in ((False, None), (True, "length")):
        far = quantities(graph, "distance", weighted=weighted)
        away = [
            float(distance)
            for node, found in nx.all_pairs_dijkstra_path_length(graph, weight=length or 1)
            for other, distance in found.items()
            if other != node
        ] if length else [
            float(d) for v, found in nx.all_pairs_shortest_path_length(graph)
            for u, d in found.items() if u != v
        ]  # fmt: skip
        if not away:
            assert far["mean distance"] is None
            continue
        pairs = len(graph) * (len(graph) - 1)
        assert far["mean distance"] == pytest.approx(sum(away) / len(away))
        assert far["diameter"] == pytest.approx(max(away))
        assert far["efficiency"] == pytest.approx(sum(1 / d for d in away) / pairs)
        assert far["reachable"] == pytest.approx(len(away) / pairs)


@checked
@given(graphs(directed=True))
def test_reciprocity_agrees_with_networkx(graph: Any) -> None:
    found = quantities(graph, "reciprocity", weighted=True)
    if not graph.number_of_edges():
        assert found["reciprocity"] is None
        return
    assert found["reciprocity"] == pytest.approx(nx.overall_reciprocity(graph))
    both = sum(min(w, graph[b][a]["weight"]) for a, b, w in graph.edges(data="weight")
               if graph.has_edge(b, a))  # fmt: skip
    assert found["weighted reciprocity"] == pytest.approx(both / graph.size(weight="weight"))


@checked
@given(graphs(directed=False))
def test_modularity_is_that_of_networkx_for_the_same_parts(graph: Any) -> None:
    found = quantities(graph, "modularity", weighted=True)
    if not graph.number_of_edges():
        assert found["modularity"] is None
        return
    network = Network.from_networkx(graph)
    table = network.centrality("community", weight="weight")
    parts: dict[Any, set[str]] = {}
    for node, _, _, number in table:
        parts.setdefault(number, set()).add(str(node))
    theirs = nx.community.modularity(graph, parts.values(), weight="weight")
    assert found["communities"] == len(parts)
    assert found["modularity"] == pytest.approx(theirs, abs=1e-12)


@checked
@given(graphs())
def test_agrees_with_networkx(graph: Any) -> None:
    plain = nx.Graph(graph)
    size = quantities(graph, "size", weighted=False)
    assert size["isolates"] == nx.number_of_isolates(graph)
    assert (size["density"] or 0) == pytest.approx(nx.density(graph))
    parts = quantities(graph, "components", weighted=False)
    assert parts["components"] == nx.number_connected_components(plain)
    if graph.is_directed():
        assert parts["strong components"] == nx.number_strongly_connected_components(graph)
    closed = quantities(graph, "transitivity", weighted=False)
    assert closed["mean clustering"] == pytest.approx(nx.average_clustering(plain))
    if closed["transitivity"] is not None:
        assert closed["transitivity"] == pytest.approx(nx.transitivity(plain))
    if not graph.is_directed() and graph.number_of_edges():
        far = quantities(graph, "distance", weighted=False)
        assert far["efficiency"] == pytest.approx(nx.global_efficiency(graph))


@checked
@given(graphs())
def test_degree_assortativity_agrees_with_networkx(graph: Any) -> None:
    network = Network.from_networkx(graph)
    ours = assortativity(network.adjacency("unweighted"), network.directed)
    value = ours["degree assortativity"]
    if value is None:
        return
    theirs = nx.degree_pearson_correlation_coefficient(graph)
    assert value == pytest.approx(theirs, abs=1e-9)


def test_group_assortativity_agrees_with_networkx() -> None:
    theirs = nx.attribute_assortativity_coefficient(CLUBS, "club")
    assert quantities(CLUBS, "assortativity", weighted=False)["group assortativity"] == (
        pytest.approx(theirs)
    )


@checked
@given(graphs())
def test_group_assortativity_agrees_with_networkx_on_any_graph(graph: Any) -> None:
    for node, country in graph.nodes(data="country"):
        graph.nodes[node]["country"] = country or "X"  # networkx makes nobody's group one
    ours = quantities(graph, "assortativity", weighted=False)["group assortativity"]
    if ours is None:
        return
    theirs = nx.attribute_assortativity_coefficient(graph, "country")
    assert ours == pytest.approx(theirs, abs=1e-9)


@checked
@given(graphs(directed=False, least=3))
def test_density_of_any_club_agrees_with_networkx(graph: Any) -> None:
    nodes = sorted(graph)
    linked = csr_array(nx.to_scipy_sparse_array(graph, nodes, weight=None, dtype=float))
    degree = np.diff(linked.indptr)
    if not graph.number_of_edges():
        return
    for k, density in nx.rich_club_coefficient(graph, normalized=False).items():
        if np.sum(degree > k) > 1:
            assert density_above(linked, k) == pytest.approx(density)


def test_rich_club_density_agrees_with_networkx() -> None:
    graph = nx.barabasi_albert_graph(300, 4, seed=1)
    theirs = nx.rich_club_coefficient(graph, normalized=False)
    linked = csr_array(nx.to_scipy_sparse_array(graph, dtype=float))
    chosen = levels(np.diff(linked.indptr))
    assert len(chosen) > 3
    assert [density_above(linked, k) for k in chosen] == pytest.approx([theirs[k] for k in chosen])


def test_a_small_world_is_one_and_a_random_graph_none() -> None:
    ring = quantities(nx.watts_strogatz_graph(300, 8, 0.05, seed=1), "small-world", weighted=False)
    random = quantities(nx.gnm_random_graph(300, 1200, seed=1), "small-world", weighted=False)
    assert (ring["sigma"] or 0) > 5
    assert 0.7 < (random["sigma"] or 0) < 1.4


def test_rewired_keeps_degrees_and_makes_no_loop_or_double_edge() -> None:
    graph = nx.barabasi_albert_graph(200, 5, seed=3)
    before = csr_array(nx.to_scipy_sparse_array(graph, dtype=float))
    after = rewired(before, 1)
    assert (np.diff(after.indptr) == np.diff(before.indptr)).all()
    assert (after != after.T).nnz == 0
    assert after.diagonal().sum() == 0
    assert after.data.max() == 1
    shared = (before.multiply(after)).nnz / before.nnz
    assert shared < 0.35  # another graph
    assert (rewired(before, 1) != after).nnz == 0
    assert (rewired(before, 2) != after).nnz > 0


def test_large_networks_are_rewired_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    before = csr_array(nx.to_scipy_sparse_array(nx.barabasi_albert_graph(150, 4, seed=3)))
    by_bits = rewired(before, 1)
    monkeypatch.setattr("kg.network.rewired._BITS", 0)
    assert (rewired(before, 1) != by_bits).nnz == 0
    monkeypatch.setattr("kg.network.rewired._AT_ONCE", 100)
    after = rewired(before, 1)  # goes on with what was swapped
    assert (np.diff(after.indptr) == np.diff(before.indptr)).all()
    monkeypatch.setattr("kg.network.rewired._BITS", 2**31)
    assert (rewired(before, 1) != after).nnz == 0


def test_random_clubs_are_told_one_by_one() -> None:
    seen: list[tuple[int, int]] = []
    with watched(lambda done, of: seen.append((done, of))):
        quantities(nx.barabasi_albert_graph(200, 5, seed=3), "rich-club", weighted=False)
    assert seen == [(number, 10) for number in range(1, 11)]


def test_what_has_no_value_is_empty_and_said_so() -> None:
    table = Network.from_networkx(nx.empty_graph(3)).summary()
    assert any("density" not in str(c) and "no value" in str(c) for c in table.meta["caveats"])  # type: ignore[attr-defined]
    values = [row[2] for row in table]
    assert None in values
    assert all(v is None or np.isfinite(float(v)) for v in values)  # type: ignore[arg-type]
    with pytest.raises(UndefinedMeasureError, match="E–I"):
        e_i(csr_array((2, 2)), False, np.array([-1, -1]))
    assert components(csr_array((0, 0)), False)["share in largest"] is None
