from __future__ import annotations

import pytest

from kg.analysis.filters import FILTER_CLASSES, LEVEL_CLASSES, parse_years, resolve_filters
from kg.errors import QueryError
from kg.network import FACETS, FILTERS, LEVELS
from kg.ontology import Ontology
from kg.terms import VOCABULARY_BASE, prefixes_for

ID = "https://w3id.org/rihla/id/"


def found(text: str, target: str | None) -> str:
    """Stand in for a look-up; says what was looked for."""
    return f"found:{text}:{(target or '').removeprefix(VOCABULARY_BASE)}"


@pytest.mark.parametrize(
    ("value", "iris"),
    [
        ("sequencing", ["found:sequencing:Method"]),
        (["sequencing", "method:r"], ["found:sequencing:Method", f"{ID}method/r"]),
        (("method:r",), [f"{ID}method/r"]),
        ("https://e.org/m", ["https://e.org/m"]),
    ],
)
def test_a_thing_is_meant_by_key_curie_or_iri(value: object, iris: list[str]) -> None:
    assert resolve_filters({"method": value}, found) == {"method": iris}


@pytest.mark.parametrize("name", sorted(FILTER_CLASSES))
def test_each_filter_looks_for_its_class(name: str) -> None:
    assert resolve_filters({name: "x"}, found) == {name: [f"found:x:{FILTER_CLASSES[name]}"]}


@pytest.mark.parametrize(
    ("text", "name"),
    [("Workshop", "Workshop"), ("workshop", "Workshop"), ("HandsOnSession", "HandsOnSession"),
     ("hands-on-session", "HandsOnSession"), ("rihla:School", "School")],
)  # fmt: skip
def test_a_format_is_meant_by_the_name_of_its_class(text: str, name: str) -> None:
    assert resolve_filters({"format": text}, found) == {"format": [VOCABULARY_BASE + name]}


def test_years_and_within_pass_as_they_are() -> None:
    filters = {"years": (2012, None), "within": False}
    assert resolve_filters(filters, found) == filters


@pytest.mark.parametrize("empty", [None, "", [], ()])
def test_an_empty_filter_filters_nothing(empty: object) -> None:
    assert resolve_filters({"sector": empty}, found) == {}


def test_a_curie_follows_the_base_of_the_graph() -> None:
    prefixes = prefixes_for("https://e.org/")
    assert resolve_filters({"series": "series:s"}, found, prefixes) == {
        "series": ["https://e.org/series/s"]
    }


def test_an_unknown_filter_is_named_with_those_there_are() -> None:
    with pytest.raises(QueryError, match="no filter sektor") as caught:
        resolve_filters({"sektor": "health"}, found)
    assert all(name in str(caught.value) for name in FILTERS)


def test_every_filter_on_things_has_a_class(ontology: Ontology) -> None:
    assert set(FILTER_CLASSES) == {*FACETS, "country", "bloc"} - {"format"}
    classes = {f"{VOCABULARY_BASE}{name}" for name in FILTER_CLASSES.values()}
    assert classes | set(LEVEL_CLASSES.values()) <= set(ontology.schema.ancestors)


def test_every_level_has_a_class() -> None:
    assert set(LEVEL_CLASSES) == set(LEVELS)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2015", (2015, 2015)),
        ("2012-2020", (2012, 2020)),
        ("2012-", (2012, None)),
        ("-2020", (None, 2020)),
        (" 2015 ", (2015, 2015)),
    ],
)
def test_a_period_is_read(text: str, years: tuple[int | None, int | None]) -> None:
    assert parse_years(text) == years


@pytest.mark.parametrize(
    "text", ["", "-", "soon", "20122020", "2012--2020", "2012-2015-2020", "1e3", "٢٠١٥"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="Accepted: 2015, 2012-2020"):
        parse_years(text)
