"""Co-teaching of the four trainings (worlds.py): only t3 has two educators."""

from __future__ import annotations

import pytest

from kg.network import project

from .worlds import world


@pytest.mark.parametrize(
    ("level", "pair"),
    [
        ("person", ("p2", "p3")),
        ("institution", ("C", "D")),
        ("country", ("GB", "TR")),
        ("bloc", ("EU", "OIC")),
    ],
)
def test_pairs(level: str, pair: tuple[str, str]) -> None:
    frame = project(world(), "co-teaching", level=level).edge_frame()
    rows = frame.select("source", "target", "count", "newman", "size-normalised").rows()
    assert rows == [(*pair, 1, 1, 1)]


def test_persons_are_the_usual_level() -> None:
    assert project(world(), "co-teaching").meta["level"] == "person"


def test_without_mentors_nobody_taught_together() -> None:
    network = project(world(), "co-teaching", roles="educator")
    assert network.meta["reason"] == (
        "None of the 4 selected trainings brings two named persons together (roles: educator)."
    )
