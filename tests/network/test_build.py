from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from kg.errors import QueryError
from kg.network import project

from .worlds import ROWS, frames, world


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"projection": "friendship"}, "accepted: partnership, knowledge-flow, co-teaching"),
        ({"level": "city"}, "level of partnership 'city'; accepted: institution, person"),
        (
            {"projection": "hosting", "level": "person"},
            "level of hosting 'person'; accepted: institution",
        ),
        ({"weight": "gold"}, "accepted: count, newman, size-normalised"),
        ({"roles": ["host", "guest"]}, "Unknown role 'guest'; accepted: host, organiser, funder"),
        ({"planet": "Mars"}, "Unknown filter"),
    ],
)
def test_what_is_not_accepted(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        project(world(), **arguments)


def test_nodes_carry_label_country_and_kind() -> None:
    assert project(world()).nodes.row(0) == ("A", "Ankh University", "ZA", "organisation", "AU")
    countries = project(world(), level="country").nodes
    assert countries.row(0) == ("GB", "United Kingdom", "GB", "country", "EU")
    assert project(world(), level="bloc").nodes["country"].null_count() == 3


def test_persons_have_a_country_only_where_it_is_one() -> None:
    moved = [*ROWS["involvements"], ("t1", "learner", "learner", "A", "p2", "ZA", 1)]
    nodes = project(world(involvements=moved), level="person").nodes
    assert dict(nodes.select("node", "country").rows()) == {
        "p1": "GB",
        "p2": None,  # of TR, and once of ZA
        "p3": "GB",
        "p4": "ZA",
    }


def test_entities_without_label_are_called_by_their_iri() -> None:
    assert project(world(), level="person").nodes.row(2)[:2] == ("p4", "p4")


def test_isolates_when_asked() -> None:
    alone = [*ROWS["involvements"], ("t5", "host", "host", "Z", None, None, None)]
    trainings = [*ROWS["trainings"], ("t5", "", "2022", None, 2022)]
    columns = world(involvements=alone, trainings=trainings)
    assert project(columns).nodes["node"].to_list() == ["A", "B", "C", "D"]
    kept = project(columns, isolates=True)
    assert kept.nodes["node"].to_list() == ["A", "B", "C", "D", "Z"]
    assert kept.components == 2
    assert kept.evidence("A", "C").column("training") == ["t1", "t2", "t3"]


def test_isolates_of_a_filter_lie_inside_it() -> None:
    alone = [
        *ROWS["involvements"],
        ("t5", "host", "host", "Z", None, "NG", None),
        ("t6", "host", "host", "Y", None, "FR", None),
    ]
    trainings = [*ROWS["trainings"], *((t, "", "2022", None, 2022) for t in ("t5", "t6"))]
    columns = world(involvements=alone, trainings=trainings)
    linked = set(project(columns, country="NG").nodes["node"])
    assert set(project(columns, country="NG", isolates=True).nodes["node"]) == {*linked, "Z"}
    everybody = project(columns, country="NG", isolates="all")
    assert set(everybody.nodes["node"]) == {"A", "B", "C", "D", "Y", "Z"}


def test_coverage() -> None:
    meta = project(world(), sector="sector:health", years=(2012, 2020)).meta
    assert meta["coverage"] == {
        "trainings_in_release": 4,
        "trainings_selected": 2,
        "trainings_left_out_without_year": 0,
        "trainings_without_institution": 0,
        "trainings_used": 2,
        "involvements": 8,
        "involvements_without_institution": 0,
        "groups_of_unknown_size": 0,
    }
    everything: Any = project(world()).meta["coverage"]
    assert everything["involvements_without_institution"] == 1
    assert everything["groups_of_unknown_size"] == 1


def test_meta_says_what_was_asked_and_what_it_means() -> None:
    meta: Any = project(world(), weight="newman", bloc="OIC", meta={"release": "r1"}).meta
    assert (meta["projection"], meta["level"], meta["weight"]) == (
        "partnership",
        "institution",
        "newman",
    )
    assert meta["filters"] == {"bloc": ["OIC"]}
    assert meta["release"] == "r1"
    assert "1/(k_t − 1)" in meta["weights"]["newman"]
    assert "funder" not in meta["roles"]
    assert "reason" not in meta


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"years": (1900, 1901)}, "No training passes the filters."),
        ({"roles": "reviewer"}, "None of the 4 selected trainings brings two institutions"),
        ({"country": "FR"}, "one inside the filter"),
        ({"country": "GB", "within": True}, "both inside the filter"),
        ({"projection": "knowledge-flow", "roles": "learner"}, "has institutions on both sides"),
    ],
)
def test_an_empty_network_says_why(arguments: dict[str, Any], reason: str) -> None:
    network = project(world(), **arguments)
    assert len(network) == 0
    for table in (network.centrality(), network.centrality("betweenness"), network.edges()):
        assert table.rows == []
        assert reason in str(table.meta["reason"])


def test_an_empty_release() -> None:
    network = project(frames())
    assert len(network) == 0
    assert network.meta["reason"] == "No training passes the filters."


def test_the_order_of_the_rows_makes_no_difference() -> None:
    first = project(world(), isolates=True)
    for seed in range(5):
        shuffled = {
            name: frame.sample(fraction=1, shuffle=True, seed=seed)
            for name, frame in world().items()
        }
        again = project(shuffled, isolates=True)
        assert again.nodes.equals(first.nodes)
        assert again.edges_by_code.equals(first.edges_by_code)
        assert again.export("graphml") == first.export("graphml")


def test_every_source_row_twice_changes_nothing() -> None:
    doubled = {name: pl.concat([frame, frame]) for name, frame in world().items()}
    assert project(doubled).edges_by_code.equals(project(world()).edges_by_code)


def test_a_training_in_two_countries_is_one_training() -> None:
    twice = [*ROWS["facets"], ("t1", "country", "NG")]
    network = project(world(facets=twice), held_in=["ZA", "NG"])
    assert network.edge_frame()["shared_trainings"].max() == 2
