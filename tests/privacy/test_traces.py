"""Names and keys are found however they are written, and nobody else's are."""

from __future__ import annotations

import polars as pl
import pytest

from kg.privacy.traces import Traces, traces_of

ORCID = "0000-0001-2345-6789"
SOUGHT = traces_of(
    ["Carla Muster", "José Exemplo", "أحمد مثال", "样本"],
    ["own-carla-17", ORCID, "ada", "carla", "123456"],
    ["Carla Muster Beispiel", "own-carla-17-b", "other-carla-muster", "Carla Muster", "Bob"],
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Led by Carla Muster.", "Led by …."),
        ("CARLA  MUSTER, Carla-Muster; carla_muster", "…, …; …"),
        ("Muster, Carla", "…"),
        ("https://example.org/~carlamuster/", "https://example.org/~…/"),
        ("https://example.org/a%20carla%20muster", "https://example.org/a%20…"),
        ("Jose Exemplo and JOSÉ EXEMPLO and José Exemplo", "… and … and …"),
        ("حضر وأحمد مثال", "حضر …"),
        ("由样本教授", "由…教授"),
        ('"one\\nCarla Muster\\n"@en', '"one\\n…\\n"@en'),
        ("badge-own-carla-17", "badge-…"),
        (f"https://orcid.org/{ORCID}", "https://orcid.org/…"),
        ("own-carla-17, not own-carla-17-b", "…, not own-carla-17-b"),
    ],
)
def test_what_is_found(text: str, left: str) -> None:
    assert SOUGHT.without(text) == left
    assert SOUGHT.found(pl.Series([text, None])).to_list() == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "Carla and Muster", "Carlas Musters", "ada", "carla", "123456",
        "Carla Muster Beispiel", "own-carla-17-b", "training/other-carla-muster/2019", "",
    ],
)  # fmt: skip
def test_what_is_left(text: str) -> None:
    assert SOUGHT.without(text) == text
    assert not SOUGHT.found(pl.Series([text])).any()


def test_a_short_name_is_found_only_with_its_blank() -> None:
    sought = traces_of(["Jo An"], [])
    assert sought.without("Joan and Jo An") == "Joan and …"


def test_nothing_to_look_for_finds_nothing() -> None:
    assert not traces_of(["Rose"], ["rose"])
    assert Traces().found(pl.Series(["Rose"])).to_list() == [False]
    assert Traces().without("Rose") == "Rose"
