"""The balance of the world in tests/network/worlds.py, reckoned by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analysis.analyses.balance import reciprocity
from kg.errors import QueryError
from tests.analysis.worlds import analyse, frame_of
from tests.network.worlds import world

SHOWN = ("node", "taught", "learned", "net")


def test_countries() -> None:
    # t1: GB taught 12 of TR; t2: GB taught 5 of ZA and a group of NG of unknown size (1);
    # t3: TR and GB taught p4 of ZA; t4: TR taught 30 of NG.
    found = analyse(world(), "balance", level="country")
    assert set(frame_of(found, *SHOWN)) == {
        ("NG", 0, 31, -31), ("TR", 2, 12, -10), ("ZA", 0, 6, -6), ("GB", 3, 0, 3),
    }  # fmt: skip
    assert found.coverage["groups_of_unknown_size"] == 1
    assert any("lower bounds" in caveat for caveat in found.caveats)


def test_institutions_leave_out_who_names_none() -> None:
    found = analyse(world(), "balance", level="institution")
    assert set(frame_of(found, *SHOWN)) == {
        ("A", 0, 6, -6), ("B", 0, 1, -1), ("C", 3, 0, 3), ("D", 2, 12, -10),
    }  # fmt: skip
    assert (found.coverage["considered"], found.coverage["placed"]) == (10, 9)


def test_persons_are_counted_once_a_training() -> None:
    found = analyse(world(), "balance", level="person")
    assert set(frame_of(found, *SHOWN)) == {
        ("p1", 2, 0, 2), ("p2", 2, 0, 2), ("p3", 1, 0, 1), ("p4", 0, 1, -1),
    }  # fmt: skip


def test_all_together_by_year() -> None:
    found = analyse(world(), "balance", level="all", by="year")
    assert frame_of(found, "group", "taught", "learned") == [
        ("2012", 1, 12), ("2014", 1, 6), ("2019", 2, 1), ("2021", 1, 30),
    ]  # fmt: skip


def test_by_period_and_by_sector() -> None:
    periods = analyse(world(), "balance", level="all", by="period", period=10)
    assert frame_of(periods, "group", "learned") == [("2010-2019", 19), ("2020-2029", 30)]
    sectors = analyse(world(), "balance", level="all", by="sector")
    assert frame_of(sectors, "group", "learned") == [
        ("sector:health", 13), ("sector:technology", 6),
    ]  # fmt: skip


def test_a_bloc_shows_its_members_at_the_time() -> None:
    found = analyse(world(), "balance", level="country", bloc="OIC")
    assert {row[0] for row in frame_of(found, "node")} <= {"TR", "NG"}


def test_share_and_reciprocity() -> None:
    found = {r["node"]: r for r in analyse(world(), "balance", level="country").to_records()}
    assert found["TR"]["share"] == pytest.approx(2 / 14)
    # TR taught ZA half a learner and NG 30, and was taught 12 by GB: nothing goes both ways.
    assert found["TR"]["reciprocity"] == 0


@given(
    st.lists(st.tuples(*[st.sampled_from("abcd")] * 2, st.floats(0.1, 50)), min_size=1, max_size=20)
)
def test_reciprocity_lies_between_0_and_1_and_knows_no_direction(
    edges: list[tuple[Any, ...]],
) -> None:
    frame = pl.DataFrame(edges, schema=["source", "target", "learners"], orient="row")
    frame = frame.with_columns(group=pl.lit("")).filter(pl.col("source") != pl.col("target"))
    if frame.is_empty():
        return
    found = reciprocity(frame)
    assert (found["mutual"] <= found["flow"] * (1 + 1e-9)).all()
    swapped = reciprocity(frame.rename({"source": "target", "target": "source"}))
    for ours, theirs in zip(found.rows(), swapped.rows(), strict=True):
        assert ours[:2] == theirs[:2]
        assert ours[2:] == pytest.approx(theirs[2:])


def test_a_full_exchange_is_reciprocal() -> None:
    frame = pl.DataFrame(
        {"source": ["a", "b"], "target": ["b", "a"], "group": ["", ""], "learners": [4.0, 4.0]}
    )
    assert reciprocity(frame).select(pl.col("mutual") / pl.col("flow")).to_series().to_list() == [
        1,
        1,
    ]


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(QueryError, match="Accepted: country, institution, person, bloc, all"):
        analyse(world(), "balance", level="galaxy")
