"""Dump, store and tables from one pass: the same statements in each."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest

from kg.errors import ReleaseError
from kg.pipeline import ordered, writing
from kg.pipeline.ordered import OrderedQuads
from kg.pipeline.writing import Written, write_statements
from kg.quads import quads_of_dataset
from kg.store.columnar.numbering import number_terms

FEW = b"""@prefix : <urn:> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a :p "1.50"^^xsd:decimal , "007"^^xsd:integer ;
   :p "x\\u2028y"@en-GB , "+0"^^xsd:double ; :q [ :p :b , [ :p :c ] ] .
:b :p "a \\\\ \\"b\\"\\n" , "2020-01-01T00:00:00+00:00"^^xsd:dateTime , "no"^^xsd:boolean .
"""


def written(folder: Path, text: bytes = FEW) -> Written:
    dataset = ox.Dataset(ox.parse(text, ox.RdfFormat.TURTLE))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return write_statements(OrderedQuads(quads_of_dataset(dataset, "urn:g")), folder)


def canonical(quads: object) -> set[ox.Triple]:
    dataset = ox.Dataset([ox.Quad(q.subject, q.predicate, q.object) for q in quads])  # type: ignore[attr-defined]
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {q.triple for q in dataset}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each part, and a batch for each part."""
    monkeypatch.setattr(ordered, "_ROWS", 1)
    monkeypatch.setattr(writing, "_BATCH_BYTES", 1)


@pytest.mark.usefixtures("small")
def test_store_and_dump_hold_the_same(tmp_path: Path) -> None:
    made = written(tmp_path)
    text = gzip.decompress((tmp_path / "data.nq.gz").read_bytes())
    assert made == Written(hashlib.sha256(text).hexdigest(), 11)
    stored = ox.Store.read_only(str(tmp_path / "store"))
    assert len(stored) == 2 * made.triples
    # As the engine keeps them, blank nodes by what is said of them: in whatever batch that came.
    asked = ox.Store()
    asked.load(text, ox.RdfFormat.N_QUADS)
    expected = canonical(asked.quads_for_pattern(None, None, None, ox.NamedNode("urn:g")))
    for graph in (ox.NamedNode("urn:g"), ox.DefaultGraph()):
        found = canonical(stored.quads_for_pattern(None, None, None, graph))
        assert found == expected
    assert not (tmp_path / "writing").exists()
    assert not (tmp_path / "triples").exists()


@pytest.mark.usefixtures("small")
def test_tables_hold_terms_as_the_store_keeps_them(tmp_path: Path) -> None:
    made = written(tmp_path)
    with duckdb.connect(str(tmp_path / "columns" / "triples.duckdb"), read_only=True) as tables:
        told = tables.execute("SELECT triples FROM about").fetchall()
        terms = tables.execute(
            "SELECT text, language, datatype FROM terms WHERE kind = 2 ORDER BY id"
        ).fetchall()
    assert told == [(made.triples,)]
    stored = ox.Store.read_only(str(tmp_path / "store"))
    literals = {q.object for q in stored if isinstance(q.object, ox.Literal)}
    plain = {
        "http://www.w3.org/2001/XMLSchema#string",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    }
    expected = sorted(
        (o.value, o.language or "", "" if o.datatype.value in plain else o.datatype.value)
        for o in literals
        if not o.datatype.value.endswith("#integer")
    )
    assert terms == expected


def test_what_the_engine_makes_one_has_one_number() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    texts = [f'"{text}"^^<{xsd}decimal>' for text in ("1.0", "1.00", "2.5")]
    series = ordered.pl.Series(sorted([*texts, "<urn:a>", "_:b0", f'"08"^^<{xsd}integer>']))
    numbers, dictionary = number_terms(series)
    by_term = dict(zip(series, numbers.tolist(), strict=True))
    assert by_term[texts[0]] == by_term[texts[1]] != by_term[texts[2]]
    assert by_term["_:b0"] < by_term["<urn:a>"] < by_term[texts[0]]
    assert by_term[f'"08"^^<{xsd}integer>'] == (1 << 60) + 8
    assert dictionary["id"].to_list() == [1, 2, 3, 4]


def test_what_the_engine_refuses_is_an_error(tmp_path: Path) -> None:
    quads = quads_of_dataset(ox.Dataset(ox.parse(FEW, ox.RdfFormat.TURTLE)), "not an IRI")
    with pytest.raises(ReleaseError, match="The engine refuses a statement"):
        write_statements(OrderedQuads(quads), tmp_path)


def test_what_stops_the_tables_stops_it_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.TripleTables, "finish", full)
    with pytest.raises(OSError, match="No space left"):
        written(tmp_path)
