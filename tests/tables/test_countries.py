"""Countries by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.tables.countries import ambiguous_countries, country_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Niger", "NE"), ("Nigeria", "NG"), ("النيجر", "NE"), ("نيجيريا", "NG"),
        ("Guinea", "GN"), ("Guinea-Bissau", "GW"), ("Equatorial Guinea", "GQ"),
        ("Turkey", "TR"), ("Türkiye", "TR"), ("TURQUIE", "TR"), ("the Netherlands", "NL"),
        ("Côte d'Ivoire", "CI"), ("Cote d’Ivoire", "CI"), ("Arabie saoudite", "SA"),
        ("المملكة العربية السعودية", "SA"), ("السعودية", "SA"), ("UK", "GB"), ("EL", "GR"),
        ("Sénégal", "SN"), ("Bosnia & Herzegovina", "BA"), ("Korea, Republic of", "KR"),
        ("Iran (Islamic Republic of)", "IR"), ("Palestine", "PS"),
    ],
)  # fmt: skip
def test_a_name_means_one_country(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize("name", ["Congo", "Korea", "Virgin Islands", "Nigera", "Europe", "", "?"])
def test_what_is_ambiguous_or_unknown_means_none(name: str) -> None:
    assert country_code(name) is None


def test_an_ambiguous_name_is_told_with_its_meanings() -> None:
    assert "CD (Congo - Kinshasa) or CG (Congo - Brazzaville)" in ambiguous_countries()["congo"]


@given(st.text(max_size=20))
def test_no_text_makes_it_fail(name: str) -> None:
    assert country_code(name) is None or len(str(country_code(name))) == 2
