"""The test world as an analyst opens it; expected answers are read off its tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import kg
from kg.analysis.graph import Graph
from kg.columns import COLUMNS
from kg.errors import NotFoundError, QueryError, ReleaseError, SettingsError
from kg.queries import catalogue
from kg.results import ResultTable
from kg.settings import PROJECT_VARIABLE, Settings
from kg.store import Release
from tests.conftest import write_project

ID = "https://w3id.org/rihla/id/"


# Opening


def test_a_project_its_folder_and_a_release_are_opened(
    world: Release, world_settings: Settings
) -> None:
    for location in (world_settings.file, world_settings.file.parent, str(world.path), world.path):
        graph = kg.open(location)
        assert graph.release is not None
        assert graph.release.id == world.id
        assert repr(graph) == f"Graph('{world.id}')"


def test_the_project_of_this_folder_is_opened(
    world: Release, world_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PROJECT_VARIABLE, raising=False)
    monkeypatch.chdir(world_settings.file.parent)
    assert kg.open().store.release_id == world.id


def test_an_address_is_an_endpoint_elsewhere() -> None:
    # tests/test_endpoint.py opens one that is there.
    with pytest.raises(ReleaseError, match=":9/sparql does not answer"):
        kg.open("http://127.0.0.1:9/sparql")


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="kg init"):
        kg.open(tmp_path / "gone")
    write_project(tmp_path)
    with pytest.raises(ReleaseError, match="kg build"):
        kg.open(tmp_path)


def test_the_package_has_no_other_door() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'close'"):
        _ = kg.close  # type: ignore[attr-defined]


# Named queries


def test_every_query_is_in_the_list(graph: Graph) -> None:
    assert graph.queries().column("query") == list(catalogue())


def test_an_answer_says_how_it_was_found(graph: Graph, world: Release) -> None:
    answer = graph.query("people/learned-method", method="genomic-sequence-analysis")
    assert answer.meta["release"] == world.id
    assert answer.meta["query"] == "people/learned-method"
    assert answer.meta["parameters"] == {"method": "genomic-sequence-analysis"}
    assert f"{ID}method/genomic-sequence-analysis" in str(answer.meta["sparql"])
    # Amal attended gs-2010, which taught sequence analysis by its curriculum.
    assert f"{ID}person/amal" in answer.column("person")


@pytest.mark.parametrize(
    "method",
    ["r-programming", "method:r-programming", f"{ID}method/r-programming", "R programming"],
)
def test_a_thing_may_be_meant_in_several_ways(graph: Graph, method: str) -> None:
    answers = graph.query("people/learned-method", method=method)
    # epi-2012 is the one training that taught R; Hadi is its one named learner.
    assert set(answers.column("person")) == {f"{ID}person/hadi"}


def test_a_query_that_is_not_there_is_named_with_close_ones(graph: Graph) -> None:
    with pytest.raises(NotFoundError, match="people/learned-method"):
        graph.query("people/learned-methods")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "needs a value for method"),
        ({"method": "alchemy"}, "no Method 'alchemy'"),
        ({"method": "r-programming", "year": 2012}, "no parameter year"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(
    graph: Graph, parameters: dict[str, object], said: str
) -> None:
    with pytest.raises(QueryError) as caught:
        graph.query("people/learned-method", **parameters)
    assert said in str(caught.value)


def test_the_iri_of_a_thing(graph: Graph) -> None:
    organisation = "https://w3id.org/rihla/ontology#Organisation"
    assert graph.iri("nile", organisation) == f"{ID}organisation/ror-0test0147"
    assert graph.iri("country:SD") == f"{ID}country/SD"
    assert graph.iri("https://e.org/x") == "https://e.org/x"


def test_what_is_nearly_a_name_is_offered_with_its_class_and_iri(graph: Graph) -> None:
    method = "https://w3id.org/rihla/ontology#Method"
    assert graph.iri("r-programming", method) == graph.iri("R PROGRAMMING", method)
    with pytest.raises(QueryError, match="There is no Method 'R programing'") as caught:
        graph.iri("R programing", method)
    offered = caught.value.candidates
    assert ("R programming", method, f"{ID}method/r-programming") in offered


def test_what_has_no_name_in_the_flat_tables_is_found_in_the_store(graph: Graph) -> None:
    role = "https://w3id.org/rihla/ontology#Role"
    assert graph.iri("Instructor", role) == f"{ID}role/educator"


@pytest.mark.parametrize("text", ["sd", "SDN", "Sudan", "السودان", "Soudan"])
def test_the_table_of_names_finds_what_the_query_finds(graph: Graph, text: str) -> None:
    country = "https://w3id.org/rihla/ontology#Country"
    found = graph.query("lookup/entity", **{"text": text, "class": country}).column("entity")
    assert [graph.iri(text, country)] == found


def test_a_name_that_two_things_have_means_neither(graph: Graph) -> None:
    organisation = "https://w3id.org/rihla/ontology#Organisation"
    with pytest.raises(QueryError, match="means more than one Organisation"):
        graph.iri("Thames Test University", organisation)


# SPARQL


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } LIMIT 1",
        "describe <https://e.org/x>",
        "PREFIX a: <https://e.org/> # so\n# so\nBASE <https://e.org/>\nCONSTRUCT WHERE { ?s a ?o }",
        "  # SELECT\n  CONSTRUCT { } WHERE { }",
    ],
)  # fmt: skip
def test_construct_and_describe_give_turtle(graph: Graph, text: str) -> None:
    assert isinstance(graph.sparql(text), str)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (1 AS ?CONSTRUCT) WHERE {}",
        "ASK { ?describe ?p ?o }",
        "# CONSTRUCT\nSELECT (1 AS ?x) WHERE {}",
        "PREFIX construct: <https://e.org/> SELECT (1 AS ?x) WHERE {}",
        'SELECT ("CONSTRUCT" AS ?x) WHERE {}',
    ],
)
def test_select_and_ask_give_a_table(graph: Graph, text: str) -> None:
    assert isinstance(graph.sparql(text), ResultTable)


def test_values_are_python_values(graph: Graph) -> None:
    table = graph.sparql(
        "SELECT ?start ?latitude WHERE { "
        f"<{ID}training/gs-2010> <https://w3id.org/rihla/ontology#startDate> ?start . "
        f"<{ID}country/DE> <http://www.w3.org/2003/01/geo/wgs84_pos#lat> ?latitude }}"
    )
    assert isinstance(table, ResultTable)
    assert list(table) == [(dt.date(2010, 6, 7), 51.0)]


# Columns and networks


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_columns_have_the_types_that_networks_read(graph: Graph, name: str) -> None:
    assert graph.columns(name).schema == COLUMNS[name]


def test_a_column_table_that_is_not_there_is_named(graph: Graph) -> None:
    with pytest.raises(NotFoundError, match=r"'involvement'.*involvements"):
        graph.columns("involvement")


def test_columns_are_read_once(graph: Graph) -> None:
    assert graph.columns("facets") is graph.columns("facets")


def test_a_network_knows_its_release_and_filters(graph: Graph, world: Release) -> None:
    network = graph.network("partnership", bloc="oic", years=(2010, 2013))
    assert network.meta["release"] == world.id
    assert f"{ID}bloc/oic" in str(network.meta)


def test_a_filter_means_things_by_name(graph: Graph) -> None:
    by_key = graph.network("partnership", sector="health").edges().rows
    by_name = graph.network("partnership", sector="Health").edges().rows
    by_iri = graph.network("partnership", sector=f"{ID}sector/health").edges().rows
    assert by_key == by_name == by_iri != []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"projection": "friendship"}, "friendship"),
        ({"level": "galaxy"}, "galaxy"),
        ({"weight": "gold"}, "gold"),
        ({"sektor": "health"}, "sektor"),
        ({"sector": "astrology"}, "no Sector 'astrology'"),
    ],
)
def test_a_network_that_is_asked_wrongly_says_what_is_accepted(
    graph: Graph, arguments: dict[str, str], said: str
) -> None:
    with pytest.raises(QueryError, match=said):
        graph.network(**arguments)  # type: ignore[arg-type]
