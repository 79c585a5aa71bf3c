from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import QueryError, ReleaseError
from kg.store import EmbeddedStore, Release

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@pytest.fixture(scope="module")
def store(world: Release) -> EmbeddedStore:
    return EmbeddedStore(world.store, world.id)


def test_an_answer_names_its_release(store: EmbeddedStore, world: Release) -> None:
    table = store.table("SELECT (1 AS ?one) WHERE {}")
    assert (table.columns, list(table), table.meta) == (("one",), [(1,)], {"release": world.id})


def test_the_default_graph_is_the_union_of_all(store: EmbeddedStore, world: Release) -> None:
    ((by_graph,),) = store.table("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
    assert by_graph == world.manifest["quads"]
    # A statement in two graphs counts once.
    union = "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }"
    assert list(store.table(COUNT)) == list(store.table(union)) == [(world.manifest["triples"],)]


@pytest.mark.parametrize(
    ("query", "media_type", "start"),
    [
        ("SELECT (1 AS ?x) {}", "application/sparql-results+json", b"{"),
        ("SELECT (1 AS ?x) {}", "application/sparql-results+xml", b"<?xml"),
        ("SELECT (1 AS ?x) {}", "text/csv", b"x"),
        ("SELECT (1 AS ?x) {}", "text/tab-separated-values", b"?x"),
        ("ASK {}", "application/sparql-results+json", b"{"),
        ("CONSTRUCT { <urn:a> a <urn:b> } WHERE {}", "text/turtle", b"<urn:a>"),
        ("CONSTRUCT { <urn:a> a <urn:b> } WHERE {}", "application/n-triples", b"<urn:a>"),
        ("CONSTRUCT { <urn:a> a <urn:b> } WHERE {}", "application/rdf+xml", b"<?xml"),
        ("DESCRIBE <urn:a>", "text/turtle", b""),
    ],
)
def test_each_form_comes_in_its_media_types(
    store: EmbeddedStore, query: str, media_type: str, start: bytes
) -> None:
    assert store.serialise(query, media_type).startswith(start)


@pytest.mark.parametrize(
    ("query", "media_type"),
    [
        ("SELECT (1 AS ?x) {}", "text/turtle"),
        ("ASK {}", "application/n-triples"),
        ("CONSTRUCT { <urn:a> a <urn:b> } WHERE {}", "text/csv"),
        ("SELECT (1 AS ?x) {}", "application/pdf"),
        ("SELECT (1 AS ?x) {}", "nonsense"),
    ],
)
def test_a_form_without_such_a_media_type_is_refused(
    store: EmbeddedStore, query: str, media_type: str
) -> None:
    with pytest.raises(QueryError, match=media_type):
        store.serialise(query, media_type)


def test_ask_is_one_cell(store: EmbeddedStore) -> None:
    assert list(store.table("ASK { ?s ?p ?o }")) == [(True,)]


def test_an_error_of_syntax_has_its_place(store: EmbeddedStore) -> None:
    with pytest.raises(QueryError, match="not SPARQL") as caught:
        store.table("SELECT *\nWHERE { ?s ?p }")
    assert (caught.value.line, caught.value.column) == (2, 16)


def test_an_update_is_no_query(store: EmbeddedStore) -> None:
    with pytest.raises(QueryError):
        store.table("DELETE WHERE { ?s ?p ?o }")


def test_a_function_that_nobody_knows_is_named(store: EmbeddedStore) -> None:
    with pytest.raises(QueryError, match="urn:f"):
        store.table("SELECT (<urn:f>(1) AS ?x) WHERE {}")


@pytest.mark.parametrize("name", ["gone", "empty"])
def test_a_folder_without_a_store_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReleaseError, match=f"{name}: the release's store cannot be opened"):
        EmbeddedStore(tmp_path / name, "r")


def test_an_open_engine_may_be_asked() -> None:
    engine = ox.Store()
    engine.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("c")))
    store = EmbeddedStore.over(engine, "build")
    assert list(store.table(COUNT)) == [(1,)]
    assert store.release_id == "build"
