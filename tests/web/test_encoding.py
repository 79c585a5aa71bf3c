"""Compressed answers: only for whoever accepts them, whole, and with a tag of their own."""

from __future__ import annotations

import gzip
import urllib.request
from urllib.parse import quote

import pytest
import zstandard
from flask.testing import FlaskClient

LARGE = "SELECT * { ?s ?p ?o } LIMIT 100"
HUGE = "SELECT * { ?s ?p ?o } LIMIT 9000"


def unpacked(encoding: str, data: bytes) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


@pytest.mark.parametrize("query", [LARGE, HUGE], ids=["in memory", "in a file"])
@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_the_same_bytes(client: FlaskClient, query: str, encoding: str) -> None:
    where = {"query": query, "format": "csv"}
    plain = client.get("/sparql", query_string=where)
    packed = client.get("/sparql", query_string=where, headers={"Accept-Encoding": encoding})
    assert packed.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert unpacked(encoding, packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    plain.close()
    packed.close()


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1, zstd;q=0.5", "gzip"),
        ("zstd;q=0, gzip;q=0.1", "gzip"),
        ("*", "zstd"),
        ("identity, gzip;q=0.5", None),
        ("gzip;q=0", None),
        ("br", None),
        ("", None),
    ],
)
def test_negotiation(client: FlaskClient, accepted: str, encoding: str | None) -> None:
    response = client.get(
        "/sparql", query_string={"query": LARGE}, headers={"Accept-Encoding": accepted}
    )
    assert response.status_code == 200
    assert response.headers.get("Content-Encoding") == encoding
    assert response.data


def test_small_answers_stay_as_they_are(client: FlaskClient) -> None:
    response = client.get("/sparql?query=ASK{}", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


def test_columns_are_compressed_already(client: FlaskClient) -> None:
    response = client.get(
        "/sparql.parquet", query_string={"query": LARGE}, headers={"Accept-Encoding": "gzip"}
    )
    assert "Content-Encoding" not in response.headers
    assert response.data[:4] == b"PAR1"


def test_pages_and_style_sheets_too(client: FlaskClient) -> None:
    page = client.get("/problems", headers={"Accept-Encoding": "gzip"})
    assert b"What errors mean" in gzip.decompress(page.data)
    sheet = client.get("/static/rihla.css", headers={"Accept-Encoding": "gzip"})
    assert b"{" in gzip.decompress(sheet.data)
    sheet.close()


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_compressed_copy_is_revalidated(client: FlaskClient, encoding: str) -> None:
    where, headers = {"query": LARGE}, {"Accept-Encoding": encoding}
    tag = client.get("/sparql", query_string=where, headers=headers).headers["ETag"]
    again = client.get("/sparql", query_string=where, headers={**headers, "If-None-Match": tag})
    assert again.status_code == 304
    assert again.headers["ETag"] == tag


def test_over_a_socket(live: str) -> None:
    request = urllib.request.Request(
        f"{live}sparql?format=csv&query={quote(HUGE)}", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
    assert len(body) == int(answer.headers["Content-Length"])
    assert gzip.decompress(body).endswith(b"\r\n")
