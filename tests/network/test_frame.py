from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from kg.errors import InputError, QueryError
from kg.network import COLUMNS, FACETS, select

from .worlds import ROWS, world


def trainings(**filters: Any) -> list[str]:
    return sorted(select(world(), **filters).trainings["training"].to_list())


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["t1", "t2", "t3", "t4"]),
        ({"sector": "sector:health"}, ["t1", "t3"]),
        ({"sector": ["sector:health", "sector:technology"]}, ["t1", "t2", "t3"]),
        ({"sector": "sector:health", "held_in": "ZA"}, ["t1"]),
        ({"topic": "topic:python"}, ["t2"]),
        ({"format": "Workshop"}, ["t1", "t2"]),
        ({"years": (2012, 2014)}, ["t1", "t2"]),
        ({"years": (2014, None)}, ["t2", "t3", "t4"]),
        ({"years": (None, 2012)}, ["t1"]),
        ({"years": 2019}, ["t3"]),
        ({"sector": None, "years": None, "within": False}, ["t1", "t2", "t3", "t4"]),
        ({"sector": "sector:humanities"}, []),  # known, but nothing about it
        ({"country": "ZA"}, ["t1", "t2", "t3", "t4"]),  # filters nodes, no training
    ],
)
def test_trainings(filters: dict[str, Any], expected: list[str]) -> None:
    assert trainings(**filters) == expected


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"sector": "sector:helth"}, r"'sector:helth'.*accepted: sector:health \(Health\)"),
        ({"country": "XX"}, "France"),
        ({"bloc": "NATO"}, r"AU \(African Union\).*EU.*OIC"),
        ({"planet": "Mars"}, "accepted: sector, topic"),
        ({"years": (2020, 2012)}, "ends before it begins"),
        ({"years": (2020,)}, "first, last"),
        ({"years": ("2012", "2020")}, "first, last"),
        ({"sector": []}, "at least one value"),
    ],
)
def test_what_is_not_accepted(filters: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        select(world(), **filters)


def test_long_lists_of_accepted_values_are_cut_with_their_number() -> None:
    many = [("t1", "topic", f"topic:{n:03d}") for n in range(200)]
    with pytest.raises(QueryError, match=r"topic:019.*and 190 more"):
        select(world(facets=many), topic="topic:0199")


def test_undated_trainings_fall_out_of_a_period_and_are_counted() -> None:
    undated = [*ROWS["trainings"], ("t5", "Some day", None, None, None)]
    selection = select(world(trainings=undated), years=(1900, 2100))
    assert selection.trainings.height == 4
    assert selection.coverage == {
        "trainings_in_release": 5,
        "trainings_selected": 4,
        "trainings_left_out_without_year": 1,
    }
    assert select(world(trainings=undated)).trainings.height == 5
    assert select(world(trainings=undated), years=(None, None)).trainings.height == 5


def test_country_is_filled_from_the_organisation() -> None:
    host = select(world()).involvements.row(0, named=True)
    assert (host["organisation"], host["country"]) == ("A", "ZA")


def inside(**filters: Any) -> set[tuple[str, str]]:
    rows = select(world(), **filters).involvements.filter(pl.col("inside"))
    return set(rows.select("training", "country").rows())


def test_nodes_inside_a_country() -> None:
    assert inside(country=["GB", "FR"]) == {("t1", "GB"), ("t2", "GB"), ("t3", "GB")}


def test_nodes_inside_a_bloc_at_the_time() -> None:
    assert inside(bloc="EU") == {("t1", "GB"), ("t2", "GB"), ("t3", "GB")}
    later = [
        row if row[0] != "t3" else ("t3", "", "2020-02-03", None, 2020) for row in ROWS["trainings"]
    ]
    rows = select(world(trainings=later), bloc="EU").involvements.filter(pl.col("inside"))
    assert set(rows["training"]) == {"t1", "t2"}


def test_bloc_and_country_must_both_hold() -> None:
    assert inside(bloc="OIC", country=["TR", "GB"]) == {("t1", "TR"), ("t3", "TR"), ("t4", "TR")}


def test_no_filter_means_all_inside() -> None:
    assert select(world()).involvements["inside"].all()


def test_filters_in_force_are_kept() -> None:
    selection = select(world(), years=2012, sector="sector:health", within=True, bloc="OIC")
    assert selection.filters == {
        "sector": ["sector:health"],
        "bloc": ["OIC"],
        "years": [2012, 2012],
        "within": True,
    }
    assert selection.within


def test_missing_tables_and_columns_are_named() -> None:
    tables = dict(world())
    with pytest.raises(InputError, match=r"'facets' lacks \['value'\]"):
        select(tables | {"facets": tables["facets"].drop("value")})
    del tables["facets"]
    with pytest.raises(InputError, match="'facets' are missing"):
        select(tables)


def test_facets_are_those_of_the_release() -> None:
    assert set(FACETS.values()) == {
        "sector",
        "topic",
        "method",
        "programme",
        "series",
        "format",
        "country",
    }
    assert list(COLUMNS) == ["involvements", "facets", "trainings", "entities", "bloc_members"]
