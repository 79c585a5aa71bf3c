"""Series, people who come back, learners who teach, gaps, specialisation, trends, diversity."""

from __future__ import annotations

import math

import pytest

from tests.analysis.worlds import analyse, frame_of, small
from tests.network.worlds import world

YEARLY = [(f"y{year}", f"{year}-06-01") for year in (2010, 2011, 2012, 2014, 2015)]


def test_a_yearly_series_with_a_gap_that_lapsed() -> None:
    late = ("other", "2020-06-01")
    facets = [(t, "series", "S") for t, _ in YEARLY]
    row = analyse(small([*YEARLY, late], [], facets), "regularity").to_records()[0]
    assert (row["trainings"], row["dated"], row["cadence"], row["missed"]) == (5, 5, "yearly", 1)
    assert row["median_gap"] == pytest.approx(12)
    assert row["longest_gap"] == pytest.approx(24)
    assert row["gap_cv"] == pytest.approx(6 / 15)  # gaps 12, 12, 24, 12: mean 15, sd 6
    assert row["months_since_last"] == pytest.approx(60)
    assert row["lapsed"] is True


def test_silence_after_the_end_of_the_record_is_no_lapse() -> None:
    late = ("other", "2020-06-01")
    facets = [(t, "series", "S") for t, _ in YEARLY]
    facets += [(t, "programme", "P") for t, _ in YEARLY]
    row = analyse(small([*YEARLY, late], [], facets), "regularity").to_records()[0]
    assert row["months_since_last"] == 0  # the programme's record ends with it
    assert row["lapsed"] is False


def test_a_series_does_not_lapse_because_a_country_stays_away() -> None:
    facets = [(t, "series", "S") for t, _ in YEARLY]
    people = [(YEARLY[0][0], "learner", "a", None, "NG", 1)]
    world = small(YEARLY, people, facets, entities=[("NG", "country", "NG", None)])
    row = analyse(world, "regularity", country="NG").to_records()[0]
    assert (row["trainings"], row["lapsed"]) == (5, False)


def test_two_trainings_are_no_cadence() -> None:
    facets = [(t, "series", "S") for t, _ in YEARLY[:2]]
    found = analyse(small(YEARLY, [], facets), "regularity")
    row = found.to_records()[0]
    assert row["cadence"] is None
    assert row["lapsed"] is None
    assert "fewer than 3" in str(found.meta["empty_cells"])


def test_bursts_are_irregular() -> None:
    days = ["2010-01-01", "2010-01-02", "2010-01-03", "2010-01-04", "2014-01-01"]
    trainings = [(f"t{n}", day) for n, day in enumerate(days)]
    facets = [(t, "series", "S") for t, _ in trainings]
    row = analyse(small(trainings, [], facets), "regularity").to_records()[0]
    assert row["cadence"] == "irregular"
    assert row["lapsed"] is False  # it ends with the last training of the selection


def test_retention_by_hand() -> None:
    people = [
        ("y2010", "learner", "a", None, None, 1), ("y2010", "learner", "b", None, None, 1),
        ("y2010", "learner", "c", None, None, 1), ("y2011", "learner", "a", None, None, 1),
        ("y2012", "educator", "b", None, None, 1), ("y2014", "learner", "d", None, None, 1),
        ("y2015", "learner", "d", None, None, 1),
    ]  # fmt: skip
    found = analyse(small(YEARLY, people), "retention", horizon=2)
    assert frame_of(found, "cohort", "horizon", "people", "returned") == [
        ("2010", 1, 3, 1), ("2010", 2, 3, 2), ("2014", 1, 1, 1), ("2014", 2, 1, None),
    ]  # fmt: skip
    learners = analyse(small(YEARLY, people), "retention", horizon=2, side="learner")
    assert frame_of(learners, "returned")[:2] == [(1,), (1,)]


def test_transitions_by_hand() -> None:
    people = [
        ("y2010", "learner", "a", None, None, 1), ("y2010", "learner", "b", None, None, 1),
        ("y2012", "educator", "a", None, None, 1), ("y2011", "learner", "c", None, None, 1),
        # taught before, and on the day itself: neither came after learning
        ("y2010", "educator", "c", None, None, 1), ("y2011", "educator", "c", None, None, 1),
        ("y2015", "educator", "z", None, None, 1),
    ]  # fmt: skip
    found = analyse(small(YEARLY, people), "transitions", within_years=3)
    row = found.to_records()[0]
    assert (row["learners"], row["became_educators"]) == (3, 1)
    assert row["median_years"] == pytest.approx(2)
    # a after 2 years; b and c censored after 5 and 4: S = 2/3
    assert row["by_then"] == pytest.approx(1 / 3)
    assert row["by_then_low"] < 1 / 3 < row["by_then_high"]


def test_gaps_by_hand() -> None:
    trainings = [(f"t{n}", "2015") for n in range(8)]
    facets = [(f"t{n}", "sector", "health" if n < 4 else "energy") for n in range(8)]
    facets += [(f"t{n}", "country", "KE" if n < 4 else "NG") for n in range(8)]
    facets += [("t7", "country", "KE")]
    countries = [(c, "country", c, None) for c in ("KE", "NG", "ZA")]
    found = analyse(small(trainings, [], facets, entities=countries), "gap-map")
    rows = {(r["country"], r["value"]): r for r in found.to_records()}
    assert rows["NG", "health"]["expected"] == pytest.approx(4 * 4 / 8)
    assert {key: row["state"] for key, row in rows.items()} == {
        ("KE", "health"): "covered", ("NG", "health"): "gap", ("ZA", "health"): "nothing at all",
        ("KE", "energy"): "thin", ("NG", "energy"): "covered", ("ZA", "energy"): "nothing at all",
    }  # fmt: skip
    narrowed = analyse(small(trainings, [], facets, entities=countries), "gap-map", country="ZA")
    assert {row[0] for row in frame_of(narrowed, "country")} == {"ZA"}


def test_the_location_quotient_of_a_textbook() -> None:
    # A region with 10 % of its activity in what is 5 % elsewhere has a quotient of 2; the
    # definition of Florence (1939) and of the U.S. Bureau of Labor Statistics.
    trainings = [(f"t{n:03}", "2015") for n in range(120)]
    people = [(f"t{n:03}", "educator", None, None, "A" if n < 20 else "B", 1) for n in range(120)]
    facets = [
        (f"t{n:03}", "topic", "ships" if n in (0, 1) or 20 <= n < 24 else "rest")
        for n in range(120)
    ]
    found = analyse(small(trainings, people, facets), "specialisation")
    row = next(r for r in found.to_records() if (r["node"], r["value"]) == ("A", "ships"))
    assert row["quotient"] == pytest.approx((2 / 20) / (6 / 120))
    assert 1 < row["shrunken"] < 2
    assert not row["specialised"]  # two trainings prove nothing


def test_not_everybody_can_be_specialised_in_what_everybody_shares() -> None:
    # Two are together at all trainings on open science, each alone at the others: of what they
    # do between them each has its share. Balassa (1965): the world is the sum of its countries.
    days = [(f"t{n}", "2015") for n in range(6)]
    people = [(f"t{n}", "learner", None, None, land, 1) for n in range(2) for land in ("A", "B")]
    people += [(f"t{n}", "learner", None, None, "A" if n < 4 else "B", 1) for n in range(2, 6)]
    facets = [(f"t{n}", "topic", "open" if n < 2 else "other") for n in range(6)]
    found = analyse(small(days, people, facets), "specialisation")
    assert {row[0] for row in frame_of(found, "quotient")} == {1.0}
    assert found.coverage["appearances_compared"] == 8


def test_a_bloc_is_compared_with_the_whole_world() -> None:
    members = [("x", "A", None, None), ("x", "B", None, None), ("y", "B", None, None)]
    days = [(f"t{n}", "2015") for n in range(4)]
    people = [("t0", "learner", None, None, land, 1) for land in ("A", "B")]
    people += [(f"t{n}", "learner", None, None, "C", 1) for n in range(1, 4)]
    facets = [("t0", "topic", "open"), *((f"t{n}", "topic", "other") for n in range(1, 4))]
    tables = small(days, people, facets, bloc_members=members)
    found = {r["node"]: r for r in analyse(tables, "specialisation", level="bloc").to_records()}
    # Two of five appearances are on open science; all of x's two, both at one training, are.
    assert found["x"]["trainings"] == found["x"]["of_node"] == 2
    assert found["y"]["trainings"] == found["y"]["of_node"] == 1
    assert found["x"]["quotient"] == found["y"]["quotient"] == pytest.approx(5 / 2)


def test_trends_show_years_without_any() -> None:
    facets = [(t, "topic", "x") for t, _ in YEARLY]
    people = [("y2010", "learner", None, None, None, 7), ("y2010", "educator", "a", None, None, 1)]
    found = analyse(small(YEARLY, people, facets), "trends", by="topic")
    assert frame_of(found, "year", "trainings", "of_year", "learners", "educators") == [
        (2010, 1, 1, 7, 1), (2011, 1, 1, 0, 0), (2012, 1, 1, 0, 0), (2013, 0, 0, 0, 0),
        (2014, 1, 1, 0, 0), (2015, 1, 1, 0, 0),
    ]  # fmt: skip
    assert frame_of(found, "share")[3] == (None,)


def test_trends_without_rows_say_what_is_missing() -> None:
    by_topic = analyse(small([("t1", "2015")], []), "trends", by="topic")
    assert by_topic.reason == "No selected training with a year has a topic."
    assert analyse(small([("t1", None)], []), "trends").reason == "No selected training has a year."


PLACES = [("GB", 54.0, -2.0), ("TR", 39.0, 35.0), ("ZA", -29.0, 24.0)]


def test_diversity_by_hand() -> None:
    tables = {**small([], [], coordinates=PLACES), **world()}
    found = {r["training"]: r for r in analyse(tables, "diversity").to_records()}
    # t1: one of GB taught twelve of TR
    p = 1 / 13
    assert found["t1"]["people"] == 13
    assert found["t1"]["blau"] == pytest.approx(1 - p**2 - (1 - p) ** 2)
    assert found["t1"]["effective_kinds"] == pytest.approx(math.exp(found["t1"]["shannon"]))
    assert 0 < found["t1"]["rao_stirling"] < found["t1"]["blau"]
    assert found["t1"]["known_share"] == 1
    assert found["t4"]["rao_stirling"] is None  # Nigeria has no coordinates here


def test_diversity_of_subjects_uses_their_co_occurrence() -> None:
    facets = [("a", "topic", "x"), ("a", "topic", "y"), ("b", "topic", "x"), ("b", "topic", "z")]
    found = analyse(small([("a", "2015"), ("b", "2016")], [], facets), "diversity", of="topic")
    rows = {r["training"]: r for r in found.to_records()}
    # cos(x, y) = 1/√2 · 1 … x is in both trainings, y in one: d = 1 − 1/√2, and Δ = 2·¼·d
    assert rows["a"]["rao_stirling"] == pytest.approx((1 - 1 / math.sqrt(2)) / 2)
    assert rows["a"]["kinds"] == 2
