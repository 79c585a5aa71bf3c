"""Pages of every named query: together they are its answer, whatever the size of a page."""

from __future__ import annotations

import pytest

from kg.analysis.graph import Graph
from kg.errors import QueryError
from kg.paging import columns_of, counted, paged
from kg.queries import INTERNAL_GROUPS, NamedQuery, bind, catalogue

PUBLIC = [q for q in catalogue().values() if q.group not in INTERNAL_GROUPS]


def bound(graph: Graph, query: NamedQuery) -> str:
    needed = {p.name: p.example for p in query.parameters.values() if p.required}
    try:
        return bind(query, needed, graph.resolve, graph.prefixes)
    except QueryError:  # an example of the demo world; here another thing of its class serves
        return query.text


@pytest.mark.parametrize("query", PUBLIC, ids=lambda q: q.id)
def test_pages_are_the_answer(graph: Graph, query: NamedQuery) -> None:
    text = bound(graph, query)
    whole = graph.store.table(text)
    assert columns_of(text) == whole.columns
    assert graph.store.table(counted(text)).rows == [(len(whole),)]
    size = max(1, len(whole) // 3)
    pages = [
        row
        for offset in range(0, len(whole) + size, size)
        for row in graph.store.table(paged(text, size, offset))
    ]
    assert sorted(map(str, pages)) == sorted(map(str, whole.rows))
    assert pages == list(graph.store.table(paged(text, None, 0)))
    assert list(graph.store.table(paged(text, None, 2))) == pages[2:]


def test_no_query_takes_what_pages_need() -> None:
    taken = {"limit", "offset", "release"}
    assert not [q.id for q in catalogue().values() if taken & set(q.parameters)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT ?a ?b WHERE { ?a ?p ?b }", ("a", "b")),
        ("SELECT ?a{ ?a ?p ?b }", ("a",)),
        ("#+ x: SELECT ?z\nPREFIX a: <urn:a>\nSELECT (MAX(?x + (?y)) AS ?n)\n ?m {}", ("n", "m")),
        ("ASK { ?a ?p ?b }", ()),
    ],
)  # fmt: skip
def test_columns(text: str, names: tuple[str, ...]) -> None:
    assert columns_of(text) == names
