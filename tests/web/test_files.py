"""The files of a release over HTTP: whole, in ranges, and no others."""

from __future__ import annotations

import gzip
import hashlib

import pytest
from flask.testing import FlaskClient

from kg.store import Release


def test_every_listed_file_can_be_taken(client: FlaskClient, world: Release) -> None:
    listed = client.get("/files").json
    assert listed["release"] == world.id
    names = {entry["name"] for entry in listed["files"]}
    assert "data.nq.gz" in names
    assert "columns/trainings.parquet" in names
    assert all(name == "data.nq.gz" or name.startswith("columns/") for name in names)
    for entry in listed["files"]:
        response = client.get(entry["address"])
        assert response.mimetype == entry["media_type"]
        assert len(response.data) == entry["bytes"]
        assert hashlib.sha256(response.data).hexdigest() == entry["sha256"]
        response.close()


def test_the_dump_is_not_unpacked_on_the_way(client: FlaskClient, world: Release) -> None:
    response = client.get("/files/data.nq.gz", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
    assert gzip.decompress(response.data).count(b"\n") == world.manifest["quads"]
    response.close()


def test_a_download_is_resumed(client: FlaskClient) -> None:
    whole = client.get("/files/data.nq.gz")
    part = client.get("/files/data.nq.gz", headers={"Range": "bytes=100-"})
    assert part.status_code == 206
    assert part.data == whole.data[100:]
    again = client.get("/files/data.nq.gz", headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304
    for response in (whole, part, again):
        response.close()


@pytest.mark.parametrize(
    "name",
    ["manifest.json", "report.csv", "store/CURRENT", "../rihla.toml", "columns/none.parquet"],
)
def test_no_other_file(client: FlaskClient, name: str) -> None:
    assert client.get(f"/files/{name}").status_code == 404
