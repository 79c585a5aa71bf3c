"""Names as words that compare."""

from __future__ import annotations

import doctest

import pytest

from kg.reconcile import words
from kg.reconcile.words import domain_of, read_keys, read_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Université de Liège", "UNIVERSITE DE LIEGE"),
        ("Univ. of Technol.", "University of Technology"),
        ("Max-Planck-Institut", "Max Planck Institute"),
        ("St. Luke's Hospital", "Sankt Lukes Hospital"),
        ("Xi'an", "Xian"),
        ("Академия наук", "Akademiya nauk"),
        ("Πανεπιστήμιο Αθηνών", "Panepistimio Athinon"),
        ("جَامِعَة", "جامعة"),
        ("Ｆｕｌｌ", "full"),
        ("München", "Munich"),
        ("Sciences & Studies", "science study"),
    ],
)
def test_two_spellings_give_the_same_words(one: str, other: str) -> None:
    assert read_keys(one) == read_keys(other)


def test_a_text_keeps_its_parts_capitals_and_stops() -> None:
    text = read_words("Dept. of Physics, MIT; Cambridge#TAB#")
    assert text.keys == ["department", "of", "physics", "mit", "cambridge"]
    assert text.short == [True, False, False, False, False]
    assert text.upper == [False, False, False, True, False]
    assert text.segments == [0, 0, 0, 1, 2]


def test_addresses_are_taken_out_and_kept_as_domains() -> None:
    text = read_words("Physics, x.y@cs.uni-a.de, see https://www.uni-b.org/en")
    assert text.keys == ["physics", "see"]
    assert text.domains == ("cs.uni-a.de", "uni-b.org")


def test_markup_and_entities_leave_no_words() -> None:
    assert read_words("A <i>University</i> &amp; Co").keys == ["a", "university", "co"]


def test_a_text_without_words_is_empty() -> None:
    assert read_words(" — ,,").keys == []


def test_what_is_no_address_has_no_domain() -> None:
    assert domain_of("none") is None


def test_examples() -> None:
    assert doctest.testmod(words).failed == 0
