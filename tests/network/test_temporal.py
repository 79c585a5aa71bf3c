from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from kg.errors import QueryError
from kg.network import Network, project

from .worlds import world


def test_periods_from_the_first_year_to_the_last() -> None:
    found = project(world()).slices(4)
    assert [(a, b) for a, b, _ in found] == [(2012, 2015), (2016, 2019), (2020, 2021)]
    for first, last, part in found:
        assert part.edges().rows == project(world(), years=(first, last)).edges().rows


def test_they_may_overlap_and_keep_the_other_filters() -> None:
    found = project(world(), "knowledge-flow", sector="sector:health", weight="headcount").slices(
        5, 1
    )
    assert [(a, b) for a, b, _ in found][:2] == [(2012, 2016), (2013, 2017)]
    assert found[0][2].meta["filters"] == {"sector": ["sector:health"], "years": [2012, 2016]}
    assert found[0][2].weight == "headcount"


def test_a_measure_period_by_period() -> None:
    table = project(world()).measure("degree", slices=4)
    assert table.columns[:3] == ("from_year", "to_year", "node")
    assert {(row[0], row[1]) for row in table} == {(2012, 2015), (2016, 2019), (2020, 2021)}
    told: Any = table.meta["slices"]
    assert [one["nodes"] for one in told] == [4, 3, 2]
    assert told[2]["coverage"]["trainings_selected"] == 1
    whole = project(world()).measure("size", slices=10)
    assert whole.columns == ("from_year", "to_year", "measure", "quantity", "value")


def test_without_years_there_are_none() -> None:
    undated = world(trainings=[("t1", "One", None, None, None)])
    assert project(undated).slices(3) == []
    assert project(undated).measure("degree", slices=3).rows == []


def test_what_was_not_made_from_trainings_has_none() -> None:
    with pytest.raises(QueryError, match="not made from trainings"):
        Network.from_networkx(nx.path_graph(2)).slices(1)
    with pytest.raises(QueryError, match="both from 1"):
        project(world()).slices(0)
