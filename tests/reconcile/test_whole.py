"""A bare name is taken only where it is a whole name of the organisation, and no more."""

from __future__ import annotations

import pytest

from kg.reconcile import Candidate, Directory, Query, match
from tests.reconcile.affiliations import register


@pytest.fixture(scope="module")
def directory() -> Directory:
    more = [
        ("tarn", "Tarn Academy of Music", "FR", "Saint Tarn", "", "", "Académie de musique du Tarn",
         "TAM"),
        ("east", "Eastern Wollimar University", "DE", "Wollimar", "", "", "", ""),
        ("north", "North Eastern Academy", "DE", "Wollimar", "", "", "", ""),
        ("tu", "Zorvan Technology University", "DE", "Wollimar", "", "", "", ""),
        ("inter", "Intercolium", "CY", "Nicosia", "", "", "", ""),
    ]  # fmt: skip
    return register(more)


def best(directory: Directory, query: Query) -> Candidate:
    return match(directory, [query])[0][0]


@pytest.mark.parametrize(
    ("query", "id_"),
    [
        (Query("University of Lummersdorf", "DE"), "u-lummer"),
        (Query("UNIVERSITAET LUMMERSDORF (UL)", "DE", "Lummersdorf 8"), "u-lummer"),
        (Query("Universität Lummersdorf GmbH, Lummersdorf, Germany", "DE"), "u-lummer"),
        (Query("Tarn Academy of Music - TAM", "FR", "ST TARN CEDEX 09"), "tarn"),
        (Query("Académie de musique du Tarn", "FR", "Saint Tarn / Occitanie"), "tarn"),
        (Query("Intercolium", "CY", "Nicosia"), "inter"),
        (Query("Northeastern Academy", "DE", "Wollimar"), "north"),
    ],
)
def test_a_whole_name_with_place_form_or_initials_is_whole(
    directory: Directory, query: Query, id_: str
) -> None:
    found = best(directory, query)
    assert (found.id, found.zone, found.whole) == (id_, "accept", True), found


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (Query("University of Lummersdorf Faculty of Sciences", "DE"), "a part of it"),
        (Query("University of Lummersdorf of Commerce", "DE"), "the name goes on"),
        (Query("Music Tarn Academy", "FR", "Saint Tarn"), "another order"),
        (Query("Tarn Academy", "FR", "Saint Tarn"), "a word is missing"),
        (Query("Tarn Academy of Music", "FR", "Mulhouse"), "another city"),
        (Query("Tarn Academy of Music", "BE"), "another country"),
        (Query("Intercolium", "CY"), "one word without its city"),
        (Query("Northeastern Wollimar University", "DE", "Wollimar"), "half of a word"),
        (Query("Zorvan Technical University", "DE", "Wollimar"), "a word of other meaning"),
        (Query("TAM", "FR", "Saint Tarn"), "an acronym"),
    ],
)
def test_more_less_or_elsewhere_is_not_whole(directory: Directory, query: Query, why: str) -> None:
    assert not any(c.whole for c in match(directory, [query])[0]), why
