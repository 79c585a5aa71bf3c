"""Large trainings are told where they make most of a network."""

from __future__ import annotations

from typing import Any

import polars as pl

from kg.network import project
from kg.network.crowds import CROWD, crowds
from tests.network.worlds import world


def links(*sizes: int) -> pl.DataFrame:
    """Return all pairs of trainings of these sizes."""
    rows = [(t, a, b) for t, k in enumerate(sizes) for b in range(k) for a in range(b)]
    return pl.DataFrame(rows, schema=["training", "source", "target"], orient="row")


def test_a_crowd_is_told_where_it_makes_most_links() -> None:
    (said,) = crowds(links(CROWD + 1, 3, 3), weighed=False)
    assert "100% of the links come from 1 of 3 trainings" in said
    assert "newman" in said
    (said,) = crowds(links(CROWD + 1, 3), weighed=True)
    assert "ignore weights" in said


def test_a_training_at_the_bound_is_no_crowd() -> None:
    assert crowds(links(CROWD), weighed=False) == []
    assert crowds(links(), weighed=False) == []


def test_a_crowd_among_many_is_not_told() -> None:
    assert crowds(links(CROWD + 1, CROWD, CROWD), weighed=False) == []


def test_every_table_of_the_network_tells_it() -> None:
    many = [("t1", "learner", "learner", f"o{n:02d}", None, None, 1) for n in range(CROWD + 1)]
    network = project(world(involvements=many), "partnership")
    tables: list[Any] = [network.centrality("degree"), network.edges(), network.summary("size")]
    for table in tables:
        assert any("may never have met" in said for said in table.meta["caveats"])
    assert "caveats" not in project(world(), "partnership").meta
