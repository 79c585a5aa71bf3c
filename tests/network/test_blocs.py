from __future__ import annotations

import polars as pl
import pytest

from kg.network.blocs import memberships

SCHEMA = {"training": pl.String, "since": pl.String, "until": pl.String}


def member(since: str | None, until: str | None, start: str | None, end: str | None) -> bool:
    part = pl.DataFrame({"training": ["t"], "country": ["GB"]})
    when = pl.DataFrame([("t", since, until)], schema=SCHEMA, orient="row")
    bloc = pl.DataFrame(
        [("EU", "GB", start, end)],
        schema=dict.fromkeys(["bloc", "country", "start", "end"], pl.String),
        orient="row",
    )
    return memberships(part, when, bloc).height == 1


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2020-01-31", "2020-01-31", True),  # the last day is included
        ("2020-02-01", "2020-02-05", False),
        ("2020-01-30", "2020-02-05", True),  # on one of its days
        ("1972-12-31", "1972-12-31", False),
        ("1973-01-01", "1973-01-01", True),
        ("2020-01", "2020-01", True),
        ("2020-02", "2020-02", False),
        ("2020", "2020", True),  # the dates as published allow it
        ("2021", "2021", False),
        ("1972", "1972", False),
        ("1973", "1973", True),
        ("2020-01", "2020-03", True),
    ],
)
def test_membership_by_date(since: str, until: str, expected: bool) -> None:
    assert member(since, until, "1973-01-01", "2020-01-31") is expected


def test_partial_bounds_of_the_membership() -> None:
    assert member("1973-12-31", "1973-12-31", "1973", None)
    assert not member("1972-12-31", "1972-12-31", "1973", None)
    assert member("2020-01-31", "2020-01-31", None, "2020-01")
    assert not member("2020-02-01", "2020-02-01", None, "2020-01")


def test_undated_trainings_need_a_membership_without_bounds() -> None:
    assert member(None, None, None, None)
    assert not member(None, None, "1973", None)
    assert not member(None, None, None, "2020")


def test_unknown_countries_are_in_no_bloc() -> None:
    part = pl.DataFrame(
        {"training": ["t"], "country": [None]}, schema_overrides={"country": pl.String}
    )
    when = pl.DataFrame([("t", "2000", "2000")], schema=SCHEMA, orient="row")
    bloc = pl.DataFrame({"bloc": ["EU"], "country": ["GB"], "start": ["1973"], "end": ["2020"]})
    assert memberships(part, when, bloc).height == 0
