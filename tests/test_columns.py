"""The flat tables of the test world, checked against its tables by hand."""

from __future__ import annotations

import polars as pl
import pytest

from kg.analysis.graph import Graph
from kg.columns import COLUMN_QUERIES, COLUMNS, pull_columns
from kg.store import EmbeddedStore, Release

ID = "https://w3id.org/rihla/id/"
RIHLA = "https://w3id.org/rihla/ontology#"


def rows(graph: Graph, name: str, *columns: str, **where: str) -> list[tuple[object, ...]]:
    """Return rows of a flat table, things without the base of their IRIs."""
    frame = graph.columns(name)
    for column, key in where.items():
        frame = frame.filter(pl.col(column) == key)
    plain = frame.with_columns(pl.col(pl.String).str.strip_prefix(ID).str.strip_prefix(RIHLA))
    return sorted(plain.select(columns).rows(), key=str)


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_a_release_keeps_what_its_store_gives(world: Release, graph: Graph, name: str) -> None:
    pulled = pull_columns(EmbeddedStore(world.store, world.id))
    assert graph.columns(name).equals(pulled[name])


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_a_table_is_sorted_without_repetition(graph: Graph, name: str) -> None:
    frame = graph.columns(name)
    assert frame.equals(frame.sort(frame.columns))
    if name != "involvements":  # two counted groups of unknown origin may look the same
        assert frame.is_unique().all()


def test_there_is_a_query_for_each_table() -> None:
    assert set(COLUMN_QUERIES) == set(COLUMNS)


def test_who_took_part_in_a_training(graph: Graph) -> None:
    found = rows(
        graph, "involvements", "role", "side", "organisation", "person", "country", "headcount",
        training=f"{ID}training/gs-2011",
    )  # fmt: skip
    penang, thames = "organisation/ror-0test0244", "organisation/ror-0test0050"
    edith = "person/orcid-0000-0000-0000-0028"
    expected = [
        ("host", "host", penang, None, "country/MY", None),
        ("organiser", "organiser", penang, None, "country/MY", None),
        ("funder", "funder", "organisation/elbe", None, "country/DE", None),
        ("educator", "educator", thames, edith, "country/GB", 1),
        ("educator", "educator", thames, "person/priya", "country/GB", 1),
        ("learner", "learner", penang, "person/bintang", "country/MY", 1),
        ("learner", "learner", penang, "person/noor", "country/MY", 1),
        ("learner", "learner", None, None, "country/SD", 5),
    ]
    assert found == sorted(expected, key=str)


@pytest.mark.parametrize(
    ("training", "headcount", "country"),
    [
        ("epi-2012", 7, None),  # nobody wrote down where they came from
        ("epi-2012", 15, "country/SA"),  # the organisation's country
        ("cc-2019-03", 30, "country/TR"),  # stated
        ("hostile-2019", None, "country/ZA"),  # Karoo sent somebody, nobody knows how many
    ],
)
def test_a_counted_group(
    graph: Graph, training: str, headcount: int | None, country: str | None
) -> None:
    columns = ("person", "headcount", "country", "side")
    found = rows(graph, "involvements", *columns, training=f"{ID}training/{training}")
    groups = [(n, c) for person, n, c, side in found if person is None and side == "learner"]
    assert (headcount, country) in groups


def test_each_role_is_on_its_side(graph: Graph) -> None:
    assert set(rows(graph, "involvements", "role", "side")) == {
        ("learner", "learner"), ("educator", "educator"), ("mentor", "educator"),
        ("helper", "educator"), ("coordinator", "organiser"), ("reviewer", "organiser"),
        ("host", "host"), ("organiser", "organiser"), ("funder", "funder"),
    }  # fmt: skip


def test_facets_go_up_to_the_sector(graph: Graph) -> None:
    found = rows(graph, "facets", "facet", "value", training=f"{ID}training/ml-2016")
    assert {value for facet, value in found if facet == "topic"} >= {
        "topic/test-learning", "topic/test-coding",
    }  # fmt: skip
    assert ("sector", "sector/technology") in found
    assert ("format", "Seminar") in found
    assert ("country", "country/TR") in found


def test_facets_come_through_curriculum_series_and_programme(graph: Graph) -> None:
    found = rows(graph, "facets", "facet", "value", training=f"{ID}training/gs-2010")
    assert ("method", "method/genomic-sequence-analysis") in found
    assert ("series", "series/genomics-school") in found
    assert ("programme", "programme/bridges") in found


def test_a_format_is_not_what_follows(graph: Graph) -> None:
    formats = {value for _, value in rows(graph, "facets", "training", "value", facet="format")}
    assert formats == {
        "School", "HandsOnSession", "Workshop", "Fellowship", "Seminar", "Course",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("training", "start", "end", "year"),
    [
        ("gs-2010", "2010-06-07", "2010-06-18", 2010),
        ("epi-2012", "2012-03", None, 2012),
        ("bare-2017", "2017", None, 2017),
        ("undated", None, None, None),
    ],
)
def test_trainings_keep_the_precision_of_their_dates(
    graph: Graph, training: str, start: str | None, end: str | None, year: int | None
) -> None:
    assert rows(
        graph, "trainings", "start", "end", "year", training=f"{ID}training/{training}"
    ) == [(start, end, year)]


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        ("organisation/ror-0test0147", ("organisation", "Nile Test University", "country/SD")),
        ("organisation/wander", ("organisation", "Wandering Test Network", None)),
        ("person/hadi", ("person", "هادي التجربة", None)),
        ("country/TR", ("country", "Türkiye", None)),
        ("bloc/oic", ("bloc", "Organisation of Islamic Cooperation", None)),
        ("series/code-clinic", ("series", "Code Test Clinic", None)),
    ],
)
def test_entities_have_one_label(
    graph: Graph, entity: str, expected: tuple[str, str, str | None]
) -> None:
    assert rows(graph, "entities", "kind", "label", "country", entity=ID + entity) == [expected]


def test_memberships_have_their_dates(graph: Graph) -> None:
    assert rows(graph, "bloc_members", "country", "start", "end", bloc=f"{ID}bloc/eu") == [
        ("country/DE", "1958-01-01", None), ("country/GB", "1973-01-01", "2020-01-31"),
    ]  # fmt: skip
