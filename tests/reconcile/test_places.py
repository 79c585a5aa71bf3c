"""Countries and cities in a text."""

from __future__ import annotations

import pytest

from kg.reconcile.places import Gazetteer
from kg.reconcile.words import read_words


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(
        [("Cairo", "EG"), ("Cambridge", "GB"), ("Cambridge", "US"), ("New Delhi", "IN")]
    )


def codes(gazetteer: Gazetteer, text: str) -> list[set[str]]:
    return [set(m.codes) for m in gazetteer.mentions(read_words(text))[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X, Egypt", [{"EG"}]),
        ("X, مصر", [{"EG"}]),
        ("X, P.R. China", [{"CN"}]),
        ("X, South Korea", [{"KR"}]),
        ("X, New Mexico, USA", [{"US"}, {"US"}]),
        ("X, Cambridge, MA 02139", [{"US"}]),
        ("X in Ma", []),
        ("X, USSR", [{"RU", "UA", "BY", "UZ", "KZ", "GE", "AZ", "LT", "MD", "LV", "KG", "TJ", "AM",
                      "TM", "EE"}]),
        ("X, Niger", [{"NE"}]),
        ("X, Nigeria", [{"NG"}]),
    ],
)  # fmt: skip
def test_countries_are_found(gazetteer: Gazetteer, text: str, expected: list[set[str]]) -> None:
    assert codes(gazetteer, text) == expected


def test_cities_are_found_with_their_countries(gazetteer: Gazetteer) -> None:
    _, cities = gazetteer.mentions(read_words("Lab, New Delhi 110016; Cambridge University"))
    assert [(c.city, set(c.codes), c.alone) for c in cities] == [
        ("new delhi", {"IN"}, True),
        ("cambridge", {"GB", "US"}, False),
    ]
