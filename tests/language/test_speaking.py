"""Code words in cells are said in the language; names stay what they are."""

from __future__ import annotations

import pytest

from kg.language import speaking, spoken_word


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("gap", "lacune"),
        ("none, none expected", "rien, et rien d'attendu"),
        ("Oslo, Norway", "Oslo, Norway"),
        ("a word that nobody knows", "a word that nobody knows"),
    ],
)
def test_words_in_french(word: str, said: str) -> None:
    with speaking("fr"):
        assert spoken_word(word) == said
    assert spoken_word(word) == word
