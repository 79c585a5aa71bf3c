"""Names of things in the language of the reader."""

from __future__ import annotations

import pickle

import polars as pl

from kg.analysis.naming import Labelled, Listed, names_in, renamed
from kg.analysis.result import Result
from kg.language import tell

NAMES = pl.DataFrame(
    [("z", "label", "fr", "Afrique du Sud"), ("z", "label", "ar", "جنوب أفريقيا"),
     ("z", "alias", "fr", "RSA"), ("k", "label", "en", "Kenya")],
    schema=["entity", "use", "language", "text"], orient="row",
)  # fmt: skip


def test_labels_of_a_language_only() -> None:
    assert names_in(NAMES, "fr") == {"z": "Afrique du Sud"}


def test_every_label_of_a_thing_is_renamed_and_no_other_cell() -> None:
    rows = [("z", "South Africa", "k", "Kenya", 3), (None, None, "z", "South Africa", 4)]
    table = Result(("node", "label", "source", "source_label", "n"), rows)
    found = renamed(table, names_in(NAMES, "fr"))
    assert found.rows == [
        ("z", "Afrique du Sud", "k", "Kenya", 3), (None, None, "z", "Afrique du Sud", 4),
    ]  # fmt: skip
    assert table.rows == rows, "the result that is kept for others stays as it was"


def test_a_table_without_labels_stays_itself() -> None:
    table = Result(("year", "n"), [(2020, 3)])
    assert renamed(table, {"z": "x"}) is table


def test_texts_of_words_and_names_are_said_with_the_names_of_the_language() -> None:
    places = Listed([Labelled("South Africa", "z"), Labelled("Kenya", "k")])
    text = tell("%(names)s and %(more)s more", names=places, more=2)
    assert str(text) == "South Africa, Kenya and 2 more"
    table = Result(("brings", "n"), [(str(text), 3)], said={str(text): text})
    table = pickle.loads(pickle.dumps(table))  # analyses run in another process
    found = renamed(table, names_in(NAMES, "fr"), "fr")
    assert found.rows == [("Afrique du Sud, Kenya et 2 autres", 3)]
    assert renamed(table, {}).rows == table.rows
