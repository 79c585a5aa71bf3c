"""Code words in cells are said in the language of the page; what is no code word stays."""

from __future__ import annotations

import pytest

from kg.language import speaking
from kg.web.bindings import Term
from kg.web.codes import in_words, said_code


@pytest.mark.parametrize(
    ("text", "said"),
    [("reject", "rejeté"), ("learner", "apprenant"), ("Amina of Fez", "Amina of Fez"),
     ("learner; educator", "apprenant, formateur"), ("learner educator", "apprenant, formateur")],
)  # fmt: skip
def test_code_words_are_said(text: str, said: str) -> None:
    assert said_code(text) == text
    with speaking("fr"):
        assert said_code(text) == said


def test_a_list_has_the_comma_of_its_language() -> None:
    with speaking("ar"):
        assert "، " in said_code("learner, educator")


def test_only_columns_of_codes_are_said() -> None:
    word = Term("literal", "learner")
    with speaking("fr"):
        assert in_words("capacity", word) == Term("literal", "apprenant")
        assert in_words("name", word) == word
        assert in_words("name", Term("literal", "true")) == Term("literal", "oui")
        assert in_words("name", None) is None
