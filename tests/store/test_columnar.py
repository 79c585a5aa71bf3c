"""The column engine gives the rows of the store, for every named query that is asked of it."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox
import pytest

from kg.analysis.graph import Graph
from kg.errors import LimitError
from kg.pipeline.ordered import OrderedQuads
from kg.pipeline.writing import write_statements
from kg.quads import quads_of_dataset
from kg.queries import bind, catalogue, get_query, origin
from kg.store.base import JSON_RESULTS, table_from_json
from kg.store.columnar import (
    ColumnAnswers,
    ColumnEngine,
    UnsupportedError,
    is_marked,
)
from kg.store.embedded import EmbeddedStore
from kg.store.release import Release
from tests.test_queries import CASES


def _needed(query_id: str) -> dict[str, str]:
    found = get_query(query_id).parameters
    return {name: p.example for name, p in found.items() if p.required}


MARKED = [q.id for q in catalogue().values() if is_marked(q.text)]
ASKED: list[tuple[str, Mapping[str, Any]]] = [
    *((query_id, case["parameters"]) for query_id, case in CASES),
    *((q, {n: p.example for n, p in get_query(q).parameters.items()}) for q in MARKED),
    *((q, _needed(q)) for q in MARKED),
]


@pytest.fixture(scope="module")
def engine(world: Release) -> Iterator[ColumnEngine]:
    made = ColumnEngine(world.triples)
    yield made
    made.close()


@pytest.fixture(scope="module")
def store(world: Release) -> EmbeddedStore:
    """The store alone."""
    return EmbeddedStore(world.store, world.id)


def _rows(rows: Any) -> list[tuple[object, ...]]:
    return [tuple(round(v, 6) if isinstance(v, float) else v for v in row) for row in rows]


@pytest.mark.parametrize(
    ("query_id", "parameters"),
    [(q, p) for q, p in ASKED if q in MARKED],
    ids=[f"{q} {json.dumps(p)[:80]}" for q, p in ASKED if q in MARKED],
)
def test_every_marked_query_gives_the_rows_of_the_store(
    graph: Graph,
    store: EmbeddedStore,
    engine: ColumnEngine,
    query_id: str,
    parameters: Mapping[str, Any],
) -> None:
    text = bind(get_query(query_id), parameters, graph.resolve, graph.prefixes)
    there = store.table(text)
    here = table_from_json(json.dumps(engine.document(text)).encode(), {})
    assert here.columns == there.columns
    assert _rows(here.rows) == _rows(there.rows)


@pytest.mark.parametrize(
    "sql",
    ["SELECT * FROM read_csv('/etc/hostname')", "COPY terms TO '/tmp/x'", "ATTACH '/tmp/x.db'",
     "SET enable_external_access = true", "CREATE TABLE x AS SELECT 1"],
)  # fmt: skip
def test_sql_reaches_nothing_else(engine: ColumnEngine, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        engine._database.cursor().execute(sql)


def over(triples: str, folder: Path) -> tuple[ColumnEngine, EmbeddedStore]:
    """Return both engines over the same triples."""
    dataset = ox.Dataset(ox.parse(triples.encode(), ox.RdfFormat.TURTLE))
    write_statements(OrderedQuads(quads_of_dataset(dataset, "urn:g")), folder)
    made = folder / "columns" / "triples.duckdb"
    return ColumnEngine(made), EmbeddedStore(folder / "store", "few")


def _unnamed(document: Any) -> Any:
    """Return an answer without the names of its blank nodes, which the store makes up."""
    for row in document["results"]["bindings"]:
        for value in row.values():
            if value["type"] == "bnode":
                value["value"] = ""
    return document


ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a a ?b . ?c a ?d . ?e a ?f . ?g a ?h }"
FEW = """@prefix : <urn:> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a :knows :b ; :year 2012 ; :name "A \\"quoted\\" line\\nand another"@en , "\u0623\u0645\u0644"@ar .
:b :knows :c ; :year -3 ; :worth 1.50 ; :name "B" ; :on "2012-05"^^xsd:gYearMonth .
:c :knows :a , [ :year 007 ] ; :name "" ; :is true .
"""
ASKED_OF_FEW = [
    "SELECT ?s ?o WHERE { ?s :name ?o } ORDER BY ?s ?o",
    "SELECT ?s ?y WHERE { ?s :knows ?x OPTIONAL { ?s :year ?y FILTER(?y > 0) } } ORDER BY ?s ?y",
    "SELECT ?s (COUNT(?y) AS ?n) (SUM(?y) AS ?t) (MIN(?y) AS ?m) WHERE { ?s :knows ?x OPTIONAL "
    "{ ?x :year ?y } } GROUP BY ?s ORDER BY ?s",
    "SELECT ?s ?o WHERE { ?s :knows+ ?o FILTER(ISIRI(?o)) } ORDER BY ?s ?o",
    "SELECT ?o WHERE { ?o :knows* :a } ORDER BY ?o",
    "SELECT ?s WHERE { ?s :knows ?o MINUS { ?s :year ?y } } ORDER BY ?s",
    "SELECT DISTINCT ?s ?k WHERE { { ?s :year ?v BIND('year' AS ?k) } UNION { ?s :worth ?v "
    "BIND('worth' AS ?k) } FILTER(ISIRI(?s)) } ORDER BY ?k ?s",
    "SELECT (xsd:decimal(1) / 3 AS ?third) (10 / 4 AS ?more) (2 * 3 - 10 AS ?less) WHERE { }",
    "SELECT ?s WHERE { ?s :year ?y FILTER(?y IN (2012, -3) && !(?y < 0)) }",
    "SELECT (xsd:decimal(60.75) * 3.5 AS ?a) (-1234567.25 * 0.333 AS ?b) (2.5 * 400 AS ?c) "
    "WHERE { }",
    "SELECT ?s ?o ?t WHERE { { SELECT ?s ?o WHERE { ?s :knows ?o FILTER(ISIRI(?o)) } } { SELECT ?o "
    "?t WHERE { { SELECT ?s ?o WHERE { ?s :knows ?o FILTER(ISIRI(?o)) } } ?s :year ?t } } } "
    "ORDER BY ?s ?o",
    "SELECT ?s ?t WHERE { ?s :knows ?x BIND(IF(BOUND(?none), 1, COALESCE(?none, 'no')) AS ?t) "
    "FILTER EXISTS { ?x :knows ?s2 FILTER(?s2 != ?s) } } ORDER BY ?s",
    "SELECT ?v (STRLEN(STR(?v)) AS ?n) WHERE { VALUES (?v ?w) { ('a b' 1) ('b' UNDEF) } "
    "FILTER(BOUND(?w) || STRSTARTS(STR(?v), 'b')) } ORDER BY ?v",
    "SELECT ?s ?y WHERE { ?s :year ?y } ORDER BY DESC(?y) LIMIT 1 OFFSET 1",
    "SELECT (COUNT(*) AS ?n) WHERE { { SELECT ?s WHERE { ?s :knows ?o } LIMIT 2 } }",
]


def test_what_the_language_has_is_as_the_store_has_it(tmp_path: Path) -> None:
    engine, store = over(FEW, tmp_path)
    for text in ASKED_OF_FEW:
        asked = f"PREFIX : <urn:> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> {text}"
        there = json.loads(store.serialise(asked, JSON_RESULTS))
        assert _unnamed(engine.document(asked)) == _unnamed(there), text
    engine.close()


def test_behind_a_left_join_what_meets_comes_first(engine: ColumnEngine) -> None:
    sql = engine.sql(
        "PREFIX rihla: <https://w3id.org/rihla/ontology#> SELECT ?a ?b WHERE { "
        "?a a rihla:LearnerSideParticipation ; rihla:training ?training . "
        "OPTIONAL { ?a rihla:agent ?learner } "
        "?b a rihla:EducatorSideParticipation ; rihla:training ?training }"
    )
    assert "CROSS JOIN" not in sql  # the database would make all pairs of a and b


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "SELECT * WHERE { GRAPH ?g { ?s <urn:p> ?o } }",
        "SELECT * WHERE { ?s ?p ?o }",
        "SELECT (RAND() AS ?r) WHERE { }",
        "SELECT * WHERE { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o FILTER(?o < ?s) }",
    ],
)
def test_what_it_does_not_know_it_refuses(engine: ColumnEngine, text: str) -> None:
    with pytest.raises(UnsupportedError):
        engine.document(text)


def test_what_the_database_refuses_the_store_is_asked(engine: ColumnEngine) -> None:
    large = " * ".join(["99999999999999999.5"] * 4)
    with pytest.raises(UnsupportedError, match="what the database refuses"):
        engine.document(f"SELECT ({large} AS ?n) WHERE {{ }}")


def test_limits_are_errors_and_not_parts(engine: ColumnEngine, world: Release) -> None:
    everything = "SELECT * WHERE { ?s a ?c }"
    with pytest.raises(LimitError, match="more than 5 rows"):
        engine.document(everything, max_rows=5)
    answers = ColumnAnswers(world.triples)
    with pytest.raises(LimitError, match="larger than"):
        answers.answer(everything, JSON_RESULTS, max_bytes=100)
    assert answers.answer(everything, "text/turtle") is None
    answers.close()
    assert answers.answer(everything, JSON_RESULTS) is None


def test_a_query_is_stopped_in_time(engine: ColumnEngine) -> None:
    with pytest.raises(LimitError, match="stopped after") as caught:
        engine.document(ENDLESS, seconds=0.2)
    assert caught.value.status == 504


def test_a_query_is_stopped_when_nobody_waits(engine: ColumnEngine, world: Release) -> None:
    began = time.monotonic()
    with pytest.raises(LimitError, match="hung up") as caught:
        engine.answer(ENDLESS, is_gone=lambda: time.monotonic() > began + 0.3)
    assert caught.value.status == 499
    assert engine.document("SELECT ?s WHERE { ?s a ?c } LIMIT 1")["results"]["bindings"]


def test_closing_stops_what_runs(world: Release, tmp_path: Path) -> None:
    copied = tmp_path / "triples.duckdb"
    shutil.copy(world.triples, copied)
    answers = ColumnAnswers(copied)
    assert answers.answer("SELECT ?s WHERE { ?s a ?c } LIMIT 1", JSON_RESULTS)
    closing = threading.Timer(0.3, answers.close)
    closing.start()
    with pytest.raises(LimitError, match="stopping") as caught:
        answers.answer(ENDLESS, JSON_RESULTS)
    closing.join()
    assert caught.value.status == 503


def test_those_who_wait_are_counted_and_may_hang_up(world: Release) -> None:
    answers = ColumnAnswers(world.triples, max_waiting=1, max_per_client=3, patience_s=60)
    stop = threading.Event()
    statuses: list[int] = []

    def ask(is_gone: Callable[[], bool]) -> None:
        with pytest.raises(LimitError) as caught:
            answers.answer(ENDLESS, JSON_RESULTS, client="one", is_gone=is_gone)
        statuses.append(caught.value.status)

    running = [threading.Thread(target=ask, args=(stop.is_set,)) for _ in range(2)]
    leaves = threading.Event()
    waiting = threading.Thread(target=ask, args=(leaves.is_set,))
    for thread in (*running, waiting):
        thread.start()
        time.sleep(0.1)
    with pytest.raises(LimitError, match="of yours are running or waiting") as caught:
        answers.answer(ENDLESS, JSON_RESULTS, client="one")
    assert (caught.value.status, caught.value.retry_after) == (429, 1)
    with pytest.raises(LimitError, match="are waiting already") as caught:
        answers.answer(ENDLESS, JSON_RESULTS, client="another")
    assert caught.value.status == 503
    assert caught.value.retry_after
    leaves.set()
    waiting.join(20)
    assert statuses == [499]
    stop.set()
    for thread in running:
        thread.join(20)
    assert statuses == [499] * 3
    answers.close()


def test_what_needs_more_memory_than_it_may_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    engine = _many(tmp_path, memory=24 * 2**20)
    pairs = "SELECT (COUNT(DISTINCT ?both) AS ?n) WHERE { ?a <urn:p> ?x . ?b <urn:p> ?x . "
    with pytest.raises(LimitError, match=r"more than 24 MiB of memory") as caught:
        engine.answer(pairs + "BIND(CONCAT(STR(?a), STR(?b)) AS ?both) }", seconds=120)
    assert caught.value.status == 413
    assert engine.document("SELECT (COUNT(*) AS ?n) WHERE { ?a <urn:p> ?x }")
    engine.close()
    assert not list(tmp_path.glob("kg-tables-*/duckdb_temp*"))


def _many(folder: Path, memory: int) -> ColumnEngine:
    """Return tables of 3,000 things that share an object: nine million pairs."""
    lines = "".join(f"<urn:thing:{n}> <urn:p> <urn:o> .\n" for n in range(3000))
    dataset = ox.Dataset(ox.parse(lines, ox.RdfFormat.N_TRIPLES))
    write_statements(OrderedQuads(quads_of_dataset(dataset, "urn:g")), folder)
    return ColumnEngine(folder / "columns" / "triples.duckdb", memory=memory)


@pytest.mark.parametrize(
    "media_type",
    [JSON_RESULTS, "application/sparql-results+xml", "text/csv", "text/tab-separated-values"],
)
def test_every_format_is_the_stores_in_pieces_too(
    engine: ColumnEngine,
    store: EmbeddedStore,
    monkeypatch: pytest.MonkeyPatch,
    media_type: str,
) -> None:
    monkeypatch.setattr("kg.store.columnar.engine._AT_A_TIME", 97)
    text = (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX rihla: "
        "<https://w3id.org/rihla/ontology#> SELECT ?s ?label ?year WHERE { ?s rdfs:label ?label "
        "OPTIONAL { ?s rihla:year ?year } } ORDER BY ?s STR(?label) LANG(?label)"
    )
    here, there = engine.answer(text, media_type), store.serialise(text, media_type)
    if media_type == JSON_RESULTS:
        assert json.loads(here) == json.loads(there)
    else:
        assert here == there
    nothing = "SELECT ?s WHERE { ?s a <urn:none> }"
    if media_type != JSON_RESULTS:
        assert engine.answer(nothing, media_type) == store.serialise(nothing, media_type)
    with pytest.raises(LimitError, match="larger than"):
        engine.answer(text, media_type, max_bytes=1000)


def test_a_file_that_is_none_leaves_it_to_the_store(tmp_path: Path, world: Release) -> None:
    (tmp_path / "triples.duckdb").write_bytes(b"no tables")
    store = EmbeddedStore(world.store, world.id, tmp_path / "triples.duckdb")
    text = bind(get_query("topics/growing"), {})
    assert store.table(text).rows == EmbeddedStore(world.store, world.id).table(text).rows


def test_named_queries_are_known_by_their_text() -> None:
    query = get_query("topics/growing")
    bound = bind(query, {"as_of": 2020})
    assert origin(f"{bound}\n# more") == origin(bind(query, {})) == query.text
    assert origin(bound.replace("MAX(?any_year)", "MIN(?any_year)")) == ""
