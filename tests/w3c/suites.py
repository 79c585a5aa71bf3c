"""The W3C suites as data: manifests read from the archive, one dataclass a test."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urldefrag

import pyoxigraph as ox

BASE = "https://w3c.github.io/rdf-tests/"
_ARCHIVE = Path(__file__).with_name("suites.zip")
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"
_HT = "http://www.w3.org/2011/http#"
_CNT = "http://www.w3.org/2011/content#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_DATA = {
    "ttl": ox.RdfFormat.TURTLE,
    "nq": ox.RdfFormat.N_QUADS,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
}

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True)
class QueryTest:
    """A query with its dataset: files of the default graph and named graphs, as IRIs."""

    name: str
    kind: str
    query: str
    data: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The query's text; line ends are kept."""
        return read(self.query).decode("utf-8")


@dataclass(frozen=True)
class Request:
    """One request of a protocol test, and what is expected of the response."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    statuses: frozenset[str]
    boolean: bool | None
    format: str | None


@dataclass(frozen=True)
class ProtocolTest:
    """A sequence of requests over named graphs: IRI of the graph → file."""

    name: str
    requests: tuple[Request, ...]
    graphs: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def _archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(_ARCHIVE)


def read(iri: str) -> bytes:
    """Return the file of an IRI."""
    return _archive().read(urldefrag(iri)[0].removeprefix(BASE))


def data(iri: str) -> list[ox.Quad]:
    """Parse a data file; blank nodes are new each time."""
    form = _DATA[iri.rpartition(".")[2]]
    return list(ox.parse(read(iri), format=form, base_iri=iri, rename_blank_nodes=True))


def files(folder: str) -> list[str]:
    """Return the IRIs of the data files beside a file."""
    inside = folder.rpartition("/")[0].removeprefix(BASE)
    return [
        BASE + name
        for name in _archive().namelist()
        if name.rpartition("/")[0] == inside
        and name.rpartition(".")[2] in _DATA
        and "manifest" not in name
        and "result" not in name
    ]


class _Manifest:
    def __init__(self, name: str) -> None:
        self.iri = BASE + name
        self.quads = ox.Dataset(
            ox.parse(_archive().read(name), format=ox.RdfFormat.TURTLE, base_iri=self.iri)
        )

    def all(self, subject: Term, predicate: str) -> list[Term]:
        found = [
            q.object
            for q in self.quads.quads_for_subject(subject)  # type: ignore[arg-type]
            if q.predicate.value == predicate
        ]
        return sorted(found, key=str)

    def one(self, subject: Term, predicate: str) -> Term | None:
        return next(iter(self.all(subject, predicate)), None)

    def text(self, subject: Term, predicate: str) -> str | None:
        found = self.one(subject, predicate)
        return None if found is None else str(found.value)  # type: ignore[union-attr]

    def list(self, head: Term | None) -> Iterator[Term]:
        while head is not None and getattr(head, "value", "") != f"{_RDF}nil":
            first = self.one(head, f"{_RDF}first")
            if first is not None:
                yield first
            head = self.one(head, f"{_RDF}rest")

    def entries(self) -> Iterator[tuple[Term, str]]:
        for entry in self.list(self.one(ox.NamedNode(self.iri), f"{_MF}entries")):
            kinds = [k.value for k in self.all(entry, f"{_RDF}type")]  # type: ignore[union-attr]
            yield entry, next((k.removeprefix(_MF) for k in kinds if k.startswith(_MF)), "")


def query_tests(version: str) -> list[QueryTest]:
    """Return the evaluation and syntax tests of a version: sparql10, sparql11 or sparql12."""
    found = []
    for name in sorted(_archive().namelist()):
        if not name.startswith(f"sparql/{version}/") or "manifest" not in name:
            continue
        manifest = _Manifest(name)
        for entry, kind in manifest.entries():
            action = manifest.one(entry, f"{_MF}action")
            if ("Query" in kind or "Syntax" in kind or "CSV" in kind) and action is not None:
                test = _query_test(manifest, str(entry.value), kind, action)  # type: ignore[union-attr]
                found += [test] if test else []
    return found


def _query_test(manifest: _Manifest, entry: str, kind: str, action: Term) -> QueryTest | None:
    query = manifest.one(action, f"{_QT}query") or action
    if "Update" in kind or not isinstance(query, ox.NamedNode):
        return None
    name = f"{manifest.iri.removeprefix(BASE).split('/')[2]}/{entry.rpartition('#')[2]}"
    data, named = (
        tuple(t.value for t in manifest.all(action, _QT + p) if isinstance(t, ox.NamedNode))
        for p in ("data", "graphData")
    )
    return QueryTest(name, kind, query.value, data, named)


def protocol_tests() -> list[ProtocolTest]:
    """Return the tests of the SPARQL 1.1 Protocol."""
    manifest = _Manifest("sparql/sparql11/protocol/manifest.ttl")
    return [
        ProtocolTest(
            str(entry.value).rpartition("#")[2],  # type: ignore[union-attr]
            tuple(_requests(manifest, entry)),
            tuple(
                (str(manifest.text(g, f"{_RDFS}label")), str(manifest.text(g, f"{_UT}graph")))
                for g in manifest.all(entry, f"{_UT}graphData")
            ),
        )
        for entry, _kind in manifest.entries()
    ]


def _requests(manifest: _Manifest, entry: Term) -> Iterator[Request]:
    action = manifest.one(entry, f"{_MF}action")
    assert action is not None
    for request in manifest.list(manifest.one(action, f"{_HT}requests")):
        body = manifest.one(request, f"{_HT}body")
        response = manifest.one(request, f"{_HT}resp")
        assert response is not None
        boolean = manifest.text(response, f"{_MF}expectedBoolean")
        yield Request(
            str(manifest.text(request, f"{_HT}methodName")),
            str(manifest.text(request, f"{_HT}absolutePath")),
            tuple(
                (
                    str(manifest.text(h, f"{_HT}fieldName")),
                    str(manifest.text(h, f"{_HT}fieldValue")),
                )
                for h in manifest.list(manifest.one(request, f"{_HT}headers"))
            ),
            None if body is None else _body(manifest, body),
            frozenset(
                str(s.value).rpartition("StatusCode")[2]  # type: ignore[union-attr]
                for s in manifest.all(response, f"{_MF}expectedStatus")
            ),
            None if boolean is None else boolean == "true",
            manifest.text(response, f"{_MF}expectedFormat"),
        )


def _body(manifest: _Manifest, body: Term) -> bytes:
    characters = str(manifest.text(body, f"{_CNT}chars"))
    return characters.encode(str(manifest.text(body, f"{_CNT}characterEncoding")))
