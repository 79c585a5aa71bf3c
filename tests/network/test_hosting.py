"""Hosting on the world of four trainings: who sent whom to whom."""

from __future__ import annotations

import pytest

from kg.network import project

from .worlds import world


@pytest.mark.parametrize(
    ("weight", "edges"),
    [
        # t1: D → A (12), t2: B → A (some), t3: A → C (p4); A's own five in t2 are a loop.
        ("count", {("D", "A"): 1, ("B", "A"): 1, ("A", "C"): 1}),
        ("headcount", {("D", "A"): 12, ("B", "A"): 1, ("A", "C"): 1}),
        ("fractional", {("D", "A"): 1, ("B", "A"): 0.5, ("A", "C"): 1}),
    ],
)
def test_senders_and_hosts(weight: str, edges: dict[tuple[str, str], float]) -> None:
    network = project(world(), "hosting", weight=weight)
    assert {(r[0], r[2]): r[4] for r in network.edges()} == edges


def test_loops_are_a_hosts_own_learners() -> None:
    network = project(world(), "hosting", weight="headcount", loops=True)
    assert {(r[0], r[2]): r[4] for r in network.edges()}[("A", "A")] == 5


def test_countries() -> None:
    network = project(world(), "hosting", level="country", weight="headcount")
    sent = {(r[0], r[2]): r[4] for r in network.edges()}
    assert sent == {("TR", "ZA"): 12, ("NG", "ZA"): 1, ("ZA", "GB"): 1}


def test_hosts_of_two_blocs_and_of_none_have_their_share_once() -> None:
    # Twelve of GB (of EU) are hosted by NG (of OIC and AU), TR (of OIC) and US (of no bloc).
    part = [
        ("t1", "host", "host", None, None, "NG", None),
        ("t1", "host", "host", None, None, "TR", None),
        ("t1", "host", "host", None, None, "US", None),
        ("t1", "learner", "learner", None, None, "GB", 12),
    ]
    columns = world(involvements=part)
    network = project(columns, "hosting", level="bloc", weight="headcount")
    sent = {(r[0], r[2]): r[4] for r in network.edges()}
    assert sent == {("EU", "AU"): 4, ("EU", "OIC"): 8}
