"""The registry: every measure is documented, has known answers, and keeps the invariants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from kg.network import MEASURES, Network, project

from .graphs import assert_same, checked, graphs, scores
from .worlds import world

DOCUMENT = Path(__file__).parents[2] / "docs" / "networks.md"

KARATE = nx.karate_club_graph()
FLORENCE = nx.florentine_families_graph()
FLOW = project(world(), "knowledge-flow").to_networkx()

# measure: (graph, node, weighted, score, tolerance, source)
NETWORKX_TESTS = "test suite of networkx 3.6, algorithms/centrality/tests"
ZACHARY = "Zachary (1977), J. Anthropological Research 33, 452-473: the data themselves"
JACKSON = "Jackson (2008), Social and Economic Networks, section 1.2.1; " + NETWORKX_TESTS
BY_HAND = "by hand"
WORLD = "by hand: tests/network/worlds.py"

NETWORKX = "networkx"
BURT = "test suite of networkx 3.6, test_structuralholes.py, after Borgatti"
TRIADS_OF = "Gould & Fernandez (1989), figure 1: the five triads, one each"
FORK = nx.DiGraph([("a", "b"), ("a", "c")])
BORGATTI = nx.Graph(["AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC"])
TRIADS: Any = nx.DiGraph()
for _number, _groups in enumerate(["XXX", "XYX", "XYY", "XXY", "XYZ"]):
    _names = [f"{end}{_number}" for end in "avb"]
    for _name, _group in zip(_names, _groups, strict=True):
        TRIADS.add_node(_name, country=_group)
    nx.add_path(TRIADS, _names)

KNOWN: dict[str, list[tuple[Any, Any, bool, float, float, str]]] = {
    "degree": [(KARATE, 33, False, 17, 0, ZACHARY), (FLORENCE, "Medici", False, 6, 0, JACKSON)],
    "strength": [(KARATE, 33, True, 48, 0, ZACHARY)],
    "in-degree": [(FLOW, "A", False, 2, 0, WORLD)],
    "out-degree": [(FLOW, "C", False, 3, 0, WORLD)],
    "in-strength": [(FLOW, "A", True, 3, 0, WORLD)],
    "out-strength": [(FLOW, "C", True, 4, 0, WORLD)],
    "betweenness": [
        (KARATE, 0, False, 231.0714, 5e-5, "igraph and R's sna agree on 231.0714"),
        (FLORENCE, "Medici", False, 0.522 * 91, 5e-4 * 91, JACKSON),
        (FLORENCE, "Guadagni", False, 0.255 * 91, 5e-4 * 91, JACKSON),
        (FLORENCE, "Strozzi", False, 0.103 * 91, 5e-4 * 91, JACKSON),
    ],
    "closeness": [
        (FLORENCE, "Medici", False, 0.560, 5e-4, NETWORKX_TESTS),
        (FLORENCE, "Ridolfi", False, 0.500, 5e-4, NETWORKX_TESTS),
    ],
    "harmonic": [
        (nx.path_graph(5), 2, False, 3, 0, BY_HAND + ": 1 + 1 + 1/2 + 1/2"),
        (nx.star_graph(4), 1, False, 2.5, 0, BY_HAND + ": 1 + 3 · 1/2"),
    ],
    "eigenvector": [
        (nx.path_graph(3), 1, False, 0.5**0.5, 0, BY_HAND + ": eigenvector (1, √2, 1)/2 of √2"),
        (nx.star_graph(9), 0, False, 0.5**0.5, 0, BY_HAND + ": the centre has half the square"),
        (nx.complete_graph(4), 2, False, 0.5, 0, BY_HAND),
    ],
    "pagerank": [
        (nx.path_graph(3), 0, False, 0.07125 / 0.2775, 0, BY_HAND + ": e = 0.05 + 0.85 m/2"),
        (nx.complete_graph(5), 3, False, 0.2, 0, BY_HAND),
    ],
    "katz": [
        (nx.path_graph(2), 0, False, 0.85 / 0.15, 0, BY_HAND + ": Σ 0.85^k"),
        (nx.DiGraph([("a", "b"), ("b", "c")]), "c", False, 0.85 + 0.85**2, 0, BY_HAND),
    ],
    "hub": [(FORK, "a", False, 1, 0, BY_HAND), (FORK, "b", False, 0, 0, BY_HAND)],
    "authority": [(FORK, "b", False, 0.5**0.5, 0, BY_HAND), (FORK, "a", False, 0, 0, BY_HAND)],
    "core": [
        (KARATE, 0, False, 4, 0, "the 4-core of ten members; " + NETWORKX),
        (nx.complete_graph(6), 0, False, 5, 0, BY_HAND),
    ],
    "clustering": [
        (KARATE, 0, False, 18 / 120, 0, "18 triangles at 16 partners; " + NETWORKX),
        (FLORENCE, "Medici", False, 1 / 15, 0, "of 15 pairs only Ridolfi and Tornabuoni"),
    ],
    "constraint": [
        (KARATE, 0, False, 0.15542, 5e-6, "igraph and R's igraph agree on 0.15542"),
        (BORGATTI, "G", False, 0.400, 5e-4, BURT),
        (BORGATTI, "A", False, 0.595, 5e-4, BURT),
        (BORGATTI, "C", False, 1, 0, BURT),
    ],
    "effective-size": [
        (BORGATTI, "G", False, 4 + 2 / 3, 0, "Borgatti (1997), Connections 20, 35-38: 4.67"),
        (BORGATTI, "A", False, 2.5, 0, BURT),
        (BORGATTI, "C", False, 1, 0, BURT),
    ],
    "brokerage": [(TRIADS, f"v{i}", False, 1, 0, TRIADS_OF) for i in range(5)],
    "coordinator": [(TRIADS, "v0", False, 1, 0, TRIADS_OF), (TRIADS, "v1", False, 0, 0, TRIADS_OF)],
    "itinerant": [(TRIADS, "v1", False, 1, 0, TRIADS_OF), (TRIADS, "v2", False, 0, 0, TRIADS_OF)],
    "gatekeeper": [(TRIADS, "v2", False, 1, 0, TRIADS_OF), (TRIADS, "v3", False, 0, 0, TRIADS_OF)],
    "representative": [
        (TRIADS, "v3", False, 1, 0, TRIADS_OF),
        (TRIADS, "v2", False, 0, 0, TRIADS_OF),
    ],
    "liaison": [(TRIADS, "v4", False, 1, 0, TRIADS_OF), (TRIADS, "v0", False, 0, 0, TRIADS_OF)],
    "articulation": [
        (FLORENCE, "Medici", False, 2, 0, "without them the Acciaiuoli, and Salviati and Pazzi"),
        (FLORENCE, "Strozzi", False, 0, 0, BY_HAND),
    ],
    "component": [
        (nx.Graph([("a", "b"), ("c", "d"), ("d", "e")]), "c", False, 1, 0, BY_HAND),
        (nx.Graph([("a", "b"), ("c", "d"), ("d", "e")]), "a", False, 2, 0, BY_HAND),
    ],
    "community": [
        (
            KARATE,
            33,
            False,
            1,
            0,
            "Brandes et al. (2008), doi:10.1109/TKDE.2007.190689: the best "
            "partition has four communities; the largest holds member 34",
        ),
        (KARATE, 0, False, 2, 0, "likewise: member 1 is in the second"),
        (KARATE, 16, False, 4, 0, "likewise: members 5, 6, 7, 11 and 17 are the smallest"),
    ],
}


@pytest.mark.parametrize("name", MEASURES)
def test_known_answers(name: str) -> None:
    assert KNOWN.get(name), f"{name} needs a known answer with its source in KNOWN"
    for graph, node, weighted, expected, tolerance, source in KNOWN[name]:
        got = scores(graph, name, weighted=weighted)[str(node)]
        assert got == pytest.approx(expected, abs=tolerance or 1e-9), source


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_documented(name: str) -> None:
    measure = MEASURES[name]
    assert f"| `{name}` |" in DOCUMENT.read_text(encoding="utf-8")
    assert measure.definition
    assert "=" in measure.formula
    assert "doi:" in measure.reference
    assert measure.disconnected
    assert ">>>" in (measure.function.__doc__ or "")


def defined(graph: Any, name: str) -> Any:
    """Return the graph, so that the measure has a value: a directed one needs cycles for one."""
    if name == "eigenvector" and graph.is_directed():
        nx.add_cycle(graph, sorted(graph), weight=1.0)
        graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return graph


@pytest.mark.parametrize("name", MEASURES)
@checked
@given(graph=graphs())
def test_relabelling_changes_nothing(name: str, graph: Any) -> None:
    nodes = sorted(graph)
    names = {node: nodes[(7 * i + 3) % len(nodes)] for i, node in enumerate(nodes)}
    if len(set(names.values())) < len(nodes):
        names = dict(zip(nodes, reversed(nodes), strict=True))
    if MEASURES[name].numbers:
        return  # other numbers for the same parts; see test_parts.py
    after = scores(nx.relabel_nodes(defined(graph, name), names), name, weighted=True)
    before = scores(graph, name, weighted=True)
    assert_same({node: after[names[node]] for node in nodes}, before)


GROWS = {"strength", "in-strength", "out-strength", "closeness", "harmonic"}


@pytest.mark.parametrize("name", MEASURES)
@checked
@given(graph=graphs())
def test_scaling_all_weights(name: str, graph: Any) -> None:
    before = scores(defined(graph, name), name, weighted=True)
    for _, _, data in graph.edges(data=True):
        data["weight"] *= 4
    factor = 4 if name in GROWS else 1
    after = scores(graph, name, weighted=True)
    assert_same(after, {n: factor * score for n, score in before.items()})


@pytest.mark.parametrize("name", MEASURES)
@checked
@given(graph=graphs(least=2))
def test_adding_an_isolate(name: str, graph: Any) -> None:
    before = scores(defined(graph, name), name, weighted=True)
    size = len(graph)
    graph.add_node("zz")
    after = scores(graph, name, weighted=True)
    alone = after.pop("zz")
    if MEASURES[name].numbers:
        assert alone not in after.values()
        return
    if name == "pagerank":  # every share shrinks by the same factor
        before = {node: score * (1 - alone) for node, score in before.items()}
    else:
        assert alone == 0
    if name == "closeness":  # Wasserman–Faust: the reach falls from r/(n−1) to r/n
        before = {node: score * (size - 1) / size for node, score in before.items()}
    assert_same(after, before)


@pytest.mark.parametrize("name", MEASURES)
@checked
@given(graph=graphs())
def test_normalised_scores_lie_between_0_and_1(name: str, graph: Any) -> None:
    measure = MEASURES[name]
    if measure.norm is None:
        return
    largest = measure.norm(len(graph), graph.is_directed())
    values = np.array(list(scores(graph, name, weighted=False).values()))
    assert values.min() >= 0
    if largest > 0:
        assert values.max() <= largest * (1 + 1e-12)


def test_florentine_betweenness_normalised() -> None:
    table = Network.from_networkx(FLORENCE).centrality("betweenness", normalised=True, top=2)
    assert [(row[0], round(float(row[3]), 3)) for row in table] == [  # type: ignore[arg-type]
        ("Medici", 0.522),
        ("Guadagni", 0.255),
    ]
