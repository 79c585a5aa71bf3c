"""The column engine gives the rows of the store, for every named query that is asked of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kg.analysis.graph import Graph
from kg.queries import INTERNAL_GROUPS, bind, catalogue, get_query
from kg.store.base import table_from_json
from kg.store.columnar import ColumnAnswers, ColumnEngine, is_marked, write_triples
from kg.store.embedded import EmbeddedStore
from kg.store.release import Release
from tests.test_queries import CASES


def _needed(query_id: str) -> dict[str, str]:
    found = get_query(query_id).parameters
    return {name: p.example for name, p in found.items() if p.required}


MARKED = [q.id for q in catalogue().values() if is_marked(q.text)]
ASKED: list[tuple[str, Mapping[str, Any]]] = [
    *((query_id, case["parameters"]) for query_id, case in CASES),
    *((q, {n: p.example for n, p in get_query(q).parameters.items()}) for q in MARKED),
    *((q, _needed(q)) for q in MARKED),
]


@pytest.fixture(scope="module")
def engine(world: Release) -> Iterator[ColumnEngine]:
    made = ColumnEngine(world.triples)
    yield made
    made.close()


@pytest.fixture(scope="module")
def store(world: Release) -> EmbeddedStore:
    """The store alone."""
    return EmbeddedStore(world.store, world.id)


def _rows(rows: Any) -> list[tuple[object, ...]]:
    return [tuple(round(v, 6) if isinstance(v, float) else v for v in row) for row in rows]


@pytest.mark.parametrize(
    ("query_id", "parameters"),
    [(q, p) for q, p in ASKED if q in MARKED],
    ids=[f"{q} {json.dumps(p)[:80]}" for q, p in ASKED if q in MARKED],
)
def test_every_marked_query_gives_the_rows_of_the_store(
    graph: Graph, store: EmbeddedStore, engine: ColumnEngine, query_id: str, parameters: Mapping[str, Any]
) -> None:
    text = bind(get_query(query_id), parameters, graph.resolve, graph.prefixes)
    there = store.table(text)
    here = table_from_json(json.dumps(engine.document(text)).encode(), {})
    assert here.columns == there.columns
    assert _rows(here.rows) == _rows(there.rows)
