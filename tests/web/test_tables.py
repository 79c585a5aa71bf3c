"""Which queries the tables of a release answer (named ones, whoever sends them), and limits."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import duckdb
import pytest
from flask.testing import FlaskClient

from kg.queries import catalogue
from kg.store.columnar import is_marked
from kg.store.columnar.compiling import Compiled
from kg.web.answers import Answers
from kg.web.service import Service

MARKED = next(query.text for query in catalogue().values() if is_marked(query.text))
STRANGE = "#+ engine: columns\nSELECT ?s { ?s ?p ?o } LIMIT 1 # %s"


@pytest.fixture
def asked(opened: Service, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the tables; the store answers it."""
    found: list[str] = []
    assert opened.columns is not None
    monkeypatch.setattr(opened.columns, "answer", lambda text, *_, **__: found.append(text))
    return found


@pytest.mark.parametrize("accept", ["text/html", "application/sparql-results+json"])
def test_the_header_of_a_strangers_query_chooses_nothing(
    client: FlaskClient, asked: list[str], accept: str
) -> None:
    query = {"query": STRANGE % accept, "format": "" if "html" in accept else "json"}
    response = client.get("/sparql", query_string=query, headers={"Accept": accept})
    assert response.status_code == 200
    assert asked == []


def test_the_text_of_a_named_query_goes_to_its_tables(
    client: FlaskClient, opened: Service, asked: list[str]
) -> None:
    assert opened.is_for_tables(MARKED)
    text = f"{MARKED}\n# asked by somebody"
    response = client.get("/sparql", query_string={"query": text, "format": "json"})
    assert response.status_code == 200
    assert asked == [text]


ENDLESS = "SELECT count(*) AS v_n FROM terms a, terms b, terms c, terms d"
PATH = "/api/queries/topics/growing.csv"


@pytest.fixture
def endless(opened: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """What is asked of the tables takes for ever, and nothing is known already."""
    endless = Compiled(ENDLESS, {"n": "int"}, {})
    monkeypatch.setattr("kg.store.columnar.engine.compiled", lambda *_: endless)
    monkeypatch.setattr(opened, "answers", Answers())
    return opened


def _limited(opened: Service, monkeypatch: pytest.MonkeyPatch, **limits: float) -> None:
    monkeypatch.setattr(opened.pool, "limits", replace(opened.pool.limits, **limits))


def test_a_client_that_hangs_up_stops_its_query(endless: Service, live: str) -> None:
    assert endless.columns is not None
    lanes, place = endless.columns._lanes, urlsplit(live)
    for _ in range(3):  # more than there are places
        connection = http.client.HTTPConnection(str(place.hostname), place.port)
        connection.request("GET", f"{PATH}?as_of=2020")
        _until(lambda: lanes.quick == 1)
        connection.close()
        _until(lambda: lanes.quick == 0)


def _until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10  # the limit of time is 60 s
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_time(client: FlaskClient, endless: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    _limited(endless, monkeypatch, timeout_s=0.1)
    response = client.get(PATH)
    assert response.status_code == 504
    assert "was stopped after 0.3 seconds" in response.json["detail"]  # named queries have more


def test_rows_and_bytes(
    client: FlaskClient, opened: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "answers", Answers())
    _limited(opened, monkeypatch, max_rows=2)
    response = client.get("/api/queries/countries/balance.csv")
    assert (response.status_code, "more than 2 rows" in response.json["detail"]) == (413, True)
    _limited(opened, monkeypatch, max_rows=1000, max_bytes=200)
    response = client.get("/api/queries/countries/balance.csv")
    assert (response.status_code, "is larger than" in response.json["detail"]) == (413, True)


def test_memory(client: FlaskClient, opened: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def starved(*_: object, **__: object) -> None:
        raise duckdb.OutOfMemoryException("failed to pin block")

    monkeypatch.setattr(opened, "answers", Answers())
    monkeypatch.setattr("kg.store.columnar.engine._fetched", starved)
    response = client.get(PATH)
    assert response.status_code == 413
    assert "MiB of memory and was stopped" in response.json["detail"]


def test_a_client_has_so_many_queries_here(
    client: FlaskClient, opened: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opened.columns is not None
    monkeypatch.setattr(opened, "answers", Answers())
    jobs = [opened.columns._lanes.apply("127.0.0.1") for _ in range(8)]
    response = client.get(PATH)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "1"
    for job in jobs:
        opened.columns._lanes.leave(job)
    assert client.get(PATH).status_code == 200
