"""The demo world in a real Virtuoso: every named query gives the rows of the embedded store.

The test world of test_virtuoso.py is small: at the size of the demo, servers choose other plans,
and what they get wrong there shows here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import kg
from kg.analysis.graph import Graph
from kg.push import VirtuosoLoader, push
from kg.queries import bind, catalogue
from kg.settings import load_settings
from kg.store import RemoteStore
from kg.store.release import Release, current_release
from kg.store.remote import Access, RemoteOptions
from tests.demo import built_demo
from tests.push.test_virtuoso import ARBITRARY, rows_of
from tests.virtuoso import MISSING, running

pytestmark = [pytest.mark.skipif(bool(MISSING), reason=MISSING), pytest.mark.slow]

PATIENCE = RemoteOptions(timeout_s=300)
"""A machine may be busy: on an idle one no answer takes more than ten seconds."""
CUT = {"pages/thing-incoming": 200}
"""Queries that give some rows of many, whichever come first: how many at most."""


def _asked() -> Iterator[tuple[str, dict[str, str]]]:
    """Each query with all its examples, and with nothing but what it needs."""
    for query in catalogue().values():
        examples = {name: p.example for name, p in query.parameters.items()}
        yield query.id, examples
        needed = {name: p.example for name, p in query.parameters.items() if p.required}
        if needed != examples:
            yield query.id, needed


ASKED = list(_asked())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Release:
    project = load_settings(built_demo(tmp_path_factory) / "rihla.toml").project
    return current_release(project.releases)


@pytest.fixture(scope="module")
def here(demo: Release) -> Graph:
    return Graph.of_release(demo)


@pytest.fixture(scope="module")
def there(demo: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    options = RemoteOptions(timeout_s=300, access=Access("digest", "dba", "dba"))
    with running(tmp_path_factory.mktemp("virtuoso") / "server") as server:
        loader = VirtuosoLoader(server.sql, server.load, options)
        push(demo, RemoteStore(server.url, options), loader)
        yield kg.open(server.url, options=PATIENCE)


@pytest.mark.parametrize(
    ("query_id", "given"), ASKED, ids=[f"{q} {json.dumps(given)[:60]}" for q, given in ASKED]
)
def test_every_named_query_gives_the_rows_of_the_embedded_store(
    here: Graph, there: Graph, query_id: str, given: Mapping[str, Any]
) -> None:
    text = bind(catalogue()[query_id], given, here.resolve, here.prefixes)
    if "CONSTRUCT" in text:
        documents = [g.store.serialise(text, "application/n-triples") for g in (here, there)]
        assert len({len(set(document.splitlines())) for document in documents}) == 1
        return
    tables = [graph.store.table(text) for graph in (here, there)]
    assert tables[0].columns == tables[1].columns
    rows = [rows_of(table.rows) for table in tables]
    if query_id in ARBITRARY or len(rows[0]) == CUT.get(query_id):
        assert len(rows[0]) == len(rows[1])
    elif "#+ order: none" in text:
        assert sorted(rows[0], key=repr) == sorted(rows[1], key=repr)
    else:
        assert rows[0] == rows[1]
