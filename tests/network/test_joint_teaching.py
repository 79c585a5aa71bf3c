"""Methods taught together on the world of four trainings."""

from __future__ import annotations

from kg.network import project

from .worlds import teaching, world


def test_methods_of_one_training_are_linked() -> None:
    network = project(teaching(), "joint-teaching")
    assert {(r[0], r[2]): r[4] for r in network.edges()} == {
        ("m1", "m2"): 2,
        ("m1", "m3"): 1,
        ("m2", "m3"): 1,
    }
    newman = network.edges(weight="newman")
    assert {(r[0], r[2]): r[4] for r in newman}[("m1", "m2")] == 1 + 1 / 2
    assert [row[0] for row in network.evidence("m1", "m2")] == ["t1", "t3"]


def test_a_country_keeps_trainings_with_somebody_from_there() -> None:
    network = project(teaching(), "joint-teaching", country="NG")  # in t1, t2 and t4
    assert {(r[0], r[2]) for r in network.edges()} == {("m1", "m2")}


def test_a_training_without_participants_has_methods_all_the_same() -> None:
    columns = world(involvements=[], facets=[("t1", "method", "m1"), ("t1", "method", "m2")])
    assert len(project(columns, "joint-teaching").edges()) == 1
    assert len(project(columns, "joint-teaching", country="ZA").edges()) == 0


def test_coverage_counts_trainings_without_a_method() -> None:
    assert project(teaching(), "joint-teaching").meta["coverage"]["trainings_without_method"] == 1  # type: ignore[index]
