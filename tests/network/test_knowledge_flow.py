"""Knowledge flow of the four trainings (worlds.py), reckoned by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from kg.analysis.flowing import flowing
from kg.network import project, select

from .worlds import ROWS, world


def flows(weight: str, **arguments: Any) -> dict[tuple[str, str], float]:
    frame = project(world(), "knowledge-flow", **arguments).edge_frame(weight)
    return {(row[0], row[1]): row[2] for row in frame.select("source", "target", "weight").rows()}


def test_institutions() -> None:
    # t1 C→D; t2 C→A, C→B; t3 C→A, D→A (C→C is nobody: C sends no learner); t4 no institution.
    assert flows("count") == {("C", "D"): 1, ("C", "A"): 2, ("C", "B"): 1, ("D", "A"): 1}


def test_learners_are_shared_among_the_educators() -> None:
    assert flows("headcount") == {
        ("C", "D"): 12,
        ("C", "A"): 5 + 0.5,  # five learners of t2, and half of p4 of t3
        ("C", "B"): 1,  # a group of unknown size counts as one
        ("D", "A"): 0.5,
    }


def test_more_educators_have_a_larger_share() -> None:
    part = [
        ("t1", "educator", "educator", "C", None, None, 3),
        ("t1", "educator", "educator", "D", "p2", None, 1),
        ("t1", "learner", "learner", "A", None, None, 12),
    ]
    network = project(world(involvements=part), "knowledge-flow", weight="headcount")
    assert {row[0]: row[4] for row in network.edges()} == {"C": 9, "D": 3}


def test_each_training_gives_one() -> None:
    found = flows("fractional")
    assert found == {("C", "D"): 1, ("C", "A"): 1, ("C", "B"): 0.5, ("D", "A"): 0.5}
    assert sum(found.values()) == pytest.approx(3)  # t1, t2, t3


def test_countries_know_groups_without_organisation() -> None:
    found = flows("headcount", level="country")
    assert found == {
        ("GB", "TR"): 12,
        ("GB", "ZA"): 5.5,
        ("GB", "NG"): 1,
        ("TR", "ZA"): 0.5,
        ("TR", "NG"): 30,
    }


def test_persons() -> None:
    assert flows("count", level="person") == {("p2", "p4"): 1, ("p3", "p4"): 1}


def test_blocs_and_their_flow_to_themselves() -> None:
    found = flows("headcount", level="bloc", loops=True)
    assert found[("OIC", "OIC")] == 30  # t4: TR teaches NG
    assert found[("OIC", "AU")] == 30 + 0.5
    assert ("OIC", "OIC") not in flows("headcount", level="bloc")


# Four teach at t1: two of NG (of OIC and AU), one of GB (of EU), one of US (of no bloc). Twelve
# learn: eight of TR (of OIC) and four of FR (of no bloc).
MIXED = [
    ("t1", "educator", "educator", None, None, "NG", 2),
    ("t1", "educator", "educator", None, None, "GB", 1),
    ("t1", "educator", "educator", None, None, "US", 1),
    ("t1", "learner", "learner", None, None, "TR", 8),
    ("t1", "learner", "learner", None, None, "FR", 4),
]


def test_educators_of_two_blocs_and_of_none_have_their_share_once() -> None:
    network = project(
        world(involvements=MIXED), "knowledge-flow", level="bloc", weight="headcount", loops=True
    )
    # NG has half of the eight of TR, for each of its blocs; GB a quarter; the quarter of US is of
    # no bloc, and so are the learners of FR.
    flow = {(row[0], row[2]): row[4] for row in network.edges()}
    assert flow == {("AU", "OIC"): 4, ("EU", "OIC"): 2, ("OIC", "OIC"): 4}


def test_flows_between_blocs_are_those_of_the_analysis() -> None:
    for rows in (MIXED, ROWS["involvements"]):
        columns = world(involvements=rows)
        frame = project(columns, "knowledge-flow", level="bloc", loops=True).edge_frame("headcount")
        matrix = flowing(select(columns), "bloc").group_by("source", "target")
        summed = matrix.agg(pl.col("learners").sum()).sort("source", "target")
        ours = frame.select("source", "target", "weight").sort("source", "target")
        assert ours.select("source", "target").rows() == summed.select("source", "target").rows()
        assert ours["weight"].to_list() == pytest.approx(summed["learners"].to_list())


def test_roles() -> None:
    # Without the mentor p3 only D teaches at t3.
    assert flows("headcount", roles=["educator", "learner"])[("D", "A")] == 1


def test_flow_out_of_a_bloc() -> None:
    assert flows("count", bloc="EU") == {("C", "D"): 1, ("C", "A"): 2, ("C", "B"): 1}
    assert flows("count", bloc="OIC", level="country", within=True) == {("TR", "NG"): 1}


def test_evidence_has_a_direction() -> None:
    network = project(world(), "knowledge-flow")
    assert network.evidence("D", "A").column("training") == ["t3"]
    assert len(network.evidence("A", "D")) == 0


def test_unknown_groups_are_counted() -> None:
    coverage: Any = project(world(), "knowledge-flow").meta["coverage"]
    assert coverage["groups_of_unknown_size"] == 1
