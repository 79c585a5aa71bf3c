"""One thing in the middle, in the world of tests/network/worlds.py, reckoned by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from kg.errors import QueryError
from kg.settings import AnalyseSettings
from tests.analysis.worlds import analyse, frame_of, small
from tests.network.worlds import world


def row(subject: str, **given: Any) -> dict[str, Any]:
    return analyse(world(), "profile", subject=subject, **given).to_records()[0]


def test_profile_of_an_institution() -> None:
    # A hosts t1 and t2, learns at t2 (5 unnamed) and t3 (p4); it meets B, C and D.
    found = row("A")
    assert found["subject_label"] == "Ankh University"
    assert (found["trainings"], found["first_year"], found["last_year"]) == (3, 2012, 2019)
    assert (found["learned"], found["taught"], found["people"]) == (6, 0, 1)
    assert (found["partners"], found["countries"]) == (3, 4)  # F only paid
    assert (found["hosted"], found["organised"], found["funded"]) == (2, 0, 0)
    assert found["topics"] == 2


def test_profile_of_a_country_counts_where_trainings_were_held() -> None:
    # ZA: place of t1 and t2, learners at t2 and t3.
    found = row("ZA")
    assert (found["trainings"], found["learned"], found["taught"]) == (3, 6, 0)


def test_profile_of_a_topic_counts_everybody() -> None:
    found = row("topic:genomics")
    assert (found["trainings"], found["learned"], found["taught"]) == (1, 12, 1)
    assert (found["hosted"], found["organised"], found["funded"]) == (1, 1, 1)


def test_profile_of_a_pair_is_of_what_they_share() -> None:
    found = row("A", also="D")  # t1 and t3
    assert (found["trainings"], found["learned"]) == (2, 1)


def test_profile_of_everything() -> None:
    found = analyse(world(), "profile").to_records()[0]
    assert (found["subject"], found["trainings"], found["taught"]) == ("all", 4, 5)


def test_small_groups_without_names_are_withheld() -> None:
    policy = AnalyseSettings(least_trainings=1, suppress_below=6)
    found = analyse(world(), "profile", policy, subject="B").to_records()[0]
    assert found["learned"] is None  # a group of unknown size


def test_coverage_says_what_is_missing() -> None:
    found = analyse(world(), "coverage", subject="A")
    rows = {(r["aspect"], r["of"]): (r["total"], r["known"]) for r in found.to_records()}
    assert rows["date", "trainings"] == (3, 3)
    assert rows["funder", "trainings"] == (3, 1)
    assert rows["topic", "trainings"] == (3, 2)
    assert rows["outcome", "trainings"] == (3, 0)
    assert rows["name", "participations"] == (2, 1)
    assert rows["size", "groups"] == (1, 1)
    assert all(r["missing"] == r["total"] - r["known"] for r in found.to_records())


def test_breakdown_by_year_takes_the_subjects_own_people() -> None:
    found = analyse(world(), "breakdown", subject="A", by="year")
    assert frame_of(found, "group", "trainings", "learned", "taught", "hosted") == [
        ("2012", 1, 0, 0, 1), ("2014", 1, 5, 0, 1), ("2019", 1, 1, 0, 0),
    ]  # fmt: skip


def test_breakdown_by_institution_of_the_others() -> None:
    found = analyse(world(), "breakdown", subject="A", by="institution", who="others")
    assert frame_of(found, "group", "trainings", "learned", "taught", "funded") == [
        ("C", 3, 0, 3, 0), ("D", 2, 12, 1, 0), ("B", 2, 1, 0, 0), ("F", 1, 0, 0, 1),
    ]  # fmt: skip


def test_breakdown_compares_with_all_trainings() -> None:
    # Of the trainings with a sector, 2 of 3 are about health; of C's, all three are in t1 to t3.
    found = analyse(world(), "breakdown", subject="B", by="sector")
    rows = {r["group"]: r for r in found.to_records()}
    assert rows["sector:health"]["share"] == pytest.approx(1 / 2)
    assert rows["sector:health"]["quotient"] == pytest.approx((1 / 2) / (2 / 3))


def test_breakdown_of_a_training_by_role() -> None:
    found = analyse(world(), "breakdown", subject="t3", by="role", who="all")
    assert set(frame_of(found, "group", "learned", "taught")) == {
        ("learner", 1, 0), ("educator", 0, 1), ("mentor", 0, 1), ("host", 0, 0),
    }  # fmt: skip


def test_exchange_shares_learners_among_educators() -> None:
    # t3: D and C each taught one, so half of A's learner each; t1: C taught 12 of D, alone.
    found = analyse(world(), "exchange", subject="D")
    assert set(frame_of(found, "partner", "given", "received", "trainings")) == {
        ("C", 0.0, 12.0, 2), ("A", 0.5, 0.0, 2), ("B", 0.0, 0.0, 2),
    }  # fmt: skip
    by_country = analyse(world(), "exchange", subject="D", level="country")
    assert ("NG", 30.0, 0.0, 2) in frame_of(by_country, "partner", "given", "received", "trainings")


def test_exchange_needs_somebody_who_can_teach() -> None:
    found = analyse(world(), "exchange", subject="topic:genomics")
    assert not found.rows
    assert "Only people" in str(found.meta["reason"])


def test_appearances_say_in_what_capacity() -> None:
    found = analyse(world(), "appearances", subject="A")
    assert frame_of(found, "training", "capacity", "held_in", "learned", "taught") == [
        ("t3", "learner", "GB", 1, 2), ("t2", "learner, host", "ZA", 6, 1),
        ("t1", "host", "ZA", 12, 1),
    ]  # fmt: skip
    shared = analyse(world(), "appearances", subject="A", also="sector:technology")
    assert frame_of(shared, "training") == [("t2",)]


def test_outcomes_are_counted_once() -> None:
    columns = small(
        [("t", "2020-01-01")],
        [("t", "learner", "p", None, None, None)],
        entities=[("p", "person", "P", None)],
        outcomes=[("t", "o", "reviewed", None), ("t", "o", "acknowledged", None)],
    )
    assert analyse(columns, "profile", subject="p").to_records()[0]["outcomes"] == 1
    assert analyse(columns, "appearances", subject="p").to_records()[0]["outcomes"] == 1


def test_a_bloc_is_its_members_at_the_time() -> None:
    columns = small(
        [("t1", "2010"), ("t2", "2020")],
        [("t1", "learner", "p", None, "X", None), ("t2", "learner", "p", None, "X", None)],
        entities=[("b", "bloc", "Bloc", None)],
        bloc_members=[("b", "X", "2015", None)],
    )
    assert frame_of(analyse(columns, "appearances", subject="b"), "training") == [("t2",)]


def test_a_known_thing_without_trainings_has_no_rows_and_a_reason() -> None:
    columns = small(
        [("t", "2020")],
        [("t", "learner", "p", None, None, None)],
        entities=[("o", "organisation", "O", None)],
    )
    for name in ("profile", "coverage", "breakdown", "appearances", "exchange"):
        found = analyse(columns, name, subject="o")
        assert not found.rows
        assert found.meta["reason"]


def test_what_nothing_knows_is_refused() -> None:
    with pytest.raises(QueryError, match=r"subject='nobody'.*Accepted"):
        analyse(world(), "profile", subject="nobody")
    with pytest.raises(QueryError, match="also='nobody'"):
        analyse(world(), "breakdown", subject="A", also="nobody")


def test_numbers_are_whole() -> None:
    found = analyse(world(), "breakdown", subject="A", by="institution", who="others").to_polars()
    assert all(found.schema[c] == pl.Int64 for c in ("trainings", "learned", "taught", "hosted"))


def test_breakdown_of_a_bloc_or_country_counts_its_people() -> None:
    # health: t1 (12 of TR, taught by GB) and t3 (p4 of ZA, taught by TR and GB)
    given = {"subject": "sector:health", "by": "country", "who": "all"}
    found = analyse(world(), "breakdown", country="TR", **given)
    assert frame_of(found, "group", "trainings", "learned", "taught") == [("TR", 2, 12, 1)]


def test_filters_that_mean_nothing_are_refused() -> None:
    with pytest.raises(QueryError, match="has no parameter 'bloc'"):
        analyse(world(), "profile", subject="A", bloc="OIC")
