"""The catalogue of named queries: every file whole, runnable as it stands, right on the test world.

Expected rows stand in tests/expected/<group>/<name>.json, worked out by hand from the tables of
tests/world. A case gives parameters, some columns and their rows in order; IRIs are written as
CURIEs. ``absent`` lists partial rows that must not appear, and why. ``complete: false`` lists
only some of the rows.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from kg.analysis.graph import Graph
from kg.errors import QueryError
from kg.queries import NamedQuery, bind, catalogue, get_query, usual_value
from kg.results import ResultTable, Value
from kg.terms import DEFAULT_BASE, PREFIXES, VOCABULARY_BASE
from tests.conftest import ROOT

EXPECTED = ROOT / "tests" / "expected"
LANGUAGES = {"en", "ar", "fr"}
VIEWS = {"table", "map", "network", "timeline", "matrix"}
# "pages" is tested with the pages under tests/web, "endpoint" in tests/test_endpoint.py.
UNTESTED_GROUPS = {"pages", "endpoint"}

QUERIES = {q.id: q for q in catalogue().values() if q.group not in UNTESTED_GROUPS}
CURIES = PREFIXES | {"source": f"{DEFAULT_BASE}source/"}
Case = Mapping[str, Any]


def _cases() -> Iterator[tuple[str, Case]]:
    for path in sorted(EXPECTED.glob("*/*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for case in document["cases"]:
            yield document["query"], case


CASES = list(_cases())
CASE_IDS = [f"{query_id}: {case['why']}" for query_id, case in CASES]


def _expanded(value: object) -> object:
    """Return a CURIE as IRI, and anything else as it is."""
    if not isinstance(value, str):
        return value
    prefix, colon, local = value.partition(":")
    return CURIES[prefix] + local if colon and prefix in CURIES else value


def _plain(value: Value) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return round(value, 6) if isinstance(value, float) else value


def _rows(table: ResultTable, columns: list[str]) -> list[tuple[object, ...]]:
    return [tuple(map(_plain, row)) for row in table.select(columns).rows]


def _answer(graph: Graph, query_id: str, case: Case) -> ResultTable:
    return graph.query(query_id, **case["parameters"])


def _is_unordered(query: NamedQuery) -> bool:
    return "#+ order: none" in query.text


def _key(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(map(repr, row))


@pytest.mark.parametrize(("query_id", "case"), CASES, ids=CASE_IDS)
def test_the_rows_are_those_worked_out_by_hand(graph: Graph, query_id: str, case: Case) -> None:
    answer = _answer(graph, query_id, case)
    got = _rows(answer, case["columns"])
    expected = [tuple(map(_expanded, row)) for row in case["rows"]]
    if not case.get("complete", True):
        assert set(expected) <= set(got)
    elif _is_unordered(QUERIES[query_id]):
        assert sorted(got, key=_key) == sorted(expected, key=_key)
    else:
        assert got == expected
    assert len(answer) == case.get("count", len(answer))


@pytest.mark.parametrize(("query_id", "case"), CASES, ids=CASE_IDS)
def test_what_must_not_appear_does_not(graph: Graph, query_id: str, case: Case) -> None:
    answer = _answer(graph, query_id, case)
    for absent in case["absent"]:
        columns = list(absent["row"])
        unwanted = tuple(map(_expanded, absent["row"].values()))
        assert unwanted not in _rows(answer, columns), absent["because"]


def test_every_query_has_expected_rows_and_rows_that_must_not_appear() -> None:
    expected = {query_id for query_id, _ in CASES}
    with_absent = {query_id for query_id, case in CASES if case["absent"]}
    files = {p.relative_to(EXPECTED).with_suffix("").as_posix() for p in EXPECTED.glob("*/*.json")}
    assert expected == files == set(QUERIES)
    assert {q for q in QUERIES if not q.startswith("columns/")} <= with_absent


def test_every_parameter_is_tried() -> None:
    tried = {(query_id, name) for query_id, case in CASES for name in case["parameters"]}
    declared = {(query.id, name) for query in QUERIES.values() for name in query.parameters}
    assert declared == tried


def test_the_forty_questions_are_all_there() -> None:
    assert {query.competency for query in QUERIES.values()} - {None} == set(range(1, 41))


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_the_header_is_whole_in_three_languages(query: NamedQuery) -> None:
    texts = [query.title, query.question, *(p.labels for p in query.parameters.values())]
    texts += [query.note] if query.note else []
    for text in texts:
        assert set(text) == LANGUAGES
        assert all(value.strip() == value != "" for value in text.values())
        assert re.search("[\u0600-\u06ff]", text["ar"])
    assert query.view in VIEWS


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_the_file_runs_as_it_stands(graph: Graph, query: NamedQuery) -> None:
    answer = graph.sparql(query.text)
    assert isinstance(answer, ResultTable)
    labels = {name.removesuffix("_label") for name in answer.columns if name.endswith("_label")}
    assert labels <= set(answer.columns), "a label stands beside the thing that it names"


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_nothing_is_cut_off_and_the_order_is_stated(query: NamedQuery) -> None:
    body = re.sub(r"(?m)^\s*#.*$|^\s*LIMIT 10000  # parameter top$", "", query.text)
    assert not re.search(r"\b(LIMIT|OFFSET|NOW|RAND)\b", body)
    assert bool(re.search(r"(?m)^ORDER BY ", body)) != _is_unordered(query)


def test_the_documentation_names_every_query() -> None:
    documented = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
    missing = [q.id for q in QUERIES.values() if f"`{q.id}`" not in documented]
    unsaid = [q.id for q in QUERIES.values() if q.question["en"] not in documented]
    assert (missing, unsaid) == ([], [])


def test_a_thing_may_be_meant_by_key_code_name_curie_or_iri(graph: Graph) -> None:
    meant = ["TR", "tur", "Türkiye", "تركيا", "Turkey", "country:TR", f"{DEFAULT_BASE}country/TR"]
    answers = [graph.query("countries/first-arrival", country=text).rows for text in meant]
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)


def test_of_several_values_any_may_hold(graph: Graph) -> None:
    both = graph.query("countries/first-arrival", country=["MY", "SD"]).column("country")
    assert set(both) == {CURIES["country"] + "MY", CURIES["country"] + "SD"}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "needs a value for method .* such as method:"),
        ({"method": "alchemy"}, "There is no Method 'alchemy'. Accepted: its key"),
        ({"method": "test-notebooks", "colour": "red"}, "no parameter colour. Accepted: method, "),
        ({"method": "test-notebooks", "from_year": "soon"}, "from_year: found 'soon'. .* a year"),
    ],
)
def test_a_bad_parameter_is_refused_with_what_is_accepted(
    graph: Graph, parameters: Mapping[str, str], message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        graph.query("people/learned-method", **parameters)


@pytest.mark.parametrize("query", [q for q in QUERIES.values() if "top" in q.parameters])
def test_a_limit_is_a_parameter_with_an_order_before_it(graph: Graph, query: NamedQuery) -> None:
    needed = {p.name: "2001" for p in query.parameters.values() if p.required}  # all are years
    assert "LIMIT" not in bind(query, needed | {"top": "any"})
    assert re.search(r"(?m)^ +ORDER BY .*\n +LIMIT 3 *# parameter top$",
                     bind(query, needed | {"top": 3}))  # fmt: skip
    every = graph.query(query.id, **needed, top="any").rows
    assert graph.query(query.id, **needed).rows == every
    assert set(graph.query(query.id, **needed, top=1).rows) < set(every)
    for bad in ("0", "-1", "1.5", "2 OFFSET 1", ["1", "2"]):
        with pytest.raises(QueryError, match=r"top: found .* Accepted: "):
            bind(query, needed | {"top": bad})


@pytest.mark.parametrize(
    "text", ['" } ?s ?p ?o . { "', "\\", '\\" }', "}  # parameter\nVALUES ?class { rihla:Bloc }"]
)
def test_a_text_stays_a_text(graph: Graph, text: str) -> None:
    assert len(graph.query("lookup/entity", text=text)) == 0


@pytest.mark.parametrize(
    ("projection", "level", "query_id", "ends", "number"),
    [
        (
            "partnership",
            "institution",
            "network/strongest-partnerships",
            ["institution_a", "institution_b"],
            "shared_trainings",
        ),
        (
            "knowledge-flow",
            "institution",
            "network/knowledge-flow",
            ["educator_institution", "learner_institution"],
            "trainings",
        ),
        (
            "knowledge-flow",
            "country",
            "countries/flow-matrix",
            ["educator_country", "learner_country"],
            "trainings",
        ),
    ],
)
def test_queries_and_networks_give_the_same_edges(
    graph: Graph, projection: str, level: str, query_id: str, ends: list[str], number: str
) -> None:
    edges = graph.network(projection, level=level).edges(weight="count")
    by_network = {(a, b): w for a, b, w in edges.select(["source", "target", "weight"]).rows}
    least = {"min_shared": 1} if projection == "partnership" else {}
    rows = graph.query(query_id, **least).select([*ends, number]).rows
    known = {(a, b): n for a, b, n in rows if a and b and a != b}
    assert known == by_network


def test_a_value_outside_the_list_is_refused() -> None:
    query = get_query("countries/balance")
    listed = {name: p.values for name, p in query.parameters.items() if p.values}
    assert listed, "the query has no parameter with a list of values"
    for name, values in listed.items():
        bind(query, {name: values[-1]})
        with pytest.raises(QueryError, match=f"{name}: found 'nonsense'. Accepted: one of"):
            bind(query, {name: "nonsense"})


def test_a_default_that_is_a_thing_can_be_another_one() -> None:
    query, usual = get_query("countries/bloc-partners"), {f"{VOCABULARY_BASE}Bloc": "bloc:eu"}
    assert "bloc/eu>" in bind(query, {}, usual=usual)
    assert "bloc/oic>" in bind(query, {})
    assert "bloc/oic>" in bind(query, {"bloc": "bloc:oic"}, usual=usual)
    free = get_query("people/learned-method").parameters
    assert usual_value(free["country"], {str(free["country"].target): "country:QA"}) == "any"
    assert usual_value(free["method"], {str(free["method"].target): "method:x"}) is None
