"""An endpoint elsewhere, found out: its default graph, its release; our own server as one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import polars as pl
import pyoxigraph as ox
import pytest
from flask import Flask

import kg
from kg.analysis.graph import Graph
from kg.columns import COLUMN_QUERIES
from kg.endpoint import connect, manifest_of, release_of
from kg.errors import ReleaseError
from kg.queries import catalogue, get_query
from kg.store import Release, RemoteStore
from kg.store.remote import RemoteOptions
from kg.web import close_app, create_app, make_server
from kg.web.serving import address
from tests.test_queries import CASE_IDS, CASES, Case

DCTERMS = "http://purl.org/dc/terms/"
SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RECORD = "https://w3id.org/rihla/id/graph/release"


@pytest.fixture(scope="module")
def ours(world_settings: Any, world: Release) -> Iterator[str]:
    """The address of our own endpoint over the test world."""
    app: Flask = create_app(world_settings, world)
    server = make_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"{address(server)}sparql"
    server.close()
    thread.join(60)
    close_app(app)


@pytest.fixture(scope="module")
def remote(ours: str) -> Graph:
    """The test world, opened through our own endpoint."""
    return kg.open(ours)


class Bare:
    """An endpoint with a default graph of its own, as Fuseki and Oxigraph's server have it."""

    def __init__(self, quads: Mapping[str, str], default: str = "", union: bool = False) -> None:
        self.store = ox.Store()
        self.union = union
        for graph, turtle in quads.items():
            self.store.load(turtle.encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph))
        self.store.load(default.encode(), ox.RdfFormat.TURTLE)
        self.asked: list[dict[str, list[str]]] = []

    def answer(self, fields: dict[str, list[str]]) -> bytes:
        self.asked.append(fields)
        default: list[Any] = [ox.NamedNode(iri) for iri in fields.get("default-graph-uri", [])]
        named: list[Any] = [ox.NamedNode(iri) for iri in fields.get("named-graph-uri", [])]
        found = self.store.query(
            fields["query"][0],
            use_default_graph_as_union=self.union and not default,
            default_graph=default or None,
            named_graphs=named or None,
        )
        assert not isinstance(found, ox.QueryTriples)
        return bytes(found.serialize(format=ox.QueryResultsFormat.JSON) or b"")


@pytest.fixture
def serve() -> Iterator[Any]:
    """Serve a Bare endpoint: ``serve(bare)`` returns its address."""
    running = []

    def start(bare: Bare) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                raw = bare.answer(parse_qs(body))
                self.send_response(200)
                self.send_header("Content-Type", "application/sparql-results+json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Keep the tests' output clean."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/sparql"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


TWO = {
    "urn:g1": "<http://e/a> <http://e/p> <http://e/b> .",
    "urn:g2": "<http://e/a> <http://e/p> <http://e/b>, <http://e/c> .",
}


def _count(store: RemoteStore) -> int:
    return len(store.table("SELECT DISTINCT ?s ?p ?o { ?s ?p ?o }"))


def test_graphs_are_named_where_the_default_graph_is_not_their_union(serve: Any) -> None:
    found = connect(serve(Bare(TWO, default="<urn:x> <urn:y> <urn:z> .")), RemoteOptions())
    assert found.store.dataset.default_graphs == ("urn:g1", "urn:g2")
    assert found.store.dataset.named_graphs == ("urn:g1", "urn:g2")
    assert _count(found.store) == 2
    inside = found.store.table("SELECT ?g { GRAPH ?g { <http://e/a> <http://e/p> <http://e/b> } }")
    assert sorted(inside.column("g")) == ["urn:g1", "urn:g2"]


def test_a_default_graph_that_is_the_union_is_left_alone(serve: Any) -> None:
    bare = Bare(TWO, union=True)
    found = connect(serve(bare), RemoteOptions())
    assert found.store.dataset.fields() == []
    assert _count(found.store) == 2
    assert all(set(fields) == {"query"} for fields in bare.asked)


def test_an_endpoint_without_named_graphs_has_its_default_graph(serve: Any) -> None:
    found = connect(serve(Bare({}, default="<urn:x> <urn:y> <urn:z> .")), RemoteOptions())
    assert found.store.dataset.fields() == []
    assert _count(found.store) == 1
    assert (found.ontology, found.record, found.state) == (None, None, None)


@pytest.mark.parametrize(
    ("setting", "count"), [("as-is", 1), ("union", 2), ("urn:g1", 1), ("urn:g1 urn:g2", 2)]
)
def test_a_setting_says_which_graphs_are_meant(serve: Any, setting: str, count: int) -> None:
    url = serve(Bare(TWO, default="<urn:x> <urn:y> <urn:z> ."))
    found = connect(url, RemoteOptions(default_graph=setting))
    assert _count(found.store) == count


def _record(
    release: str, complete: bool, union: bool = False, graph: str = RECORD
) -> dict[str, str]:
    lines = [
        f'<urn:d> a <{SD}Dataset> ; <{DCTERMS}hasVersion> "{release}" ; <{DCTERMS}title> "T" ;',
        f'<{VOID}uriSpace> "https://example.org/id/" ; <{DCTERMS}created> "2026-01-01" ;',
        f"<{SD}namedGraph> <urn:g1> , <urn:g2> .",
        f"<urn:g1> <{VOID}triples> 1 . <urn:g2> <{VOID}triples> 2 . <urn:u> <{VOID}triples> 2 .",
    ]
    if complete:
        lines.append(f'<urn:d> <{DCTERMS}available> "2026-01-02" .')
    if union:
        lines.append(f"<urn:d> <{SD}defaultGraph> <urn:u> .")
    return {graph: "\n".join(lines)}


def test_a_record_says_which_release_and_graphs_are_meant(serve: Any) -> None:
    graphs = {**TWO, **_record("2026-01-01-abc", complete=True), "urn:other": "<urn:q> a <urn:r> ."}
    found = connect(serve(Bare(graphs, union=True)), RemoteOptions())
    assert found.record is not None
    assert {n: g.triples for n, g in found.record.named.items()} == {"urn:g1": 1, "urn:g2": 2}
    assert (found.state, found.base) == ("2026-01-01-abc", "https://example.org/id/")
    assert found.store.release_id == "2026-01-01-abc"
    assert _count(found.store) == 2  # neither the record nor what else is there


def test_the_union_of_a_record_is_the_default_graph(serve: Any) -> None:
    union = {"urn:u": "<http://e/a> <http://e/p> <http://e/b>, <http://e/c> ."}
    graphs = {**TWO, **union, **_record("r", complete=True, union=True)}
    found = connect(serve(Bare(graphs)), RemoteOptions())
    assert found.store.dataset.default_graphs == ("urn:u",)
    assert found.store.dataset.named_graphs == ("urn:g1", "urn:g2")


def test_half_a_release_is_not_opened(serve: Any) -> None:
    url = serve(Bare({**TWO, **_record("2026-01-01-abc", complete=False)}))
    with pytest.raises(ReleaseError, match="only a part of release 2026-01-01-abc"):
        connect(url, RemoteOptions())


def test_two_releases_on_one_server_are_not_guessed_between(serve: Any) -> None:
    records = _record("a", complete=True) | _record("b", complete=True, graph="urn:other")
    with pytest.raises(ReleaseError, match="2 records"):
        connect(serve(Bare({**TWO, **records})), RemoteOptions())


def test_our_own_endpoint_says_its_release(remote: Graph, world: Release) -> None:
    assert remote.store.release_id == world.id
    assert remote.base == world.manifest["base"]


@pytest.mark.parametrize(("query_id", "case"), CASES, ids=CASE_IDS)
def test_every_question_has_the_same_answer_through_our_endpoint(
    graph: Graph, remote: Graph, query_id: str, case: Case
) -> None:
    here = graph.query(query_id, **case["parameters"])
    there = remote.query(query_id, **case["parameters"])
    assert there.columns == here.columns
    if "#+ order: none" in get_query(query_id).text:
        assert sorted(there.rows, key=repr) == sorted(here.rows, key=repr)
    else:
        assert there.rows == here.rows
    assert there.meta == here.meta


def test_every_query_is_among_the_cases_or_tested_with_the_pages() -> None:
    tried = {query_id for query_id, _ in CASES}
    assert {q.group for q in catalogue().values() if q.id not in tried} == {"pages", "endpoint"}


@pytest.mark.parametrize("name", COLUMN_QUERIES)
def test_flat_tables_are_those_of_the_release(graph: Graph, remote: Graph, name: str) -> None:
    assert remote.columns(name).equals(graph.columns(name))


@pytest.mark.parametrize("projection", ["partnership", "knowledge-flow", "co-teaching"])
def test_networks_are_those_of_the_release(graph: Graph, remote: Graph, projection: str) -> None:
    here, there = graph.network(projection), remote.network(projection)
    assert there.edges().rows == here.edges().rows
    assert there.centrality("degree").rows == here.centrality("degree").rows


@pytest.mark.parametrize("name", ["balance", "flow-matrix", "partners", "diversity"])
def test_analyses_are_those_of_the_release(graph: Graph, remote: Graph, name: str) -> None:
    here, there = (
        g.analyse(name, country="ZA") if name == "partners" else g.analyse(name)
        for g in (graph, remote)
    )
    assert there.rows == here.rows


def test_search_finds_the_same(graph: Graph, remote: Graph) -> None:
    for text in ("cape", "data scie", "ZA", "جنوب"):
        assert remote.search(text).rows == graph.search(text).rows
        assert graph.search(text).rows


def test_what_stands_for_a_release_has_its_tables_and_counts(
    ours: str, world: Release, tmp_path: Path
) -> None:
    told: list[str] = []
    made = release_of(connect(ours), tmp_path, told.append)
    assert made.id == world.id
    for key in ("base", "triples", "quads", "graphs", "ontology", "classes"):
        assert made.manifest[key] == world.manifest[key], key
    for name in COLUMN_QUERIES:
        kept = pl.read_parquet(world.columns(name))
        assert pl.read_parquet(made.columns(name)).equals(kept.sort(kept.columns))
    assert len(told) == len(COLUMN_QUERIES)
    json.dumps(made.manifest)


def test_the_manifest_of_foreign_data_claims_nothing_of_ours(serve: Any) -> None:
    found = connect(serve(Bare(TWO, default="<urn:x> <urn:y> <urn:z> .")), RemoteOptions())
    manifest = manifest_of(found)
    assert "ontology" not in manifest
    assert manifest["quads"] == 3
    assert manifest["graphs"] == {"urn:g1": 1, "urn:g2": 2}
