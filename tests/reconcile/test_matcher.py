"""Names and affiliations matched with a directory."""

from __future__ import annotations

import polars as pl
import pytest

from kg.reconcile import Candidate, Directory, Query, match
from tests.reconcile.affiliations import register


@pytest.fixture(scope="module")
def directory() -> Directory:
    return register()


def best(directory: Directory, query: Query | str) -> Candidate | None:
    found = match(directory, [query])[0]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("University of Lummersdorf", "u-lummer"),
        ("Dept. of Physics, Univ. Lummersdorf, Lummersdorf, Germany", "u-lummer"),
        ("Institut für Physik, Universität Lummersdorf, Lummersdorf, Deutschland", "u-lummer"),
        ("جامعة قران للتقنية", "u-tech"),
        ("Quarran Univ. of Technol., Quarran, Saudi Arabia", "u-tech"),
        ("QUTECH, Quarran, Saudi Arabia", "u-tech"),
        ("Зеленинский государственный университет, Россия", "moscow"),
        ("Zeleninskiy gosudarstvennyy universitet, Russia", "moscow"),
        ("Hanlu Jiao Tong University, Hanlu, China", "jiaotong"),
        ("National Cancer Institute, Cairo, Egypt", "nci-eg"),
        ("National Cancer Institute, Bethesda, MD 20892, USA", "nci-us"),
        ("Astronomy Department, University of Westland, Brayton, USA", "ucb"),
        ("Acmetron GmbH, Berlin, Germany", "acme-de"),
    ],
)  # fmt: skip
def test_a_text_that_names_an_organisation_is_accepted(
    directory: Directory, text: str, id_: str
) -> None:
    found = best(directory, text)
    assert found is not None and (found.id, found.zone) == (id_, "accept"), found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "—",
        "Department of Physics",
        "Germany",
        "University",
        "University of Nowhereville, Atlantis",
        "National Cancer Institute",  # of two countries
        "National Cancer Institute, Tokyo, Japan",
        "University of Westland, USA",  # of two cities
        "Quarran Technical College, Quarran, Saudi Arabia",
        "UL",
        "Lummersdorf",
    ],
)
def test_nothing_is_accepted_where_nothing_fits_or_several_do(
    directory: Directory, text: str
) -> None:
    found = best(directory, text)
    assert found is None or found.zone != "accept", found


def test_a_slip_of_the_pen_is_found_and_said(directory: Directory) -> None:
    found = best(directory, "Faculty of Law, University of Lumersdorf, Germany")
    assert found is not None and found.id == "u-lummer" and found.zone != "reject"
    assert found.reasons[0].endswith("as abbreviated or misspelt")


def test_the_longer_name_wins_over_the_one_inside_it(directory: Directory) -> None:
    found = match(directory, ["Quarran University of Technology, Saudi Arabia"])[0]
    assert found[0].id == "u-tech"
    assert {c.id: c.zone for c in found}.get("u-quarran", "reject") == "reject"


def test_what_is_known_besides_the_name_decides_between_namesakes(directory: Directory) -> None:
    egypt = best(directory, Query("National Cancer Institute", country="eg"))
    america = best(directory, Query("National Cancer Institute", "US", "Bethesda"))
    assert egypt is not None and (egypt.id, egypt.zone) == ("nci-eg", "accept")
    assert america is not None and (america.id, america.zone) == ("nci-us", "accept")


def test_another_country_than_the_known_one_speaks_against(directory: Directory) -> None:
    here = best(directory, Query("University of Lummersdorf", country="DE"))
    there = best(directory, Query("University of Lummersdorf", country="FR"))
    assert here is not None and there is not None
    assert there.score < here.score
    assert "another country is named than DE" in there.reasons


def test_reasons_are_in_words(directory: Directory) -> None:
    found = best(directory, "Physics, University of Lummersdorf, Lummersdorf, Germany")
    assert found is not None
    assert found.reasons[0] == "name “University of Lummersdorf”"
    assert {"the country agrees (DE)", "the city agrees (Lummersdorf)"} <= set(found.reasons)


def test_candidates_are_limited_and_sorted(directory: Directory) -> None:
    found = match(directory, ["University of Westland, USA"], limit=2)[0]
    assert len(found) == 2
    assert found[0].score >= found[1].score


def test_texts_are_matched_apart_whatever_their_number(directory: Directory) -> None:
    one, other = "University of Lummersdorf", "National Cancer Institute, Cairo, Egypt"
    together = match(directory, [one, other] * 700)
    assert together[0] == match(directory, [one])[0]
    assert together[-1] == match(directory, [other])[0]


def test_a_directory_of_nothing_matches_nothing() -> None:
    text = dict.fromkeys(("id", "name", "country", "city", "url"), pl.String)
    organisations = pl.DataFrame(schema={**text, "parents": pl.List(pl.String)})
    names = pl.DataFrame(schema=dict.fromkeys(("id", "value", "kind"), pl.String))
    assert match(Directory(organisations, names), ["University of Lummersdorf"]) == [[]]


def test_a_very_long_text_is_read_to_its_limit(directory: Directory) -> None:
    found = best(directory, "University of Lummersdorf, Germany" + ", x" * 100_000)
    assert found is not None and found.id == "u-lummer"
