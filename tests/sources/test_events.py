"""What the sources of events share."""

from __future__ import annotations

import pytest

from kg.ontology import Ontology
from kg.sources.collected import Collected
from kg.sources.events import (
    Organisations,
    country_at_end,
    event_key,
    formats,
    is_online,
    language_code,
)


def test_formats_by_label_in_any_language(ontology: Ontology) -> None:
    texts = ["workshops", "Atelier", "Basket weaving", "International training", "Training"]
    assert formats(ontology.schema, texts) == ["Workshop"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("English", "en"), ("français", "fr"), ("en_GB", "en-GB"), ("DE", "de"), ("Klingonese", None)],
)
def test_languages(text: str, code: str | None) -> None:
    assert language_code(text) == code


def test_online_is_said_at_the_beginning() -> None:
    assert is_online("Online, Virtual, Australia")
    assert is_online(" https://meet.example.org")
    assert not is_online("Hotel Onlinery")
    assert not is_online("House of virtual worlds")


def test_states_are_no_countries() -> None:
    assert country_at_end("Atlanta, Georgia") is None
    assert country_at_end("Tunis, Tunisie") == "TN"
    assert country_at_end("Room 5") is None


def test_long_identities_keep_apart() -> None:
    one, two = (event_key("s", "https://example.org/" + "a" * 200 + end) for end in "xy")
    assert one != two
    assert len(one) < 120


def test_organisations_of_one_name_and_two_identifiers_are_two(ontology: Ontology) -> None:
    collected = Collected("s", ontology.schema)
    organisations = Organisations("s", collected)
    rors = ["002n09z45", None, "03yrm5c26"]
    keys = [organisations.add("f", 1, {"name": "Institute", "ror": ror}) for ror in rors]
    assert keys == ["s-institute", "s-institute", "s-institute-03yrm5c26"]
    organisations.finish()
    assert collected.tables()[0].frame.height == 2
