"""The registry of measures of edges: documented, known answers, invariants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import csr_array

from kg.errors import QueryError
from kg.network import EDGE_MEASURES, Network, costs
from kg.network.edge_measures.betweenness import edge_betweenness, sampled_edge_betweenness
from kg.network.edge_measures.disparity import disparity
from kg.network.edge_measures.noise_corrected import lift_and_deviation

from .graphs import checked, graphs

DOCUMENT = Path(__file__).parents[2] / "docs" / "networks.md"
KARATE = nx.karate_club_graph()
FLORENCE = nx.florentine_families_graph()
STAR: Any = nx.Graph([("c", "x", {"weight": 8}), ("c", "y"), ("c", "z")])
PAIRS: Any = nx.Graph([("a", "b", {"weight": 9}), ("c", "d", {"weight": 9})])
BY_HAND = "by hand"


def of_pairs() -> float:
    """Work out the score of two pairs of weight 9 by the printed formulas, in plain numbers.

    n = 36, n_i = n_j = 9: κ = 36/81 and L = (4 − 1)/(4 + 1).
    """
    n, ni, nj, w = 36.0, 9.0, 9.0, 9.0
    mean = ni * nj / n / n
    variance = (1 / n**2) * ni * nj * (n - ni) * (n - nj) / (n**2 * (n - 1))
    alpha = mean**2 / variance * (1 - mean) - mean
    beta = mean / variance * (1 - mean**2) - (1 - mean)
    chance = (alpha + w) / (alpha + w + n - w + beta)
    kappa = n / (ni * nj)
    slope = 1 / (ni * nj) - n * (ni + nj) / (ni * nj) ** 2
    factor = 2 * (kappa + w * slope) / (kappa * w + 1) ** 2
    return float(0.6 / (chance * (1 - chance) * n * factor**2) ** 0.5)


# measure: (graph, ends, weighted, score, tolerance, source)
KNOWN: dict[str, list[tuple[Any, tuple[Any, Any], bool, float, float, str]]] = {
    "edge-betweenness": [
        (KARATE, (0, 31), False, 71.3929, 5e-5, "igraph; 0.1272599949 · 561 in networkx's docs"),
        (nx.path_graph(4), (1, 2), False, 4, 0, BY_HAND + ": 2 · 2 pairs"),
    ],
    "bridge": [
        (KARATE, (0, 11), False, 1, 0, "member 12 knows member 1 alone"),
        (FLORENCE, ("Medici", "Salviati"), False, 1, 0, BY_HAND),
        (FLORENCE, ("Medici", "Ridolfi"), False, 0, 0, BY_HAND),
    ],
    "shared-partners": [(FLORENCE, ("Ridolfi", "Tornabuoni"), False, 1, 0, "the Medici")],
    "overlap": [(FLORENCE, ("Ridolfi", "Tornabuoni"), False, 1 / 3, 0, "Medici of 3")],
    "disparity": [
        (STAR, ("c", "x"), True, 0.2**2, 1e-12, "Serrano et al. (2009), equation 2: (1 − 8/10)²"),
        (STAR, ("c", "y"), True, 0.9**2, 1e-12, "Serrano et al. (2009), equation 2: (1 − 1/10)²"),
    ],
    "noise-corrected": [(PAIRS, ("a", "b"), True, of_pairs(), 1e-9, "Coscia & Neffke (2017)")],
}


def scores(graph: Any, name: str, *, weighted: bool) -> dict[frozenset[str], float]:
    network = Network.from_networkx(graph)
    table = network.edges(name, weight="weight" if weighted else "unweighted")
    place = table.columns.index(name)
    return {_key(graph, str(r[0]), str(r[2])): float(r[place]) for r in table}  # type: ignore[arg-type]


def _key(graph: Any, a: str, b: str) -> Any:
    return (a, b) if graph.is_directed() else frozenset((a, b))


@pytest.mark.parametrize("name", EDGE_MEASURES)
def test_known_answers(name: str) -> None:
    assert KNOWN.get(name), f"{name} needs a known answer with its source in KNOWN"
    for graph, (a, b), weighted, expected, tolerance, source in KNOWN[name]:
        got = scores(graph, name, weighted=weighted)[_key(graph, str(a), str(b))]
        assert got == pytest.approx(expected, abs=tolerance or 1e-9), source


@pytest.mark.parametrize("name", EDGE_MEASURES)
def test_every_measure_is_documented(name: str) -> None:
    measure = EDGE_MEASURES[name]
    assert f"| `{name}` |" in DOCUMENT.read_text(encoding="utf-8")
    assert measure.definition
    assert "=" in measure.formula
    assert "doi:" in measure.reference
    assert measure.disconnected
    assert ">>>" in (measure.function.__doc__ or "")


@pytest.mark.parametrize("name", EDGE_MEASURES)
@checked
@given(graph=graphs())
def test_invariants(name: str, graph: Any) -> None:
    before = scores(graph, name, weighted=True)
    assert np.all(np.isfinite(list(before.values())))
    nodes = sorted(graph)
    names = dict(zip(nodes, reversed(nodes), strict=True))
    turned = scores(nx.relabel_nodes(graph, names), name, weighted=True)
    graph.add_node("zz")
    alone = scores(graph, name, weighted=True)
    for _, _, data in graph.edges(data=True):
        data["weight"] *= 4
    scaled = scores(graph, name, weighted=True)
    for a, b in graph.edges:
        key, other = _key(graph, a, b), _key(graph, names[a], names[b])
        assert turned[other] == pytest.approx(before[key], rel=1e-9, abs=1e-9)
        assert alone[key] == pytest.approx(before[key], rel=1e-9, abs=1e-9)
        if name != "noise-corrected":  # weights are counts there: four times the evidence
            assert scaled[key] == pytest.approx(before[key], rel=1e-9, abs=1e-9)


@checked
@given(graphs())
def test_betweenness_agrees_with_networkx(graph: Any) -> None:
    for weighted, length in ((False, None), (True, "length")):
        theirs = nx.edge_betweenness_centrality(graph, normalized=False, weight=length)
        ours = scores(graph, "edge-betweenness", weighted=weighted)
        for (a, b), expected in theirs.items():
            assert ours[_key(graph, a, b)] == pytest.approx(float(expected), rel=1e-9, abs=1e-9)


@checked
@given(graphs())
def test_bridges_and_shared_partners_agree_with_networkx(graph: Any) -> None:
    plain = nx.Graph(graph)
    bridges = {frozenset(edge) for edge in nx.bridges(plain)}
    cut = scores(graph, "bridge", weighted=False)
    shared = scores(graph, "shared-partners", weighted=False)
    for a, b in graph.edges:
        assert cut[_key(graph, a, b)] == (frozenset((a, b)) in bridges)
        assert shared[_key(graph, a, b)] == len(set(plain[a]) & set(plain[b]))


@checked
@given(graphs())
def test_disparity_by_its_definition(graph: Any) -> None:
    ours = scores(graph, "disparity", weighted=True)
    for a, b, data in graph.edges(data=True):
        ends = (
            (graph.out_edges(a, data="weight"), graph.in_edges(b, data="weight"))
            if graph.is_directed()
            else (graph.edges(a, data="weight"), graph.edges(b, data="weight"))
        )
        alphas = []
        for around in ends:
            weights = [w for _, _, w in around]
            alphas.append(max(0.0, 1 - data["weight"] / sum(weights)) ** (len(weights) - 1))
        assert ours[_key(graph, a, b)] == pytest.approx(min(alphas), abs=1e-9)


def test_an_end_with_one_edge_tells_nothing() -> None:
    pair = csr_array([[0.0, 5], [5, 0]])
    assert disparity(pair).tolist() == [1, 1]


def test_where_nothing_can_be_expected_the_score_is_0() -> None:
    fork = csr_array([[0.0, 3, 2], [0, 0, 0], [0, 0, 0]])  # all weight leaves one node
    lift, deviation = lift_and_deviation(fork, directed=True)
    assert lift.tolist() == deviation.tolist() == [0, 0]
    lift, _ = lift_and_deviation(csr_array(np.kron(np.eye(2), [[0.0, 9], [9, 0]])))
    assert lift == pytest.approx([0.6] * 4)


@checked
@given(graphs(least=2))
def test_a_sample_of_betweenness_is_within_its_errors(graph: Any) -> None:
    network = Network.from_networkx(graph)
    for weight in ("weight", "unweighted"):
        adjacency = network.adjacency(weight)
        exact = edge_betweenness(adjacency, network.directed)
        found, errors = sampled_edge_betweenness(adjacency, network.directed, 60, seed=5)
        assert np.all(np.abs(found - exact) <= errors + 1e-9)


@pytest.mark.parametrize("directed", [False, True])
def test_errors_cover_the_truth_more_often_than_promised(directed: bool) -> None:
    network = Network.from_networkx(nx.gnp_random_graph(40, 0.08, seed=3, directed=directed))
    adjacency = network.adjacency()
    exact = edge_betweenness(adjacency, directed)
    missed = 0
    for seed in range(200):
        found, errors = sampled_edge_betweenness(adjacency, directed, 400, seed)
        missed += bool(np.any(np.abs(found - exact) > errors))
    assert missed <= 0.05 * 200


def test_a_large_sample_comes_close() -> None:
    adjacency = Network.from_networkx(nx.barabasi_albert_graph(300, 3, seed=1)).adjacency()
    exact = edge_betweenness(adjacency)
    found, errors = sampled_edge_betweenness(adjacency, False, 20_000, seed=1)
    assert np.abs(found - exact).max() < 0.05 * exact.max()
    assert errors.max() < 0.05 * 300 * 299 / 2
    with_half = sampled_edge_betweenness(adjacency, False, 10_000, seed=1)[1]
    assert with_half.max() > errors.max()


def test_the_table_of_a_sample_has_errors() -> None:
    network = Network.from_networkx(KARATE)
    table = network.edges(["edge-betweenness", "overlap"], weight="unweighted", sample=500, seed=3)
    assert table.columns[-3:] == ("edge-betweenness", "edge-betweenness-error", "overlap")
    assert (table.meta["sample"], table.meta["seed"]) == (500, 3)
    assert "95" in str(table.meta["errors"])
    exact = scores(KARATE, "edge-betweenness", weighted=False)
    for row in table:
        estimate, error = float(row[-3]), float(row[-2])  # type: ignore[arg-type]  # numbers
        assert abs(estimate - exact[frozenset((str(row[0]), str(row[2])))]) <= error
    with pytest.raises(QueryError, match="closeness, harmonic, edge-betweenness"):
        network.edges("overlap", sample=10)
    assert "sample" not in network.edges("overlap").meta


def test_the_sampled_form_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network.from_networkx(nx.path_graph(1200))

    def said(**options: Any) -> list[str]:
        table = network.edges("edge-betweenness", **options)
        return [c for c in table.meta["caveats"] if "sample=" in c]  # type: ignore[attr-defined]  # a list

    monkeypatch.setattr(costs, "LARGE", 1000)
    assert len(said()) == 1
    assert said(sample=50) == []


def test_samples_of_nothing() -> None:
    found, errors = sampled_edge_betweenness(csr_array((3, 3)), False, 10, seed=1)
    assert len(found) == len(errors) == 0
