"""An index that is made of a store answers as the engine does."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.store import loader
from kg.store.indexed import Index, IndexAnswers, write_index
from kg.store.loader import load_file
from kg.web.adhoc import opened_data
from tests.store.indexed.conftest import Both

E = "http://example.org/"
TRIPLES = f'<{E}a> <{E}b> "x" .\n<{E}a> <{E}b> <{E}c> .\n'
ONE_GRAPH = f'<{E}a> <{E}b> "x" <{E}g> .\n<{E}a> <{E}b> <{E}c> <{E}g> .\n'
TWO_GRAPHS = f'{ONE_GRAPH}<{E}a> <{E}b> "x" <{E}h> .\n'


def answers_of(path: Path) -> IndexAnswers:
    return IndexAnswers(Index(path), 100_000, 1 << 20, 1_000_000)


def rows(body: bytes) -> list[str]:
    return sorted(json.dumps(row) for row in json.loads(body)["results"]["bindings"])


def test_every_kind_of_term_is_found_in_the_store(graph_of_all: Both, tmp_path: Path) -> None:
    target = tmp_path / "new" / "triples.index"
    write_index(graph_of_all.store, ox.DefaultGraph(), target)
    assert Index(target).triples == graph_of_all.index.triples
    answers, answered = answers_of(target), 0
    quads = list(graph_of_all.store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    for term in {str(q.subject) for q in quads} | {str(q.object) for q in quads}:
        for query in (f"SELECT * {{ {term} ?p ?o }}", f"SELECT * {{ ?s ?p {term} }}"):
            found = answers.answer(query)
            expected = graph_of_all.answers.answer(query)
            assert (found is None) == (expected is None), query
            if found is not None and expected is not None:
                assert rows(found) == rows(expected) == rows(graph_of_all.by_engine(query))
                answered += 1
    assert answered > 20


@pytest.mark.parametrize(("name", "text"), [
    ("data.nt", TRIPLES), ("data.nq", ONE_GRAPH), ("data.nq", TWO_GRAPHS),
])  # fmt: skip
def test_data_without_a_project_gets_one(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with opened_data(tmp_path / name) as (_, release):
        answers = answers_of(release.index)
        found = answers.answer(f"SELECT ?o {{ <{E}a> <{E}b> ?o }}")
    assert found is not None and len(rows(found)) == 2, "a triple of two graphs counts once"


def test_data_without_triples_is_indexed_too(tmp_path: Path) -> None:
    (tmp_path / "none.ttl").write_text("# nothing\n")
    index = tmp_path / "columns" / "triples.index"
    load_file(tmp_path / "none.ttl", tmp_path / "store", index)
    assert Index(index).triples == 0


def test_large_data_get_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data.nt").write_text(TRIPLES)
    monkeypatch.setattr(loader, "MOST_INDEXED", 1)
    index = tmp_path / "columns" / "triples.index"
    assert loader._load(tmp_path / "data.nt", tmp_path / "store", str(index)).triples == 2
    assert not index.exists()
