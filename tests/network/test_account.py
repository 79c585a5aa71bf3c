"""What a network tells of itself, by the names that results of analyses have."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from kg.errors import QueryError
from kg.network import Network, project
from kg.network.account import scores_of_part

from .worlds import world


def test_what_was_asked_for() -> None:
    network = project(world(), level="country", bloc="OIC", weight="newman", meta={"release": "r1"})
    assert network.release == "r1"
    asked = network.parameters
    assert (asked["projection"], asked["level"], asked["weight"]) == (
        "partnership", "country", "newman",
    )  # fmt: skip
    assert asked["bloc"] == ["OIC"]
    assert network.coverage["trainings_selected"] == 4
    assert "1/(k_t" in network.method
    assert "Newman" in network.method
    assert network.method.startswith("Two nodes are linked when")


def test_a_foreign_network_tells_what_it_can() -> None:
    network = Network.from_networkx(nx.path_graph(3))
    assert network.method == ""
    assert network.coverage == {}
    assert network.release == "unknown"
    assert len(network.to_rows()) == 2


def test_the_edges_are_the_same_in_every_form() -> None:
    network = project(world())
    rows = network.to_rows()
    assert rows == network.edges().to_records()
    assert network.to_polars().rows() == [tuple(row.values()) for row in rows]
    pandas = pytest.importorskip("pandas")
    frame = network.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["weight"].tolist() == [row["weight"] for row in rows]


def test_the_drawing_shows_a_measure(tmp_path: Path) -> None:
    network = project(world())
    plain, sized = network.plot(), network.plot("betweenness", colour="country")
    assert plain.svg.startswith("<svg ")
    assert plain.svg != sized.svg
    assert sized._repr_svg_() == sized.svg
    file = sized.write(tmp_path / "net.svg")
    assert file.read_text(encoding="utf-8") == sized.svg
    with pytest.raises(QueryError, match="betweenness"):
        network.plot("fame")
    with pytest.raises(QueryError, match="community, country, bloc"):
        network.plot(colour="mood")


def test_a_part_has_the_scores_of_the_whole() -> None:
    network = Network.from_networkx(nx.star_graph(4))
    part = Network.from_networkx(nx.star_graph(2))
    assert scores_of_part(network, part, "degree").tolist() == [4, 1, 1]
    stranger = Network.from_networkx(nx.path_graph(7))
    assert np.isnan(scores_of_part(network, stranger, "degree")).sum() == 2
