from __future__ import annotations

import io
import json
from typing import Any

import networkx as nx
import polars as pl
import pytest

from kg.network import FORMATS, Network, project

from .worlds import ROWS, world

WHOLE = [name for name in FORMATS if name not in ("svg", "vosviewer")]
"""Formats that hold everything; tests/network/test_picture.py looks at the two others."""


def read(format_name: str, content: bytes) -> Any:
    """Return the networkx graph that a file holds."""
    if format_name == "graphml":
        return nx.read_graphml(io.BytesIO(content))
    if format_name == "gexf":
        return nx.read_gexf(io.BytesIO(content))
    if format_name == "json":
        return nx.node_link_graph(json.loads(content), edges="links")
    frame = pl.read_csv(content)
    graph = nx.Graph()
    graph.add_edges_from((r["source"], r["target"], r) for r in frame.to_dicts())
    return graph


@pytest.mark.parametrize("format_name", WHOLE)
def test_networkx_reads_it_back(format_name: str) -> None:
    network = project(world(), weight="newman")
    expected = network.to_networkx()
    back = read(format_name, network.export(format_name))
    assert set(back) == set(expected)
    assert {frozenset(edge) for edge in back.edges} == {frozenset(edge) for edge in expected.edges}
    for a, b, data in expected.edges(data=True):
        for name in ("weight", "count", "shared_trainings", "first_year", "last_year"):
            assert back[a][b][name] == data[name]
    if format_name != "csv":
        assert back.nodes["A"]["label"] == "Ankh University"
        assert back.nodes["A"]["country"] == "ZA"


@pytest.mark.parametrize("format_name", ["graphml", "gexf", "json"])
def test_directions_survive(format_name: str) -> None:
    network = project(world(), "knowledge-flow")
    back = read(format_name, network.export(format_name))
    assert back.is_directed()
    assert set(back.edges) == {("C", "A"), ("C", "B"), ("C", "D"), ("D", "A")}


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_same_network_gives_the_same_bytes(format_name: str) -> None:
    first = project(world()).export(format_name)
    assert project(world()).export(format_name) == first
    assert b"lastmodified" not in first


@pytest.mark.parametrize("format_name", WHOLE)
def test_missing_values_and_odd_labels(format_name: str) -> None:
    odd = 'جامعة <b>&"quoted"</b>\x00\x0b, İstanbul\n😀'
    rows = [("A", "organisation", odd, None), ("B", "organisation", None, None)]
    undated = [(training, label, None, None, None) for training, label, *_ in ROWS["trainings"]]
    network = project(world(entities=rows, trainings=undated), roles=["host", "organiser"])
    back = read(format_name, network.export(format_name))
    assert set(back) == {"A", "B"}
    if format_name in ("graphml", "gexf"):
        label = back.nodes["A"]["label"]
        assert label.startswith('جامعة <b>&"quoted"</b>\ufffd\ufffd, İstanbul')
        assert label.endswith("😀")
        assert "first_year" not in back["A"]["B"]
    if format_name == "json":
        assert back.nodes["A"]["label"] == odd


@pytest.mark.parametrize("format_name", WHOLE)
def test_an_empty_network_is_a_file_too(format_name: str) -> None:
    network = project(world(), years=(1900, 1901))
    if format_name == "csv":
        assert network.export("csv").startswith(b"source,source_label,target")
    else:
        assert len(read(format_name, network.export(format_name))) == 0


def test_json_carries_the_meta() -> None:
    document = json.loads(project(world(), bloc="OIC", meta={"release": "r1"}).export("json"))
    assert document["graph"]["filters"] == {"bloc": ["OIC"]}
    assert document["graph"]["release"] == "r1"


def test_networks_from_networkx_export() -> None:
    network = Network.from_networkx(nx.karate_club_graph())
    for format_name in WHOLE:
        assert len(read(format_name, network.export(format_name))) == 34
