"""Drawings inside pages: what they show, and that names stay text."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from flask import Flask

from kg.web.profiles.drawing import DRAWINGS, exchange, sides, years

HOSTILE = "\"for <script>alert('all')</script>\" & \u202ereversed\u202c"
RECORDS = [
    {"group": "2010", "group_label": HOSTILE, "learned": 3, "taught": 1},
    {"group": "2012", "group_label": "B", "learned": None, "taught": 2},
]


def svg(drawn: object) -> ElementTree.Element:
    root = ElementTree.fromstring(str(drawn))
    found = root.find("svg")
    assert found is not None
    return found


def test_years_leave_room_for_those_without_data(app: Flask) -> None:
    with app.test_request_context("/"):
        drawn = svg(years(RECORDS, "When?"))
    boxes = drawn.findall("rect")
    assert [b.findtext("title") for b in boxes] == [
        "2010: learned 3", "2010: taught 1", "2012: taught 2",
    ]  # fmt: skip
    # three years wide, and the stack of 2010 is twice as high as that of 2012
    assert float(boxes[2].get("x", 0)) - float(boxes[0].get("x", 0)) > 300
    heights = [float(b.get("height", 0)) for b in boxes]
    assert heights[0] + heights[1] == pytest.approx(2 * heights[2], abs=0.2)


@pytest.mark.parametrize("address", ["/", "/ar/", "/fr/"])
def test_names_stay_text(app: Flask, address: str) -> None:
    with app.test_client() as client:
        client.get(f"{address}search?q=x")
        drawn = svg(sides(RECORDS, HOSTILE))
    assert drawn.get("aria-label") == HOSTILE
    assert HOSTILE in [t.text for t in drawn.iter("title")]
    assert not list(drawn.iter("script"))


def test_long_names_are_shortened_and_said_in_full_when_pointed_at(app: Flask) -> None:
    name = "A very long name of an institution that no drawing has room for"
    rows = [{"partner_label": n, "given": 1.5, "received": 2} for n in (name, "Short")]
    with app.test_request_context("/"):
        text = svg(exchange(rows, "Whom?")).findall("text")[0]
    assert text.findtext("title") == name
    assert len("".join(text.itertext())) < 2 * len(name)


def test_nothing_to_see_is_not_drawn(app: Flask) -> None:
    with app.test_request_context("/"):
        for draw in DRAWINGS.values():
            assert draw([], "?") is None
            assert draw([{"group": "2010", "learned": 1, "taught": 0, "given": 1, "received": 0,
                          "group_label": "x", "partner_label": "x"}], "?") is None  # fmt: skip


def test_years_without_seats_show_trainings(app: Flask) -> None:
    rows = [{"group": str(y), "learned": 0, "taught": None, "trainings": 2} for y in (2010, 2011)]
    with app.test_request_context("/"):
        drawn = svg(years(rows, "When?"))
    assert drawn.findall("rect")[0].findtext("title") == "2010: trainings 2"


def test_an_exchange_is_told_from_the_thing_in_the_middle(app: Flask) -> None:
    rows = [{"partner_label": n, "given": 1.5, "received": 2.0} for n in ("A", "B")]
    with app.test_request_context("/"):
        boxes = svg(exchange(rows, "Whom?")).findall("rect")
    assert [(b.get("class"), b.findtext("title")) for b in boxes[:2]] == [
        ("learned", "A: learned 2"), ("taught", "A: taught 1.5"),
    ]  # fmt: skip
