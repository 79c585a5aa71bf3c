"""What sources share: text without markup, language tags, concepts by name, countries."""

from __future__ import annotations

import pytest

from kg.ontology import Ontology
from kg.sources.collected import (
    Collected,
    Concepts,
    clean_text,
    is_valid,
    joined,
    tagged,
    web_address,
)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("<p>One</p><p>two &amp; <b>three</b></p>", "One two & three"),
        ("a < b and c > d", "a < b and c > d"),
        ("x<script>alert(1)</script>y", "x y"),
        (" \n ", None),
        (None, None),
        ("&nbsp;", None),
    ],
)
def test_text_loses_its_markup(text: str | None, bare: str | None) -> None:
    assert clean_text(text) == bare


def test_a_text_that_ends_like_a_language_is_none() -> None:
    assert tagged("write to me@uni") == "write to me＠uni"
    assert tagged("write to me@uni", "en") == "write to me@uni@en"
    assert tagged("me@uni.example.org") == "me@uni.example.org"
    assert tagged("") is None


def test_bars_do_not_split_a_value() -> None:
    assert joined(["a|b", "c", None, "c", " "]) == "a｜b|c"
    assert joined([]) is None


def test_an_address_is_found_inside_a_text() -> None:
    assert web_address("see https://example.org/a?b=1, please") == "https://example.org/a?b=1"
    assert web_address("123") is None


def test_concepts_are_found_by_label_and_notation(ontology: Ontology) -> None:
    concepts = Concepts(ontology.schema)
    assert str(concepts.find("topics", "Open  SCIENCE")).endswith("/topic/open-science")
    assert str(concepts.find("methods", "version-control-git")).endswith("version-control-git")
    assert concepts.find("topics", "Basket weaving") is None
    assert concepts.unknown(["Open science", "Basket weaving"]) == ["Basket weaving"]


def test_countries_are_names_or_codes_and_never_guessed(ontology: Ontology) -> None:
    collected = Collected("s", ontology.schema)
    texts = ["Hong Kong", "UK", "SE", "Europe", "ZZ", None]
    found = [collected.country("organisations", "f", 1, text) for text in texts]
    assert found == ["HK", "GB", "SE", None, None, None]
    (table,) = collected.tables()
    assert [note.value for note in table.notes] == ["Europe", "ZZ"]
    assert table.frame.height == 0


def test_check_digits_decide() -> None:
    assert is_valid("orcid", "0000-0002-1825-0097")
    assert not is_valid("orcid", "0000-0002-1825-0098")
