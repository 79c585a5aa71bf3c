"""What is too large for one answer has other ways, which the message names: each leads to all."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import polars as pl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.columns import COLUMNS
from kg.settings import Settings
from kg.store import Release
from kg.web import close_app, create_app
from tests.web.conftest import LIMITS

QUERY = "SELECT ?key ?property ?value { ?key ?property ?value }"


@pytest.fixture(scope="module")
def small(world_settings: Settings, world: Release) -> Iterator[Flask]:
    """The application, where an answer has three thousand rows at most."""
    made = create_app(world_settings, world, replace(LIMITS, max_rows=3000))
    yield made
    close_app(made)


@pytest.fixture
def asker(small: Flask) -> FlaskClient:
    return small.test_client()


def _refused(asker: FlaskClient, path: str, rows: int = 3000, **fields: str) -> str:
    response = asker.get(path, query_string=fields)
    assert response.status_code == 413
    detail: str = response.json["detail"]
    assert f"has more than {rows:,} rows" in detail
    assert "there is no answer" in detail
    return detail


def test_by_key(asker: FlaskClient, client: FlaskClient) -> None:
    told = _refused(asker, "/sparql.tsv", query=QUERY)
    found = re.search(r"\{ SELECT .*? LIMIT 1000 \}", told)
    assert found is not None
    # As the message has it, with our pattern for the dots, and fewer keys for so small a world.
    keys = found[0].replace("…", "?key ?any ?thing").replace("1000", "40")
    rows: set[str] = set()
    last = ""
    while True:
        first = keys.replace("the last one", last)
        text = QUERY.replace("{ ?key", f"{{ {first} ?key")
        page = asker.get("/sparql.tsv", query_string={"query": text})
        assert page.status_code == 200, page.json
        lines = page.text.splitlines()[1:]
        if not lines:
            break
        rows |= set(lines)
        last = max(line.split("\t")[0].strip("<>") for line in lines)
    named = QUERY.replace("{", "{ FILTER(ISIRI(?key))")
    whole = client.get("/sparql.tsv", query_string={"query": named}).text.splitlines()[1:]
    assert {line for line in rows if line.startswith("<")} == set(whole)
    assert len(whole) > 1000


def test_a_named_query_in_pages(
    small: Flask, asker: FlaskClient, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = small.extensions["rihla"].pool
    monkeypatch.setattr(pool, "limits", replace(pool.limits, max_rows=20))
    path = "/api/queries/countries/gap-map.csv"
    told = _refused(asker, path, 20)
    assert "limit=1000 and offset= in its address" in told
    head, *whole = client.get(path).text.splitlines()
    rows: list[str] = []
    while True:
        page = asker.get(path, query_string={"limit": 15, "offset": len(rows)})
        assert page.status_code == 200, page.json
        assert page.text.splitlines()[0] == head
        if not (more := page.text.splitlines()[1:]):
            break
        rows += more
    assert sorted(rows) == sorted(whole)


def test_files_of_the_release(asker: FlaskClient, world: Release) -> None:
    assert "/files lists" in _refused(asker, "/sparql.csv", query="SELECT * { ?s ?p ?o }")
    dump = asker.get("/files/data.nq.gz")
    assert gzip.decompress(dump.data).count(b"\n") == world.manifest["quads"]
    dump.close()
    for name in COLUMNS:
        table = asker.get(f"/files/columns/{name}.parquet")
        assert pl.read_parquet(io.BytesIO(table.data)).columns
        table.close()
