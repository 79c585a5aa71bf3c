"""The programs that people use, over a real socket: SPARQLWrapper, rdflib, pandas, curl."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit

import pandas as pd
import pytest
import rdflib
from flask import Flask
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from kg.analysis.graph import Graph
from kg.settings import Settings
from kg.store import RemoteStore
from kg.web import make_server
from tests.conftest import ROOT
from tests.web.test_sparql import CONSTRUCT, COUNT, TRAININGS

NAMES = (
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    "SELECT ?x ?name { ?x a <https://w3id.org/rihla/ontology#Country> ; rdfs:label ?name "
    'FILTER(LANG(?name) = "en") } ORDER BY ?name'
)


def wrapper(live: str, query: str, form: str, method: str = GET) -> SPARQLWrapper:
    client = SPARQLWrapper(f"{live}sparql")
    client.setQuery(query)
    client.setReturnFormat(form)
    client.setMethod(method)
    return client


@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_json(live: str, method: str) -> None:
    answer = wrapper(live, COUNT, JSON, method).query().convert()
    assert answer["results"]["bindings"][0]["n"]["value"] == str(TRAININGS)


@pytest.mark.parametrize("form", [CSV, TSV])
def test_sparqlwrapper_text(live: str, form: str) -> None:
    assert str(TRAININGS).encode() in wrapper(live, COUNT, form).query().convert()


def test_sparqlwrapper_xml(live: str) -> None:
    document = wrapper(live, COUNT, XML).query().convert()
    assert str(TRAININGS) in document.toxml()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize("form", [RDFXML, JSONLD])
def test_sparqlwrapper_graphs(live: str, form: str) -> None:
    assert len(wrapper(live, CONSTRUCT, form).query().convert()) == 5


@pytest.mark.parametrize("form", [TURTLE, N3])
def test_sparqlwrapper_turtle(live: str, form: str) -> None:
    text = wrapper(live, CONSTRUCT, form).query().convert()
    assert len(rdflib.Graph().parse(data=text, format="turtle")) == 5


def test_sparqlwrapper_errors(live: str) -> None:
    with pytest.raises(QueryBadFormed, match="line 1"):
        wrapper(live, "SELECT", JSON).query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_store(live: str, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{live}sparql", method=method))
    rows = list(graph.query(NAMES))
    assert "Türkiye" in [str(row[1]) for row in rows]
    za = rdflib.URIRef("https://w3id.org/rihla/id/country/ZA")
    assert rdflib.Literal("South Africa", "en") in set(graph.objects(za, rdflib.RDFS.label))
    assert graph.query("ASK { ?s ?p ?o }").askAnswer is True


def test_pandas(live: str) -> None:
    frame = pd.read_csv(f"{live}sparql?format=csv&query={quote(NAMES)}")
    assert list(frame.columns) == ["x", "name"]
    assert frame["name"].is_monotonic_increasing
    listed = pd.read_csv(f"{live}api/network/partnership/all.csv")
    assert (listed["degree"] > 0).any()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_as_on_the_home_page(live: str) -> None:
    command = ["curl", "-sS", f"{live}sparql", "-H", "Accept: text/csv"]
    done = subprocess.run(
        [*command, "--data-urlencode", f"query={COUNT}"], capture_output=True, check=True
    )
    assert done.stdout == f"n\r\n{TRAININGS}\r\n".encode()


def test_our_own_remote_store(live: str, graph: Graph) -> None:
    there = Graph(RemoteStore(f"{live}sparql"))
    here = graph.query("people/learned-method", method="method:python-programming")
    assert (
        there.query("people/learned-method", method="method:python-programming").rows == here.rows
    )


# --- the server itself


def test_large_answers_come_whole(live: str) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 9000"
    with urllib.request.urlopen(f"{live}sparql?format=csv&query={quote(query)}") as answer:
        body = answer.read()
    assert len(body) == int(answer.headers["Content-Length"]) > 64 * 1024
    assert body.endswith(b"\r\n")


def test_no_version_is_told(live: str) -> None:
    with urllib.request.urlopen(live) as answer:
        assert answer.headers["Server"] is None


def test_slow_clients_do_not_stop_others(live: str) -> None:
    place = urlsplit(live)
    slow = []
    for _ in range(150):  # more than there are threads
        connection = socket.create_connection((place.hostname, place.port))
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        slow.append(connection)
    began = time.monotonic()
    with urllib.request.urlopen(f"{live}healthz", timeout=60) as answer:
        assert answer.status == 200
    assert time.monotonic() - began < 60
    for connection in slow:
        connection.close()


def test_slow_readers_do_not_stop_others(live: str) -> None:
    place = urlsplit(live)
    path = f"/sparql?format=json&query={quote('SELECT * { ?s ?p ?o } LIMIT 9000')}"
    readers = []
    for _ in range(5):  # below the limit per client
        connection = http.client.HTTPConnection(str(place.hostname), place.port)
        connection.request("GET", path)
        readers.append(connection)
    time.sleep(0.5)
    with urllib.request.urlopen(f"{live}sparql?query={quote('ASK {}')}", timeout=120) as answer:
        assert answer.status == 200
    for connection in readers:
        response = connection.getresponse()
        assert response.status == 200
        assert len(response.read()) == int(response.headers["Content-Length"])
        connection.close()


def test_a_client_that_hangs_up_gives_its_worker_back(app: Flask, live: str) -> None:
    place = urlsplit(live)
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?h) }"
    pool = app.extensions["rihla"].pool
    before = pool.process_ids()
    for _ in before:
        connection = http.client.HTTPConnection(str(place.hostname), place.port)
        connection.request("GET", f"/sparql?query={quote(endless)}")
        until = time.monotonic() + 10
        while not pool.lanes.quick and time.monotonic() < until:
            time.sleep(0.02)  # hang up only when the query runs
        connection.close()
        while pool.lanes.quick and time.monotonic() < until:
            time.sleep(0.02)
    deadline = time.monotonic() + 15  # the limit of time is 20 s
    while time.monotonic() < deadline:
        if not set(before) & set(pool.process_ids()):
            break
        time.sleep(0.1)
    assert not set(before) & set(pool.process_ids())


def test_a_taken_port_is_said_plainly(app: Flask, live: str) -> None:
    from kg.errors import SettingsError

    with pytest.raises(SettingsError, match=r"Cannot listen on 127\.0\.0\.1 port"):
        make_server(app, "127.0.0.1", urlsplit(live).port or 0)


def test_server_py_serves_the_project(world_settings: Settings, world: object) -> None:
    program = (
        "import server\n"
        "with server.app.test_client() as client:\n"
        "    print(client.get('/readyz').text)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**_environment(), "RIHLA_PROJECT": str(world_settings.file)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert '"status":"ready"' in done.stdout, done.stderr


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ)


def test_serving_ends_with_its_workers(world_settings: Settings, world: object) -> None:
    """``kg.web.serve`` prints its address, answers, and leaves no process behind."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom kg import web\n"
        "app = web.create_app(Path(sys.argv[1]))\n"
        "pool = app.extensions['rihla'].pool\n"
        "def say(address): print(address, *pool.process_ids(), flush=True)\n"
        "web.serve(app, '127.0.0.1', 0, say)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(world_settings.file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address, *workers = process.stdout.readline().split()
        with urllib.request.urlopen(f"{address}readyz", timeout=120) as answer:
            assert answer.status == 200
        process.send_signal(2)  # Ctrl-C
        assert process.wait(120) in (0, 1, -2, 130)
    assert workers
    assert not [w for w in workers if Path(f"/proc/{w}").exists()]


def test_many_at_a_time(live: str) -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        query = f"SELECT ({number} + 1 AS ?n) {{}}"
        address = f"{live}sparql?format=csv&query={quote(query)}"
        try:
            with urllib.request.urlopen(address, timeout=120) as answer:
                if answer.read().split()[1] != str(number + 1).encode():
                    wrong.append(number)
        except OSError as error:
            wrong.append(error)

    for start in range(0, 40, 8):
        threads = [threading.Thread(target=ask, args=(start + i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong
