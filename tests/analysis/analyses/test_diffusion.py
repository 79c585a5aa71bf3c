"""Arrivals, survival, stalled methods and spreaders, by hand and by force."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analysis.diffusion import arrivals
from tests.analysis.worlds import analyse, frame_of, small

# GB teaches NG and ZA in 2015; NG teaches SN in 2017; ZA teaches MZ on the very day it learned
# elsewhere again; FR learned from nobody who can be placed, and teaches in 2020.
DAYS = [("t1", "2015-01-10"), ("t2", "2017-05-01"), ("t3", "2018"), ("t4", "2020-02-01")]
PEOPLE = [
    ("t1", "educator", "e1", None, "GB", 1),
    ("t1", "educator", "e2", None, "GB", 1),
    ("t1", "educator", "e3", None, "US", 1),
    ("t1", "learner", None, None, "NG", 9),
    ("t1", "learner", None, None, "ZA", 9),
    ("t2", "educator", "e4", None, "NG", 1),
    ("t2", "learner", None, None, "SN", 9),
    ("t2", "learner", None, None, "NG", 9),
    ("t3", "learner", None, None, "FR", 9),
    ("t4", "educator", "e5", None, "FR", 1),
    ("t4", "educator", "e6", None, "SN", 1),
    ("t4", "learner", None, None, "ML", 9),
]
R = [(t, "method", "R") for t, _ in DAYS]


def test_arrivals_by_hand() -> None:
    found = analyse(small(DAYS, PEOPLE, R), "arrivals")
    assert frame_of(
        found, "node", "kind", "year", "source", "generation", "lag_from_source", "teaches_since"
    ) == [
        ("GB", "taught", 2015, None, 0, None, 2015),
        ("NG", "learned", 2015, "GB", 1, 0, 2017),
        ("US", "taught", 2015, None, 0, None, 2015),
        ("ZA", "learned", 2015, "GB", 1, 0, None),
        ("SN", "learned", 2017, "NG", 2, 2, 2020),
        ("FR", "learned", 2018, None, 1, None, 2020),
        # One educator each: the one who had it first is the source.
        ("ML", "learned", 2020, "SN", 3, 3, None),
    ]  # fmt: skip
    graph = found.to_networkx()
    assert graph.has_edge("NG", "SN")


def test_a_year_alone_does_not_prove_an_order() -> None:
    days = [("t1", "2015"), ("t2", "2015-06-01")]
    people = [
        ("t1", "educator", "a", None, "GB", 1), ("t1", "learner", "b", None, "NG", 1),
        ("t2", "educator", "b", None, "NG", 1), ("t2", "learner", "c", None, "SN", 1),
    ]  # fmt: skip
    facets = [(t, "method", "R") for t, _ in days]
    found = analyse(small(days, people, facets), "arrivals")
    kinds = dict(frame_of(found, "node", "kind"))
    assert kinds == {"GB": "taught", "NG": "taught", "SN": "learned"}


contacts = st.lists(
    st.tuples(
        st.integers(0, 8),  # the day, so that many trainings share one
        st.sets(st.sampled_from("abcdef"), max_size=2),
        st.sets(st.sampled_from("abcdef"), max_size=3),
        st.integers(0, 2),  # days that it lasts
    ),
    min_size=1,
    max_size=12,
)


def presence_of(trainings: list[tuple[Any, ...]]) -> pl.DataFrame:
    rows = [
        ("R", f"t{n:02}", node, side, 1, True, f"2015-01-{day + 1:02}",
         f"2015-01-{day + 1 + length:02}", 2015)
        for n, (day, teach, learn, length) in enumerate(trainings)
        for side, nodes in (("educator", teach), ("learner", learn))
        for node in sorted(nodes)
    ]  # fmt: skip
    schema = {
        "value": pl.String, "training": pl.String, "node": pl.String, "side": pl.String,
        "seats": pl.Int64, "inside": pl.Boolean, "since": pl.String, "until": pl.String,
        "year": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


@given(contacts)
def test_no_path_goes_back_in_time(trainings: list[tuple[Any, ...]]) -> None:
    found = {row["node"]: row for row in arrivals(presence_of(trainings)).to_dicts()}
    for row in found.values():
        if row["kind"] == "taught":
            assert row["source"] is None
            assert row["generation"] == 0
            continue
        if row["taught_since"] is not None:
            assert row["until"] < row["taught_since"]  # it had it before it passed it on
        if row["source"] is None:
            assert row["generation"] == 1
            continue
        source = found[row["source"]]
        assert row["generation"] == source["generation"] + 1
        if source["kind"] == "learned":
            assert source["until"] < row["since"]
        else:
            assert source["since"] <= row["since"]


@given(contacts)
def test_everybody_who_was_there_arrives_once(trainings: list[tuple[Any, ...]]) -> None:
    here = presence_of(trainings)
    found = arrivals(here)
    assert sorted(found["node"]) == sorted(here["node"].unique())
    for row in found.to_dicts():
        own = here.filter(pl.col("node") == row["node"])
        side = "learner" if row["kind"] == "learned" else "educator"
        first = own.filter(pl.col("side") == side)["until" if side == "learner" else "since"].min()
        assert row["until" if side == "learner" else "since"] == first


def test_survival_by_hand() -> None:
    # NG learned on 2015-01-10 and taught on 2017-05-01; SN 2017-05-01 and 2020-02-01; FR in the
    # middle of 2018 and 2020-02-01; ZA and ML are censored on 2020-02-01.
    found = analyse(small(DAYS, PEOPLE, R), "survival", event="teaching")
    rows = frame_of(found, "time", "at_risk", "events", "survival")
    assert [(round(t, 2), n, d) for t, n, d, _ in rows] == [
        (1.58, 4, 1),
        (2.31, 3, 1),
        (2.75, 2, 1),
    ]
    assert [s for *_, s in rows] == pytest.approx([3 / 4, 2 / 4, 1 / 4])
    assert found.coverage["subjects"] == 5


def test_time_to_arrival_leaves_out_the_first() -> None:
    found = analyse(small(DAYS, PEOPLE, R), "survival", event="arrival")
    # Seven countries; GB, US, NG and ZA had it on the first day.
    assert found.coverage["subjects"] == 3
    assert frame_of(found, "at_risk", "events") == [(3, 1), (2, 1), (1, 1)]


def test_small_groups_give_no_curve() -> None:
    from kg.settings import AnalyseSettings

    policy = AnalyseSettings(least_base=9, least_trainings=1, suppress_below=0)
    found = analyse(small(DAYS, PEOPLE, R), "survival", policy)
    assert found.rows == []
    assert "enough subjects" in str(found.meta["reason"])


def test_what_stalls() -> None:
    days = [*DAYS, ("t5", "2020-03-01")]
    people = [
        *PEOPLE,
        ("t5", "educator", "e1", None, "GB", 1),
        ("t1", "learner", None, None, "KE", 1),
    ]
    facets = [*R, ("t1", "method", "Perl"), ("t1", "method", "SQL"), ("t5", "method", "SQL")]
    found = analyse(small(days, people, facets), "stalled", after=3)
    rows = {r["value"]: r for r in found.to_records()}
    assert rows["R"]["state"] == "spreading"
    assert rows["R"]["greatest_generation"] == 3
    assert (rows["R"]["learned"], rows["R"]["teach_on"]) == (6, 3)
    assert rows["SQL"]["state"] == "stalled"  # taught in 2020, but nobody new since 2015
    assert rows["Perl"]["state"] == "no training since"


def test_spreaders_share_the_credit() -> None:
    found = analyse(small(DAYS, PEOPLE, R), "spreaders")
    rows = {r["node"]: r for r in found.to_records()}
    assert rows["GB"]["credit"] == pytest.approx(2 * 2 / 3)  # two of three educators, two arrivals
    assert rows["US"]["credit"] == pytest.approx(2 / 3)
    assert (rows["GB"]["passed_on"], rows["US"]["passed_on"]) == (2, 0)
    assert rows["GB"]["descendants"] == 4  # NG, ZA, and by NG: SN, ML
    assert rows["FR"]["credit"] == rows["SN"]["credit"] == 0.5
    assert sum(r["credit"] for r in rows.values()) == pytest.approx(4)
    assert found.coverage["arrivals_by_learning_without_source"] == 1


def test_topics_can_be_narrowed_to_one() -> None:
    facets = [*R, ("t1", "topic", "x"), ("t1", "topic", "y")]
    found = analyse(small(DAYS, PEOPLE, facets), "arrivals", of="topic", topic="x")
    assert {row[0] for row in frame_of(found, "value")} == {"x"}


def test_inside_a_filter_only_the_nodes_there_count() -> None:
    everywhere = analyse(small(DAYS, PEOPLE, R), "stalled").to_records()[0]
    assert (everywhere["nodes"], everywhere["trainings"]) == (7, 4)
    countries = [(code, "country", code, None) for code in ("NG", "SN")]
    world = small(DAYS, PEOPLE, R, entities=countries)
    there = analyse(world, "stalled", country=["NG", "SN"]).to_records()[0]
    assert (there["nodes"], there["learned"], there["teach_on"]) == (2, 2, 2)
    assert (there["trainings"], there["last_year"], there["last_arrival"]) == (3, 2020, 2017)
