"""The worker pool: answers, limits, deaths, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import KgError, LimitError, QueryError, ReleaseError
from kg.store.guard import RefusedError
from kg.store.pooled import PooledStore
from kg.store.workers import MIB, PoolLimits, WorkerPool

THINGS = 2_000
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?h) }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
CSV = "text/csv"
# Long enough for a machine that does other work, short enough for a test.
PATIENCE = 30.0


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"http://example.org/{name}")


def write_store(folder: Path, default_graph: bool) -> Path:
    """Write 2,000 triples into graph a, one of which stands in graph b as well."""
    quads = [
        ox.Quad(node(f"thing{i}"), node("value"), ox.Literal(f"value {i}"), node("a"))
        for i in range(THINGS)
    ]
    quads.append(ox.Quad(node("thing0"), node("value"), ox.Literal("value 0"), node("b")))
    if default_graph:
        quads += [ox.Quad(*quad.triple) for quad in quads[:THINGS]]
    store = ox.Store(str(folder / "writing"))
    store.extend(quads)
    store.flush()
    store.backup(str(folder / "store"))
    return folder / "store"


@pytest.fixture(scope="module")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_store(tmp_path_factory.mktemp("with-default"), default_graph=True)


@pytest.fixture(scope="module")
def pool(store_path: Path) -> Iterator[WorkerPool]:
    with WorkerPool(store_path, 2, PoolLimits(timeout_s=PATIENCE)) as made:
        yield made


def ask(pool: WorkerPool, text: str, media_type: str = CSV, **options: object) -> str:
    with pool.run(text, media_type, **options) as answer:  # type: ignore[arg-type]
        return answer.read().decode()


def number(pool: WorkerPool, text: str = COUNT, **options: object) -> int:
    return int(ask(pool, text, **options).split()[1])


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


# --- answers


def test_an_answer_tells_what_it_is(pool: WorkerPool) -> None:
    with pool.run(COUNT, CSV) as answer:
        assert answer.read() == b"n\r\n2000\r\n"
        assert answer.content_type == CSV
        assert answer.size == 9
        assert 0 < answer.seconds < PATIENCE


@pytest.mark.parametrize(
    ("text", "media_type", "expected"),
    [
        ("ASK { ?s ?p ?o }", "application/sparql-results+json", '{"head":{},"boolean":true}'),
        ("ASK { ?s ?p ?o }", CSV, "true"),
        (
            'SELECT ?s { ?s ?p "value 7" }',
            "text/tab-separated-values",
            "?s\n<http://example.org/thing7>\n",
        ),
        (
            'CONSTRUCT { ?s a <http://example.org/T> } { ?s ?p "value 7" }',
            "application/n-triples",
            "<http://example.org/thing7> "
            "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/T> .\n",
        ),
    ],
)
def test_forms_and_formats(pool: WorkerPool, text: str, media_type: str, expected: str) -> None:
    assert ask(pool, text, media_type) == expected


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/rdf+xml", "application/ld+json"]
)
def test_graphs_use_prefixes(store_path: Path, media_type: str) -> None:
    with WorkerPool(store_path, 1, prefixes={"ex": "http://example.org/"}) as pool:
        text = ask(pool, "DESCRIBE <http://example.org/thing7>", media_type)
    assert "value 7" in text
    assert list(ox.parse(text.encode(), format=ox.RdfFormat.from_media_type(media_type)))
    if media_type == "text/turtle":
        assert "ex:thing7 ex:value" in text


def test_a_large_answer_comes_whole_in_a_file(pool: WorkerPool) -> None:
    text = "SELECT * { ?s ?p ?o . ?t ?q 'value 1' }"
    with pool.run(text, "application/sparql-results+json") as answer:
        assert answer.size > 64 * 1024
        document = answer.read()
        assert len(document) == answer.size
    assert len(json.loads(document)["results"]["bindings"]) == THINGS


def test_a_format_that_cannot_hold_the_answer(pool: WorkerPool) -> None:
    with pytest.raises(QueryError, match="cannot hold a graph"):
        pool.run("CONSTRUCT WHERE { ?s ?p ?o }", CSV)
    with pytest.raises(QueryError, match="cannot hold a table"):
        pool.run(COUNT, "text/turtle")


# --- which graphs


def test_a_triple_of_two_graphs_counts_once(pool: WorkerPool) -> None:
    assert number(pool) == THINGS


def test_a_store_without_default_graph_is_chained(tmp_path: Path) -> None:
    with WorkerPool(write_store(tmp_path, default_graph=False), 1) as pool:
        assert number(pool) == THINGS + 1
        assert number(pool, "SELECT (COUNT(*) AS ?n) FROM <http://example.org/b> { ?s ?p ?o }") == 1


def test_graphs_of_the_protocol_override_from(pool: WorkerPool) -> None:
    a, b = "http://example.org/a", "http://example.org/b"
    in_b = f"SELECT (COUNT(*) AS ?n) FROM <{b}> {{ ?s ?p ?o }}"
    assert number(pool, in_b) == 1
    assert number(pool, in_b, default_graphs=[a]) == THINGS
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert number(pool, named) == THINGS + 1
    assert number(pool, named, named_graphs=[b]) == 1
    assert number(pool, COUNT, named_graphs=[b]) == 0  # then the default graph is empty
    assert number(pool, named, default_graphs=[a]) == 0


# --- what a query did wrong


def test_a_syntax_error_has_its_place(pool: WorkerPool) -> None:
    with pytest.raises(QueryError, match="line 2, column 9") as caught:
        pool.run("SELECT *\nWHERE { ?")
    assert (caught.value.line, caught.value.column) == (2, 9)


def test_an_undeclared_prefix_is_named_with_its_line(pool: WorkerPool) -> None:
    with pytest.raises(QueryError, match=r"PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"):
        pool.run("SELECT * { ?s skos:broader ?o }")


def test_the_guard_looks_first(pool: WorkerPool) -> None:
    before = pool.process_ids()
    with pytest.raises(LimitError, match="deeper than 64"):
        pool.run("SELECT * " + "{" * 2200 + "}" * 2200)
    with pytest.raises(RefusedError):
        pool.run("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    assert pool.process_ids() == before


def test_the_kernel_refuses_sockets_behind_the_guard(pool: WorkerPool) -> None:
    from kg.store.guard import QueryShape

    with pytest.raises(QueryError, match="cannot be answered"):
        pool.run(
            "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
            shape=QueryShape("SELECT", False),
        )


# --- limits


def test_time_is_up_and_the_next_query_answers(store_path: Path) -> None:
    with WorkerPool(store_path, 1, PoolLimits(timeout_s=0.5)) as pool:
        before = pool.process_ids()
        with pytest.raises(LimitError, match=r"longer than 0\.5 s") as caught:
            pool.run(ENDLESS)
        assert caught.value.status == 504
        assert not is_running(before[0])
        assert ask(pool, "ASK {}") == "true"
        assert pool.process_ids() != before


def test_too_large_an_answer_is_an_error_and_not_a_part(store_path: Path) -> None:
    with WorkerPool(store_path, 1, PoolLimits(max_bytes=1 * MIB, timeout_s=PATIENCE)) as pool:
        before = pool.process_ids()
        with pytest.raises(LimitError, match="larger than 1 MiB") as caught:
            pool.run("SELECT * { ?s ?p ?o . ?t ?q ?r }")
        assert caught.value.status == 413
        assert "/files" in str(caught.value)
        assert number(pool) == THINGS
        assert pool.process_ids() == before  # nobody had to die for it


@pytest.mark.parametrize(
    "media_type",
    [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        CSV,
        "text/tab-separated-values",
    ],
)
def test_too_many_rows_are_an_error_and_not_a_part(pool: WorkerPool, media_type: str) -> None:
    text = "SELECT * { ?s ?p ?o }"
    whole = ask(pool, text, media_type, max_rows=THINGS)
    assert whole == ask(pool, text, media_type)
    with pytest.raises(LimitError, match="more than 1,999 rows") as caught:
        pool.run(text, media_type, max_rows=THINGS - 1)
    assert caught.value.status == 413


def test_too_many_triples(pool: WorkerPool) -> None:
    text = "CONSTRUCT WHERE { ?s ?p ?o }"
    assert ask(pool, text, "application/n-triples", max_rows=THINGS).count("\n") == THINGS
    with pytest.raises(LimitError, match="more than 10 rows"):
        pool.run(text, "application/n-triples", max_rows=10)


def test_a_memory_hog_is_survived(store_path: Path) -> None:
    limits = PoolLimits(max_memory=256 * MIB, timeout_s=PATIENCE)
    with WorkerPool(store_path, 1, limits) as pool:
        with pytest.raises(LimitError, match="256 MiB of memory") as caught:
            pool.run("SELECT * { ?s ?p ?o . ?t ?q ?r . ?u ?v ?w } ORDER BY ?o ?r ?w")
        assert caught.value.status == 413
        assert number(pool) == THINGS


def test_a_worker_that_has_grown_is_replaced(store_path: Path) -> None:
    with WorkerPool(store_path, 1) as pool:
        number(pool)
        (before,) = pool.process_ids()
        # How much the engine keeps after a large query is its own affair; say that it is much.
        next(iter(pool._living))._private = -(1 << 40)
        assert number(pool) == THINGS
        assert not is_running(before)
        assert number(pool) == THINGS


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { FILTER(" + "!" * 90_000 + "true) }",
        "SELECT * { " + "{} UNION " * 10_000 + "{} }",
        "SELECT * { ?s " + "<p>/" * 20_000 + "<p> ?o }",
        "SELECT * { FILTER(1" + " || 1" * 15_000 + ") }",
    ],
    ids=["not", "union", "path", "or"],
)
def test_endless_chains_pass_the_guard_and_are_survived(store_path: Path, text: str) -> None:
    """Whether the engine answers, refuses, dies or takes too long: the next query is answered."""
    with WorkerPool(store_path, 1, PoolLimits(timeout_s=5)) as pool:
        try:
            pool.run(text).close()
        except KgError as error:
            assert str(error)
        assert ask(pool, "ASK {}") == "true"


# --- deaths


def test_a_crash_is_reported_and_survived(store_path: Path) -> None:
    with WorkerPool(store_path, 1, PoolLimits(timeout_s=PATIENCE)) as pool:
        (victim,) = pool.process_ids()
        threading.Timer(0.3, os.kill, (victim, signal.SIGSEGV)).start()
        with pytest.raises(LimitError, match="SIGSEGV") as caught:
            pool.run(ENDLESS)
        assert caught.value.status == 500
        assert number(pool) == THINGS


def test_a_worker_that_died_idle_is_nobodys_fault(store_path: Path) -> None:
    with WorkerPool(store_path, 1) as pool:
        os.kill(pool.process_ids()[0], signal.SIGKILL)
        time.sleep(0.2)
        assert number(pool) == THINGS


def test_a_client_that_hung_up_stops_its_query(store_path: Path) -> None:
    with WorkerPool(store_path, 1, PoolLimits(timeout_s=PATIENCE)) as pool:
        (victim,) = pool.process_ids()
        with pytest.raises(LimitError, match="hung up"):
            pool.run(ENDLESS, is_gone=lambda: True)
        assert not is_running(victim)
        assert number(pool) == THINGS


def test_nothing_is_left_behind(store_path: Path) -> None:
    pool = WorkerPool(store_path, 3)
    processes = pool.process_ids()
    assert len(processes) == 3
    number(pool)
    pool.close()
    pool.close()
    assert not [p for p in processes if is_running(p)]
    with pytest.raises(LimitError, match="stopping"):
        pool.run(COUNT)


def test_closing_stops_what_runs(store_path: Path) -> None:
    pool = WorkerPool(store_path, 1, PoolLimits(timeout_s=PATIENCE))
    caught: list[BaseException] = []

    def endless() -> None:
        try:
            pool.run(ENDLESS)
        except KgError as error:
            caught.append(error)

    thread = threading.Thread(target=endless)
    thread.start()
    time.sleep(0.3)
    processes = pool.process_ids()
    pool.close()
    thread.join(PATIENCE)
    assert caught
    assert not [p for p in processes if is_running(p)]


def test_workers_end_with_a_parent_that_was_killed(store_path: Path) -> None:
    program = (
        "import sys, time; from kg.store.workers import WorkerPool, PoolLimits\n"
        f"pool = WorkerPool({str(store_path)!r}, 2, PoolLimits(timeout_s={PATIENCE}))\n"
        "print(*pool.process_ids(), flush=True)\n"
        f"pool.run({ENDLESS!r})\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        workers = [int(p) for p in parent.stdout.readline().split()]
        time.sleep(0.3)
        parent.kill()
    deadline = time.monotonic() + PATIENCE
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [p for p in workers if is_running(p)]


def test_a_folder_that_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="cannot be opened"):
        WorkerPool(tmp_path / "nothing", 2)


# --- several at a time


def test_threads_share_the_workers(pool: WorkerPool) -> None:
    wrong: list[object] = []

    def many(start: int) -> None:
        for i in range(start, start + 50):
            text = f"SELECT ?o {{ <http://example.org/thing{i}> ?p ?o }}"
            if ask(pool, text) != f"o\r\nvalue {i}\r\n":
                wrong.append(i)

    threads = [threading.Thread(target=many, args=(100 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_cheap_query_passes_beside_an_endless_one(store_path: Path) -> None:
    with WorkerPool(store_path, 2, PoolLimits(timeout_s=PATIENCE)) as pool:
        threads = occupy(pool, 1)
        assert number(pool) == THINGS
        assert threads[0].is_alive()
        pool.close()
        threads[0].join()


def occupy(pool: WorkerPool, count: int, **options: object) -> list[threading.Thread]:
    """Start endless queries, and return when they have been taken up."""

    def run() -> None:
        with pytest.raises(LimitError):
            pool.run(ENDLESS, **options)  # type: ignore[arg-type]

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    return threads


def test_quick_queries_pass_beside_any_number_of_long_ones(store_path: Path) -> None:
    limits = PoolLimits(timeout_s=PATIENCE, long_s=0.3, max_waiting=8)
    with WorkerPool(store_path, 1, limits) as pool:
        threads = occupy(pool, 2)  # one goes on as a long one, one is paused
        for _ in range(20):
            assert number(pool) == THINGS
        assert len(pool.process_ids()) <= 3, "one is ready, one is long, one is paused"
        assert all(thread.is_alive() for thread in threads)
        pool.close()
        for thread in threads:
            thread.join()


def test_a_paused_query_goes_on_and_is_answered(store_path: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(?c) + STRLEN(?f) > 0) }"
    with WorkerPool(store_path, 1, PoolLimits(timeout_s=PATIENCE, long_s=0.01)) as pool:
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda: found.append(number(pool, slow))) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(2 * PATIENCE)
    assert found == [THINGS * THINGS] * 3


def test_a_paused_query_of_a_client_that_hung_up_is_stopped(store_path: Path) -> None:
    limits = PoolLimits(timeout_s=PATIENCE, long_s=0.1)
    with WorkerPool(store_path, 1, limits) as pool:
        gone = threading.Event()
        threads = occupy(pool, 2, is_gone=gone.is_set)
        before = pool.process_ids()
        gone.set()
        for thread in threads:
            thread.join(60)
        assert number(pool) == THINGS
        assert len(set(before) & set(pool.process_ids())) <= 1


def test_an_allowed_service_is_asked_and_no_other(store_path: Path, tmp_path: Path) -> None:
    from kg.store.guard import GuardLimits
    from tests.web.conftest import served

    there = tmp_path / "there.nt"
    there.write_text('<http://example.org/thing7> <http://example.org/note> "from there" .\n')
    with served(there) as address:
        guard = GuardLimits(services=frozenset([f"{address}sparql"]))
        limits = PoolLimits(timeout_s=PATIENCE, guard=guard)
        with WorkerPool(store_path, 1, limits) as pool:
            text = "SELECT ?n { ?s ?p 'value 7' SERVICE <%s> { ?s <http://example.org/note> ?n } }"
            assert ask(pool, text % f"{address}sparql") == "n\r\nfrom there\r\n"
            with pytest.raises(RefusedError, match="Accepted: SERVICE and one of"):
                pool.run(text % f"{address}other")
            assert number(pool) == THINGS
            assert len(pool.process_ids()) == 1


def test_a_full_queue_says_when_to_come_back(store_path: Path) -> None:
    with WorkerPool(store_path, 1, PoolLimits(timeout_s=2, long_s=2, max_waiting=1)) as pool:
        threads = occupy(pool, 2)  # one runs, one waits
        with pytest.raises(LimitError, match="1 queries are waiting already") as caught:
            pool.run(COUNT)
        assert caught.value.status == 503
        assert caught.value.retry_after
        for thread in threads:
            thread.join()
        assert number(pool) == THINGS


def test_one_client_cannot_take_all_places(store_path: Path) -> None:
    with WorkerPool(store_path, 2, PoolLimits(timeout_s=2, max_per_client=1)) as pool:
        threads = occupy(pool, 1, client="greedy")
        with pytest.raises(LimitError, match="of yours") as caught:
            pool.run(COUNT, client="greedy")
        assert caught.value.status == 429
        assert caught.value.retry_after
        assert number(pool, client="another") == THINGS
        for thread in threads:
            thread.join()
        assert number(pool, client="greedy") == THINGS


# --- the interface that named queries know


def test_the_pooled_store(pool: WorkerPool) -> None:
    store = PooledStore(pool.run, "2026-01-01-abcdef01")
    table = store.table(COUNT)
    assert table.rows == [(THINGS,)]
    assert table.meta["release"] == "2026-01-01-abcdef01"
    assert store.serialise("ASK {}", CSV) == b"true"
