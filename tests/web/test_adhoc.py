"""``kg serve --data``: any RDF file or store behind the endpoint, without a project."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from kg.errors import InputError, ReleaseError
from kg.store.loader import FORMATS, load_file
from kg.web.adhoc import opened_data
from tests.conftest import ROOT
from tests.web.conftest import served

A, B = "<http://example.org/a>", "<http://example.org/b>"
TRIPLE = f"{A} {B} 'x' .\n"
QUADS = f'{A} {B} "x" {A} .\n{A} {B} "x" {B} .\n{A} {B} "y" {B} .\n{A} {B} "z" .\n'


def get(address: str, accept: str = "*/*") -> str:
    request = urllib.request.Request(address, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return str(answer.read().decode())


def count(address: str, pattern: str = "?s ?p ?o") -> int:
    query = quote(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    return int(get(f"{address}sparql.csv?query={query}").split()[1])


def write(folder: Path, suffix: str) -> Path:
    quads = [ox.Quad(ox.NamedNode("http://example.org/a"), ox.NamedNode("http://b"), ox.Literal(1))]
    text = ox.serialize(
        quads if suffix in (".nq", ".trig") else [q.triple for q in quads], format=FORMATS[suffix]
    )
    assert text
    path = folder / f"data{suffix}"
    path.write_bytes(text)
    return path


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path, suffix)
    assert load_file(path, tmp_path / "plain").triples == 1
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert load_file(packed, tmp_path / "packed").triples == 1


def test_the_union_counts_a_triple_once(tmp_path: Path) -> None:
    path = tmp_path / "data.nq"
    path.write_text(QUADS)
    with served(path) as address:
        assert count(address) == 3
        assert count(address, "GRAPH ?g { ?s ?p ?o }") == 3
        assert count(address, f"GRAPH {A} {{ ?s ?p ?o }}") == 1
        described = get(f"{address}sparql", "text/turtle")
        assert "UnionDefaultGraph" in described
        assert "<http://example.org/b>" in described
        assert "textarea" in get(address, "text/html")
        assert json.loads(get(f"{address}readyz"))["status"] == "ready"
        assert "What errors mean" in get(f"{address}problems", "text/html")
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(f"{address}queries", "text/html")
        assert caught.value.code == 404
        caught.value.close()


def test_a_store_is_served_as_it_is(tmp_path: Path) -> None:
    store = ox.Store(str(tmp_path / "store"))
    store.load(TRIPLE.encode(), format=ox.RdfFormat.TURTLE)
    store.flush()
    del store
    with served(tmp_path / "store") as address:
        assert count(address) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("data.ttl", "<a> <b> .", "line 1 column 9"),
        ("data.nq", f'{A} {B} "x" .\n{A} {B}\n', "line [23]"),
        ("data.csv", "a,b", "Accepted: .nt"),
        ("data.rdf", '<!DOCTYPE x [<!ENTITY a "b">]><x/>', "document type"),
        ("data.ttl.gz", "no gzip", "gzip"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, name: str, content: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InputError, match=f"{re.escape(name)}.*(?:{said})"):
        load_file(path, tmp_path / "store")


def test_a_file_that_kills_the_parser_is_survived(tmp_path: Path) -> None:
    path = tmp_path / "deep.ttl"
    path.write_text(f"{A} {B} " + "[ <http://c> " * 200_000 + "1" + " ]" * 200_000 + " .")
    try:
        load_file(path, tmp_path / "store")
    except InputError as error:
        assert "deep.ttl" in str(error)


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="cannot be opened as a store"), opened_data(tmp_path):
        pass
    with pytest.raises(InputError, match="no such file"), opened_data(tmp_path / "none.ttl"):
        pass


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(TRIPLE)
    command = [sys.executable, "-m", "kg", "serve", "--data", str(path), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "tmp")}
    (tmp_path / "tmp").mkdir()
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = re.search(r"http://\S+", line)
        assert address, line
        assert "data.ttl" in line
        assert count(address[0]) == 1
        process.send_signal(2)
        process.wait(120)
    assert not list((tmp_path / "tmp").iterdir())
