"""Drawings and files of networks for other tools."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import networkx as nx
import numpy as np
import pytest

from kg.analysis.graph import Graph
from kg.errors import QueryError
from kg.network import Network
from kg.network.picture import OTHER, PALETTE, picture

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("x")</script>&\x00\u202e'


def star(names: int = 5, directed: bool = False) -> Network:
    graph = nx.DiGraph() if directed else nx.Graph()
    for i in range(1, names):
        graph.add_edge("https://x/0", f"https://x/{i}", weight=float(i))
    graph.nodes["https://x/0"]["label"] = HOSTILE
    return Network.from_networkx(graph)


def test_the_drawing_shows_every_node_and_edge_and_keeps_names_text() -> None:
    root = ET.fromstring(star().export("svg"))
    circles = [c for c in root.iter(f"{SVG}circle") if c.find(f"{SVG}title") is not None]
    assert len(circles) == 5
    titles = [c.find(f"{SVG}title").text for c in circles]  # type: ignore[union-attr]
    assert titles[0] == '<script>alert("x")</script>&\ufffd\u202e: 4'  # the greatest first
    assert not list(root.iter(f"{SVG}script"))
    lines = [p for p in root.iter(f"{SVG}path") if p.get("stroke-width")]
    assert len(lines) == 4
    assert not [line for line in lines if line.get("marker-end")]


def test_directions_have_arrows_and_sizes_follow_the_scores() -> None:
    network = star(directed=True)
    root = ET.fromstring(picture(network, np.array([0.0, 1, 4, np.nan, 9])))
    assert all(p.get("marker-end") for p in root.iter(f"{SVG}path") if p.get("stroke-width"))
    circles = [c for c in root.iter(f"{SVG}circle") if c.find(f"{SVG}title") is not None]
    radii = [float(str(c.get("r"))) for c in circles]
    assert radii == sorted(radii, reverse=True)
    assert radii[-1] == radii[-2] == 2.5  # no score and 0


def test_colours_are_those_of_the_groups(graph: Graph) -> None:
    network = graph.network("partnership", level="institution")
    for colour in ("community", "country", "bloc"):
        root = ET.fromstring(picture(network, colour=colour))
        fills = {c.get("fill") for c in root.iter(f"{SVG}circle")}
        assert fills <= {*PALETTE, OTHER}
        assert len(fills) > 1
    assert "release" in picture(network).lower()


def test_an_empty_network_says_why(graph: Graph) -> None:
    network = graph.network("partnership", years=(1700, 1701))
    root = ET.fromstring(network.export("svg"))
    assert "No training passes the filters" in str(root.find(f"{SVG}desc").text)  # type: ignore[union-attr]


def test_an_empty_network_is_a_file_for_vosviewer_too(graph: Graph) -> None:
    network = graph.network("partnership", years=(1700, 1701))
    assert json.loads(network.export("vosviewer")) == {"network": {"items": [], "links": []}}


def test_vosviewer_reads_items_and_links(graph: Graph) -> None:
    network = graph.network("partnership", level="country")
    found = json.loads(network.export("vosviewer"))["network"]
    assert [item["id"] for item in found["items"]] == list(range(1, len(network) + 1))
    assert [item["label"] for item in found["items"]] == network.nodes["label"].to_list()
    assert all(-1 <= item["x"] <= 1 and -1 <= item["y"] <= 1 for item in found["items"])
    assert len(found["links"]) == network.edges_by_code.height
    degree = network.centrality("degree", weight="unweighted").to_records()
    by_node = {row["node"]: row["score"] for row in degree}
    for item in found["items"]:
        assert item["weights"]["Links"] == by_node[item["url"]]
    sums = sum(item["weights"]["Total link strength"] for item in found["items"])
    assert sums == pytest.approx(2 * sum(link["strength"] for link in found["links"]))


def test_vosviewer_leaves_out_directions_and_loops(graph: Graph) -> None:
    network = graph.network("knowledge-flow", level="country", loops=True)
    links = json.loads(network.export("vosviewer"))["network"]["links"]
    assert all(link["source_id"] != link["target_id"] for link in links)


def test_edges_below_a_weight_are_left_out(graph: Graph) -> None:
    network = graph.network("partnership", level="country")
    heavy = network.heavier(2)
    assert 0 < heavy.edges_by_code.height < network.edges_by_code.height
    assert heavy.edge_frame()["weight"].min() >= 2  # type: ignore[operator]
    assert heavy.meta["min_weight"]["edges_before"] == network.edges_by_code.height  # type: ignore[index]
    assert "No edge has a weight" in str(network.heavier(1e9).meta["reason"])
    with pytest.raises(QueryError, match="Unknown weight"):
        network.heavier(1, weight="fame")
