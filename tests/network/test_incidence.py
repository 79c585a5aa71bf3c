from __future__ import annotations

import polars as pl

from kg.network import select
from kg.network.incidence import incidence

from .worlds import world


def rows(level: str, training: str, *columns: str) -> list[tuple[object, ...]]:
    selection = select(world(), bloc="OIC")
    found = incidence(selection.involvements, selection, level)
    return found.filter(pl.col("training") == training).select(columns).rows()


def test_institutions_with_their_heads() -> None:
    assert rows("institution", "t1", "node", "heads", "size", "total", "inside") == [
        ("A", 1, 5, 16, False),
        ("B", 1, 5, 16, True),
        ("C", 1, 5, 16, False),
        ("D", 12, 5, 16, True),
        ("F", 1, 5, 16, False),
    ]


def test_a_group_and_a_host_of_one_institution_are_one_node() -> None:
    # A hosts (no headcount, so one) and sends five learners.
    assert rows("institution", "t2", "node", "heads") == [("A", 6), ("B", 1), ("C", 1)]


def test_named_persons_count_once_whatever_their_roles() -> None:
    part = [
        ("t1", "educator", "educator", "C", "p1", "GB", 1),
        ("t1", "mentor", "educator", "C", "p1", "GB", 1),
    ]
    selection = select(world(involvements=part))
    found = incidence(selection.involvements, selection, "institution")
    assert found["heads"].to_list() == [1]


def test_only_named_persons_are_persons() -> None:
    assert rows("person", "t3", "node") == [("p2",), ("p3",), ("p4",)]
    assert rows("person", "t4", "node") == [("p2",)]


def test_blocs_come_in_by_way_of_countries() -> None:
    assert rows("bloc", "t1", "node", "via", "size") == [
        ("AU", "NG", 3),
        ("AU", "ZA", 3),
        ("EU", "GB", 3),
        ("OIC", "NG", 3),
        ("OIC", "TR", 3),
    ]


def test_who_is_of_two_blocs_or_of_none_counts_once_in_all() -> None:
    # NG is of OIC and AU, US of none: two educators of NG, one of TR, three of US.
    part = [
        ("t1", "educator", "educator", None, None, "NG", 2),
        ("t1", "educator", "educator", None, None, "TR", 1),
        ("t1", "educator", "educator", None, None, "US", 3),
    ]
    selection = select(world(involvements=part))
    found = incidence(selection.involvements, selection, "bloc")
    columns = ("node", "via", "heads", "ways", "size", "total", "all_ways")
    assert found.select(columns).rows() == [
        ("AU", "NG", 2, 1, 2, 6, 3),
        ("OIC", "NG", 3, 2, 2, 6, 3),
        ("OIC", "TR", 3, 2, 2, 6, 3),
    ]
