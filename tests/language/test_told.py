"""Messages that keep their values: English as they stand, sayable in each language."""

from __future__ import annotations

import json
import pickle

import pytest

from kg.language import Share, Told, both, catalogue, said, speaking, spoken, tell, tell_number


@pytest.fixture(autouse=True)
def _small_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak from a dictionary, so that these tests hold whatever the catalogues say."""
    known = {
        "%(part)s of %(whole)s rows": "%(part)s lignes sur %(whole)s",
        "a node": "un nœud",
        "Known: %(what)s.": "Connu : %(what)s.",
    }
    monkeypatch.setattr(
        "kg.language.told.message",
        lambda text, code: text if code == "en" else known.get(text, text),
    )
    forms = {"%(num)s row": "%(num)s ligne"}
    monkeypatch.setattr("kg.language.told.plural", lambda one, many, n, code: (
        (one if n == 1 else many) if code == "en" else forms[one] + ("s" if n > 1 else "")
    ))  # fmt: skip


def test_a_message_is_its_english_text() -> None:
    told = tell("%(part)s of %(whole)s rows", part=3, whole=1200)
    assert told == "3 of 1,200 rows" and isinstance(told, str)
    assert json.dumps(told) == '"3 of 1,200 rows"'


def test_a_message_is_said_with_the_numbers_of_the_language() -> None:
    told = tell("%(part)s of %(whole)s rows", part=Share(0.125, 1), whole=1200)
    assert spoken(told, "fr") == "12,5\u202f% lignes sur 1\u202f200"
    assert spoken(told, "en") == "12.5% of 1,200 rows"


def test_values_that_are_messages_are_said_too() -> None:
    told = tell("Known: %(what)s.", what=tell("a node"))
    assert spoken(told, "fr") == "Connu : un nœud." and told == "Known: a node."
    assert spoken(tell("Known: %(what)s.", what="a node"), "fr") == "Connu : a node.", "a name"


def test_the_form_follows_the_number() -> None:
    found = [spoken(tell_number("%(num)s row", "%(num)s rows", n), "fr") for n in (1, 2)]
    assert found == ["1 ligne", "2 lignes"]
    assert tell_number("%(num)s row", "%(num)s rows", 2) == "2 rows"


def test_per_cent_signs_stay_where_nothing_is_filled_in() -> None:
    assert tell("the 95 % interval") == "the 95 % interval"


def test_two_messages_make_one() -> None:
    assert both("a node", "a row") == "a node; a row"
    assert spoken(both("a node", "a row"), "fr") == "un nœud; a row"


def test_a_message_reaches_another_process_whole() -> None:
    told = tell("%(part)s of %(whole)s rows", part=Share(0.5, 1), whole=2)
    back = pickle.loads(pickle.dumps(told))
    assert isinstance(back, Told) and spoken(back, "fr") == spoken(told, "fr")


def test_speaking_says_all_inside_in_a_language() -> None:
    with speaking("fr"):
        assert said("a node") == "un nœud"
        with speaking("en"):
            assert said("a node") == "a node"
    assert said("a node") == "a node"
    with pytest.raises(ValueError, match="Accepted: en, ar, fr"), speaking("de"):
        pass


def test_arabic_has_six_forms_in_the_catalogues() -> None:
    forms = {catalogue.plural("%(num)s training", "%(num)s trainings", n, "ar")
             for n in (0, 1, 2, 3, 11, 100)}  # fmt: skip
    assert len(forms) >= 4
