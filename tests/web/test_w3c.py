"""The W3C suites over HTTP: what the engine answers in this process, the endpoint answers too."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
import pytest
import rdflib

from kg.store.guard import inspect_query
from tests.w3c import suites
from tests.w3c.suites import ProtocolTest, QueryTest
from tests.web.conftest import served

EMPTY = "https://example.org/empty"
VERSIONS = {"sparql10": 477, "sparql11": 338, "sparql12": 240}
"""Versions and how many tests each has at least."""

JSON = "application/sparql-results+json"
NT = "application/n-triples"
TESTS = {version: suites.query_tests(version) for version in VERSIONS}

UPDATES = {
    "update_dataset_default_graph",
    "update_dataset_default_graphs",
    "update_dataset_named_graphs",
    "update_dataset_full",
    "update_post_form",
    "update_post_direct",
    "update_base_uri",
}
"""The protocol tests that change the graph: this endpoint refuses them with 403."""


@dataclass(frozen=True)
class Reply:
    status: int
    media_type: str
    body: bytes


class Endpoint:
    """A connection to the endpoint that is kept open."""

    def __init__(self, address: str) -> None:
        place = urlsplit(address)
        self.connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=300)

    def send(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> Reply:
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        media_type = (response.headers.get("Content-Type") or "").partition(";")[0]
        return Reply(response.status, media_type, response.read())

    def ask(self, text: str, accept: str, **graphs: list[str]) -> Reply:
        pairs = [(name.replace("_", "-"), iri) for name, iris in graphs.items() for iri in iris]
        return self.send(
            "POST",
            f"/sparql?{urlencode(pairs)}",
            {"Content-Type": "application/sparql-query", "Accept": accept},
            text.encode(),
        )


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """Serve every data file of the suites as a named graph of its own IRI."""
    folder = tmp_path_factory.mktemp("w3c")
    store = ox.Store(str(folder / "writing"))
    used = {iri for tests in TESTS.values() for t in tests for iri in _files_of(t)}
    for iri in sorted(used):
        store.extend(_in_graph(suites.data(iri), iri))
    for test in suites.protocol_tests():
        for graph, file in test.graphs:
            store.extend(_in_graph(suites.data(file), graph))
    store.flush()
    store.backup(str(folder / "store"))
    with served(folder / "store") as address:
        made = Endpoint(address)
        yield made
        made.connection.close()


def _files_of(test: QueryTest) -> list[str]:
    from_files = suites.files(test.query) if _has_dataset(test) else []
    return [*test.data, *test.named, *from_files]


def _has_dataset(test: QueryTest) -> bool:
    try:
        return inspect_query(test.text).has_dataset
    except ValueError:
        return False


def _in_graph(quads: list[ox.Quad], iri: str) -> list[ox.Quad]:
    """Put quads of the default graph into a named one."""
    return [
        ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(iri))
        if isinstance(q.graph_name, ox.DefaultGraph)
        else q
        for q in quads
    ]


def _graphs_inside(test: QueryTest) -> list[str]:
    """Return the graphs that the quads of a test name themselves."""
    names = (q.graph_name for iri in test.data for q in suites.data(iri))
    return sorted({n.value for n in names if isinstance(n, ox.NamedNode)})


# --- the same answers as in this process


def in_process(test: QueryTest) -> tuple[str, object]:
    """Return the outcome of a test in this process: its form and rows, or that it fails."""
    store = ox.Store()
    for iri in test.data:
        store.extend(suites.data(iri))
    for iri in _files_of(test):
        if iri not in test.data or iri in test.named:
            store.extend(_in_graph(suites.data(iri), iri))
    try:
        answer = store.query(test.text, base_iri=test.query)
        if isinstance(answer, ox.QueryBoolean):
            return "ask", bool(answer)
        if isinstance(answer, ox.QueryTriples):
            return "graph", _rows([(t.subject, t.predicate, t.object) for t in answer])
        names = [v.value for v in answer.variables]
        return "rows", (names, _rows([tuple(s[n] for n in names) for s in answer]))
    except SyntaxError:
        return "failed", "syntax"
    except (ValueError, OSError, RuntimeError):
        return "failed", "evaluation"


def over_http(endpoint: Endpoint, test: QueryTest) -> tuple[str, object]:
    """Return the outcome of a test over HTTP, in the same form."""
    own = _has_dataset(test)
    reply = endpoint.ask(
        f"BASE <{test.query}>\n{test.text}",
        f"{JSON}, {NT}",
        default_graph_uri=[] if own else list(test.data or [EMPTY]),
        named_graph_uri=[] if own else [*test.named, *_graphs_inside(test)],
    )
    if reply.status != 200:
        assert reply.status == 400, (test, json.loads(reply.body))
        return "failed", json.loads(reply.body)["detail"]
    if reply.media_type == NT:
        parsed = ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)
        return "graph", _rows([(q.subject, q.predicate, q.object) for q in parsed])
    answer = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
    if isinstance(answer, ox.QueryBoolean):
        return "ask", bool(answer)
    names = [v.value for v in answer.variables]
    return "rows", (names, _rows([tuple(s[n] for n in names) for s in answer]))


def _rows(rows: list[tuple[object, ...]]) -> Counter[tuple[str, ...]]:
    """Count rows, blank nodes by what they stand beside: equal for isomorphic answers."""
    colours: dict[str, str] = {}
    for _ in range(4):
        seen: dict[str, list[str]] = {}
        for row in rows:
            shown = tuple(_shown(term, colours) for term in row)
            for position, term in enumerate(row):
                for node in _blanks(term):
                    seen.setdefault(node, []).append(f"{position}{shown}")
        colours = {node: str(hash(tuple(sorted(places)))) for node, places in seen.items()}
    return Counter(tuple(_shown(term, colours) for term in row) for row in rows)


def _blanks(term: object) -> list[str]:
    if isinstance(term, ox.BlankNode):
        return [term.value]
    if isinstance(term, ox.Triple):
        return [b for part in (term.subject, term.predicate, term.object) for b in _blanks(part)]
    return []


def _shown(term: object, colours: dict[str, str]) -> str:
    if isinstance(term, ox.BlankNode):
        return f"_:{colours.get(term.value, '')}"
    if isinstance(term, ox.Triple):
        parts = (term.subject, term.predicate, term.object)
        return f"<<{' '.join(_shown(p, colours) for p in parts)}>>"
    return str(term)


@pytest.mark.parametrize(("version", "least"), VERSIONS.items())
def test_no_test_is_lost_to_the_server(endpoint: Endpoint, version: str, least: int) -> None:
    assert len(TESTS[version]) >= least
    wrong = {}
    for test in TESTS[version]:
        here, there = in_process(test), over_http(endpoint, test)
        same = here[0] == there[0] and (here[0] == "failed" or here[1] == there[1])
        if not same:
            wrong[test.name] = (here, there)
    assert not wrong


# --- the protocol


@pytest.mark.parametrize("test", suites.protocol_tests(), ids=lambda t: t.name)
def test_protocol(endpoint: Endpoint, test: ProtocolTest) -> None:
    for request in test.requests:
        path = request.path.replace("/sparql/", "/sparql", 1)
        reply = endpoint.send(request.method, path, dict(request.headers), request.body)
        if test.name in UPDATES and b"ASK" not in (request.body or b""):
            assert reply.status == 403, reply
            continue
        assert f"{reply.status // 100}xx" in request.statuses, reply
        if request.boolean is not None and test.name not in UPDATES:
            assert json.loads(reply.body)["boolean"] is request.boolean
        if request.format == "RDF":
            assert ox.RdfFormat.from_media_type(reply.media_type)
        elif request.format and reply.status == 200:
            assert reply.media_type == JSON


def test_all_protocol_tests_are_there() -> None:
    assert len(suites.protocol_tests()) == 34


# --- service description: has-endpoint-triple, returns-rdf, conforms-to-schema


SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "*/*"])
def test_service_description(endpoint: Endpoint, accept: str) -> None:
    reply = endpoint.send("GET", "/sparql", {"Accept": accept})
    assert reply.status == 200
    graph = rdflib.Graph().parse(data=reply.body, format=reply.media_type)  # returns-rdf
    connection = endpoint.connection
    address = rdflib.URIRef(f"http://{connection.host}:{connection.port}/sparql")
    (service,) = graph.subjects(SD.endpoint, address)  # has-endpoint-triple
    assert (service, rdflib.RDF.type, SD.Service) in graph
    classes = {  # conforms-to-schema: the ranges of the vocabulary's properties
        SD.defaultDataset: SD.Dataset,
        SD.defaultGraph: SD.Graph,
        SD.namedGraph: SD.NamedGraph,
        SD.graph: SD.Graph,
    }
    for prop, kind in classes.items():
        for thing in graph.objects(None, prop):
            assert (thing, rdflib.RDF.type, kind) in graph
    languages = set(graph.objects(service, SD.supportedLanguage))
    assert languages == {SD.SPARQL10Query, SD.SPARQL11Query}
    assert SD.UnionDefaultGraph in set(graph.objects(service, SD.feature))
    assert rdflib.URIRef("http://www.w3.org/ns/formats/SPARQL_Results_JSON") in set(
        graph.objects(service, SD.resultFormat)
    )
    names = set(graph.objects(None, SD.name))
    assert len(names) > 100
    assert all(isinstance(name, rdflib.URIRef) for name in names)


# --- the graph store protocol, read


def test_graphs_are_read_whole(endpoint: Endpoint) -> None:
    graph, file = suites.protocol_tests()[1].graphs[0]
    reply = endpoint.send("GET", f"/graphs?graph={quote(graph, safe='')}", {"Accept": NT})
    assert reply.status == 200
    wanted = {str(q.triple) for q in suites.data(file)}
    got = {str(q.triple) for q in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)}
    assert got == wanted
    head = endpoint.send("HEAD", f"/graphs?graph={quote(graph, safe='')}", {"Accept": NT})
    assert (head.status, head.body) == (200, b"")


@pytest.mark.parametrize(
    ("method", "query", "status"),
    [
        ("GET", "?default", 200),
        ("HEAD", "?graph=https://example.org/none", 404),
        ("GET", "?graph=https://example.org/none", 404),
        ("GET", "", 400),
        ("GET", "?default&graph=https://example.org/x", 400),
        ("GET", "?graph=relative", 400),
        ("GET", "?graph=http://a%20b", 400),
        ("PUT", "?default", 405),
        ("POST", "", 405),
        ("DELETE", "?graph=https://example.org/x", 405),
        ("PATCH", "?default", 405),
    ],
)
def test_graphs_are_never_changed(endpoint: Endpoint, method: str, query: str, status: int) -> None:
    reply = endpoint.send(method, f"/graphs{query}", {"Accept": NT})
    assert reply.status == status
    if status >= 400 and method != "HEAD":
        assert json.loads(reply.body)["status"] == status
