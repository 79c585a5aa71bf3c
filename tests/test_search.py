from __future__ import annotations

import threading

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.search import KINDS, SearchIndex

ROWS = [
    ("o:uct", "organisation", "label", "University of Cape Town", "en"),
    ("o:uct", "organisation", "label", "جامعة كيب تاون", "ar"),
    ("o:uct", "organisation", "acronym", "UCT", ""),
    ("o:uct", "organisation", "code", "03p74gp79", ""),
    ("o:uctd", "organisation", "label", "Cape Town Diabetes Institute", ""),
    ("o:azhar", "organisation", "label", "جامعة الأزهر", "ar"),
    ("o:pku", "organisation", "label", "北京大学", "zh"),
    ("o:eth", "organisation", "label", "ETH Zürich", ""),
    ("o:eth", "organisation", "alias", "École polytechnique fédérale de Zurich", "fr"),
    ("p:zoe", "person", "label", "Zoë O’Neill", ""),
    ("c:ZA", "country", "label", "South Africa", "en"),
    ("c:ZA", "country", "label", "Afrique du Sud", "fr"),
    ("c:ZA", "country", "code", "ZA", ""),
    ("t:cape", "training", "label", "Workshop in Cape Town", "en"),
]
NAMES = pl.DataFrame(ROWS, schema=["entity", "kind", "use", "text", "language"], orient="row")
WEIGHTS = pl.DataFrame({"entity": ["o:uct", "c:ZA"], "weight": [9, 20]})


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex(NAMES, WEIGHTS)


def iris(index: SearchIndex, text: str, **options: object) -> list[str]:
    return [hit.iri for hit in index.find(text, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("university cape", "o:uct"),
        ("town CAPE univ", "o:uct"),
        ("uct", "o:uct"),
        ("03p74gp79", "o:uct"),
        ("جامعه الازهر", "o:azhar"),
        ("الأزهر", "o:azhar"),
        ("北京", "o:pku"),
        ("zurich", "o:eth"),
        ("ecole polytechnique federale", "o:eth"),
        ("zoe o'neill", "p:zoe"),
        ("afrique", "c:ZA"),
        ("za", "c:ZA"),
        ("univeristy of cape town", "o:uct"),  # two letters changed places
        ("diabettes", "o:uctd"),
    ],
)
def test_names_are_found_however_they_are_typed(index: SearchIndex, text: str, first: str) -> None:
    assert iris(index, text)[0] == first


def test_a_whole_name_comes_first_and_then_what_is_used_most(index: SearchIndex) -> None:
    assert iris(index, "cape town") == ["o:uctd", "o:uct", "t:cape"]
    assert iris(index, "cape") == ["o:uctd", "o:uct", "t:cape"]


def test_kinds_and_limit_narrow_down(index: SearchIndex) -> None:
    assert iris(index, "cape", kinds=["training"]) == ["t:cape"]
    assert iris(index, "cape", limit=1) == ["o:uctd"]


def test_labels_come_in_the_language_asked_for(index: SearchIndex) -> None:
    hit = index.find("za", language="fr")[0]
    assert (hit.label, hit.matched, hit.weight) == ("Afrique du Sud", None, 20)
    assert index.find("uct", language="fr")[0].label == "University of Cape Town"
    assert index.find("ecole", language="ar")[0].matched == "École polytechnique fédérale de Zurich"


@pytest.mark.parametrize("text", ["", "  ", "…!?", '"', "*", "NOT", "a" * 10_000, "\0", "qqqqqq"])
def test_what_means_nothing_finds_nothing(index: SearchIndex, text: str) -> None:
    assert index.find(text) == []


@given(st.text(max_size=30))
def test_no_text_breaks_a_search(text: str) -> None:
    SHARED.find(text)


SHARED = SearchIndex(NAMES)


def test_several_threads_search_at_once(index: SearchIndex) -> None:
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(iris(index, "cape"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["o:uctd", "o:uct", "t:cape"]] * 8


def test_every_kind_of_the_query_is_known(index: SearchIndex) -> None:
    from kg.queries import get_query

    text = get_query("columns/names").text
    assert all(f'"{kind}"' in text for kind in KINDS)


@pytest.mark.parametrize(
    ("text", "kinds", "first"),
    [
        ("Univrsity of Kape Toun", ("organisation",), "o:uct"),
        ("sout afrika", ("country",), "c:ZA"),
        ("polytecnique zurik", (), "o:eth"),
        ("جامعه الازهار", (), "o:azhar"),
    ],
)
def test_similar_names_are_found_by_their_spelling(
    index: SearchIndex, text: str, kinds: tuple[str, ...], first: str
) -> None:
    found = index.similar(text, kinds)
    assert found[0].iri == first
    assert len({hit.iri for hit in found}) == len(found)


def test_what_is_like_nothing_is_similar_to_nothing(index: SearchIndex) -> None:
    assert index.similar("qqqqqqqq") == []
    assert index.similar("") == []
