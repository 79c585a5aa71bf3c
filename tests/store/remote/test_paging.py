"""Queries taken apart and put together again as pages, checked by an engine."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.store.remote.paging import (
    count_text,
    names_text,
    outline,
    page_text,
    solutions_text,
)

STORE = ox.Store()
for subject in range(23):
    for number in range(3):
        STORE.add(
            ox.Quad(
                ox.NamedNode(f"urn:s{subject:02}"),
                ox.NamedNode(f"urn:p{number}"),
                ox.Literal(subject * number),
                ox.NamedNode("urn:g"),
            )
        )

QUERIES = [
    "SELECT ?s WHERE { ?s <urn:p1> ?n }",
    "SELECT * { ?s <urn:p1> ?n } # the end",
    "# SELECT { }\nPREFIX select: <urn:> SELECT ?s ?n { ?s select:p2 ?n } ORDER BY DESC(?n) # last",
    "SELECT ?s ?n { ?s <urn:p1> ?n } ORDER BY ?n LIMIT 10",
    "SELECT ?s ?n { ?s <urn:p1> ?n } ORDER BY ?n OFFSET 4 LIMIT 11",
    "SELECT ?s ?n { ?s <urn:p1> ?n } OFFSET 20",
    "SELECT ?n (COUNT(?s) AS ?c) { ?s ?p ?n } GROUP BY ?n HAVING (COUNT(?s) > 0) ORDER BY DESC(?c)",
    "SELECT (SUM(?n) AS ?x) ?s { ?s ?p ?n } GROUP BY ?s",
    "SELECT DISTINCT ?p { ?s ?p ?n }",
    "SELECT ?s ?n { ?s <urn:p1> ?n } ORDER BY ?n LIMIT 9 VALUES ?n { 1 2 3 4 5 6 7 }",
    "SELECT ?s { { SELECT ?s { ?s <urn:p2> ?n } ORDER BY DESC(?n) LIMIT 17 } }",
    'SELECT ?s ("} LIMIT 3" AS ?t) { ?s <urn:p1> ?n FILTER(?n < 20 && "{" != "}") }',
]


def ask(text: str, union: bool = True) -> list[tuple[str, ...]]:
    found = STORE.query(text, use_default_graph_as_union=union)
    assert isinstance(found, ox.QuerySolutions)
    names = [v.value for v in found.variables]
    return [tuple(str(row[name]) for name in names) for row in found]


def names(text: str) -> list[str]:
    found = STORE.query(text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return [v.value for v in found.variables]


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("text", QUERIES)
def test_pages_make_up_the_answer(text: str, nested: bool) -> None:
    read = outline(text)
    columns = names(names_text(read))
    assert columns == names(text)
    pages = []
    offset = 0
    while page := ask(page_text(read, columns, 4, offset, nested)):
        pages += page
        offset += len(page)
    whole = ask(text)
    if "OFFSET 20" in text:  # without an order which rows are left out is the engine's choice
        assert len(pages) == len(whole)
    else:
        assert sorted(pages) == sorted(whole)


@pytest.mark.parametrize("text", QUERIES)
def test_counts_are_those_of_the_rows(text: str) -> None:
    read, whole = outline(text), ask(text)
    for distinct, number in ((False, len(whole)), (True, len(set(whole)))):
        ((counted,),) = ask(count_text(read, names(text), distinct))
        assert counted.startswith(f'"{number}"')


def test_the_order_of_the_query_comes_first() -> None:
    text = "SELECT ?s ?n { ?s <urn:p2> ?n } ORDER BY DESC(?n)"
    first = ask(page_text(outline(text), ["s", "n"], 3, 0))
    assert first == ask(text)[:3]


def test_graphs_of_the_query_stay_where_they_belong() -> None:
    text = "PREFIX u: <urn:> SELECT ?s FROM u:g FROM NAMED <urn:g> WHERE { ?s <urn:p1> ?n }"
    read = outline(text)
    assert read.datasets.split() == ["FROM", "u:g", "FROM", "NAMED", "<urn:g>"]
    for made in (
        page_text(read, ["s"], 30, 0),
        page_text(read, ["s"], 30, 0, nested=True),
        names_text(read),
    ):
        assert set(ask(made, union=False)) <= set(ask(text, union=False))
    assert len(ask(page_text(read, ["s"], 30, 0, nested=True), union=False)) == 23
    assert ask(count_text(read, ["s"], distinct=False), union=False)[0][0].startswith('"23"')


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("CONSTRUCT { ?s a ?n } WHERE { ?s <urn:p1> ?n }", 23),
        ("CONSTRUCT { ?s a ?n } FROM <urn:g> { ?s <urn:p1> ?n } LIMIT 5", 5),
        ("CONSTRUCT WHERE { ?s <urn:p1> ?n . ?s <urn:p2> ?m }", 23),
        ("CONSTRUCT {} WHERE { { SELECT * { ?s ?p ?n } ORDER BY ?n LIMIT 7 } }", 7),
    ],
)
def test_the_solutions_behind_a_graph_are_counted(text: str, number: int) -> None:
    assert len(ask(solutions_text(outline(text)))) == number


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ASK { ?s ?p ?o }", "ASK"),
        ("DESCRIBE <urn:a>", "DESCRIBE"),
        ("BASE <urn:> PREFIX ask: <urn:b> SELECT * {}", "SELECT"),
        ("", ""),
        ("nonsense", ""),
        ("SELECT ?s { ?s", "SELECT"),
    ],
)
def test_the_form_is_found(text: str, form: str) -> None:
    assert outline(text).form == form


def test_what_is_no_query_is_not_paged() -> None:
    assert not outline("SELECT ?s { ?s").can_be_paged
    assert not outline("ASK { ?s ?p ?o }").can_be_paged
