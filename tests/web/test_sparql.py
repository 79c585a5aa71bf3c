"""The endpoint: the protocol, formats, refusals, caching, and the form for people."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.settings import Settings
from kg.store import Release
from kg.store.workers import MIB, PoolLimits
from kg.web import close_app, create_app
from kg.web.formats import FORMATS, Kind, of_kind

COUNT = (
    "PREFIX rihla: <https://w3id.org/rihla/ontology#> "
    "SELECT (COUNT(DISTINCT ?t) AS ?n) { ?t a rihla:Training }"
)
TRAININGS = 16  # tests/world/trainings.csv
CONSTRUCT = "CONSTRUCT { ?s a <http://example.org/T> } WHERE { ?s a ?c } LIMIT 5"
PROBLEM = "application/problem+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def ask(client: FlaskClient, query: str, accept: str | None = None, **values: str) -> TestResponse:
    headers = {"Accept": accept} if accept else {}
    return client.get("/sparql", query_string={"query": query, **values}, headers=headers)


def problem(response: TestResponse, status: int) -> dict[str, object]:
    """Check the one shape of errors, and return it."""
    assert response.status_code == status, response.text
    assert response.mimetype == PROBLEM
    document = json.loads(response.text)
    assert document["status"] == status
    assert {"type", "title", "detail", "hint"} <= set(document)
    assert response.headers["Cache-Control"] == "no-store"
    return dict(document)


# --- the three ways to ask


def test_get(client: FlaskClient) -> None:
    response = ask(client, COUNT)
    assert response.status_code == 200
    assert response.mimetype == "application/sparql-results+json"
    bindings = json.loads(response.text)["results"]["bindings"]
    assert bindings[0]["n"]["value"] == str(TRAININGS)


def test_post_of_a_form(client: FlaskClient) -> None:
    response = client.post("/sparql", data={"query": COUNT, "format": "csv"})
    assert response.text == f"n\r\n{TRAININGS}\r\n"


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=UTF-8"])
def test_post_of_a_query(client: FlaskClient, charset: str) -> None:
    query = 'SELECT ("رحلة" AS ?name) {}'
    response = client.post(
        "/sparql?format=tsv",
        data=query.encode(),
        content_type=f"application/sparql-query{charset}",
    )
    assert response.text == '?name\n"رحلة"\n'


def test_head_has_the_headers_of_get(client: FlaskClient) -> None:
    full = ask(client, COUNT)
    head = client.head("/sparql", query_string={"query": COUNT})
    assert head.status_code == 200
    assert head.data == b""
    for name in ("Content-Type", "Content-Length", "ETag", "X-Rihla-Release"):
        assert head.headers[name] == full.headers[name]


def test_options_lets_any_page_ask(client: FlaskClient) -> None:
    response = client.options(
        "/sparql",
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"},
    )
    assert response.status_code == 200
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]


# --- formats


@pytest.mark.parametrize("chosen", of_kind(Kind.TABLE), ids=lambda f: f.name)
@pytest.mark.parametrize("query", [COUNT, "ASK { ?s ?p ?o }"], ids=["select", "ask"])
def test_tables_in_every_format(client: FlaskClient, query: str, chosen: object) -> None:
    by_accept = ask(client, query, accept=chosen.media_type)  # type: ignore[attr-defined]
    by_name = ask(client, query, format=chosen.name)  # type: ignore[attr-defined]
    assert by_accept.mimetype == by_name.mimetype == chosen.media_type  # type: ignore[attr-defined]
    assert by_accept.data == by_name.data
    assert (str(TRAININGS) if query == COUNT else "true") in by_name.text


@pytest.mark.parametrize("chosen", of_kind(Kind.GRAPH), ids=lambda f: f.name)
def test_graphs_in_every_format(client: FlaskClient, chosen: object) -> None:
    response = ask(client, CONSTRUCT, accept=chosen.media_type)  # type: ignore[attr-defined]
    assert response.mimetype == chosen.media_type  # type: ignore[attr-defined]
    kind = ox.RdfFormat.from_media_type(response.mimetype)
    assert len(set(ox.parse(response.data, format=kind))) == 5
    assert ask(client, CONSTRUCT, format=chosen.name).data == response.data  # type: ignore[attr-defined]


def test_describe(client: FlaskClient) -> None:
    response = ask(client, "DESCRIBE <https://w3id.org/rihla/id/country/ZA>", format="ttl")
    assert "South Africa" in response.text


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        ("text/csv;q=0.3, application/sparql-results+xml;q=0.8", "application/sparql-results+xml"),
        ("text/turtle, text/tab-separated-values;q=0.1", "text/tab-separated-values"),
        ("application/json", "application/sparql-results+json"),
        ("application/xml;q=0.9,*/*;q=0.1", "application/sparql-results+xml"),
        ("application/sparql-results+json,text/javascript,*/*", "application/sparql-results+json"),
    ],
)
def test_negotiation(client: FlaskClient, accept: str, expected: str) -> None:
    response = ask(client, COUNT, accept=accept)
    assert response.mimetype == expected
    assert "Accept" in response.vary


@pytest.mark.parametrize("name", ["JSON", "srj", "application/sparql-results+json"])
def test_format_takes_other_names(client: FlaskClient, name: str) -> None:
    assert ask(client, COUNT, format=name).mimetype == "application/sparql-results+json"


@pytest.mark.parametrize("name", ["turtle", "rdf+xml", "rdf xml", "json-ld", "n3", "xml"])
def test_format_takes_the_names_of_sparqlwrapper(client: FlaskClient, name: str) -> None:
    assert ask(client, CONSTRUCT, format=name).status_code == 200


def test_text_formats_state_their_encoding(client: FlaskClient) -> None:
    assert ask(client, COUNT, format="csv").headers["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("chosen", of_kind(Kind.TABLE, Kind.COLUMNS), ids=lambda f: f.name)
def test_suffixes(client: FlaskClient, chosen: object) -> None:
    name = chosen.name  # type: ignore[attr-defined]
    response = client.get(f"/sparql.{name}", query_string={"query": COUNT})
    assert response.data == ask(client, COUNT, format=name).data
    assert client.post(f"/sparql.{name}", data={"query": COUNT}).data == response.data


def test_an_unknown_suffix(client: FlaskClient) -> None:
    document = problem(client.get("/sparql.docx?query=ASK{}"), 404)
    assert ".json, .xml, .csv, .tsv" in str(document["detail"])


def test_relative_names_are_relative_to_the_endpoint(client: FlaskClient) -> None:
    response = ask(client, "SELECT (<x> AS ?iri) {}", format="csv")
    assert response.text.split() == ["iri", "http://localhost/x"]


# --- datasets


def graph_of_world(client: FlaskClient) -> str:
    query = (
        "SELECT ?g { GRAPH ?g { ?s a <https://w3id.org/rihla/ontology#Country> } "
        'FILTER(CONTAINS(STR(?g), "/world-")) } LIMIT 1'
    )
    return ask(client, query, format="csv").text.split()[1]


def test_the_default_graph_is_the_union(client: FlaskClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) { %s }"
    distinct = "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } } }"
    union = ask(client, count % "?s ?p ?o", format="csv").text
    assert union == ask(client, distinct, format="csv").text


def test_graphs_by_the_protocol_and_by_from(client: FlaskClient) -> None:
    graph = graph_of_world(client)
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    by_from = ask(client, count.replace("{", f"FROM <{graph}> {{"), format="csv").text
    by_protocol = ask(client, count, format="csv", **{"default-graph-uri": graph}).text
    everything = ask(client, count, format="csv").text
    assert by_from == by_protocol
    assert int(by_from.split()[1]) < int(everything.split()[1])
    named = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert ask(client, named, format="csv", **{"named-graph-uri": graph}).text.split()[1] == "1"


# --- refusals


def test_without_a_query(client: FlaskClient) -> None:
    assert "no query" in str(problem(client.get("/sparql?query="), 400)["detail"])
    assert "no query" in str(problem(client.post("/sparql", data={"x": "y"}), 400)["detail"])


def test_each_error_has_an_id_of_its_own(client: FlaskClient) -> None:
    first, second = (ask(client, "SELECT") for _ in range(2))
    assert problem(first, 400)["query_id"] == first.headers["X-Query-Id"]
    assert first.headers["X-Query-Id"] != second.headers["X-Query-Id"]
    page = ask(client, "SELECT", accept=BROWSER)
    assert page.headers["X-Query-Id"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/sparql?query=ASK%7B%7D%FF", "%FF"),
        ("/sparql?query=%ED%A0%80", "%ED"),
        ("/sparql?query=ASK{}&default-graph-uri=a%20b", "a b"),
        ("/sparql?" + "&".join(["x=1"] * 1001), "1,000 fields"),
    ],
)
def test_addresses_that_are_not_well_formed(client: FlaskClient, address: str, said: str) -> None:
    assert said in str(problem(client.get(address), 400)["detail"])


def test_a_compressed_body_is_not_taken(client: FlaskClient) -> None:
    response = client.post(
        "/sparql",
        data=gzip.compress(b"ASK {}"),
        content_type="application/sparql-query",
        headers={"Content-Encoding": "gzip"},
    )
    assert "not compressed" in str(problem(response, 415)["detail"])


def test_two_queries(client: FlaskClient) -> None:
    response = client.get("/sparql?query=ASK{}&query=ASK{}")
    assert "several" in str(problem(response, 400)["detail"])


def test_a_malformed_query_has_line_and_column(client: FlaskClient) -> None:
    document = problem(ask(client, "SELECT *\nWHERE { ?s foaf:name ?n }"), 400)
    assert (document["line"], document["column"]) == (2, 12)
    assert "foaf:" in str(document["detail"])
    assert str(document["type"]).endswith("/problems#bad-request")


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods(client: FlaskClient, method: str) -> None:
    response = getattr(client, method)("/sparql")
    problem(response, 405)
    assert "GET" in response.headers["Allow"]


def test_a_format_that_cannot_hold_the_answer(client: FlaskClient) -> None:
    assert "json, xml, csv, tsv" in str(problem(ask(client, COUNT, format="ttl"), 406)["detail"])
    assert "text/turtle" in str(problem(ask(client, CONSTRUCT, accept="text/csv"), 406)["detail"])
    assert "text/csv" in str(problem(ask(client, COUNT, accept="image/png"), 406)["detail"])


def test_an_unknown_format(client: FlaskClient) -> None:
    assert "json, xml, csv, tsv" in str(problem(ask(client, COUNT, format="xlsx"), 400)["detail"])


@pytest.mark.parametrize(
    "body_type", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""]
)
def test_other_bodies(client: FlaskClient, body_type: str) -> None:
    problem(client.post("/sparql", data=b"ASK {}", content_type=body_type), 415)


def test_other_encodings(client: FlaskClient) -> None:
    latin = "application/sparql-query; charset=iso-8859-1"
    problem(client.post("/sparql", data=b"ASK {}", content_type=latin), 415)
    bad = client.post("/sparql", data=b"ASK { '\xff' }", content_type="application/sparql-query")
    assert "byte 8 is 0xFF" in str(problem(bad, 400)["detail"])


@pytest.mark.parametrize(
    "send",
    [
        lambda c: c.post("/sparql", data={"update": "CLEAR ALL"}),
        lambda c: c.get("/sparql", query_string={"update": "CLEAR ALL"}),
        lambda c: c.post("/sparql", data=b"CLEAR ALL", content_type="application/sparql-update"),
        lambda c: ask(c, "INSERT DATA { <http://a> <http://b> <http://c> }"),
        lambda c: ask(c, "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"),
    ],
    ids=["form", "address", "body", "as a query", "service"],
)
def test_updates_and_calls_out_are_refused(client: FlaskClient, send: object) -> None:
    problem(send(client), 403)  # type: ignore[operator]


def test_too_much_text(client: FlaskClient) -> None:
    long_query = "ASK {} # " + "x" * 200_000
    body = client.post("/sparql", data=long_query, content_type="application/sparql-query")
    assert "100,000" in str(problem(body, 413)["detail"])
    huge = b"ASK {} # " + b"x" * (2 * MIB)
    problem(client.post("/sparql", data=huge, content_type="application/sparql-query"), 413)
    problem(client.post("/sparql", data={"query": huge.decode()}), 413)


def test_too_deep(client: FlaskClient) -> None:
    detail = problem(ask(client, "SELECT * " + "{" * 2200 + "}" * 2200), 400)["detail"]
    assert "64 brackets" in str(detail)


def test_too_large_an_answer(client: FlaskClient) -> None:
    document = problem(ask(client, "SELECT * { ?s ?p ?o . ?t ?q ?r }"), 413)
    assert "Nothing was cut off" in str(document["detail"])


def test_too_long_a_query_and_a_full_queue(world_settings: Settings, world: Release) -> None:
    app = create_app(world_settings, world, PoolLimits(timeout_s=0.5, max_waiting=0))
    try:
        endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        assert "0.5 s" in str(problem(ask(app.test_client(), endless), 504)["detail"])
        lanes = app.extensions["rihla"].pool.lanes
        taken = [lanes.enter(None) for _ in range(lanes.places)]
        response = ask(app.test_client(), "ASK {}")
        problem(response, 503)
        assert int(response.headers["Retry-After"]) >= 1
        for job in taken:
            lanes.leave(job)
        assert ask(app.test_client(), "ASK {}").status_code == 200
    finally:
        close_app(app)


# --- caching and other headers


def test_a_known_answer_is_not_sent_again(client: FlaskClient) -> None:
    first = ask(client, COUNT)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    assert "max-age" in first.headers["Cache-Control"]
    again = client.get(
        "/sparql", query_string={"query": COUNT}, headers={"If-None-Match": f'"other", {tag}'}
    )
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == tag


def test_tags_differ_by_query_format_and_dataset(client: FlaskClient) -> None:
    responses = [
        ask(client, COUNT),
        ask(client, COUNT + " "),
        ask(client, COUNT, format="csv"),
        ask(client, COUNT, **{"default-graph-uri": "http://example.org/g"}),
        ask(client, COUNT, **{"named-graph-uri": "http://example.org/g"}),
    ]
    assert len({r.headers["ETag"] for r in responses}) == len(responses)


@pytest.mark.parametrize("call", ["NOW()", "RAND ()", "uuid()", "StrUUID()", "BNODE()"])
def test_what_changes_each_time_is_not_kept(client: FlaskClient, call: str) -> None:
    response = ask(client, f"SELECT ({call} AS ?x) {{}}")
    assert response.status_code == 200
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/", "/sparql", "/nothing", "/api/queries", "/healthz"])
def test_security_headers_are_everywhere(client: FlaskClient, address: str) -> None:
    headers = client.get(address, headers={"Accept": BROWSER}).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_the_answer_names_its_release(client: FlaskClient, world: Release) -> None:
    assert ask(client, COUNT).headers["X-Rihla-Release"] == world.id


# --- the form for people


def test_a_browser_gets_the_form(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": BROWSER})
    assert response.mimetype == "text/html"
    assert "<textarea" in response.text
    assert "rihla:Training" in response.text


def test_a_browser_gets_rows_below_the_form(client: FlaskClient) -> None:
    response = ask(client, COUNT, accept=BROWSER)
    assert response.mimetype == "text/html"
    assert f'<span title="{TRAININGS}">{TRAININGS}</span>' in response.text
    assert "SELECT (COUNT(DISTINCT ?t) AS ?n)" in response.text


def test_the_form_can_send_a_file(client: FlaskClient) -> None:
    assert ask(client, COUNT, accept=BROWSER, format="csv").mimetype == "text/csv"


def test_a_browser_sees_a_graph(client: FlaskClient) -> None:
    response = ask(client, CONSTRUCT, accept=BROWSER)
    assert response.mimetype == "text/html"
    assert "&lt;http://example.org/T&gt;" in response.text


def test_a_browser_sees_the_error_at_its_line(client: FlaskClient) -> None:
    response = ask(client, "SELECT *\nWHERE { ?s foaf:name ?n }", accept=BROWSER)
    assert response.status_code == 400
    assert response.mimetype == "text/html"
    assert 'class="line at"><span class="lineno">2</span>WHERE' in response.text
    assert "<textarea" in response.text


def test_rows_that_are_not_shown_are_counted(client: FlaskClient) -> None:
    response = ask(client, "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1001", accept=BROWSER)
    assert "the first 1,000 of 1,001 rows" in response.text


@pytest.mark.parametrize("example", ["graphs", "methods", "partnerships", "trainings"])
def test_examples_run(client: FlaskClient, example: str) -> None:
    form = client.get(f"/sparql?example={example}", headers={"Accept": BROWSER})
    assert form.status_code == 200
    from kg.queries import get_query

    response = ask(client, get_query(f"pages/example-{example}").text, format="csv")
    assert response.status_code == 200
    assert len(response.text.splitlines()) > 1


def test_markup_in_data_and_queries_stays_text(client: FlaskClient) -> None:
    attack = "<script>alert(1)</script>"
    for query in (f'SELECT ("{attack}" AS ?x) {{}}', f"SELECT {attack}"):
        page = ask(client, query, accept=BROWSER).text
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize("iri", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_only_web_addresses_become_links(client: FlaskClient, iri: str) -> None:
    page = ask(client, f"SELECT (<{iri}> AS ?x) {{}}", accept=BROWSER).text
    assert iri.split(":")[0] in page
    assert f'href="{iri}' not in page


def test_a_query_in_a_page_link_is_escaped(client: FlaskClient) -> None:
    page = ask(client, "ASK { ?s ?p '\"><b>' }", accept=BROWSER).text
    assert "<b>" not in page
    assert quote("'\"><b>'", safe="'") in page or "%22%3E%3Cb%3E" in page


def test_every_format_is_tested(app: Flask) -> None:
    assert set(FORMATS) == {"json", "xml", "csv", "tsv", "ttl", "nt", "rdf", "jsonld", "html"} | {
        "parquet",
        "arrow",
    }
