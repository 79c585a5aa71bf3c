"""A real Virtuoso: filled by ``kg push``, it gives the rows of the embedded store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import kg
from kg.analysis.graph import Graph
from kg.cli import cli
from kg.columns import COLUMN_QUERIES
from kg.endpoint import connect
from kg.errors import KgError, LimitError, ReleaseError, SettingsError
from kg.pipeline import build
from kg.push import GraphStore, Step, VirtuosoLoader, push
from kg.queries import bind, catalogue, get_query
from kg.settings import load_settings
from kg.store import Release, RemoteStore
from kg.store.remote import Access, RemoteOptions
from kg.web import close_app, create_app
from kg.web.elsewhere import Elsewhere, settings_for
from tests.conftest import WORLD, write_project
from tests.test_queries import CASES
from tests.virtuoso import MISSING, Virtuoso, running

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

OPTIONS = RemoteOptions(timeout_s=60, access=Access("digest", "dba", "dba"))
ARBITRARY = {"endpoint/a-statement", "pages/any-statement"}
"""Queries for any one row: which one is the engine's choice, so only their number is compared."""

ASKED: list[tuple[str, Mapping[str, Any]]] = [
    *((query_id, case["parameters"]) for query_id, case in CASES),
    *(
        (query.id, {name: p.example for name, p in query.parameters.items()})
        for query in catalogue().values()
    ),
]


def graph_store(server: Virtuoso) -> GraphStore:
    return GraphStore(server.url.replace("/sparql", "/sparql-graph-crud-auth"), OPTIONS)


def changed_world(folder: Path) -> Release:
    """Build the test world with another name of a training."""
    tables = folder / "tables"
    tables.mkdir()
    for file in WORLD.glob("*.csv"):
        text = file.read_text(encoding="utf-8").replace("Bare test seminar", "Bare trial seminar")
        (tables / file.name).write_text(text, encoding="utf-8")
    return build(load_settings(write_project(folder, tables))).release


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    with running(tmp_path_factory.mktemp("virtuoso") / "server") as started:
        yield started


@pytest.fixture(scope="module")
def pushed(server: Virtuoso, world: Release) -> list[Step]:
    return push(world, RemoteStore(server.url, OPTIONS), graph_store(server))


@pytest.fixture(scope="module")
def remote(server: Virtuoso, pushed: list[Step]) -> Graph:
    assert pushed
    return kg.open(server.url, options=RemoteOptions(timeout_s=60))


def _plain(value: object) -> object:
    return round(value, 6) if isinstance(value, float) else value


def rows_of(rows: Any) -> list[tuple[object, ...]]:
    """Return rows with numbers as exact as engines agree on them."""
    return [tuple(map(_plain, row)) for row in rows]


@pytest.mark.parametrize(
    ("query_id", "parameters"), ASKED, ids=[f"{q} {json.dumps(p)[:80]}" for q, p in ASKED]
)
def test_every_named_query_gives_the_rows_of_the_embedded_store(
    graph: Graph, remote: Graph, query_id: str, parameters: Mapping[str, Any]
) -> None:
    text = bind(get_query(query_id), parameters, graph.resolve, graph.prefixes)
    if "CONSTRUCT" in text:
        here, there = (
            set(g.store.serialise(text, "application/n-triples").decode().splitlines())
            for g in (graph, remote)
        )
        assert len(there) == len(here)
        return
    here_table, there_table = graph.store.table(text), remote.store.table(text)
    assert there_table.columns == here_table.columns
    here_rows, there_rows = rows_of(here_table.rows), rows_of(there_table.rows)
    if query_id in ARBITRARY:
        assert len(there_rows) == len(here_rows)
    elif "#+ order: none" in text:
        assert sorted(there_rows, key=repr) == sorted(here_rows, key=repr)
    else:
        assert there_rows == here_rows


def test_the_record_names_release_and_graphs(
    server: Virtuoso, remote: Graph, world: Release
) -> None:
    found = connect(server.url, RemoteOptions())
    assert remote.store.release_id == found.state == world.id
    assert found.record is not None
    counts = {name: graph.triples for name, graph in found.record.named.items()}
    assert counts == world.manifest["graphs"]
    assert [graph.triples for graph in found.record.default.values()] == [world.manifest["triples"]]


@pytest.mark.parametrize("name", COLUMN_QUERIES)
def test_flat_tables_are_those_of_the_release(graph: Graph, remote: Graph, name: str) -> None:
    assert remote.columns(name).equals(graph.columns(name))


def test_networks_analyses_and_search_are_those_of_the_release(graph: Graph, remote: Graph) -> None:
    for projection in ("partnership", "knowledge-flow"):
        here, there = (g.network(projection).centrality("degree") for g in (graph, remote))
        assert there.rows == here.rows
    assert remote.analyse("balance").rows == graph.analyse("balance").rows
    assert remote.search("cape").rows == graph.search("cape").rows


def test_our_server_serves_what_virtuoso_holds(
    server: Virtuoso, remote: Graph, world: Release
) -> None:
    total = world.manifest["triples"]
    elsewhere = Elsewhere(server.url, RemoteOptions())
    app = create_app(settings_for(elsewhere), elsewhere=elsewhere)
    client = app.test_client()
    for page in ("/", "/quality", "/page/country/ZA", "/queries/programmes/overview",
                 "/api/queries/programmes/overview.json", "/.well-known/void"):  # fmt: skip
        assert client.get(page).status_code == 200, page
    count = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}
    for suffix in ("csv", "json", "xml", "tsv", "parquet"):
        answer = client.get(f"/sparql.{suffix}", query_string=count)
        assert answer.status_code == 200, suffix
        assert answer.headers["X-Rihla-Release"] == remote.store.release_id
    assert client.get("/sparql.csv", query_string=count).get_data().split()[1] == b"%d" % total
    close_app(app)


def test_a_second_push_sends_nothing(server: Virtuoso, remote: Graph, world: Release) -> None:
    again = push(world, RemoteStore(server.url, OPTIONS), graph_store(server))
    assert {step.action for step in again} == {"keep"}


def test_a_dry_run_changes_nothing(server: Virtuoso, remote: Graph, tmp_path: Path) -> None:
    other = changed_world(tmp_path)
    steps = push(other, RemoteStore(server.url, OPTIONS), graph_store(server), dry_run=True)
    assert {step.action for step in steps} >= {"send", "keep"}
    assert connect(server.url, RemoteOptions()).state == remote.store.release_id


def test_capped_answers_are_put_together(tmp_path: Path, world: Release) -> None:
    with running(tmp_path / "capped", rows=1500) as server:
        push(world, RemoteStore(server.url, OPTIONS), graph_store(server), union=True)
        store = connect(server.url, RemoteOptions()).store
        everything = "SELECT ?s ?p ?o { ?s ?p ?o FILTER(ISIRI(?o)) }"
        some = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(ISIRI(?o)) }"
        (wanted,) = store.table(some).rows[0]
        table = store.table(everything)
        assert len(table) == wanted > 10_000  # beyond the rows that Virtuoso sorts for a page
        assert len(set(table.rows)) == wanted
        with pytest.raises(LimitError, match="gives 1,500 rows at most"):
            store.serialise("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "application/n-triples")
        few = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 10"
        assert len(store.serialise(few, "application/n-triples").split(b" .\n")) > 5


class Failing(GraphStore):
    """Breaks off after so many graphs."""

    left = 3

    def put(self, graph: Any, tell: Any) -> None:
        self.left -= 1
        if self.left < 0:
            raise ReleaseError("The line was cut.")
        super().put(graph, tell)


def test_a_push_that_broke_off_goes_on_and_deletes_what_is_left_over(
    tmp_path: Path, world: Release
) -> None:
    other = changed_world(tmp_path)
    with running(tmp_path / "server") as server:
        store = RemoteStore(server.url, OPTIONS)
        push(world, store, VirtuosoLoader(server.sql, server.load, OPTIONS))
        assert connect(server.url, RemoteOptions()).state == world.id
        failing = Failing(server.url.replace("/sparql", "/sparql-graph-crud-auth"), OPTIONS)
        with pytest.raises(ReleaseError, match=r"The line was cut\. \d+ of \d+ graphs of release"):
            push(other, store, failing)
        with pytest.raises(ReleaseError, match="only a part of release"):
            connect(server.url, RemoteOptions())
        before = len([s for s in push(other, store, failing, dry_run=True) if s.action == "send"])
        steps = push(other, store, graph_store(server))
        assert len([step for step in steps if step.action == "send"]) == before
        (gone,) = [step.graph for step in steps if step.action == "delete"]
        found = connect(server.url, RemoteOptions())
        assert found.state == other.id
        left = {
            str(row[0]) for row in found.store.table("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
        }
        assert gone not in left
        assert left == set(other.manifest["graphs"])


def test_the_command_pushes(server: Virtuoso, remote: Graph, world_settings: Any) -> None:
    environ = {
        "RIHLA_SPARQL_USER": "dba",
        "RIHLA_SPARQL_PASSWORD": "dba",
        "RIHLA_SPARQL_AUTH": "digest",
    }
    given = ["push", server.url, "--project", str(world_settings.file), "--format", "csv"]
    done = CliRunner().invoke(cli, given, env=environ)
    assert done.exit_code == 0, done.output
    assert "keep,https://w3id.org/rihla/id/graph/vocabulary" in done.output


def test_a_wrong_password_is_named(server: Virtuoso, world: Release, remote: Graph) -> None:
    wrong = RemoteOptions(access=Access("digest", "dba", "wrong"))
    target = GraphStore(server.url.replace("/sparql", "/sparql-graph-crud-auth"), wrong)
    with pytest.raises(KgError, match="RIHLA_SPARQL_USER"):
        push(world, RemoteStore(server.url, wrong), target)
    with pytest.raises(SettingsError, match="RIHLA_SPARQL_USER"):
        VirtuosoLoader(server.sql, server.load, wrong).drop("http://example.org/g")


def test_the_bulk_loader_leaves_no_file_behind(server: Virtuoso) -> None:
    loader = VirtuosoLoader(server.sql, server.load, OPTIONS)
    loader.put_text("http://example.org/g", "<urn:a> <urn:b> <urn:c> .\n")
    count = "SELECT (COUNT(*) AS ?n) { GRAPH <http://example.org/g> { ?s ?p ?o } }"
    store = RemoteStore(server.url, OPTIONS)
    assert store.table(count).rows == [(1,)]
    loader.put_text("http://example.org/g", "<urn:a> <urn:b> <urn:d> , <urn:e> .\n")
    assert store.table(count).rows == [(2,)]
    loader.drop("http://example.org/g")
    assert store.table(count).rows == [(0,)]
    assert list(server.load.iterdir()) == []
