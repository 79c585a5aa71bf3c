"""Dates as people write them; the readings were worked out by hand or with a printed calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.tables.dates import read_date

READ = [
    ("3 April 2019", "2019-04-03"),
    ("April 3rd, 2019", "2019-04-03"),
    ("3-Sep-2019", "2019-09-03"),
    ("Sept 2019", "2019-09"),
    ("1er août 2018", "2018-08-01"),
    ("15 févr. 2020", "2020-02-15"),
    ("décembre 2021", "2021-12"),
    ("3 أبريل 2019", "2019-04-03"),
    ("12 كانون الثاني 2020", "2020-01-12"),
    ("5 جويلية 2017", "2017-07-05"),
    ("2019/04/03", "2019-04-03"),
    ("31.12.2019", "2019-12-31"),
    ("12/25/2019", "2019-12-25"),
    ("04/04/2019", "2019-04-04"),
    ("04/2019", "2019-04"),
    ("2019-04-03 00:00:00", "2019-04-03"),
    ("43559", "2019-04-04"),  # Excel: =DATEVALUE("2019-04-04")
]
REFUSED = [
    "2019-02-30", "31/02/2019", "13/13/2019", "3 Aprl 2019", "03/04/19", "April", "next week",
    "3 April 2019 or later", "1440-13-01 AH", "رجب 1440", "30 محرم 1440", "", "123456",
    "2019-04-03T09:30:00", "5 May 2019 2020",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ)
def test_it_is_read(text: str, expected: str) -> None:
    reading = read_date(text)
    assert reading is not None
    assert reading.value == expected


@pytest.mark.parametrize("text", REFUSED)
def test_it_is_not_guessed(text: str) -> None:
    reading = read_date(text)
    assert reading is None or reading.value is None


@pytest.mark.parametrize(
    "text", ["28 رجب 1440 هـ", "28 Rajab 1440", "28/07/1440 AH", "1440-07-28 هـ", "28-7-1440 H"]
)
def test_hijri_dates_are_converted_and_the_original_is_told(text: str) -> None:
    reading = read_date(text)
    assert reading is not None
    assert reading.value == "2019-04-04"  # Umm al-Qura calendar
    assert reading.note == "the Hijri date 1440-07-28, 2019-04-04"


def test_two_orders_are_a_question_until_the_project_answers() -> None:
    asked = read_date("03/04/2019")
    assert asked is not None
    assert (asked.value, asked.hint) == (None, "2019-04-03 or 2019-03-04")
    assert read_date("03/04/2019", "day-first").value == "2019-04-03"  # type: ignore[union-attr]
    assert read_date("03/04/2019", "month-first").value == "2019-03-04"  # type: ignore[union-attr]
    assert read_date("25/04/2019", "month-first") is None


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)))
def test_a_date_written_out_is_read_back(day: dt.date) -> None:
    for text in (f"{day:%d %B %Y}", f"{day:%B} {day.day}, {day.year}", f"{day:%Y/%m/%d}"):
        reading = read_date(text)
        assert reading is not None
        assert reading.value == day.isoformat()
    assert read_date(f"{day:%d/%m/%Y}", "day-first").value == day.isoformat()  # type: ignore[union-attr]


@given(st.text(max_size=30))
def test_no_text_makes_it_fail(text: str) -> None:
    reading = read_date(text)
    assert reading is None or reading.value or reading.hint
