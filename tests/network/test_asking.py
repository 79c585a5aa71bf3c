from __future__ import annotations

import pytest

from kg.errors import QueryError
from kg.network import ALL_MEASURES, KINDS, UndefinedMeasureError, project

from .worlds import world


def test_no_name_is_of_two_kinds() -> None:
    assert len(set(ALL_MEASURES)) == len(ALL_MEASURES) == sum(map(len, KINDS.values()))


@pytest.mark.parametrize("name", ALL_MEASURES)
@pytest.mark.parametrize("projection", ["partnership", "knowledge-flow"])
def test_every_measure_answers_on_the_world(name: str, projection: str) -> None:
    network = project(world(), projection)
    if (name, projection) == ("eigenvector", "knowledge-flow"):  # no cycle that leads
        with pytest.raises(UndefinedMeasureError):
            network.measure(name)
        return
    table = network.measure(name)
    if name in KINDS["node"]:
        assert table.rows == network.centrality(name).rows
        assert len(table) == len(network)
    elif name in KINDS["edge"]:
        assert table.rows == network.edges(name).rows
    else:
        assert table.rows == network.summary(name).rows
    assert table.to_json()  # no value that is not a number


def test_of_a_backbone() -> None:
    network = project(world())
    told = network.measure("degree", backbone="disparity", threshold=0.9)
    assert told.rows == network.backbone("disparity", threshold=0.9).centrality("degree").rows


def test_several_of_one_kind_only() -> None:
    assert project(world()).measure(["overlap", "bridge"]).columns[-2:] == ("overlap", "bridge")
    with pytest.raises(QueryError, match=r"different things \(node, edge\)"):
        project(world()).measure(["degree", "overlap"])
    with pytest.raises(QueryError, match="Unknown measure 'fame'; accepted: degree"):
        project(world()).measure("fame")
